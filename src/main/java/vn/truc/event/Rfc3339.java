package vn.truc.event;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;

/// Times as the wire has them: RFC 3339 with an offset, to the microsecond (finer is cut off), and
/// bare dates in Asia/Ho_Chi_Minh, which has had the offset +07:00 since 1975.
///
/// Instants are microseconds since 1970-01-01T00:00:00Z.
public final class Rfc3339 {
  /// What the parsers answer for a text that is no time.
  public static final long INVALID = Long.MIN_VALUE;

  /// The first microsecond of the year 2000: facts may not be older.
  public static final long YEAR_2000 = 946_684_800_000_000L;

  private static final long SECOND = 1_000_000L;
  private static final long DAY = 86_400 * SECOND;
  private static final long ZONE = 7 * 3_600 * SECOND;
  private static final DateTimeFormatter MILLIS =
      DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSSxxx").withZone(ZoneOffset.ofHours(7));

  private Rfc3339() {}

  /// The instant of a text such as `2026-11-23T07:30:00.25+07:00`; [#INVALID] when it is not one.
  /// Leap seconds are refused.
  public static long parse(String text) {
    byte[] bytes = text.getBytes(UTF_8);
    return parse(bytes, 0, bytes.length);
  }

  /// As [#parse(String)], in place.
  public static long parse(byte[] text, int from, int to) {
    if (to - from < 20) {
      return INVALID;
    }
    long days = date(text, from);
    int hour = two(text, from + 11);
    int minute = two(text, from + 14);
    int second = two(text, from + 17);
    if (days == INVALID
        || (text[from + 10] | 0x20) != 't'
        || text[from + 13] != ':'
        || text[from + 16] != ':'
        || hour < 0
        || hour > 23
        || minute < 0
        || minute > 59
        || second < 0
        || second > 59) {
      return INVALID;
    }
    int at = from + 19;
    long fraction = 0;
    if (text[at] == '.') {
      int first = ++at;
      long unit = SECOND / 10;
      while (at < to && text[at] >= '0' && text[at] <= '9') {
        fraction += (text[at++] - '0') * unit;
        unit /= 10;
      }
      if (at == first) {
        return INVALID;
      }
    }
    long offsetSeconds = offset(text, at, to);
    if (offsetSeconds == INVALID) {
      return INVALID;
    }
    long seconds = days * 86_400 + hour * 3_600L + minute * 60L + second - offsetSeconds;
    return seconds * SECOND + fraction;
  }

  private static long offset(byte[] text, int at, int to) {
    if (at + 1 == to && (text[at] | 0x20) == 'z') {
      return 0;
    }
    if (at + 6 != to || (text[at] != '+' && text[at] != '-') || text[at + 3] != ':') {
      return INVALID;
    }
    int hours = two(text, at + 1);
    int minutes = two(text, at + 4);
    if (hours < 0 || hours > 23 || minutes < 0 || minutes > 59) {
      return INVALID;
    }
    long seconds = hours * 3_600L + minutes * 60L;
    return text[at] == '-' ? -seconds : seconds;
  }

  /// The instant of a time or a bare date `yyyy-MM-dd`: of that day the first microsecond, or the
  /// last where it is a deadline. [#INVALID] when it is neither.
  static long parseOrDate(byte[] text, int from, int to, boolean deadline) {
    if (to - from != 10) {
      return parse(text, from, to);
    }
    long days = date(text, from);
    return days == INVALID ? INVALID : days * DAY - ZONE + (deadline ? DAY - 1 : 0);
  }

  /// Days since 1970-01-01 of the ten characters here.
  private static long date(byte[] text, int from) {
    int century = two(text, from);
    int rest = two(text, from + 2);
    int month = two(text, from + 5);
    int day = two(text, from + 8);
    if (century < 0
        || rest < 0
        || text[from + 4] != '-'
        || text[from + 7] != '-'
        || month < 1
        || month > 12
        || day < 1) {
      return INVALID;
    }
    int year = century * 100 + rest;
    if (day > daysIn(year, month)) {
      return INVALID;
    }
    long y = month <= 2 ? year - 1 : year;
    long era = Math.floorDiv(y, 400L);
    long yearOfEra = y - era * 400;
    long dayOfYear = (153L * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    long dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear;
    return era * 146_097 + dayOfEra - 719_468;
  }

  private static int daysIn(int year, int month) {
    return switch (month) {
      case 2 -> year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28;
      case 4, 6, 9, 11 -> 30;
      default -> 31;
    };
  }

  private static int two(byte[] text, int at) {
    int tens = text[at] - '0';
    int ones = text[at + 1] - '0';
    return tens < 0 || tens > 9 || ones < 0 || ones > 9 ? -1 : tens * 10 + ones;
  }

  /// An instant as this house writes it: `2026-11-23T07:30:00.250+07:00`.
  public static String format(long micros) {
    return MILLIS.format(Instant.EPOCH.plus(micros, ChronoUnit.MICROS));
  }
}
