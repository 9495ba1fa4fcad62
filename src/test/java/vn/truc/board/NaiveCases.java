package vn.truc.board;

import static vn.truc.board.NaiveNumbers.*;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import vn.truc.event.Attribute;
import vn.truc.event.CaseKind;
import vn.truc.event.Event;
import vn.truc.event.FeedbackStatus;
import vn.truc.event.LogRecord;

/// What [NaiveBoard] reads from the facts of one case, in their order.
final class NaiveCases {
  private NaiveCases() {}

  /// What is counted of a case, and when. Microseconds since 1970.
  record Mark(String measure, long at) {}

  static final Comparator<LogRecord> ORDER =
      Comparator.comparingLong(LogRecord::timeMicros)
          .thenComparing(NaiveCases::bySequence)
          .thenComparingInt(NaiveCases::rank)
          .thenComparing(LogRecord::source, NaiveCases::byBytes)
          .thenComparing(LogRecord::id, NaiveCases::byBytes);

  static int rank(LogRecord record) {
    return record.event() instanceof Event.CaseFact fact
            && fact.status() != Event.CaseFact.NO_STATUS
            && fact.status() != Event.CaseFact.UNKNOWN_STATUS
        ? fact.status()
        : 1_000;
  }

  static int bySequence(LogRecord left, LogRecord right) {
    String l = left.sequence().orElse("");
    String r = right.sequence().orElse("");
    int classes = Integer.compare(sequenceClass(l), sequenceClass(r));
    if (classes != 0 || l.isEmpty()) {
      return classes;
    }
    return sequenceClass(l) == 1 ? new BigInteger(l).compareTo(new BigInteger(r)) : byBytes(l, r);
  }

  static int sequenceClass(String sequence) {
    if (sequence.isEmpty()) {
      return 0;
    }
    return sequence.matches("[0-9]+") ? 1 : 2;
  }

  static int byBytes(String left, String right) {
    return Arrays.compareUnsigned(
        left.getBytes(StandardCharsets.UTF_8), right.getBytes(StandardCharsets.UTF_8));
  }

  static Event.CaseFact fact(LogRecord record) {
    return (Event.CaseFact) record.event();
  }

  static List<LogRecord> known(List<LogRecord> facts) {
    return facts.stream().filter(record -> rank(record) < 1_000).toList();
  }

  static int status(LogRecord record) {
    return fact(record).status();
  }

  static Optional<Long> instant(Map<Attribute, Object> registers, Attribute attribute) {
    return Optional.ofNullable((Long) registers.get(attribute));
  }

  static Optional<Long> setSince(List<LogRecord> facts, Attribute attribute) {
    Optional<Long> value = Optional.empty();
    for (LogRecord record : facts) {
      if (fact(record).changes().sets(attribute)) {
        value = Optional.of((Long) fact(record).changes().valueOf(attribute));
      } else if (fact(record).changes().clears(attribute)) {
        value = Optional.empty();
      }
    }
    return value;
  }

  /// The first fact of the run of facts whose status is one of some, that ends now.
  static LogRecord stayBegin(List<LogRecord> known, Set<Integer> statuses) {
    LogRecord begin = known.getLast();
    for (LogRecord record : known.reversed()) {
      if (!statuses.contains(status(record))) {
        break;
      }
      begin = record;
    }
    return begin;
  }

  static Optional<LogRecord> first(List<LogRecord> facts, Set<Integer> statuses) {
    return facts.stream().filter(record -> statuses.contains(status(record))).findFirst();
  }

  static Optional<Mark> dossier(
      List<LogRecord> facts, Map<Attribute, Object> registers, List<Mark> marks) {
    if (statusFacts(facts).isEmpty()) {
      return Optional.empty();
    }
    rating("dossier", facts, marks);
    List<LogRecord> known = known(facts);
    Optional<LogRecord> taken = first(known, Set.of(2, 4, 5, 6, 8, 9, 10));
    if (taken.isPresent()) {
      long at = instant(registers, Attribute.RECEIVED_AT).orElse(taken.get().timeMicros());
      marks.add(new Mark("dossier.received", at));
      Object channel = registers.get(Attribute.CHANNEL);
      if (channel != null) {
        marks.add(new Mark("dossier.received." + channel, at));
      }
    }
    if (known.isEmpty()) {
      return Optional.empty();
    }
    int current = status(known.getLast());
    switch (current) {
      case 3, 7, 8 -> {
        String name = current == 3 ? "rejected" : current == 7 ? "withdrawn" : "stopped";
        marks.add(new Mark("dossier." + name, stayBegin(known, Set.of(current)).timeMicros()));
      }
      case 9, 10 -> {
        LogRecord begin = stayBegin(known, Set.of(9, 10));
        List<LogRecord> stay = facts.subList(facts.indexOf(begin), facts.size());
        long at =
            setSince(stay, Attribute.FINISHED_AT)
                .orElseGet(
                    () ->
                        first(stay, Set.of(9))
                            .or(() -> first(stay, Set.of(10)))
                            .orElseThrow()
                            .timeMicros());
        Optional<Long> due = instant(registers, Attribute.DUE_AT);
        int dates = due.map(one -> Integer.compare(day(at), day(one))).orElse(0);
        String name = dates < 0 ? "early" : dates == 0 ? "ontime" : "late";
        marks.add(new Mark("dossier.finished." + name, at));
        if (due.isEmpty()) {
          marks.add(new Mark("dossier.finished.nodue", at));
        }
      }
      default -> {}
    }
    return Optional.empty();
  }

