package vn.truc.board;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.datasketches.hll.HllSketch;
import org.apache.datasketches.hll.HllUnion;
import org.jspecify.annotations.Nullable;
import vn.truc.event.Event;
import vn.truc.event.LogRecord;

/// Visits of the province's portals, by cell of time; a cell counts on the day it begins. Visitors
/// given as sketches are united, so that somebody who came twice counts once; plain counts are
/// added.
final class PortalTraffic {
  /// log2 of the sketches' size.
  private static final int LG_K = 12;

  private record Cell(String portal, long from, long to) {}

  private record Winner(LogRecord record, Event.Traffic traffic) {}

  private final Map<Integer, Map<Cell, Winner>> days = new HashMap<>();
  private final Map<Integer, DayTotal> totals = new HashMap<>();
  private final @Nullable Totals[] periods = new Totals[Period.count()];
  private final int[] periodStarts = new int[Period.count()];

  /// Bit n: a fact once gave the measure of ordinal n, whether it stands or not.
  private int fedBits;

  /// Sums over some days.
  record Totals(long pageviews, long visits, long visitors, long errors) {}

  private record DayTotal(
      long pageviews, long visits, long plainVisitors, long errors, @Nullable HllSketch sketch) {}

  /// Whether any fact ever gave this measure.
  boolean fed(Catalogue.PortalMeasure measure) {
    return (fedBits & bit(measure, true)) != 0;
  }

  int fedBits() {
    return fedBits;
  }

  /// Takes back the bits of a snapshot: facts that no longer stand fed a measure too.
  void restoreFed(int bits) {
    fedBits |= bits;
  }

  private static int fedBits(Event.Traffic traffic) {
    return bit(Catalogue.PortalMeasure.PAGEVIEWS, traffic.pageviews().isPresent())
        | bit(Catalogue.PortalMeasure.VISITS, traffic.visits().isPresent())
        | bit(
            Catalogue.PortalMeasure.VISITORS,
            traffic.visitors().isPresent() || traffic.visitorCount().isPresent())
        | bit(Catalogue.PortalMeasure.ERRORS, traffic.errors().isPresent());
  }

  private static int bit(Catalogue.PortalMeasure measure, boolean on) {
    return on ? 1 << measure.ordinal() : 0;
  }

  boolean put(LogRecord record, Event.Traffic traffic) {
    fedBits |= fedBits(traffic);
    int day = Days.dayOf(traffic.fromMicros());
    Cell cell = new Cell(traffic.portal(), traffic.fromMicros(), traffic.toMicros());
    Map<Cell, Winner> cells = days.computeIfAbsent(day, _ -> new HashMap<>());
    Winner present = cells.get(cell);
    if (present != null && RegisterOrder.compare(present.record(), record) > 0) {
      return false;
    }
    cells.put(cell, new Winner(record, traffic));
    totals.remove(day);
    java.util.Arrays.fill(periods, null);
    return true;
  }

  /// The records that stand, for a snapshot.
  List<LogRecord> standing() {
    List<LogRecord> records = new ArrayList<>();
    days.values().forEach(cells -> cells.values().forEach(winner -> records.add(winner.record())));
    return records;
  }

  /// The totals of a period that holds today.
  Totals totals(Period period, int today) {
    int start = period.start(today);
    Totals known = periods[period.ordinal()];
    if (known != null && periodStarts[period.ordinal()] == start) {
      return known;
    }
    Totals made = sum(start, period.end(today));
    periods[period.ordinal()] = made;
    periodStarts[period.ordinal()] = start;
    return made;
  }

  /// The totals of the days from one up to another.
  Totals sum(int fromDay, int toDay) {
    long pageviews = 0;
    long visits = 0;
    long plain = 0;
    long errors = 0;
    HllUnion union = new HllUnion(LG_K);
    for (int day = fromDay; day < toDay; day++) {
      if (!days.containsKey(day)) {
        continue;
      }
      DayTotal total = totals.computeIfAbsent(day, this::total);
      pageviews += total.pageviews();
      visits += total.visits();
      plain += total.plainVisitors();
      errors += total.errors();
      HllSketch sketch = total.sketch();
      if (sketch != null) {
        union.update(sketch);
      }
    }
    return new Totals(pageviews, visits, plain + estimate(union), errors);
  }

  private DayTotal total(int day) {
    long pageviews = 0;
    long visits = 0;
    long plain = 0;
    long errors = 0;
    HllUnion union = new HllUnion(LG_K);
    for (Winner winner : days.getOrDefault(day, Map.of()).values()) {
      Event.Traffic traffic = winner.traffic();
      pageviews += traffic.pageviews().orElse(0);
      visits += traffic.visits().orElse(0);
      plain += traffic.visitorCount().orElse(0);
      errors += traffic.errors().orElse(0);
      traffic.visitors().ifPresent(text -> union.update(sketch(text)));
    }
    return new DayTotal(
        pageviews, visits, plain, errors, union.isEmpty() ? null : union.getResult());
  }

  private static HllSketch sketch(String base64) {
    return HllSketch.heapify(MemorySegment.ofArray(Base64.getDecoder().decode(base64)));
  }

  /// The estimate that does not depend on the order of the unions.
  private static long estimate(HllUnion union) {
    return union.isEmpty() ? 0 : Math.round(union.getCompositeEstimate());
  }
}
