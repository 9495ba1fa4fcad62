package vn.truc.board;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
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

  /// What a cell speaks of.
  record Cell(String portal, long from, long to) implements Comparable<Cell> {
    @Override
    public int compareTo(Cell other) {
      int byFrom = Long.compare(from, other.from);
      int byTo = byFrom != 0 ? byFrom : Long.compare(to, other.to);
      return byTo != 0 ? byTo : portal.compareTo(other.portal);
    }
  }

  /// What it says; -1 stands for what it does not say.
  ///
  /// @param place its fact's place among the facts of the cell
  /// @param image the sketch of its visitors, the one copy there is; empty where it brought none
  record Visits(
      FactPlace place,
      long pageviews,
      long visits,
      long plainVisitors,
      long errors,
      HllImage image) {}

  /// A cell that stands, as a snapshot keeps it.
  record Standing(Cell cell, Visits visits) {}

  private final TreeMap<Integer, Map<Cell, Visits>> days = new TreeMap<>();

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

    void add(Visits cell) {
      if (!cell.image().isEmpty()) {
        union.update(cell.image().sketch());
      }
      pageviews = plus(pageviews, cell.pageviews());
      visits = plus(visits, cell.visits());
      plainVisitors = plus(plainVisitors, cell.plainVisitors());
      errors = plus(errors, cell.errors());
    }

    /// Older doors took any number: a sum that would turn negative stays at the most there is.
    private static long plus(long sum, long more) {
      long all = sum + Math.max(0, more);
      return all < 0 ? Long.MAX_VALUE : all;
    }

    void add(Sum other) {
      pageviews = plus(pageviews, other.pageviews);
      visits = plus(visits, other.visits);
      plainVisitors = plus(plainVisitors, other.plainVisitors);
      errors = plus(errors, other.errors);
      if (!other.union.isEmpty()) {
        union.update(other.union.getResult());
      }
    }

    Totals totals() {
      return new Totals(pageviews, visits, plus(plainVisitors, estimate(union)), errors);
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

  /// Takes a fact; whether it stands now.
  boolean put(LogRecord record, Event.Traffic traffic) {
    Visits visits =
        new Visits(
            FactPlace.of(record),
            traffic.pageviews().orElse(-1),
            traffic.visits().orElse(-1),
            traffic.visitorCount().orElse(-1),
            traffic.errors().orElse(-1),
            traffic.visitors().map(HllImage::of).orElse(HllImage.NONE));
    Cell cell = new Cell(traffic.portal(), traffic.fromMicros(), traffic.toMicros());
    boolean stands = put(cell, visits);
    fedBits |= fedBits(traffic);
    return stands;
  }

  /// Takes a cell, of a fact or of a snapshot; whether it stands now. One whose image cannot be
  /// united with others leaves no trace.
  boolean put(Cell cell, Visits visits) {
    new Sum().add(visits);
    int day = Days.dayOf(cell.from());
    Map<Cell, Visits> cells = days.computeIfAbsent(day, _ -> new HashMap<>());
    Visits present = cells.get(cell);
    if (present != null && present.place().compareTo(visits.place()) > 0) {
      return false;
    }
    cells.put(cell, visits);
    if (present == null) {
      grow(day, visits);
    } else {
      daySums.remove(day);
      Arrays.fill(periods, null);
    }
    return true;
  }

  private void grow(int day, Visits visits) {
    Sum ofDay = daySums.get(day);
    if (ofDay != null) {
      ofDay.add(visits);
    }
    for (PeriodSum period : periods) {
      if (period != null && day >= period.from() && day < period.to()) {
        period.sum().add(visits);
      }
    }
  }

  /// All cells that stand.
  List<Standing> standing() {
    List<Standing> standing = new ArrayList<>();
    days.values()
        .forEach(
            cells -> cells.forEach((cell, visits) -> standing.add(new Standing(cell, visits))));
    return standing;
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
            (cell, visits) -> {
              if (cell.from() >= fromMicros && cell.from() < toMicros) {
                sum.add(visits);
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
    days.getOrDefault(day, Map.of()).values().forEach(sum::add);
    return sum;
  }

  /// The estimate that does not depend on the order of the unions.
  private static long estimate(HllUnion union) {
    return union.isEmpty() ? 0 : Math.round(union.getCompositeEstimate());
  }
}