  static int code(FeedbackStatus status) {
    return status.code();
  }

  static final Set<Integer> DONE =
      Set.of(
          code(FeedbackStatus.ANSWERED),
          code(FeedbackStatus.PUBLISHED),
          code(FeedbackStatus.CLOSED));
  static final Set<Integer> ENDED =
      Set.of(
          code(FeedbackStatus.REFUSED),
          code(FeedbackStatus.WITHDRAWN),
          code(FeedbackStatus.DUPLICATE));

  static List<LogRecord> statusFacts(List<LogRecord> facts) {
    return facts.stream()
        .filter(record -> fact(record).form() == Event.CaseFact.Form.STATUS)
        .toList();
  }

  static Optional<Mark> feedback(
      List<LogRecord> facts, Map<Attribute, Object> registers, List<Mark> marks) {
    List<LogRecord> statusFacts = statusFacts(facts);
    if (statusFacts.isEmpty()) {
      return Optional.empty();
    }
    rating("feedback", facts, marks);
    long received =
        instant(registers, Attribute.RECEIVED_AT).orElse(statusFacts.getFirst().timeMicros());
    marks.add(new Mark("feedback.received", received));
    Object channel = registers.get(Attribute.CHANNEL);
    if (channel != null) {
      marks.add(new Mark("feedback.channel." + channel, received));
    }
    List<LogRecord> known = known(facts);
    first(known, Set.of(code(FeedbackStatus.ACCEPTED)))
        .ifPresent(record -> marks.add(new Mark("feedback.accepted", record.timeMicros())));
    for (LogRecord record : known) {
      if (status(record) == code(FeedbackStatus.REOPENED)) {
        marks.add(new Mark("feedback.reopened", record.timeMicros()));
      }
    }
    if (known.isEmpty()) {
      return Optional.empty();
    }
    int current = status(known.getLast());
    if (current == code(FeedbackStatus.REFUSED)) {
      marks.add(new Mark("feedback.refused", stayBegin(known, Set.of(current)).timeMicros()));
    }
    if (!DONE.contains(current)) {
      return Optional.empty();
    }
    int from = 0;
    for (int i = 0; i < facts.size(); i++) {
      if (status(facts.get(i)) == code(FeedbackStatus.REOPENED)) {
        from = i + 1;
      }
    }
    List<LogRecord> since = facts.subList(from, facts.size());
    long at =
        setSince(since, Attribute.ANSWERED_AT)
            .orElseGet(
                () ->
                    first(since, Set.of(code(FeedbackStatus.ANSWERED)))
                        .or(() -> first(since, DONE))
                        .orElseThrow()
                        .timeMicros());
    marks.add(new Mark("feedback.answered", at));
    Optional<Long> due = instant(registers, Attribute.DUE_AT);
    String name = due.map(one -> at <= one ? "ontime" : "late").orElse("nodue");
    marks.add(new Mark("feedback.answered." + name, at));
    return Optional.of(new Mark(Long.toString(cellUpper(at - received)), at));
  }

  static void rating(String kind, List<LogRecord> facts, List<Mark> marks) {
    for (LogRecord record : facts.reversed()) {
      if (fact(record).form() == Event.CaseFact.Form.RATED) {
        double score = (Double) fact(record).changes().value(Attribute.SCORE).orElse(0.0);
        double like = (Double) fact(record).changes().value(Attribute.LIKE).orElse(0.0);
        double dislike = (Double) fact(record).changes().value(Attribute.DISLIKE).orElse(0.0);
        marks.add(new Mark(kind + ".rated", record.timeMicros()));
        if (score >= 4 || like > dislike) {
          marks.add(new Mark(kind + ".satisfied", record.timeMicros()));
        }
        return;
      }
    }
  }

  /// The now-metrics a case counts in, judged at an instant from the facts before another.
  static Set<String> standing(
      CaseKind kind,
      List<LogRecord> facts,
      Map<Attribute, Object> registers,
      long at,
      long factsBefore) {
    List<LogRecord> past =
        facts.stream().filter(record -> record.timeMicros() < factsBefore).toList();
    List<LogRecord> known = known(past);
    String name = kind.label();
    Set<String> standing = new HashSet<>();
    boolean open;
    if (kind == CaseKind.DOSSIER) {
      int current = known.isEmpty() ? 0 : status(known.getLast());
      if (current == 1) {
        standing.add("dossier.waiting");
      }
      if (current == 5 || current == 6) {
        standing.add("dossier.paused");
      }
      open = Set.of(2, 4, 5, 6).contains(current);
    } else {
      int current = known.isEmpty() ? 0 : status(known.getLast());
      if (current == code(FeedbackStatus.RECEIVED)) {
        standing.add("feedback.unaccepted");
      }
      open = !statusFacts(past).isEmpty() && !DONE.contains(current) && !ENDED.contains(current);
    }
    if (open) {
      standing.add(name + ".open");
      Optional<Long> due = instant(registers, Attribute.DUE_AT);
      if (due.isEmpty()) {
        standing.add(name + ".nodue");
      } else if (at > due.get()) {
        standing.add(name + ".overdue");
      } else if (at >= due.get() - DAY) {
        standing.add(name + ".neardue");
      }
    }
    return standing;
  }
}
