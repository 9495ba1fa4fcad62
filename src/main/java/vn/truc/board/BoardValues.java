package vn.truc.board;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// Writes the values of a scope under their catalogue ids.
///
/// What nobody ever fed is `null` with a reason beside it; what was fed is 0 where nothing counts.
final class BoardValues {
  private final Tally tally;
  private final Registers registers;
  private final Catalogue catalogue;
  private final Predicate<Topic> fed;
  private final List<String> missing = new ArrayList<>();

  /// What an indicator shows in a scope, as texts: its three ids stand beside each other.
  private record Shown(
      int scope,
      String id,
      boolean fed,
      String value,
      String plan,
      boolean planned,
      String ratio) {}

  private @Nullable Shown shown;

  BoardValues(Tally tally, Registers registers, Catalogue catalogue, Predicate<Topic> fed) {
    this.tally = tally;
    this.registers = registers;
    this.catalogue = catalogue;
    this.fed = fed;
  }

  /// The members `values` and `missing` for some topics of a scope.
  void write(JsonText json, int scope, List<Topic> topics) {
    missing.clear();
    json.name("values").open('{');
    for (Topic topic : topics) {
      for (Catalogue.Entry entry : catalogue.of(topic)) {
        json.name(entry.id());
        value(json, scope, entry);
      }
    }
    json.close('}').name("missing").open('{');
    for (int i = 0; i < missing.size(); i += 2) {
      json.name(missing.get(i)).string(missing.get(i + 1));
    }
    json.close('}');
  }

  /// One value; what is missing is written as `null`.
  void value(JsonText json, int scope, Catalogue.Entry entry) {
    if (!fed.test(entry.topic())) {
      missing(json, entry, "no-feed");
      return;
    }
    Counters counters = tally.counters();
    switch (entry.value()) {
      case Catalogue.Value.Count(Measure measure, Period period) ->
          json.number(counters.sum(scope, measure, period));
      case Catalogue.Value.Level(Measure measure) -> json.number(counters.level(scope, measure));
      case Catalogue.Value.Ratio(List<Measure> above, List<Measure> below, Period period) ->
          ratio(json, sum(scope, above, period), sum(scope, below, period));
      case Catalogue.Value.OnTimeOpen() -> {
        long open = counters.level(scope, Measure.DOSSIER_OPEN);
        ratio(json, open - counters.level(scope, Measure.DOSSIER_OVERDUE), open);
      }
      case Catalogue.Value.AnswerTime(int percent, Period period) -> {
        int minutes = tally.answers().percentileMinutes(scope, period, percent);
        if (minutes < 0) {
          missing(json, entry, "no-data");
        } else {
          json.number(minutes);
        }
      }
      case Catalogue.Value.Portal(Catalogue.PortalMeasure measure, Period period) -> {
        if (registers.portal().fed(measure)) {
          json.number(portal(scope, measure, period));
        } else {
          missing(json, entry, "no-feed");
        }
      }
      case Catalogue.Value.Reported reported -> reported(json, scope, entry, reported);
    }
  }

  private void missing(JsonText json, Catalogue.Entry entry, String reason) {
    json.raw("null");
    missing.add(entry.id());
    missing.add(reason);
  }

  private long sum(int scope, List<Measure> measures, Period period) {
    long sum = 0;
    for (Measure measure : measures) {
      sum += tally.counters().sum(scope, measure, period);
    }
    return sum;
  }

  /// Rounded down to four decimals: what is below 1 is never shown as 1.
  static void ratio(JsonText json, long numerator, long denominator) {
    json.open('{').name("value");
    if (denominator <= 0) {
      json.raw("null");
    } else {
      json.raw(fourDecimals(Math.floorDiv(numerator * 10_000, denominator)));
    }
    json.name("num").number(numerator).name("den").number(denominator).close('}');
  }

  static String fourDecimals(long tenThousandths) {
    return java.math.BigDecimal.valueOf(tenThousandths, 4).stripTrailingZeros().toPlainString();
  }

  private long portal(int scope, Catalogue.PortalMeasure measure, Period period) {
    if (scope != Scopes.PROVINCE) {
      return 0;
    }
    return registers.portal().totals(period, Days.dayOf(tally.asOf())).of(measure);
  }

  private void reported(
      JsonText json, int scope, Catalogue.Entry entry, Catalogue.Value.Reported reported) {
    Shown known = shown;
    if (known == null || known.scope != scope || !known.id.equals(reported.indicator())) {
      known = shown(scope, reported);
      shown = known;
    }
    if (!known.fed) {
      missing(json, entry, "no-feed");
      return;
    }
    switch (reported.part()) {
      case VALUE -> json.raw(known.value);
      case PLAN -> {
        if (known.planned) {
          json.raw(known.plan);
        } else {
          missing(json, entry, "no-plan");
        }
      }
      case RATIO ->
          json.open('{')
              .name("value")
              .raw(known.ratio)
              .name("num")
              .raw(known.value)
              .name("den")
              .raw(known.plan)
              .close('}');
    }
  }

  private Shown shown(int scope, Catalogue.Value.Reported reported) {
    String id = reported.indicator();
    Optional<Indicators.Figure> known = registers.indicators().figure(id, scope);
    if (known.isEmpty()) {
      return new Shown(scope, id, false, "", "", false, "");
    }
    BigDecimal value = known.get().value();
    double configured = scope == Scopes.PROVINCE ? reported.plan() : 0;
    BigDecimal plan = known.get().plan().orElseGet(() -> BigDecimal.valueOf(configured));
    boolean planned = plan.signum() > 0;
    String ratio = planned ? JsonText.plain(value.divide(plan, 4, RoundingMode.FLOOR)) : "null";
    return new Shown(scope, id, true, JsonText.plain(value), JsonText.plain(plan), planned, ratio);
  }
}
