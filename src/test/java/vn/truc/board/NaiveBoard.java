package vn.truc.board;

import static vn.truc.board.NaiveCases.*;
import static vn.truc.board.NaiveNumbers.*;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import vn.truc.board.NaiveCases.Mark;
import vn.truc.event.Attribute;
import vn.truc.event.CaseKind;
import vn.truc.event.Event;
import vn.truc.event.LogRecord;

/// The numbers of the board a second time, slow and obvious: every fact is kept in a list, and each
/// question sorts the lists and counts again from nothing.
final class NaiveBoard {
  private final BoardConfig config;
  private final int caseFactsMax;
  private final Map<CaseKey, List<LogRecord>> cases = new HashMap<>();
  private final List<LogRecord> traffic = new ArrayList<>();
  private final List<LogRecord> reports = new ArrayList<>();
  private final List<LogRecord> heartbeats = new ArrayList<>();
  private long now;

  /// Counted for the last question; thrown away by every fact and every move of the clock.
  private List<Account> accounts = List.of();

  record CaseKey(CaseKind kind, String code) {}

  /// What one case adds to the numbers. Instants are microseconds since 1970.
  record Account(
      CaseKey key,
      Set<String> scopes,
      List<String> agencyAndAbove,
      String area,
      String field,
      List<Mark> marks,
      Optional<Mark> answer,
      Set<String> standing,
      List<LogRecord> facts,
      Map<Attribute, Object> registers,
      boolean voided) {}

  NaiveBoard(BoardConfig config, int caseFactsMax) {
    this.config = config;
    this.caseFactsMax = caseFactsMax;
  }

  /// The same facts and instant under another configuration.
  NaiveBoard under(BoardConfig other) {
    NaiveBoard copy = new NaiveBoard(other, caseFactsMax);
    cases.forEach((key, facts) -> copy.cases.put(key, new ArrayList<>(facts)));
    copy.traffic.addAll(traffic);
    copy.reports.addAll(reports);
    copy.heartbeats.addAll(heartbeats);
    copy.now = now;
    return copy;
  }

  /// The same facts under the same configuration as of another instant.
  NaiveBoard asOf(long instant) {
    NaiveBoard copy = under(config);
    copy.now = instant;
    return copy;
  }

  void moveTo(long instant) {
    now = Math.max(now, instant);
    accounts = List.of();
  }

  long now() {
    return now;
  }

  BoardVerdict take(LogRecord record) {
    accounts = List.of();
    return switch (record.event()) {
      case Event.CaseFact fact -> {
        CaseKey key = new CaseKey(fact.kind(), record.subject().orElseThrow());
        List<LogRecord> facts = cases.computeIfAbsent(key, _ -> new ArrayList<>());
        BoardVerdict verdict = known(facts, record);
        if (verdict == BoardVerdict.NEW && facts.size() >= caseFactsMax) {
          verdict = BoardVerdict.CASE_TOO_LONG;
        }
        if (verdict == BoardVerdict.NEW) {
          facts.add(record);
        }
        yield verdict;
      }
      case Event.Traffic _ -> register(traffic, record);
      case Event.Indicator _ -> register(reports, record);
      case Event.Heartbeat _ -> heartbeat(record);
      case Event.Internal _ -> BoardVerdict.NEW;
    };
  }

  /// Of each source the newest three are known, and of those of all sources the newest seven.
  private BoardVerdict heartbeat(LogRecord record) {
    BoardVerdict verdict = register(heartbeats, record);
    if (verdict == BoardVerdict.NEW) {
      heartbeats.sort(
          Comparator.comparingLong(LogRecord::timeMicros)
              .thenComparing(LogRecord::source)
              .thenComparing(other -> other.subject().orElse(""))
              .thenComparing(LogRecord::id)
              .reversed());
      Map<String, Integer> counts = new HashMap<>();
      heartbeats.removeIf(other -> counts.merge(other.source(), 1, Integer::sum) > 3);
      heartbeats.subList(Math.min(7, heartbeats.size()), heartbeats.size()).clear();
    }
    return verdict;
  }

  private static BoardVerdict register(List<LogRecord> facts, LogRecord record) {
    List<LogRecord> same =
        facts.stream().filter(other -> other.subject().equals(record.subject())).toList();
    BoardVerdict verdict = known(same, record);
    if (verdict == BoardVerdict.NEW) {
      facts.add(record);
    }
    return verdict;
  }

  private static BoardVerdict known(List<LogRecord> facts, LogRecord record) {
    for (LogRecord other : facts) {
      if (other.source().equals(record.source()) && other.id().equals(record.id())) {
        return other.event().contentHash() == record.event().contentHash()
            ? BoardVerdict.DUPLICATE
            : BoardVerdict.CONFLICT;
      }
    }
    return BoardVerdict.NEW;
  }

  // ---- one case

  List<Account> accounts() {
    if (accounts.isEmpty()) {
      accounts = countAgain();
    }
    return accounts;
  }

