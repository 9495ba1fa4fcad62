package vn.truc.table;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoField;
import java.time.temporal.TemporalAccessor;
import java.time.temporal.TemporalQueries;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import vn.truc.table.TableMap.TimeForm;

/// Reads the times of cells. Nothing is moved: not a day that does not exist, not an hour that a
/// change of clocks leaves out. Of an hour that stands twice the first is meant.
final class TableTimes {
  private static final Pattern ISO =
      Pattern.compile(
          "([0-9]{4}-[0-9]{2}-[0-9]{2})"
              + "(?:(?:[Tt]|[ \u00A0]+)([0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:[.,][0-9]{1,9})?)?)(.*))?",
          Pattern.DOTALL);
  private static final Pattern OFFSET = Pattern.compile("[Zz]|[+-][0-9]{2}:[0-9]{2}");

  /// What databases and spreadsheets write where there is no time: their smallest day, zero.
  private static final Set<LocalDate> NONE =
      Set.of(
          LocalDate.of(1753, 1, 1),
          LocalDate.of(1899, 12, 30),
          LocalDate.of(1899, 12, 31),
          LocalDate.of(1900, 1, 1),
          LocalDate.of(1970, 1, 1));

  private static final int YEAR_MIN = 1900;
  private static final int YEAR_MAX = 9998;

  /// A time, or why it is none.
  record Read(Optional<Instant> at, String complaint) {
    private static Read of(Instant at) {
      return new Read(Optional.of(at), "");
    }

    private static Read refused(String complaint) {
      return new Read(Optional.empty(), complaint);
    }
  }

  private TableTimes() {}

  static Read read(TimeForm form, CellValue cell) {
    if (cell.moment().isPresent()) {
      return placed(cell.moment().get(), form.zone(), cell.text());
    }
    try {
      return switch (form) {
        case TimeForm.Iso(ZoneId zone) -> iso(cell.text(), zone);
        case TimeForm.Pattern(DateTimeFormatter formatter, String _, ZoneId zone) ->
            parsed(formatter.parse(cell.text()), zone, cell.text());
        case TimeForm.Epoch(long units, ZoneId zone) -> epoch(cell.text(), units, zone);
      };
    } catch (DateTimeException | ArithmeticException | NumberFormatException e) {
      return Read.refused(
          "must be " + wanted(form) + ", not '" + Texts.shown(cell.text()) + "'" + hint(form, e));
    }
  }

  private static String wanted(TimeForm form) {
    return switch (form) {
      case TimeForm.Iso _ -> "a time like 2026-11-23T07:30:00";
      case TimeForm.Pattern(DateTimeFormatter _, String pattern, ZoneId _) ->
          "a time like " + pattern;
      case TimeForm.Epoch _ -> "a count since 1970";
    };
  }

  /// A text of the right form that names no day or hour: says so.
  private static String hint(TimeForm form, RuntimeException e) {
    String message = String.valueOf(e.getMessage());
    boolean none = message.contains("Invalid") || message.contains("Conflict");
    return !(form instanceof TimeForm.Epoch) && none ? ": there is no such day or hour" : "";
  }

  private static Read iso(String text, ZoneId zone) {
    Matcher matcher = ISO.matcher(text);
    if (!matcher.matches()) {
      throw new DateTimeException("another form");
    }
    LocalDate date = LocalDate.parse(matcher.group(1));
    if (matcher.group(2) == null) {
      return whole(date, zone, text);
    }
    LocalDateTime at = date.atTime(LocalTime.parse(matcher.group(2).replace(',', '.')));
    String offset = matcher.group(3);
    if (offset.isEmpty()) {
      return placed(at, zone, text);
    }
    if (!OFFSET.matcher(offset).matches()) {
      return Read.refused(
          "the offset of '%s' must be written +07:00 or Z, with nothing before it, not '%s'"
              .formatted(Texts.shown(text), Texts.shown(offset)));
    }
    return sound(at, text)
        .orElseGet(() -> Read.of(at.toInstant(ZoneOffset.of(offset.replace('z', 'Z')))));
  }

  private static Read epoch(String text, long units, ZoneId zone) {
    Instant at = Instant.ofEpochMilli(Math.multiplyExact(Long.parseLong(text), 1_000L) / units);
    return sound(at.atZone(ZoneOffset.UTC).toLocalDateTime(), text)
        .orElseGet(() -> Read.of(at.atZone(zone).toInstant()));
  }

  /// Asks what was read instead of trying one form after another: a table has many rows, and a
  /// form that does not fit costs an exception each time.
  private static Read parsed(TemporalAccessor parsed, ZoneId zone, String text) {
    LocalDate date = LocalDate.from(parsed);
    LocalTime time = parsed.query(TemporalQueries.localTime());
    if (time == null) {
      return whole(date, zone, text);
    }
    if (parsed.isSupported(ChronoField.INSTANT_SECONDS)) {
      return sound(date.atTime(time), text).orElseGet(() -> Read.of(Instant.from(parsed)));
    }
    return placed(date.atTime(time), zone, text);
  }

  private static Read whole(LocalDate date, ZoneId zone, String text) {
    return sound(date.atStartOfDay(), text)
        .orElseGet(() -> Read.of(date.atStartOfDay(zone).toInstant()));
  }

  private static Read placed(LocalDateTime at, ZoneId zone, String text) {
    if (zone.getRules().getValidOffsets(at).isEmpty()) {
      return Read.refused(
          "'" + Texts.shown(text) + "' does not exist in " + zone + ": the clocks leave it out");
    }
    return sound(at, text).orElseGet(() -> Read.of(at.atZone(zone).toInstant()));
  }

  /// The complaint about a time that stands for none, or that nobody means.
  private static Optional<Read> sound(LocalDateTime at, String text) {
    boolean none =
        at.getYear() <= 1
            || at.getYear() > YEAR_MAX
            || (NONE.contains(at.toLocalDate()) && at.toLocalTime().equals(LocalTime.MIDNIGHT));
    if (none) {
      return Optional.of(
          Read.refused(
              "'%s' is what databases write for none; name it under noneValues if it stands for an empty cell"
                  .formatted(Texts.shown(text))));
    }
    return at.getYear() < YEAR_MIN
        ? Optional.of(Read.refused("'" + Texts.shown(text) + "' is before the year " + YEAR_MIN))
        : Optional.empty();
  }

  /// RFC 3339, whose offsets are whole minutes.
  static String rfc3339(Instant at, ZoneId zone) {
    ZoneOffset exact = zone.getRules().getOffset(at);
    ZoneOffset minutes = ZoneOffset.ofTotalSeconds(exact.getTotalSeconds() / 60 * 60);
    return OffsetDateTime.ofInstant(at, minutes).format(DateTimeFormatter.ISO_OFFSET_DATE_TIME);
  }
}
