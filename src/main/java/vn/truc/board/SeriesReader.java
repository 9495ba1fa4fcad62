package vn.truc.board;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/// Reads a measure of a scope over time.
final class SeriesReader {
  /// Points one answer may hold.
  static final int POINTS_MAX = 10_000;

  private static final List<String> COUNTED_STEPS =
      List.of("15min", "hour", "day", "week", "month", "quarter", "year");
  private static final List<String> LEVEL_STEPS = List.of("day");

  private final Tally tally;

  SeriesReader(Tally tally) {
    this.tally = tally;
  }

  /// The points of a series, or why there are none.
  SeriesAnswer read(String metric, String scopeName, long fromMicros, long toMicros, String step) {
    Optional<Measure> known = Measure.of(metric).filter(Measure::served);
    if (known.isEmpty()) {
      return new SeriesAnswer.Refused(
          "metric", "no series of '" + metric + "': steps allowed for it: none");
    }
    Measure measure = known.get();
    List<String> allowed = measure.level() ? LEVEL_STEPS : COUNTED_STEPS;
    if (!allowed.contains(step)) {
      return new SeriesAnswer.Refused(
          "step", "'" + metric + "' is kept in steps " + String.join(", ", allowed));
    }
    if (toMicros < fromMicros) {
      return new SeriesAnswer.Refused("to", "is before from");
    }
    int scope = tally.scopes().find(scopeName);
    if (scope < 0) {
      return new SeriesAnswer.Refused("scope", "no scope '" + scopeName + "'");
    }
    Steps steps = new Steps(step);
    JsonText json = new JsonText();
    json.open('{').name("metric").string(metric).name("scope").string(scopeName);
    json.name("step").string(step).name("points").open('[');
    StringBuilder csv = new StringBuilder("time,value\n");
    int points = 0;
    for (long at = steps.floor(fromMicros); at < toMicros; at = steps.next(at)) {
      if (points++ == POINTS_MAX) {
        return new SeriesAnswer.Refused("to", "more than " + POINTS_MAX + " points");
      }
      Optional<Integer> value = valueAt(scope, measure, at, steps);
      String time = JsonText.instantText(at);
      json.open('[').string(time).raw(value.map(String::valueOf).orElse("null")).close(']');
      csv.append(time).append(',').append(value.map(String::valueOf).orElse("")).append('\n');
    }
    json.close(']').close('}');
    return new SeriesAnswer.Points(json.toString(), csv.toString());
  }

  private Optional<Integer> valueAt(int scope, Measure measure, long at, Steps steps) {
    Counters counters = tally.counters();
    int fromDay = Days.dayOf(at);
    if (steps.finerThanDay()) {
      if (fromDay < counters.firstCellDay()) {
        return Optional.empty();
      }
      int sum = 0;
      int end = Days.cellOf(steps.next(at));
      for (int cell = Days.cellOf(at); cell < end; cell++) {
        sum += counters.inCell(scope, measure, cell);
      }
      return Optional.of(sum);
    }
    if (measure.level()) {
      return fromDay > Days.dayOf(tally.asOf())
          ? Optional.empty()
          : Optional.of(counters.levelAtEnd(scope, measure, fromDay));
    }
    int sum = 0;
    int end = Days.dayOf(steps.next(at));
    for (int day = fromDay; day < end; day++) {
      sum += counters.onDay(scope, measure, day);
    }
    return Optional.of(sum);
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