  private List<Account> countAgain() {
    return cases.entrySet().stream()
        .filter(entry -> !entry.getValue().isEmpty())
        .map(entry -> account(entry.getKey(), entry.getValue().stream().sorted(ORDER).toList()))
        .sorted((left, right) -> byBytes(left.key().code(), right.key().code()))
        .toList();
  }

  private Account account(CaseKey key, List<LogRecord> facts) {
    Map<Attribute, Object> registers = new EnumMap<>(Attribute.class);
    for (LogRecord record : facts) {
      for (Attribute attribute : Attribute.values()) {
        if (fact(record).changes().sets(attribute)) {
          registers.put(attribute, fact(record).changes().valueOf(attribute));
        } else if (fact(record).changes().clears(attribute)) {
          registers.remove(attribute);
        }
      }
    }
    boolean voided = Boolean.TRUE.equals(registers.get(Attribute.VOIDED));
    List<String> chain = chain((String) registers.getOrDefault(Attribute.AGENCY, ""));
    String area = (String) registers.getOrDefault(Attribute.AREA, "");
    String field = (String) registers.getOrDefault(Attribute.FIELD, "");
    Set<String> scopes = new HashSet<>();
    if (!voided) {
      scopes.add("province");
      scopes.addAll(chain.isEmpty() ? List.of("unassigned") : chain);
      config.areas().stream()
          .filter(one -> one.code().equals(area))
          .forEach(one -> scopes.add(one.code()));
      config.fields().stream()
          .filter(one -> one.id().equals(field))
          .forEach(one -> scopes.add("field:" + one.id()));
    }
    List<Mark> marks = new ArrayList<>();
    Optional<Mark> answer =
        key.kind() == CaseKind.DOSSIER
            ? dossier(facts, registers, marks)
            : feedback(facts, registers, marks);
    Set<String> standing = standing(key.kind(), facts, registers, now, Long.MAX_VALUE);
    return new Account(
        key, scopes, chain, area, field, marks, answer, standing, facts, registers, voided);
  }

  private List<String> chain(String agency) {
    for (BoardConfig.Agency one : config.agencies()) {
      if (one.id().equals(agency)) {
        List<String> chain = new ArrayList<>(one.parent().map(this::chain).orElse(List.of()));
        chain.add(agency);
        return chain;
      }
    }
    return List.of();
  }

  // ---- questions

  List<String> scopes() {
    List<String> scopes = new ArrayList<>(List.of("province", "unassigned"));
    config.agencies().forEach(one -> scopes.add(one.id()));
    config.areas().forEach(one -> scopes.add(one.code()));
    config.fields().forEach(one -> scopes.add("field:" + one.id()));
    return scopes;
  }

  /// All values of every scope, as plain texts: `12`, `null`, or `value num/den` for a ratio.
  Map<String, Map<String, String>> values() {
    List<Account> accounts = accounts();
    Map<String, Map<String, String>> values = new TreeMap<>();
    for (String scope : scopes()) {
      values.put(scope, values(scope, accounts));
    }
    return values;
  }

  private Map<String, String> values(String scope, List<Account> all) {
    List<Account> here = all.stream().filter(one -> one.scopes().contains(scope)).toList();
    Map<String, String> values = new TreeMap<>();
    for (CaseKind kind : CaseKind.values()) {
      Map<String, String> part = new TreeMap<>();
      boolean dossier = kind == CaseKind.DOSSIER;
      for (String level : dossier ? DOSSIER_LEVELS : FEEDBACK_LEVELS) {
        part.put(level, Long.toString(levelNow(here, level)));
      }
      for (String period : PERIODS) {
        for (String measure : dossier ? DOSSIER_COUNTS : FEEDBACK_COUNTS) {
          part.put(measure + "." + period, Long.toString(count(here, measure, period)));
        }
        long satisfied = count(here, kind.label() + ".satisfied", period);
        part.put(
            kind.label() + ".satisfaction." + period,
            ratio(satisfied, count(here, kind.label() + ".rated", period)));
        if (dossier) {
          long good =
              count(here, "dossier.finished.early", period)
                  + count(here, "dossier.finished.ontime", period);
          part.put(
              "dossier.ontime.d2." + period,
              ratio(good, good + count(here, "dossier.finished.late", period)));
        } else {
          long good = count(here, "feedback.answered.ontime", period);
          part.put(
              "feedback.ontimerate." + period,
              ratio(good, good + count(here, "feedback.answered.late", period)));
          part.put("feedback.answertime.p50." + period, percentile(here, 50, period));
          part.put("feedback.answertime.p90." + period, percentile(here, 90, period));
        }
      }
      if (dossier) {
        long open = levelNow(here, "dossier.open");
        part.put("dossier.ontime.d3", ratio(open - levelNow(here, "dossier.overdue"), open));
      }
      boolean fed = all.stream().anyMatch(one -> one.key().kind() == kind);
      part.forEach((id, value) -> values.put(id, fed ? value : "null"));
    }
    portal(scope, values);
    NaiveIndicators.of(config, reports, scope, values);
    return values;
  }

