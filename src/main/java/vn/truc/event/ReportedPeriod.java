package vn.truc.event;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.time.DateTimeException;
import java.time.DayOfWeek;
import java.time.LocalDate;
import java.time.YearMonth;
import java.time.temporal.IsoFields;
import java.util.Optional;

/// The days a report of an indicator speaks for: `2026`, `2026-Q3`, `2026-11`, `2026-W47` (ISO 8601
/// weeks) or `2026-11-23`.
///
/// Periods compare by their last day, then by their length: the later one is the newer, and of two
/// that end together the longer, which holds the other. By their texts they do not compare:
/// `2026-Q1` stands behind `2026-12` there.
///
/// @param text as it was reported
/// @param firstDay days since 1970-01-01
/// @param lastDay the same; the day itself belongs to the period
/// @param exists whether the calendar has it: some years have no week 53
public record ReportedPeriod(String text, int firstDay, int lastDay, boolean exists)
    implements Comparable<ReportedPeriod> {

  /// The period of a text; empty when it is none.
  public static Optional<ReportedPeriod> of(String text) {
    byte[] at = text.getBytes(ISO_8859_1);
    if (at.length < 4 || !digits(at, 0, 4) || (at.length > 4 && at[4] != '-')) {
      return Optional.empty();
    }
    int year = number(at, 0, 4);
    return switch (at.length) {
      case 4 -> Optional.of(between(text, LocalDate.of(year, 1, 1), LocalDate.of(year, 12, 31)));
      case 7 -> at[5] == 'Q' ? quarter(text, year, at[6] - '0') : month(text, year, at);
      case 8 -> at[5] == 'W' && digits(at, 6, 8) ? week(text, year, number(at, 6, 8)) : none();
      case 10 -> day(text);
      default -> none();
    };
  }

  private static Optional<ReportedPeriod> none() {
    return Optional.empty();
  }

  private static Optional<ReportedPeriod> quarter(String text, int year, int quarter) {
    if (quarter < 1 || quarter > 4) {
      return none();
    }
    LocalDate first = LocalDate.of(year, quarter * 3 - 2, 1);
    return Optional.of(between(text, first, first.plusMonths(3).minusDays(1)));
  }

  private static Optional<ReportedPeriod> month(String text, int year, byte[] at) {
    int month = digits(at, 5, 7) ? number(at, 5, 7) : 0;
    if (month < 1 || month > 12) {
      return none();
    }
    YearMonth days = YearMonth.of(year, month);
    return Optional.of(between(text, days.atDay(1), days.atEndOfMonth()));
  }

  private static Optional<ReportedPeriod> week(String text, int year, int week) {
    if (week < 1 || week > 53) {
      return none();
    }
    LocalDate ofFirstWeek = LocalDate.of(year, 1, 4);
    LocalDate monday = ofFirstWeek.with(DayOfWeek.MONDAY).plusWeeks(week - 1);
    boolean exists =
        week <= IsoFields.WEEK_OF_WEEK_BASED_YEAR.rangeRefinedBy(ofFirstWeek).getMaximum();
    return Optional.of(
        new ReportedPeriod(
            text, (int) monday.toEpochDay(), (int) monday.plusDays(6).toEpochDay(), exists));
  }

  private static Optional<ReportedPeriod> day(String text) {
    try {
      LocalDate day = LocalDate.parse(text);
      return Optional.of(between(text, day, day));
    } catch (DateTimeException _) {
      return none();
    }
  }

  private static ReportedPeriod between(String text, LocalDate first, LocalDate last) {
    return new ReportedPeriod(text, (int) first.toEpochDay(), (int) last.toEpochDay(), true);
  }

  private static boolean digits(byte[] at, int from, int to) {
    for (int i = from; i < to; i++) {
      if (at[i] < '0' || at[i] > '9') {
        return false;
      }
    }
    return true;
  }

  private static int number(byte[] at, int from, int to) {
    int value = 0;
    for (int i = from; i < to; i++) {
      value = value * 10 + at[i] - '0';
    }
    return value;
  }

  /// Whether two periods have a day in common.
  public boolean overlaps(ReportedPeriod other) {
    return firstDay <= other.lastDay && other.firstDay <= lastDay;
  }

  @Override
  public int compareTo(ReportedPeriod other) {
    int byEnd = Integer.compare(lastDay, other.lastDay);
    int byLength = byEnd != 0 ? byEnd : Integer.compare(other.firstDay, firstDay);
    return byLength != 0 ? byLength : text.compareTo(other.text);
  }
}
