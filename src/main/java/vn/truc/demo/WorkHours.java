package vn.truc.demo;

/// The simulated offices' hours: Monday to Friday, 07:30-11:30 and 13:30-17:30, Asia/Ho_Chi_Minh,
/// which is seven hours ahead of UTC the year round. Holidays are not known here: the simulation
/// needs a rhythm, not a calendar. Instants are microseconds since 1970.
final class WorkHours {
  static final long SECOND = 1_000_000L;
  static final long MINUTE = 60 * SECOND;
  static final long HOUR = 60 * MINUTE;
  static final long DAY = 24 * HOUR;
  static final long ZONE = 7 * HOUR;
  static final long MORNING = 7 * HOUR + 30 * MINUTE;
  private static final long NOON = 11 * HOUR + 30 * MINUTE;
  private static final long AFTERNOON = 13 * HOUR + 30 * MINUTE;
  private static final long EVENING = 17 * HOUR + 30 * MINUTE;

  private final boolean roundTheClock;

  WorkHours(boolean roundTheClock) {
    this.roundTheClock = roundTheClock;
  }

  /// Days since 1970 in the zone.
  static long day(long micros) {
    return Math.floorDiv(micros + ZONE, DAY);
  }

  /// Midnight of a day in the zone.
  static long midnight(long day) {
    return day * DAY - ZONE;
  }

  static long timeOfDay(long micros) {
    return Math.floorMod(micros + ZONE, DAY);
  }

  /// 0 Monday to 6 Sunday.
  static int weekday(long day) {
    return (int) Math.floorMod(day + 3, 7L);
  }

  static boolean working(long day) {
    return weekday(day) < 5;
  }

  boolean open(long micros) {
    if (roundTheClock) {
      return true;
    }
    long at = timeOfDay(micros);
    return working(day(micros))
        && ((at >= MORNING && at < NOON) || (at >= AFTERNOON && at < EVENING));
  }

  /// The instant this many working minutes later.
  long add(long from, long minutes) {
    if (roundTheClock) {
      return from + minutes * MINUTE;
    }
    long left = minutes * MINUTE;
    long at = from;
    while (true) {
      long midnight = midnight(day(at));
      long start = at - midnight;
      long end;
      if (!working(day(at)) || start >= EVENING) {
        at = midnight + DAY + MORNING;
        continue;
      } else if (start < NOON) {
        start = Math.max(start, MORNING);
        end = NOON;
      } else {
        start = Math.max(start, AFTERNOON);
        end = EVENING;
      }
      if (start + left < end) {
        return midnight + start + left;
      }
      left -= end - start;
      at = midnight + (end == NOON ? AFTERNOON : DAY + MORNING);
    }
  }

  /// 07:30 of the working day this instant lies in, else of the latest one before it.
  static long workingDayStart(long micros) {
    long day = day(micros);
    while (!working(day)) {
      day--;
    }
    return midnight(day) + MORNING;
  }

  /// 07:10 of the next working day after the day of this instant: before the desks open.
  static long beforeNextWorkingDay(long micros) {
    long day = day(micros) + 1;
    while (!working(day)) {
      day++;
    }
    return midnight(day) + MORNING - 20 * MINUTE;
  }
}
