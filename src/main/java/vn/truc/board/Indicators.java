package vn.truc.board;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import vn.truc.event.Event;
import vn.truc.event.LogRecord;

/// Reported indicators: for each indicator, item counted (the subject, empty for the whole), agency
/// and period the last report in order stands.
///
/// The value of a scope is its newest report for the whole; where nobody reports the whole, the sum
/// of the items, each with its newest period.
final class Indicators {
  private record Key(String subject, String agency) {}

  private record Report(LogRecord record, Event.Indicator indicator) {}

  /// By indicator, item and agency: reports by period.
  private final Map<String, Map<Key, Map<String, Report>>> byIndicator = new HashMap<>();

  /// What one scope shows of an indicator.
  record Figure(double value, OptionalDouble plan) {}

  boolean put(LogRecord record, Event.Indicator indicator) {
    Map<String, Report> periods =
        byIndicator
            .computeIfAbsent(indicator.indicator(), _ -> new HashMap<>())
            .computeIfAbsent(
                new Key(record.subject().orElse(""), indicator.agency().orElse("")),
                _ -> new HashMap<>());
    Report present = periods.get(indicator.period());
    if (present != null && RegisterOrder.compare(present.record(), record) > 0) {
      return false;
    }
    periods.put(indicator.period(), new Report(record, indicator));
    return true;
  }

  /// The indicators somebody ever reported.
  Set<String> fed() {
    return new TreeSet<>(byIndicator.keySet());
  }

  List<LogRecord> standing() {
    List<LogRecord> records = new ArrayList<>();
    byIndicator
        .values()
        .forEach(
            keys ->
                keys.values()
                    .forEach(
                        periods ->
                            periods.values().forEach(report -> records.add(report.record()))));
    return records;
  }

  /// The figure of an indicator in a scope; empty when it was never fed anywhere, 0 where it was
  /// fed but not here.
  ///
  /// @param agency the agency whose subtree counts, or empty for the province
  Optional<Figure> figure(String indicator, Optional<String> agency, Scopes scopes) {
    Map<Key, Map<String, Report>> reports = byIndicator.get(indicator);
    if (reports == null) {
      return Optional.empty();
    }
    Map<String, Report> whole = reports.get(new Key("", agency.orElse("")));
    if (whole != null) {
      Report newest = newest(whole);
      return Optional.of(new Figure(newest.indicator().value(), plan(newest.indicator())));
    }
    List<Report> items = new ArrayList<>();
    reports.forEach(
        (key, periods) -> {
          if (agency.isEmpty() || scopes.within(key.agency(), agency.get())) {
            items.add(newest(periods));
          }
        });
    items.sort((left, right) -> RegisterOrder.compare(left.record(), right.record()));
    double value = 0;
    @Nullable Report planned = null;
    for (Report report : items) {
      value += report.indicator().value();
      planned = plan(report.indicator()).isPresent() ? report : planned;
    }
    return Optional.of(
        new Figure(value, planned == null ? OptionalDouble.empty() : plan(planned.indicator())));
  }

  private static OptionalDouble plan(Event.Indicator indicator) {
    return indicator.target().isPresent() ? indicator.target() : indicator.targetHigh();
  }

  /// The report of the latest period; periods of one length compare as text.
  private static Report newest(Map<String, Report> periods) {
    return periods.entrySet().stream()
        .max(Map.Entry.comparingByKey())
        .map(Map.Entry::getValue)
        .orElseThrow();
  }
}
