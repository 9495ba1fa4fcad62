package vn.truc.board;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// Reads a measure of a scope over time, slice by slice. What is counted is taken in one of them,
/// as of one instant; visits of portals are united point by point, each as of its own turn. Belongs
/// to the board's context. What nobody ever fed has no values, and neither have levels of days to
/// come, nor quarter hours that are kept no longer: `null`, as on the board.
public final class SeriesReader {
  /// Points one answer may hold.
  static final int POINTS_MAX = 10_000;

  /// A point of portals is put together from up to a hundred sketches.
  private static final int POINTS_OF_A_UNION = 128;

  private static final List<String> COUNTED_STEPS =
      List.of("15min", "hour", "day", "week", "month", "quarter", "year");
  private static final List<String> LEVEL_STEPS = List.of("day");

  private final Tally tally;
  private final PortalTraffic portal;
  private final Predicate<Topic> fed;
  private final String metric;
  private final String scopeName;
  private final String step;
  private final long toMicros;
  private final int scope;
  private final Optional<Measure> measure;
  private final Optional<Catalogue.PortalMeasure> visits;
  private final Steps steps;
  private final List<Long> starts = new ArrayList<>();
  private List<@Nullable Long> values = new ArrayList<>();
  private SeriesAnswer.@Nullable Refused refused;
  private long next;

  SeriesReader(
      Tally tally,
      PortalTraffic portal,
      Predicate<Topic> fed,
      String metric,
      String scopeName,
      long fromMicros,
      long toMicros,
      String step) {
    this.tally = tally;
    this.portal = portal;
    this.fed = fed;
    this.metric = metric;
    this.scopeName = scopeName;
    this.step = step;
    this.toMicros = toMicros;
    scope = tally.scopes().find(scopeName);
    measure = Measure.of(metric).filter(Measure::served);
    visits = Catalogue.PortalMeasure.of(metric);
    steps = new Steps(step);
    refused = fault(fromMicros);
    next = refused == null ? steps.floor(fromMicros) : toMicros;
  }

  private SeriesAnswer.@Nullable Refused fault(long fromMicros) {
    if (measure.isEmpty() && visits.isEmpty()) {
      return new SeriesAnswer.Refused("metric", "'" + metric + "' is no metric that has series");
    }
    boolean level = measure.isPresent() && measure.get().level();
    List<String> allowed = level ? LEVEL_STEPS : COUNTED_STEPS;
    if (!allowed.contains(step)) {
      return new SeriesAnswer.Refused(
          "step", "of '" + metric + "' is one of " + String.join(", ", allowed));
    }
    if (toMicros < fromMicros) {
      return new SeriesAnswer.Refused("to", "is before from");
    }
    return scope < 0 ? new SeriesAnswer.Refused("scope", "no scope '" + scopeName + "'") : null;
  }

  /// Reads about so many more points; true when all were read.
  public boolean step(int points) {
    int left = points;
    for (; left > 0 && next < toMicros; next = steps.next(next)) {
      if (starts.size() == POINTS_MAX) {
        refused =
            new SeriesAnswer.Refused("to", "lies more than " + POINTS_MAX + " points behind from");
        next = toMicros;
        starts.clear();
        break;
      }
      starts.add(next);
      left--;
    }
    if (next < toMicros) {
      return false;
    }
    if (refused == null && measure.isPresent()) {
      values = counted(measure.get());
    }
    while (refused == null && left > 0 && values.size() < starts.size()) {
      values.add(traffic(visits.orElseThrow(), starts.get(values.size())));
      left -= POINTS_OF_A_UNION;
    }
    return refused != null || values.size() == starts.size();
  }

  /// The points, or why there are none; once all were read.
  public SeriesAnswer answer() {
    SeriesAnswer.Refused fault = refused;
    return fault == null ? new SeriesAnswer.Points(metric, scopeName, step, starts, values) : fault;
  }

  private List<@Nullable Long> counted(Measure known) {
    Counters counters = tally.counters();
    if (!fed.test(known.topic())) {
      return Arrays.asList(new @Nullable Long[starts.size()]);
    }
    if (known.level()) {
      return levels(counters, scope, known, starts);
    }
    List<@Nullable Long> all = new ArrayList<>(starts.size());
    for (long at : starts) {
      all.add(
          steps.finerThanDay()
              ? inCells(counters, scope, known, at, steps)
              : onDays(counters, scope, known, at, steps));
    }
    return all;
  }

  /// Visits of portals, in the step their cell of time begins in; they are the province's alone.
  private @Nullable Long traffic(Catalogue.PortalMeasure known, long at) {
    boolean kept = !steps.finerThanDay() || Days.dayOf(at) >= tally.counters().firstCellDay();
    if (!portal.fed(known) || !kept) {
      return null;
    }
    return scope == Scopes.PROVINCE ? portal.between(at, steps.next(at)).of(known) : 0L;
  }

  /// Levels at the ends of days, from the last one back: each is the one behind it less what
  /// changed since.
  private List<@Nullable Long> levels(
      Counters counters, int scope, Measure measure, List<Long> starts) {
    @Nullable Long[] values = new Long[starts.size()];
    int today = Days.dayOf(tally.asOf());
    long value = counters.level(scope, measure);
    int day = counters.lastLevelDay();
    for (int i = starts.size() - 1; i >= 0; i--) {
      int asked = Days.dayOf(starts.get(i));
      for (; day > asked && day >= counters.firstDay(); day--) {
        value -= counters.onDay(scope, measure, day);
      }
      values[i] = asked > today ? null : value;
    }
    return Arrays.asList(values);
  }

  private static @Nullable Long inCells(
      Counters counters, int scope, Measure measure, long at, Steps steps) {
    if (Days.dayOf(at) < counters.firstCellDay()) {
      return null;
    }
    long sum = 0;
    int end = Days.cellOf(steps.next(at));
    for (int cell = Days.cellOf(at); cell < end; cell++) {
      sum += counters.inCell(scope, measure, cell);
    }
    return sum;
  }

  private static Long onDays(Counters counters, int scope, Measure measure, long at, Steps steps) {
    long sum = 0;
    int from = Math.max(Days.dayOf(at), counters.firstDay());
    int end = Math.min(Days.dayOf(steps.next(at)), counters.lastDay() + 1);
    for (int day = from; day < end; day++) {
      sum += counters.onDay(scope, measure, day);
    }
    return sum;
  }

  /// Where the steps of one kind begin.
  private static final class Steps {
    private final long finerMicros;
    private final Period period;

    Steps(String name) {
      finerMicros =
          switch (name) {
            case "15min" -> Days.CELL_MICROS;
            case "hour" -> 4 * Days.CELL_MICROS;
            default -> 0;
          };
      period =
          Arrays.stream(Period.values())
              .filter(one -> one.step().equals(name))
              .findFirst()
              .orElse(Period.TODAY);
    }

    boolean finerThanDay() {
      return finerMicros > 0;
    }

    long floor(long micros) {
      if (finerThanDay()) {
        return micros - Math.floorMod(micros, finerMicros);
      }
      return Days.startOf(period.start(Days.dayOf(micros)));
    }

    long next(long start) {
      return finerThanDay() ? start + finerMicros : Days.startOf(period.end(Days.dayOf(start)));
    }
  }
}
