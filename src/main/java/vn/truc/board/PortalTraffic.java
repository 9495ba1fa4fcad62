package vn.truc.board;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
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

  private final TreeMap<Integer, Map<Cell, Winner>> days = new TreeMap<>();

  /// By day, where they are known; a cell that is replaced makes them unknown.
  private final Map<Integer, Sum> daySums = new HashMap<>();

  /// By period, for the days from `from` up to `to`.
  private final @Nullable PeriodSum[] periods = new PeriodSum[Period.count()];

  /// Bit n: a fact once gave the measure of ordinal n, whether it stands or not.
  private int fedBits;

  /// Sums over some days.
  record Totals(long pageviews, long visits, long visitors, long errors) {
    long of(Catalogue.PortalMeasure measure) {
      return switch (measure) {
        case PAGEVIEWS -> pageviews;
        case VISITS -> visits;
        case VISITORS -> visitors;
        case ERRORS -> errors;
      };
    }
  }

  /// Sums that grow cell by cell. Sketches are united in whatever order they come: their union
  /// does not depend on it.
  private static final class Sum {
    private long pageviews;
    private long visits;
    private long plainVisitors;
    private long errors;
    private final HllUnion union = new HllUnion(LG_K);

    void add(Event.Traffic traffic) {
      pageviews += traffic.pageviews().orElse(0);
      visits += traffic.visits().orElse(0);
      plainVisitors += traffic.visitorCount().orElse(0);
      errors += traffic.errors().orElse(0);
      traffic.visitors().ifPresent(text -> union.update(sketch(text)));
    }

    void add(Sum other) {
      pageviews += other.pageviews;
      visits += other.visits;
      plainVisitors += other.plainVisitors;
      errors += other.errors;
      if (!other.union.isEmpty()) {
        union.update(other.union.getResult());
      }
    }

    Totals totals() {
      return new Totals(pageviews, visits, plainVisitors + estimate(union), errors);
    }
  }

  private record PeriodSum(int from, int to, Sum sum) {}

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
    if (present == null) {
      grow(day, traffic);
    } else {
      daySums.remove(day);
      Arrays.fill(periods, null);
    }
    return true;
  }

  private void grow(int day, Event.Traffic traffic) {
    Sum ofDay = daySums.get(day);
    if (ofDay != null) {
      ofDay.add(traffic);
    }
    for (PeriodSum period : periods) {
      if (period != null && day >= period.from() && day < period.to()) {
        period.sum().add(traffic);
      }
    }
  }

  /// The records that stand, for a snapshot.
  List<LogRecord> standing() {
    List<LogRecord> records = new ArrayList<>();
    days.values().forEach(cells -> cells.values().forEach(winner -> records.add(winner.record())));
    return records;
  }

  /// The totals of a period that holds today.
  Totals totals(Period period, int today) {
    int from = period.start(today);
    PeriodSum known = periods[period.ordinal()];
    if (known == null || known.from() != from) {
      int to = period.end(today);
      known = new PeriodSum(from, to, sum(from, to));
      periods[period.ordinal()] = known;
    }
    return known.sum().totals();
  }

  /// The totals of the cells that begin from one instant up to another.
  ///
  /// @param withinDay whether both lie within one day, else both begin a day
  Totals between(long fromMicros, long toMicros, boolean withinDay) {
    if (!withinDay) {
      return sum(Days.dayOf(fromMicros), Days.dayOf(toMicros)).totals();
    }
    Sum sum = new Sum();
    days.getOrDefault(Days.dayOf(fromMicros), Map.of())
        .forEach(
            (cell, winner) -> {
              if (cell.from() >= fromMicros && cell.from() < toMicros) {
                sum.add(winner.traffic());
              }
            });
    return sum.totals();
  }

  /// The sums of the days from one up to another.
  private Sum sum(int fromDay, int toDay) {
    Sum sum = new Sum();
    for (int day : days.subMap(fromDay, toDay).keySet()) {
      sum.add(daySums.computeIfAbsent(day, this::ofDay));
    }
    return sum;
  }

  private Sum ofDay(int day) {
    Sum sum = new Sum();
    days.getOrDefault(day, Map.of()).values().forEach(winner -> sum.add(winner.traffic()));
    return sum;
  }

  private static HllSketch sketch(String base64) {
    return HllSketch.heapify(MemorySegment.ofArray(Base64.getDecoder().decode(base64)));
  }

  /// The estimate that does not depend on the order of the unions.
  private static long estimate(HllUnion union) {
    return union.isEmpty() ? 0 : Math.round(union.getCompositeEstimate());
  }
}
