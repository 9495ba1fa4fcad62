package vn.truc.board;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import vn.truc.event.Event;
import vn.truc.event.LogRecord;

/// Visits of the province's portals, by cell of time; a cell counts on the day it begins. Visitors
/// given as sketches are united, so that somebody who came twice counts once; plain counts are
/// added.
final class PortalTraffic {
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

  /// The cells that begin in one quarter hour.
  private static final class Quarter {
    private final Map<Cell, Integer> places = new HashMap<>();
    private final List<Visits> visits = new ArrayList<>();
    private final VisitTree sums = new VisitTree(this::addTo, 0);

    private void addTo(VisitSum sum, int place) {
      if (place < visits.size()) {
        sum.add(visits.get(place));
      }
    }

    @Nullable Visits find(Cell cell) {
      Integer place = places.get(cell);
      return place == null ? null : visits.get(place);
    }

    void add(Cell cell, Visits more) {
      int place = visits.size();
      sums.cover(place);
      places.put(cell, place);
      visits.add(more);
      sums.add(place, more);
    }

    void replace(Cell cell, Visits by) {
      visits.set(place(cell), by);
    }

    void settle(Cell cell) {
      sums.replaced(place(cell));
    }

    private int place(Cell cell) {
      return Objects.requireNonNull(places.get(cell), "cell");
    }
  }

  /// Nodes for four hours, for less than three days and for six weeks.
  private static final int HEIGHT = 3;

  private static final int QUARTERS_A_DAY = 96;

  private final Map<Integer, Quarter> quarters = new HashMap<>();
  private final VisitTree sums = new VisitTree(this::addTo, HEIGHT);

  /// The cell that was replaced last, where the sums over it still hold what it said before. Who
  /// corrects one cell again and again has it summed up once for each read, and there is never more
  /// than one.
  private @Nullable Cell unsettled;

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

  private record PeriodSum(int from, int to, VisitSum sum) {}

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
    new VisitSum().add(visits);
    Quarter quarter = quarters.computeIfAbsent(Days.cellOf(cell.from()), _ -> new Quarter());
    Visits present = quarter.find(cell);
    if (present == null) {
      quarter.add(cell, visits);
      sums.add(Days.cellOf(cell.from()), visits);
      addToPeriods(Days.dayOf(cell.from()), visits);
      return true;
    }
    if (present.place().compareTo(visits.place()) > 0) {
      return false;
    }
    if (!cell.equals(unsettled)) {
      settle();
    }
    quarter.replace(cell, visits);
    unsettled = cell;
    forgetPeriods(Days.dayOf(cell.from()));
    return true;
  }

  private void settle() {
    Cell cell = unsettled;
    if (cell != null) {
      int quarter = Days.cellOf(cell.from());
      Objects.requireNonNull(quarters.get(quarter), "quarter").settle(cell);
      sums.replaced(quarter);
      unsettled = null;
    }
  }

  private void addTo(VisitSum sum, int quarter) {
    Quarter known = quarters.get(quarter);
    if (known != null) {
      known.sums.addAll(sum);
    }
  }

  private void addToPeriods(int day, Visits visits) {
    for (PeriodSum period : periods) {
      if (period != null && day >= period.from() && day < period.to()) {
        period.sum().add(visits);
      }
    }
  }

  private void forgetPeriods(int day) {
    for (int i = 0; i < periods.length; i++) {
      PeriodSum period = periods[i];
      if (period != null && day >= period.from() && day < period.to()) {
        periods[i] = null;
      }
    }
  }

  /// All cells that stand.
  List<Standing> standing() {
    List<Standing> standing = new ArrayList<>();
    for (Quarter quarter : quarters.values()) {
      quarter.places.forEach(
          (cell, place) -> standing.add(new Standing(cell, quarter.visits.get(place))));
    }
    return standing;
  }

  /// The totals of a period that holds today.
  Totals totals(Period period, int today) {
    int from = period.start(today);
    PeriodSum known = periods[period.ordinal()];
    if (known == null || known.from() != from) {
      int to = period.end(today);
      known = new PeriodSum(from, to, sum(from * QUARTERS_A_DAY, to * QUARTERS_A_DAY));
      periods[period.ordinal()] = known;
    }
    return known.sum().totals();
  }

  /// The totals of the cells that begin from one instant up to another: both begin a quarter hour.
  Totals between(long fromMicros, long toMicros) {
    return sum(Days.cellOf(fromMicros), Days.cellOf(toMicros)).totals();
  }

  private VisitSum sum(int fromQuarter, int toQuarter) {
    settle();
    VisitSum sum = new VisitSum();
    sums.addRange(sum, fromQuarter, toQuarter);
    return sum;
  }
}
