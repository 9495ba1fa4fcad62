package vn.truc.board;

/// The fixed histogram of answer times: one-minute cells to 24 hours, fifteen-minute cells to 30
/// days, one-hour cells to two years. A cell is (lower, upper]; nothing or less reads 0, longer
/// than two years reads 1,051,200 minutes.
final class AnswerScale {
  static final int LONGEST_MINUTES = 2 * 365 * 24 * 60;

  private static final long MINUTE_MICROS = 60_000_000L;
  private static final int DAY_MINUTES = 24 * 60;
  private static final int MONTH_MINUTES = 30 * DAY_MINUTES;
  private static final int QUARTERS_FROM = DAY_MINUTES;
  private static final int HOURS_FROM = QUARTERS_FROM + (MONTH_MINUTES - DAY_MINUTES) / 15;

  /// The cell behind the last: longer than two years.
  private static final int LONGEST = HOURS_FROM + (LONGEST_MINUTES - MONTH_MINUTES) / 60;

  /// How many cells there are.
  static final int CELLS = LONGEST + 1;

  private AnswerScale() {}

  /// The cell of a time in microseconds: 0 for nothing or less.
  static int cellOf(long micros) {
    if (micros <= 0) {
      return 0;
    }
    long minutes = Math.ceilDiv(micros, MINUTE_MICROS);
    if (minutes <= DAY_MINUTES) {
      return (int) minutes;
    }
    if (minutes <= MONTH_MINUTES) {
      return QUARTERS_FROM + (int) Math.ceilDiv(minutes - DAY_MINUTES, 15);
    }
    if (minutes <= LONGEST_MINUTES) {
      return HOURS_FROM + (int) Math.ceilDiv(minutes - MONTH_MINUTES, 60);
    }
    return LONGEST;
  }

  /// The upper bound of a cell, in whole minutes.
  static int upperMinutes(int cell) {
    if (cell <= QUARTERS_FROM) {
      return cell;
    }
    if (cell <= HOURS_FROM) {
      return DAY_MINUTES + (cell - QUARTERS_FROM) * 15;
    }
    return MONTH_MINUTES + (cell - HOURS_FROM) * 60;
  }
}
