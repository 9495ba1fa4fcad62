package vn.truc.board;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Reads a measure of a scope over time.
final class SeriesReader {
  /// Points one answer may hold.
  static final int POINTS_MAX = 10_000;

  private static final List<String> COUNTED_STEPS =
      List.of("15min", "hour", "day", "week", "month", "quarter", "year");
  private static final List<String> LEVEL_STEPS = List.of("day");

  private final Tally tally;
  private final PortalTraffic portal;

  SeriesReader(Tally tally, PortalTraffic portal) {
    this.tally = tally;
    this.portal = portal;
  }

  /// The points of a series, or why there are none.
  SeriesAnswer read(String metric, String scopeName, long fromMicros, long toMicros, String step) {
    Optional<Measure> known = Measure.of(metric).filter(Measure::served);
    Optional<Catalogue.PortalMeasure> visits = Catalogue.PortalMeasure.of(metric);
    if (known.isEmpty() && visits.isEmpty()) {
      return new SeriesAnswer.Refused("metric", "'" + metric + "' is no metric that has series");
    }
    boolean level = known.isPresent() && known.get().level();
    List<String> allowed = level ? LEVEL_STEPS : COUNTED_STEPS;
    if (!allowed.contains(step)) {
      return new SeriesAnswer.Refused(
          "step", "of '" + metric + "' is one of " + String.join(", ", allowed));
    }
    if (toMicros < fromMicros) {
      return new SeriesAnswer.Refused("to", "is before from");
    }
    int scope = tally.scopes().find(scopeName);
    if (scope < 0) {
      return new SeriesAnswer.Refused("scope", "no scope '" + scopeName + "'");
    }
    Steps steps = new Steps(step);
    List<Long> starts = new ArrayList<>();
    for (long at = steps.floor(fromMicros); at < toMicros; at = steps.next(at)) {
      if (starts.size() == POINTS_MAX) {
        return new SeriesAnswer.Refused(
            "to", "lies more than " + POINTS_MAX + " points behind from");
      }
      starts.add(at);
    }
    List<@Nullable Long> values =
        known.isPresent()
            ? counted(scope, known.get(), starts, steps)
            : traffic(scope, visits.orElseThrow(), starts, steps);
    return new SeriesAnswer.Points(metric, scopeName, step, starts, values);
  }

  private List<@Nullable Long> counted(int scope, Measure measure, List<Long> starts, Steps steps) {
    Counters counters = tally.counters();
    if (measure.level()) {
      return levels(counters, scope, measure, starts);
    }
    List<@Nullable Long> values = new ArrayList<>(starts.size());
    for (long at : starts) {
      values.add(
          steps.finerThanDay()
              ? inCells(counters, scope, measure, at, steps)
              : onDays(counters, scope, measure, at, steps));
    }
    return values;
  }

  /// Visits of portals, in the step their cell of time begins in; they are the province's alone.
  private List<@Nullable Long> traffic(
      int scope, Catalogue.PortalMeasure measure, List<Long> starts, Steps steps) {
    List<@Nullable Long> values = new ArrayList<>(starts.size());
    for (long at : starts) {
      boolean kept = !steps.finerThanDay() || Days.dayOf(at) >= tally.counters().firstCellDay();
      if (!portal.fed(measure) || !kept) {
        values.add(null);
      } else if (scope != Scopes.PROVINCE) {
        values.add(0L);
      } else {
        values.add(portal.between(at, steps.next(at)).of(measure));
      }
    }
    return values;
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
    private final String name;
    private final long finerMicros;

    Steps(String name) {
      this.name = name;
      finerMicros =
          switch (name) {
            case "15min" -> Days.CELL_MICROS;
            case "hour" -> 4 * Days.CELL_MICROS;
            default -> 0;
          };
    }

    boolean finerThanDay() {
      return finerMicros > 0;
    }

    long floor(long micros) {
      if (finerThanDay()) {
        return micros - Math.floorMod(micros, finerMicros);
      }
      return Days.startOf(period().start(Days.dayOf(micros)));
    }

    long next(long start) {
      return finerThanDay() ? start + finerMicros : Days.startOf(period().end(Days.dayOf(start)));
    }

    private Period period() {
      return Arrays.stream(Period.values())
          .filter(period -> period.step().equals(name))
          .findFirst()
          .orElseThrow();
    }
  }
}
