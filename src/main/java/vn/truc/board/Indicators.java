package vn.truc.board;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeMap;
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
/// Sums are kept as reports come, agency by agency and on the way up to the province: what a scope
/// shows is ready whenever somebody asks, however many items and agencies were reported.
final class Indicators {

  /// What a report says, and its place among reports of the same thing.
  ///
  /// @param plan not a number where it has none
  record Report(ReportedPeriod period, FactPlace place, double value, double plan) {}

  /// What one scope shows of an indicator, exact to the last decimal reported.
  record Figure(BigDecimal value, Optional<BigDecimal> plan) {}

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
    private final ReportSum ofItems = new ReportSum();
    private @Nullable Item whole;

    /// What it comes to by itself: its whole, else the sum of its items.
    ReportSum shown() {
      Item reported = whole;
      if (reported == null) {
        return ofItems;
      }
      ReportSum alone = new ReportSum();
      alone.add(reported.newest(), 1);
      return alone;
    }
  }

  /// What is reported of one indicator.
  private static final class Sheet {
    private final Map<String, Branch> branches = new HashMap<>();

    /// What all branches show by themselves, added up.
    private final ReportSum all = new ReportSum();

    boolean hasWhole(String agency) {
      Branch branch = branches.get(agency);
      return branch != null && branch.whole != null;
    }
  }

  private final NavigableMap<String, Sheet> sheets = new TreeMap<>();
  private AgencySums sums;

  /// Those under a configuration that is to come, made sheet by sheet up to this one.
  private @Nullable AgencySums next;

  private @Nullable String nextUpTo;

  /// Periods by their texts: few, and many reports of each.
  private final Map<String, ReportedPeriod> known = new HashMap<>();

  /// @param scopes of the configuration in use
  Indicators(Scopes scopes) {
    sums = new AgencySums(scopes);
  }

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
    boolean wholeCame = ofWhole && branch.whole == null;
    ReportSum more = new ReportSum();
    more.add(branch.shown(), -1);
    if (!ofWhole && !item.periods.isEmpty()) {
      branch.ofItems.add(item.newest(), -1);
    }
    item.periods.put(report.period(), report);
    if (ofWhole) {
      branch.whole = item;
    } else {
      branch.ofItems.add(item.newest(), 1);
    }
    more.add(branch.shown(), 1);
    sheet.all.add(more, 1);
    sums.add(indicator, agency, more, wholeCame, sheet::hasWhole);
    AgencySums beside = next;
    String upTo = nextUpTo;
    if (beside != null && upTo != null && indicator.compareTo(upTo) <= 0) {
      beside.add(indicator, agency, more, wholeCame, sheet::hasWhole);
    }
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

  /// The indicators somebody ever reported: a view.
  SortedSet<String> names() {
    return Collections.unmodifiableSortedSet(sheets.navigableKeySet());
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

  /// The figure of an indicator in a scope of the configuration in use; empty when it was never fed
  /// anywhere, 0 where it was fed but not here.
  Optional<Figure> figure(String indicator, int scope) {
    Sheet sheet = sheets.get(indicator);
    if (sheet == null) {
      return Optional.empty();
    }
    boolean province = scope == Scopes.PROVINCE;
    Branch own = sheet.branches.get(province ? "" : sums.scopes().name(scope));
    if (own != null && own.whole != null) {
      return Optional.of(own.shown().figure());
    }
    ReportSum sum = new ReportSum();
    if (own != null && !province) {
      sum.add(own.ofItems, 1);
    }
    sums.below(indicator, scope).ifPresent(below -> sum.add(below, 1));
    return Optional.of(sum.figure());
  }

  /// Begins to sum up everything under another configuration, beside the one in use.
  void beginNext(Scopes scopes) {
    next = new AgencySums(scopes);
    nextUpTo = null;
  }

  /// Sums up what about so many more agencies report; true when all is summed up.
  boolean sumNext(int agencies) {
    AgencySums beside = next;
    if (beside == null) {
      return true;
    }
    int left = agencies;
    Map.Entry<String, Sheet> entry = behind(nextUpTo);
    for (; entry != null && left > 0; entry = behind(nextUpTo)) {
      nextUpTo = entry.getKey();
      left -= 1 + sumUp(entry.getKey(), entry.getValue(), beside);
    }
    return entry == null;
  }

  private Map.@Nullable Entry<String, Sheet> behind(@Nullable String indicator) {
    return indicator == null ? sheets.firstEntry() : sheets.higherEntry(indicator);
  }

  /// Those the configuration does not know are what is left when the known ones are taken away.
  private static int sumUp(String indicator, Sheet sheet, AgencySums into) {
    ReportSum unknown = new ReportSum();
    unknown.add(sheet.all, 1);
    Set<String> reporting = sheet.branches.keySet();
    List<String> known = into.scopes().agencies();
    int looked = 0;
    for (String agency : reporting.size() < known.size() ? reporting : known) {
      looked++;
      Branch branch = sheet.branches.get(agency);
      if (branch != null && into.scopes().knowsAgency(agency)) {
        unknown.add(branch.shown(), -1);
        into.add(indicator, agency, branch.shown(), false, sheet::hasWhole);
      }
    }
    into.add(indicator, "", unknown, false, sheet::hasWhole);
    return looked;
  }

  /// Gives up what [#beginNext] began.
  void abandonNext() {
    next = null;
  }

  /// Puts what [#beginNext] began, and is whole, in the place of the one in use.
  void takeNext() {
    AgencySums beside = next;
    if (beside != null) {
      sums = beside;
      next = null;
    }
  }
}
