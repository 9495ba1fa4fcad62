package vn.truc.cli;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// A virtual clock as the command line asks for it: `2026-11-23T07:30+07:00,x20`.
///
/// @param from where domain time starts, in the years 2000 to 8999
/// @param speed domain seconds in a real second, 0 to [#SPEED_MAX]; 0 stands still
public record ClockOption(Instant from, double speed) {
  /// The fastest clock: a day in a bit less than nine seconds.
  public static final double SPEED_MAX = 10_000;

  /// The first instant a clock may be set to, and the first it may not: times are written with four
  /// digits of the year, and the fastest clock is not to reach the end of them soon.
  private static final Instant EARLIEST = Instant.parse("2000-01-01T00:00:00Z");

  private static final Instant END = Instant.parse("9000-01-01T00:00:00Z");

  private static final Pattern FORM =
      Pattern.compile("([^,]+)(?:,x([0-9]{1,5}(?:\\.[0-9]{1,6})?))?");
  private static final ZoneId ZONE = ZoneId.of("Asia/Ho_Chi_Minh");

  public ClockOption {
    Objects.requireNonNull(from, "from");
    if (!(speed >= 0 && speed <= SPEED_MAX)) {
      throw new IllegalArgumentException("speed must be from x0 to x10000");
    }
    if (from.isBefore(EARLIEST) || !from.isBefore(END)) {
      throw new IllegalArgumentException("a clock can be set to the years 2000 to 8999");
    }
  }

  /// Reads `FROM[,xSPEED]`; without a speed, time goes as fast as real time.
  ///
  /// @throws IllegalArgumentException when the text has another form
  public static ClockOption parse(String text) {
    Matcher matcher = FORM.matcher(text);
    if (!matcher.matches()) {
      throw new IllegalArgumentException(
          "'" + text + "' is no clock; write 2026-11-23T07:30+07:00,x20");
    }
    Optional<String> speed = Optional.ofNullable(matcher.group(2));
    return new ClockOption(instant(matcher.group(1)), speed.map(Double::parseDouble).orElse(1.0));
  }

  /// Reads an instant; one without an offset is Vietnamese time.
  ///
  /// @throws IllegalArgumentException when the text is none
  public static Instant instant(String text) {
    try {
      return OffsetDateTime.parse(text).toInstant();
    } catch (DateTimeException e) {
      return localInstant(text);
    }
  }

  private static Instant localInstant(String text) {
    try {
      return LocalDateTime.parse(text).atZone(ZONE).toInstant();
    } catch (DateTimeException e) {
      throw new IllegalArgumentException(
          "'" + text + "' is no time; write 2026-11-23T07:30+07:00", e);
    }
  }
}
