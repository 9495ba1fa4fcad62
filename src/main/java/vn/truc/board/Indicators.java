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
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import vn.truc.event.Event;
import vn.truc.event.LogRecord;
import vn.truc.event.ReportedPeriod;

/// Reported indicators: for each indicator, item counted (the subject, empty for the whole), agency
/// and period the last report in order stands.
///
/// The value of a scope is its newest report for the whole; where nobody reports the whole, the sum
/// of its items and of the agencies below, each once: an agency that reports its whole stands for
/// all that it and the agencies below it report. Every addend is that of its newest period
/// ([ReportedPeriod] says which is newer).
///
/// Sums are kept as reports come, agency by agency and over all: a scope is put together from as
/// many of them as the configuration has agencies, however many items were reported.
final class Indicators {

  /// What a report says, and its place among reports of the same thing.
  ///
  /// @param plan not a number where it has none
  record Report(ReportedPeriod period, FactPlace place, double value, double plan) {}

  /// What one scope shows of an indicator, exact to the last decimal reported.
  record Figure(BigDecimal value, Optional<BigDecimal> plan) {}

  /// Sums of some reports. They are exact, so what was added can be taken away again.
  private static final class Sum {
    private BigDecimal value = BigDecimal.ZERO;
    private BigDecimal plan = BigDecimal.ZERO;
    private long addends;
    private long unplanned;

    void add(Report report, int sign) {
      value = plus(value, BigDecimal.valueOf(report.value()), sign);
      boolean planned = !Double.isNaN(report.plan());
      plan = plus(plan, BigDecimal.valueOf(planned ? report.plan() : 0), sign);
      addends += sign;
      unplanned += planned ? 0 : sign;
    }

    void add(Sum other, int sign) {
      value = plus(value, other.value, sign);
      plan = plus(plan, other.plan, sign);
      addends += sign * other.addends;
      unplanned += sign * other.unplanned;
    }

    private static BigDecimal plus(BigDecimal left, BigDecimal right, int sign) {
      return sign > 0 ? left.add(right) : left.subtract(right);
    }

    /// The plan of a sum is the sum of the plans; where an addend has none there is none.
    Figure figure() {
      boolean planned = addends > 0 && unplanned == 0;
      return new Figure(value, planned ? Optional.of(plan) : Optional.empty());
    }
  }

  /// The reports of one item, by period. Most have one.
  private static final class Item {
    private final TreeMap<ReportedPeriod, Report> periods = new TreeMap<>();

    Report newest() {
      return periods.lastEntry().getValue();
    }
  }

  /// What one agency reports; the empty text stands for none.
  private static final class Branch {
    private final Map<String, Item> items = new HashMap<>();
    private final Sum ofItems = new Sum();
    private @Nullable Item whole;

    /// What it comes to by itself: its whole, else the sum of its items.
    Sum shown() {
      Item reported = whole;
      if (reported == null) {
        return ofItems;
      }
      Sum alone = new Sum();
      alone.add(reported.newest(), 1);
      return alone;
    }
  }

  /// What is reported of one indicator.
  private static final class Sheet {
    private final Map<String, Branch> branches = new HashMap<>();

    /// What all branches show by themselves, added up: those no configuration knows are what is
    /// left when the known ones are taken away.
    private final Sum all = new Sum();
  }

  private final Map<String, Sheet> sheets = new HashMap<>();

  /// Periods by their texts: few, and many reports of each.
  private final Map<String, ReportedPeriod> known = new HashMap<>();

  /// Takes a fact; whether it stands now.
  boolean put(LogRecord record, Event.Indicator indicator) {
    ReportedPeriod period =
        known.computeIfAbsent(indicator.period(), text -> ReportedPeriod.of(text).orElseThrow());
    OptionalDouble plan =
        indicator.target().isPresent() ? indicator.target() : indicator.targetHigh();
    return put(
        indicator.indicator(),
        indicator.agency().orElse(""),
        new Report(period, FactPlace.of(record), indicator.value(), plan.orElse(Double.NaN)));
  }

  /// Takes a report, of a fact or of a snapshot; whether it stands now.
  boolean put(String indicator, String agency, Report report) {
    if (!Double.isFinite(report.value()) || Double.isInfinite(report.plan())) {
      throw new IllegalArgumentException("no number is reported of " + indicator);
    }
    Sheet sheet = sheets.computeIfAbsent(indicator, _ -> new Sheet());
    Branch branch = sheet.branches.computeIfAbsent(agency, _ -> new Branch());
    boolean ofWhole = report.place().subject().isEmpty();
    Item item =
        ofWhole
            ? wholeOf(branch)
            : branch.items.computeIfAbsent(report.place().subject(), _ -> new Item());
    Report present = item.periods.get(report.period());
    if (present != null && present.place().compareTo(report.place()) > 0) {
      return false;
    }
    sheet.all.add(branch.shown(), -1);
    boolean counts = !ofWhole;
    if (counts && !item.periods.isEmpty()) {
      branch.ofItems.add(item.newest(), -1);
    }
    item.periods.put(report.period(), report);
    if (counts) {
      branch.ofItems.add(item.newest(), 1);
    } else {
      branch.whole = item;
    }
    sheet.all.add(branch.shown(), 1);
    return true;
  }

