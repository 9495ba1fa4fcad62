package vn.truc.board;

import static vn.truc.board.NaiveCases.ORDER;
import static vn.truc.board.NaiveNumbers.*;

import java.math.BigDecimal;
import java.time.LocalDate;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.Set;
import vn.truc.event.Event;
import vn.truc.event.LogRecord;

/// Reported indicators, summed from the top down for each question.
final class NaiveIndicators {
  private NaiveIndicators() {}

  static void of(
      BoardConfig config, List<LogRecord> reports, String scope, Map<String, String> values) {
    Set<String> ids = new HashSet<>();
    config.indicators().forEach(spec -> ids.add(spec.id()));
    reports.forEach(record -> ids.add(((Event.Indicator) record.event()).indicator()));
    for (String id : ids) {
      indicator(config, reports, scope, id, values);
    }
  }

  private static void indicator(
      BoardConfig config,
      List<LogRecord> reports,
      String scope,
      String id,
      Map<String, String> values) {
    boolean province = scope.equals("province");
    Map<List<String>, LogRecord> newest = new HashMap<>();
    Comparator<LogRecord> byPeriod =
        Comparator.<LogRecord, LocalDate>comparing(one -> last(period(one)))
            .thenComparing(one -> first(period(one)), Comparator.reverseOrder())
            .thenComparing(ORDER);
    for (LogRecord record : reports) {
      Event.Indicator one = (Event.Indicator) record.event();
      if (one.indicator().equals(id)) {
        newest.merge(
            List.of(record.subject().orElse(""), one.agency().orElse("")),
            record,
            (left, right) -> byPeriod.compare(left, right) > 0 ? left : right);
      }
    }
    String name = "indicator." + id;
    if (newest.isEmpty()) {
      values.put(name + ".value", "null");
      values.put(name + ".plan", "null");
      values.put(name + ".ratio", "null");
      return;
    }
    List<LogRecord> items =
        standing(config, province ? "" : scope, newest).stream().sorted(ORDER).toList();
    double value = 0;
    OptionalDouble plan = OptionalDouble.of(0);
    for (LogRecord record : items) {
      Event.Indicator one = (Event.Indicator) record.event();
      value += one.value();
      OptionalDouble own = one.target().isPresent() ? one.target() : one.targetHigh();
      plan =
          own.isPresent() && plan.isPresent()
              ? OptionalDouble.of(plan.getAsDouble() + own.getAsDouble())
              : OptionalDouble.empty();
    }
    plan = items.isEmpty() ? OptionalDouble.empty() : plan;
    if (plan.isEmpty() && province) {
      plan =
          config.indicators().stream()
              .filter(spec -> spec.id().equals(id) && spec.target().isPresent())
              .mapToDouble(spec -> spec.target().getAsDouble())
              .findFirst();
    }
    double planned = plan.orElse(0);
    values.put(name + ".value", plain(value));
    values.put(name + ".plan", planned > 0 ? plain(planned) : "null");
    values.put(
        name + ".ratio",
        (planned > 0 ? fourDown(BigDecimal.valueOf(value / planned)) : "null")
            + " "
            + plain(value)
            + "/"
            + plain(planned));
  }

  private static String period(LogRecord record) {
    return ((Event.Indicator) record.event()).period();
  }

  /// The first day, as a formatter of dates or a plain look at the digits tells it.
  private static LocalDate first(String period) {
    int year = Integer.parseInt(period.substring(0, 4));
    if (period.contains("W")) {
      return LocalDate.parse(period + "-1", DateTimeFormatter.ISO_WEEK_DATE);
    }
    if (period.contains("Q")) {
      int quarter = Integer.parseInt(period.substring(6));
      return LocalDate.of(year, 1, 1).plusMonths(3L * (quarter - 1));
    }
    return switch (period.length()) {
      case 4 -> LocalDate.of(year, 1, 1);
      case 7 -> LocalDate.parse(period + "-01");
      default -> LocalDate.parse(period);
    };
  }

  private static LocalDate last(String period) {
    LocalDate first = first(period);
    if (period.contains("W")) {
      return first.plusDays(6);
    }
    LocalDate behind =
        switch (period.length()) {
          case 4 -> first.plusYears(1);
          case 7 -> first.plusMonths(period.contains("Q") ? 3 : 1);
          default -> first.plusDays(1);
        };
    return behind.minusDays(1);
  }

  /// What stands for an agency, or for the province where it is empty: its own whole, or its items
  /// and whatever stands for each agency right below.
  private static List<LogRecord> standing(
      BoardConfig config, String agency, Map<List<String>, LogRecord> newest) {
    LogRecord whole = newest.get(List.of("", agency));
    if (whole != null) {
      return List.of(whole);
    }
    List<LogRecord> standing = new ArrayList<>();
    Set<String> below = new HashSet<>();
    newest.forEach(
        (key, record) -> {
          String reporter = key.get(1);
          if (reporter.equals(agency)) {
            standing.add(record);
          } else if (!knows(config, reporter) && agency.isEmpty()) {
            below.add(reporter);
          }
        });
    for (BoardConfig.Agency one : config.agencies()) {
      if (one.parent().orElse("").equals(agency)) {
        below.add(one.id());
      }
    }
    below.forEach(child -> standing.addAll(standing(config, child, newest)));
    return standing;
  }

  private static boolean knows(BoardConfig config, String agency) {
    return config.agencies().stream().anyMatch(one -> one.id().equals(agency));
  }
}
