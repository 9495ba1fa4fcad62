package vn.truc.board;

import java.time.DayOfWeek;
import java.time.LocalDate;
import java.time.temporal.TemporalAdjusters;

/// The periods of the board, in Asia/Ho_Chi_Minh; weeks begin on Monday.
enum Period {
  TODAY("today", "day"),
  WEEK("week", "week"),
  MONTH("month", "month"),
  QUARTER("quarter", "quarter"),
  YEAR("year", "year");

  private static final Period[] ALL = values();

  private final String label;
  private final String step;

  Period(String label, String step) {
    this.label = label;
    this.step = step;
  }

  String label() {
    return label;
  }

  /// Its name as a step of a series.
  String step() {
    return step;
  }

  static int count() {
    return ALL.length;
  }

  static Period at(int ordinal) {
    return ALL[ordinal];
  }

  /// The first day of the period a day lies in.
  int start(int day) {
    LocalDate date = Days.date(day);
    LocalDate start =
        switch (this) {
          case TODAY -> date;
          case WEEK -> date.with(TemporalAdjusters.previousOrSame(DayOfWeek.MONDAY));
          case MONTH -> date.withDayOfMonth(1);
          case QUARTER -> date.withMonth((date.getMonthValue() - 1) / 3 * 3 + 1).withDayOfMonth(1);
          case YEAR -> date.withDayOfYear(1);
        };
    return (int) start.toEpochDay();
  }

  /// The first day behind the period a day lies in.
  int end(int day) {
    LocalDate start = Days.date(start(day));
    LocalDate end =
        switch (this) {
          case TODAY -> start.plusDays(1);
          case WEEK -> start.plusWeeks(1);
          case MONTH -> start.plusMonths(1);
          case QUARTER -> start.plusMonths(3);
          case YEAR -> start.plusYears(1);
        };
    return (int) end.toEpochDay();
  }
}
