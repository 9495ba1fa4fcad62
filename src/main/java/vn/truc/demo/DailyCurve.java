package vn.truc.demo;

import java.util.SplittableRandom;

/// How a day's cases spread over its quarter hours: peaks at 08:00 and 16:00, a dip at noon, a
/// little in the evening, next to nothing at night; weekends are thin.
final class DailyCurve {
  static final int SLICES = 96;
  static final long SLICE = 15 * WorkHours.MINUTE;

  private final double[] share = new double[SLICES];
  private final double weekend;

  /// @param base weight of an ordinary working quarter hour
  /// @param evening weight between 19:00 and 22:00
  /// @param night weight of the rest
  /// @param weekend volume of a Saturday or Sunday against a working day
  DailyCurve(double base, double evening, double night, double weekend) {
    this.weekend = weekend;
    double sum = 0;
    for (int i = 0; i < SLICES; i++) {
      double hour = (i + 0.5) / 4;
      double weight = night;
      if (hour > 7.25 && hour < 17.5) {
        weight = base * (hour > 11.5 && hour < 13.5 ? 0.35 : 1);
        weight += peak(hour, 8.2, 0.7) + peak(hour, 16, 0.8);
      } else if (hour > 19 && hour < 22) {
        weight = evening;
      }
      share[i] = weight;
      sum += weight;
    }
    for (int i = 0; i < SLICES; i++) {
      share[i] /= sum;
    }
  }

  private static double peak(double hour, double at, double width) {
    double distance = (hour - at) / width;
    return Math.exp(-distance * distance / 2);
  }

  /// How many cases begin in the quarter hour that starts at an instant.
  int draw(SplittableRandom random, int perDay, long sliceStart, boolean even) {
    double expected;
    if (even) {
      expected = (double) perDay / SLICES;
    } else {
      int slice = (int) (WorkHours.timeOfDay(sliceStart) / SLICE);
      double day = WorkHours.working(WorkHours.day(sliceStart)) ? 1 : weekend;
      expected = perDay * share[slice] * day;
    }
    int whole = (int) expected;
    return whole + (random.nextDouble() < expected - whole ? 1 : 0);
  }
}