  private static Item wholeOf(Branch branch) {
    Item whole = branch.whole;
    return whole == null ? new Item() : whole;
  }

  /// Another period that was reported of the same thing as a fact, and has days of its period.
  Optional<ReportedPeriod> overlap(LogRecord record, Event.Indicator indicator) {
    Optional<ReportedPeriod> own = ReportedPeriod.of(indicator.period());
    Sheet sheet = sheets.get(indicator.indicator());
    Branch branch = sheet == null ? null : sheet.branches.get(indicator.agency().orElse(""));
    if (own.isEmpty() || branch == null) {
      return Optional.empty();
    }
    String subject = record.subject().orElse("");
    Item item = subject.isEmpty() ? branch.whole : branch.items.get(subject);
    return item == null ? Optional.empty() : overlap(item, own.get());
  }

  /// The longest period is a year, so those that may overlap end within one behind the last day.
  private static Optional<ReportedPeriod> overlap(Item item, ReportedPeriod own) {
    ReportedPeriod first = new ReportedPeriod("", own.firstDay(), own.firstDay(), true);
    for (ReportedPeriod other : item.periods.tailMap(first).keySet()) {
      if (other.lastDay() > own.lastDay() + 366) {
        return Optional.empty();
      }
      if (other.overlaps(own) && !other.text().equals(own.text())) {
        return Optional.of(other);
      }
    }
    return Optional.empty();
  }

  /// Whether somebody ever reported an indicator.
  boolean knows(String indicator) {
    return sheets.containsKey(indicator);
  }

  /// The indicators somebody ever reported.
  SortedSet<String> fed() {
    return new TreeSet<>(sheets.keySet());
  }

  /// A report that stands, as a snapshot keeps it.
  record Standing(String indicator, String agency, Report report) {}

  /// All reports that stand.
  List<Standing> standing() {
    List<Standing> standing = new ArrayList<>();
    sheets.forEach(
        (indicator, sheet) ->
            sheet.branches.forEach(
                (agency, branch) -> {
                  List<Item> items = new ArrayList<>(branch.items.values());
                  Optional.ofNullable(branch.whole).ifPresent(items::add);
                  for (Item item : items) {
                    for (Report report : item.periods.values()) {
                      standing.add(new Standing(indicator, agency, report));
                    }
                  }
                }));
    return standing;
  }

  /// The figure of an indicator in a scope; empty when it was never fed anywhere, 0 where it was
  /// fed but not here.
  ///
  /// @param agency the agency whose subtree counts, or empty for the province
  Optional<Figure> figure(String indicator, Optional<String> agency, Scopes scopes) {
    Sheet sheet = sheets.get(indicator);
    if (sheet == null) {
      return Optional.empty();
    }
    Branch own = sheet.branches.get(agency.orElse(""));
    if (own != null && own.whole != null) {
      return Optional.of(own.shown().figure());
    }
    Sum sum = new Sum();
    if (agency.isEmpty()) {
      sum.add(sheet.all, 1);
    } else if (own != null) {
      sum.add(own.ofItems, 1);
    }
    Set<String> reporting = sheet.branches.keySet();
    List<String> agencies = scopes.agencies();
    for (String below : reporting.size() < agencies.size() ? reporting : agencies) {
      Branch branch = sheet.branches.get(below);
      int[] path = scopes.pathNumbers(below);
      if (branch == null || path.length == 0) {
        continue;
      }
      int from = agency.isEmpty() ? 0 : behind(path, scopes.find(agency.get()));
      boolean inside = from >= 0 && from < path.length;
      boolean counts = inside && !covered(sheet, path, from, scopes);
      // the sum over the province holds every branch already
      if (agency.isEmpty() && !counts) {
        sum.add(branch.shown(), -1);
      } else if (agency.isPresent() && counts) {
        sum.add(branch.shown(), 1);
      }
    }
    return Optional.of(sum.figure());
  }

  private static int behind(int[] path, int scope) {
    for (int i = 0; i < path.length; i++) {
      if (path[i] == scope) {
        return i + 1;
      }
    }
    return -1;
  }

  /// Whether an agency on the way down to another stands with its whole for those below it.
  private static boolean covered(Sheet sheet, int[] path, int from, Scopes scopes) {
    for (int i = from; i < path.length - 1; i++) {
      Branch branch = sheet.branches.get(scopes.name(path[i]));
      if (branch != null && branch.whole != null) {
        return true;
      }
    }
    return false;
  }
}
