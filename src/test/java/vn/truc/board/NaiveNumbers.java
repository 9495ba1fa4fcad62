package vn.truc.board;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.List;

/// Periods, days and ratios of [NaiveBoard], and the numbers it counts.
final class NaiveNumbers {
  static final long DAY = 86_400_000_000L;
  private static final long ZONE = 7 * 3_600_000_000L;
  static final List<String> PERIODS = List.of("today", "week", "month", "quarter", "year");

  static final List<String> FEEDBACK_COUNTS =
      List.of(
          "feedback.received",
          "feedback.accepted",
          "feedback.answered",
          "feedback.answered.ontime",
          "feedback.answered.late",
          "feedback.answered.nodue",
          "feedback.refused",
          "feedback.reopened",
          "feedback.channel.hotline",
          "feedback.channel.portal",
          "feedback.channel.app",
          "feedback.channel.zalo",
          "feedback.channel.mail",
          "feedback.channel.desk",
          "feedback.channel.social",
          "feedback.channel.ioc");
  static final List<String> DOSSIER_COUNTS =
      List.of(
          "dossier.received",
          "dossier.received.online",
          "dossier.received.desk",
          "dossier.received.post",
          "dossier.finished.early",
          "dossier.finished.ontime",
          "dossier.finished.late",
          "dossier.finished.nodue",
          "dossier.rejected",
          "dossier.withdrawn",
          "dossier.stopped");
  static final List<String> FEEDBACK_LEVELS =
      List.of(
          "feedback.open",
          "feedback.unaccepted",
          "feedback.neardue",
          "feedback.overdue",
          "feedback.nodue");
  static final List<String> DOSSIER_LEVELS =
      List.of(
          "dossier.waiting",
          "dossier.open",
          "dossier.paused",
          "dossier.neardue",
          "dossier.overdue",
          "dossier.nodue");

  private NaiveNumbers() {}

  static String plain(double value) {
    return BigDecimal.valueOf(value).stripTrailingZeros().toPlainString();
  }

  static String ratio(long above, long below) {
    String value =
        below == 0
            ? "null"
            : fourDown(new BigDecimal(above).divide(new BigDecimal(below), 12, RoundingMode.FLOOR));
    return value + " " + above + "/" + below;
  }

  static String fourDown(BigDecimal value) {
    return value.setScale(4, RoundingMode.FLOOR).stripTrailingZeros().toPlainString();
  }

  /// Upper bound in minutes of the histogram cell of an answer time.
  static long cellUpper(long micros) {
    if (micros <= 0) {
      return 0;
    }
    long[][] cells = {{1, 24 * 60}, {15, 30 * 24 * 60}, {60, 2 * 365 * 24 * 60}};
    for (long[] cell : cells) {
      long width = cell[0] * 60_000_000L;
      long upper = (micros + width - 1) / width * cell[0];
      if (upper <= cell[1]) {
        return upper;
      }
    }
    return 1_051_200;
  }

  static int day(long micros) {
    return (int) Math.floorDiv(micros + ZONE, DAY);
  }

  static long startOf(int day) {
    return day * DAY - ZONE;
  }

  static int start(String period, int day) {
    java.time.LocalDate date = java.time.LocalDate.ofEpochDay(day);
    java.time.LocalDate start =
        switch (period) {
          case "week" -> date.minusDays(date.getDayOfWeek().getValue() - 1L);
          case "month" -> date.withDayOfMonth(1);
          case "quarter" ->
              java.time.LocalDate.of(
                  date.getYear(),
                  new int[] {1, 1, 1, 4, 4, 4, 7, 7, 7, 10, 10, 10}[date.getMonthValue() - 1],
                  1);
          case "year" -> java.time.LocalDate.of(date.getYear(), 1, 1);
          default -> date;
        };
    return (int) start.toEpochDay();
  }

  static int end(String period, int day) {
    java.time.LocalDate start = java.time.LocalDate.ofEpochDay(start(period, day));
    java.time.LocalDate end =
        switch (period) {
          case "week" -> start.plusDays(7);
          case "month" -> start.plusMonths(1);
          case "quarter" -> start.plusMonths(3);
          case "year" -> start.plusYears(1);
          default -> start.plusDays(1);
        };
    return (int) end.toEpochDay();
  }
}
