package vn.truc.board;

import com.fasterxml.jackson.core.io.JsonStringEncoder;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;

/// Writes one JSON document piece by piece; commas are its own care.
final class JsonText {
  private static final DateTimeFormatter MILLIS =
      DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSSXXX").withZone(Days.ZONE);
  private static final DateTimeFormatter SECONDS =
      DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ssXXX").withZone(Days.ZONE);
  private static final DateTimeFormatter MICROS =
      DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSSSSSXXX").withZone(Days.ZONE);

  private final StringBuilder text = new StringBuilder(1024);
  private boolean comma;

  /// An instant as clients see it, to the millisecond, at +07:00.
  static String millis(long micros) {
    return MILLIS.format(instant(micros));
  }

  /// An instant with only as many decimals as it has.
  static String instantText(long micros) {
    return micros % 1_000_000 == 0
        ? SECONDS.format(instant(micros))
        : (micros % 1_000 == 0 ? MILLIS : MICROS).format(instant(micros));
  }

  private static Instant instant(long micros) {
    return Instant.EPOCH.plus(micros, ChronoUnit.MICROS);
  }

  JsonText open(char bracket) {
    separate();
    text.append(bracket);
    comma = false;
    return this;
  }

  JsonText close(char bracket) {
    text.append(bracket);
    comma = true;
    return this;
  }

  JsonText name(String name) {
    separate();
    quote(name);
    text.append(':');
    comma = false;
    return this;
  }

  JsonText string(String value) {
    separate();
    quote(value);
    comma = true;
    return this;
  }

  /// A text, or `null` when it is empty.
  JsonText stringOrNull(String value) {
    return value.isEmpty() ? raw("null") : string(value);
  }

  JsonText number(long value) {
    separate();
    text.append(value);
    comma = true;
    return this;
  }

  /// A number without exponent; whole numbers without decimals.
  JsonText decimal(double value) {
    separate();
    if (value == Math.rint(value) && Math.abs(value) < 1e15) {
      text.append((long) value);
    } else {
      text.append(new java.math.BigDecimal(Double.toString(value)).toPlainString());
    }
    comma = true;
    return this;
  }

  /// A number to its last decimal, without exponent. What is cut off is text: to divide a long
  /// number by ten for each of its zeros takes long.
  static String plain(java.math.BigDecimal value) {
    String text = value.signum() == 0 ? "0" : value.toPlainString();
    int end = text.length();
    if (text.indexOf('.') >= 0) {
      while (text.charAt(end - 1) == '0') {
        end--;
      }
      end -= text.charAt(end - 1) == '.' ? 1 : 0;
    }
    return text.substring(0, end);
  }

  JsonText raw(String json) {
    separate();
    text.append(json);
    comma = true;
    return this;
  }

  private void separate() {
    if (comma) {
      text.append(',');
    }
    comma = false;
  }

  private void quote(String value) {
    text.append('"');
    JsonStringEncoder.getInstance().quoteAsString(value, text);
    text.append('"');
  }

  /// What was written since the last time; the document goes on behind it.
  String take() {
    String piece = text.toString();
    text.setLength(0);
    return piece;
  }

  @Override
  public String toString() {
    return text.toString();
  }
}