  private static long levelNow(List<Account> here, String level) {
    return here.stream().filter(one -> one.standing().contains(level)).count();
  }

  private long count(List<Account> here, String measure, String period) {
    int from = start(period, day(now));
    int to = end(period, day(now));
    return count(here, measure, startOf(from), startOf(to));
  }

  private static long count(List<Account> here, String measure, long from, long to) {
    return here.stream()
        .flatMap(one -> one.marks().stream())
        .filter(mark -> mark.measure().equals(measure) && mark.at() >= from && mark.at() < to)
        .count();
  }

  private String percentile(List<Account> here, int percent, String period) {
    int from = start(period, day(now));
    int to = end(period, day(now));
    List<Long> minutes =
        here.stream()
            .flatMap(one -> one.answer().stream())
            .filter(mark -> day(mark.at()) >= from && day(mark.at()) < to)
            .map(mark -> Long.parseLong(mark.measure()))
            .sorted()
            .toList();
    if (minutes.isEmpty()) {
      return "null";
    }
    int rank = (minutes.size() * percent + 99) / 100;
    return Long.toString(minutes.get(rank - 1));
  }

  /// A measure counted from an instant up to another.
  long counted(String scope, String measure, long from, long to) {
    List<Account> here = accounts().stream().filter(one -> one.scopes().contains(scope)).toList();
    return count(here, measure, from, to);
  }

  /// A now-metric as it stood at the end of a day, as known now.
  long levelAtEnd(String scope, String level, int day) {
    long end = startOf(day + 1);
    return accounts().stream()
        .filter(one -> one.scopes().contains(scope))
        .filter(
            one ->
                standing(one.key().kind(), one.facts(), one.registers(), end - 1, end)
                    .contains(level))
        .count();
  }

  /// The codes of a list, all pages together.
  List<String> list(CaseFilter filter) {
    return accounts().stream()
        .filter(one -> one.key().kind() == filter.kind())
        .filter(one -> filter.state().map(state -> stands(one, state)).orElse(true))
        .filter(one -> filter.agency().map(one.agencyAndAbove()::contains).orElse(true))
        .filter(one -> !filter.unassigned() || one.agencyAndAbove().isEmpty())
        .filter(one -> filter.withinAgency().map(one.agencyAndAbove()::contains).orElse(true))
        .filter(one -> filter.area().map(one.area()::equals).orElse(true))
        .filter(one -> filter.field().map(one.field()::equals).orElse(true))
        .map(one -> one.key().code())
        .toList();
  }

  private static boolean stands(Account one, CaseFilter.State state) {
    if (state == CaseFilter.State.VOIDED || one.voided()) {
      return state == CaseFilter.State.VOIDED && one.voided();
    }
    List<LogRecord> known = NaiveCases.known(one.facts());
    int current = known.isEmpty() ? 0 : status(known.getLast());
    boolean dossier = one.key().kind() == CaseKind.DOSSIER;
    return switch (state) {
      case WAITING, OPEN, UNACCEPTED, PAUSED, NEARDUE, OVERDUE, NODUE ->
          one.standing().contains(one.key().kind().label() + "." + state.label());
      case DONE, FINISHED -> (dossier ? Set.of(9, 10) : DONE).contains(current);
      case ENDED -> (dossier ? Set.of(3, 7, 8) : ENDED).contains(current);
      case VOIDED -> false;
    };
  }

  // ---- portals

  private void portal(String scope, Map<String, String> values) {
    Map<List<Object>, LogRecord> cells = new HashMap<>();
    boolean[] fed = new boolean[4];
    for (LogRecord record : traffic) {
      Event.Traffic one = (Event.Traffic) record.event();
      cells.merge(
          List.of(one.portal(), one.fromMicros(), one.toMicros()),
          record,
          (left, right) ->
              ORDER.thenComparing(made -> made.subject().orElse("")).compare(left, right) > 0
                  ? left
                  : right);
      fed[0] |= one.pageviews().isPresent();
      fed[1] |= one.visits().isPresent();
      fed[2] |= one.visitorCount().isPresent();
      fed[3] |= one.errors().isPresent();
    }
    List<String> names = List.of("pageviews", "visits", "visitors", "errors");
    for (String period : PERIODS) {
      long[] sums = new long[4];
      for (LogRecord record : cells.values()) {
        Event.Traffic one = (Event.Traffic) record.event();
        int day = day(one.fromMicros());
        if (day >= start(period, day(now)) && day < end(period, day(now))) {
          sums[0] += one.pageviews().orElse(0);
          sums[1] += one.visits().orElse(0);
          sums[2] += one.visitorCount().orElse(0);
          sums[3] += one.errors().orElse(0);
        }
      }
      for (int i = 0; i < 4; i++) {
        long shown = scope.equals("province") ? sums[i] : 0;
        values.put("portal." + names.get(i) + "." + period, fed[i] ? "" + shown : "null");
      }
    }
  }
}
