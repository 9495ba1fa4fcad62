package vn.truc.board;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import vn.truc.event.Event;
import vn.truc.event.LogRecord;

/// Reported indicators: for each indicator, item counted (the subject, empty for the whole), agency
/// and period the last report in order stands.
///
/// The value of a scope is its newest report for the whole; where nobody reports the whole, the sum
/// of its items and of the agencies below, each once: an agency that reports its whole stands for
/// all that it and the agencies below it report. Every addend is that of its newest period.
final class Indicators {
  private record Key(String subject, String agency) {}

  private record Report(LogRecord record, Event.Indicator indicator) {}

  /// By indicator, item and agency: reports by period.
  private final Map<String, Map<Key, Map<String, Report>>> byIndicator = new HashMap<>();

  /// What one scope shows of an indicator, exact to the last decimal reported.
  record Figure(BigDecimal value, Optional<BigDecimal> plan) {}

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

  /// Whether somebody ever reported an indicator.
  boolean knows(String indicator) {
    return byIndicator.containsKey(indicator);
  }

  /// The indicators somebody ever reported.
  SortedSet<String> fed() {
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
      return Optional.of(sum(List.of(newest(whole))));
    }
    List<Report> addends = new ArrayList<>();
    reports.forEach(
        (key, periods) -> {
          if (counts(key, agency, reports.keySet(), scopes)) {
            addends.add(newest(periods));
          }
        });
    return Optional.of(sum(addends));
  }

  /// Whether a report is an addend of a scope that has no whole of its own: it lies in the scope,
  /// and no whole stands for it on the way down to it.
  private static boolean counts(
      Key key, Optional<String> agency, Set<Key> reported, Scopes scopes) {
    List<String> path = scopes.path(key.agency());
    int from = agency.map(path::indexOf).orElse(-1) + 1;
    if (agency.isPresent() && from == 0) {
      return false;
    }
    for (String below : path.subList(from, path.size())) {
      Key whole = new Key("", below);
      if (reported.contains(whole)) {
        return key.equals(whole);
      }
    }
    return true;
  }

  /// The plan of a sum is the sum of the plans; where an addend has none there is none.
  private static Figure sum(List<Report> addends) {
    BigDecimal value = BigDecimal.ZERO;
    BigDecimal planned = BigDecimal.ZERO;
    boolean all = !addends.isEmpty();
    for (Report report : addends) {
      value = value.add(BigDecimal.valueOf(report.indicator().value()));
      OptionalDouble plan = plan(report.indicator());
      planned = planned.add(BigDecimal.valueOf(plan.orElse(0)));
      all &= plan.isPresent();
    }
    return new Figure(value, all ? Optional.of(planned) : Optional.empty());
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
