package vn.truc.http;

import io.vertx.ext.web.RoutingContext;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/// Reads query parameters; what cannot be used names itself in a 422.
final class Parameters {
  private static final ZoneOffset ZONE = ZoneOffset.ofHours(7);

  private Parameters() {}

  /// A parameter at fault, with the answer it gets.
  static final class FaultException extends RuntimeException {
    private static final long serialVersionUID = 1L;
    private final String field;
    private final String detail;

    FaultException(String field, String detail) {
      super(field + " " + detail);
      this.field = field;
      this.detail = detail;
    }

    void answer(RoutingContext context) {
      Refusals.unprocessable(context, field, detail);
    }
  }

  /// Refuses parameters of the query that are none of these: one misspelt would be passed over, and
  /// another answer given than was asked for.
  static void only(RoutingContext context, String... names) {
    List<String> known = List.of(names);
    for (String name : context.queryParams().names()) {
      if (!known.contains(name)) {
        throw new FaultException(
            name,
            known.isEmpty()
                ? "is no parameter of this address, which has none"
                : "is no parameter of this address; it has " + String.join(", ", known));
      }
    }
  }

  /// A parameter of the path.
  static String path(RoutingContext context, String name) {
    return Objects.requireNonNullElse(context.pathParam(name), "");
  }

  static Optional<String> text(RoutingContext context, String name) {
    return context.queryParam(name).stream().findFirst().filter(value -> !value.isEmpty());
  }

  static String required(RoutingContext context, String name) {
    return text(context, name).orElseThrow(() -> new FaultException(name, "is missing"));
  }

  static int integer(RoutingContext context, String name, int min, int max, int otherwise) {
    Optional<String> given = text(context, name);
    if (given.isEmpty()) {
      return otherwise;
    }
    try {
      int value = Integer.parseInt(given.get());
      if (value >= min && value <= max) {
        return value;
      }
    } catch (NumberFormatException e) {
      throw new FaultException(name, "is a whole number from " + min + " to " + max);
    }
    throw new FaultException(name, "is a whole number from " + min + " to " + max);
  }

  /// A date (its first instant in Asia/Ho_Chi_Minh) or a time with offset, as microseconds since
  /// 1970.
  static long instant(RoutingContext context, String name) {
    String text = required(context, name);
    try {
      Instant instant =
          text.length() == 10
              ? LocalDate.parse(text).atStartOfDay(ZONE).toInstant()
              : OffsetDateTime.parse(text.replace(' ', '+')).toInstant();
      return ChronoUnit.MICROS.between(Instant.EPOCH, instant);
    } catch (DateTimeException | ArithmeticException e) {
      throw new FaultException(name, "is a date (2026-11-23) or a time with offset");
    }
  }
}
