package vn.truc.board;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import vn.truc.event.Attribute;
import vn.truc.event.Attributes;
import vn.truc.event.CaseKind;
import vn.truc.event.Event;
import vn.truc.event.Event.CaseFact;
import vn.truc.event.EventTypes;
import vn.truc.event.FeedbackStatus;
import vn.truc.event.LogRecord;

/// What single stories make of the numbers.
final class BoardTest {
  private static final long HOUR = 3_600_000_000L;

  private final Board board = Boards.empty(Boards.small(20, 1_000, 100));
  private long position;

  private LogRecord fact(CaseKind kind, String code, String time, int status, Attributes changes) {
    return record(kind, code, time, null, CaseFact.Form.STATUS, status, changes);
  }

  private LogRecord record(
      CaseKind kind,
      String code,
      String time,
      @org.jspecify.annotations.Nullable String sequence,
      CaseFact.Form form,
      int status,
      Attributes changes) {
    position++;
    String type =
        switch (form) {
          case STATUS ->
              kind == CaseKind.DOSSIER ? EventTypes.DOSSIER_STATUS : EventTypes.FEEDBACK_STATUS;
          case RATED ->
              kind == CaseKind.DOSSIER ? EventTypes.DOSSIER_RATED : EventTypes.FEEDBACK_RATED;
          case VOIDED -> EventTypes.CASE_VOIDED;
        };
    return RandomFacts.caseFact(
        position,
        "/s",
        "e" + position,
        code,
        at(time),
        sequence,
        kind,
        form,
        status,
        changes,
        type);
  }

  private void dossier(String code, String time, int status, Attributes changes) {
    board.apply(fact(CaseKind.DOSSIER, code, time, status, changes));
  }

  private void dossier(String code, String time, int status) {
    dossier(code, time, status, Attributes.empty());
  }

  private void feedback(String code, String time, FeedbackStatus status, Attributes changes) {
    board.apply(fact(CaseKind.FEEDBACK, code, time, status.code(), changes));
  }

  private static Attributes due(String time) {
    return new Attributes.Builder().set(Attribute.DUE_AT, at(time)).build();
  }

  /// `2026-11-23T08:00:00`, at +07:00.
  private static long at(String time) {
    return RandomFacts.micros(time + "+07:00");
  }

  private void now(String time) {
    Boards.advance(board, at(time));
  }

  private String value(String id) {
    return Boards.values(board, "province").getOrDefault(id, "no such id");
  }

  @Test
  void cancelledResultFinishedAgainCountsOnceAndHistoryShowsTheReversal() {
    now("2026-11-25T12:00:00");
    int[] statuses = {2, 4, 9, 10, 4};
    for (int i = 0; i < statuses.length; i++) {
      dossier("H60-1", "2026-11-23T0" + (i + 1) + ":00:00", statuses[i]);
    }
    assertEquals("0", value("dossier.finished.ontime.month"));
    assertEquals("1", value("dossier.open"));
    dossier("H60-1", "2026-11-25T09:00:00", 9);
    assertEquals("1", value("dossier.finished.ontime.month"));
    assertEquals("1", value("dossier.finished.ontime.today"));
    assertEquals("1", value("dossier.received.month"));
    assertEquals("0", value("dossier.open"));
    String history = board.caseJson(CaseKind.DOSSIER, "H60-1").orElseThrow();
    List<String> seen = new ArrayList<>();
    for (String part : history.substring(history.indexOf("\"history\"")).split("\"status\":", -1)) {
      seen.add(part.substring(0, part.indexOf(',') > 0 ? part.indexOf(',') : 0));
    }
    assertEquals(List.of("2", "4", "9", "10", "4", "9"), seen.subList(1, seen.size()));
  }

  @Test
  void twoSupplementsMoveTheDueDateAndTheDateOfItDecides() {
    now("2026-11-30T12:00:00");
    dossier("H60-1", "2026-11-02T08:00:00", 2, due("2026-11-10T17:00:00"));
    dossier("H60-1", "2026-11-05T08:00:00", 5);
    dossier("H60-1", "2026-11-09T08:00:00", 4, due("2026-11-16T17:00:00"));
    dossier("H60-1", "2026-11-12T08:00:00", 5);
    dossier("H60-1", "2026-11-18T08:00:00", 4, due("2026-11-24T17:00:00"));
    dossier("H60-1", "2026-11-24T20:00:00", 9);
    assertEquals("1", value("dossier.finished.ontime.month"));
    assertEquals("1 1/1", value("dossier.ontime.d2.month"));
  }

  @Test
  void finishedWithoutDueDateIsOnTimeAndCountedApart() {
    now("2026-11-23T12:00:00");
    dossier("H60-1", "2026-11-20T08:00:00", 2);
    assertEquals("1", value("dossier.nodue"));
    dossier("H60-1", "2026-11-23T08:00:00", 9);
    assertEquals("1", value("dossier.finished.ontime.today"));
    assertEquals("1", value("dossier.finished.nodue.today"));
    assertEquals("1 1/1", value("dossier.ontime.d2.today"));
    assertEquals("0", value("dossier.nodue"));
  }

  @ParameterizedTest
  @ValueSource(longs = {91, 92, 93})
  void sendingEverythingAgainChangesNothing(long seed) {
    System.out.println("seed " + seed);
    RandomFacts facts = new RandomFacts(seed, 200, false);
    List<LogRecord> log = facts.take(3_000);
    Boards.advance(board, RandomFacts.TO);
    log.forEach(board::apply);
    String digest = Boards.digest(board);
    board.drainChanged((_, _) -> {});
    int changes = 0;
    for (LogRecord record : log) {
      changes += board.apply(record).change().isPresent() ? 1 : 0;
    }
    List<String> changed = new ArrayList<>();
    board.drainChanged((scope, topic) -> changed.add(scope + topic));
    assertEquals(0, changes);
    assertEquals(List.of(), changed);
    assertEquals(digest, Boards.digest(board));
  }

  @Test
  void ratioWithoutDenominatorIsNullAndMissingFeedSaysSo() {
    now("2026-11-23T12:00:00");
    assertTrue(board.boardJson("province").orElseThrow().contains("\"feedback.open\":null"));
    assertTrue(board.boardJson("so-a").orElseThrow().contains("\"feedback.open\":\"no-feed\""));
    feedback("PA-1", "2026-11-23T08:00:00", FeedbackStatus.RECEIVED, Attributes.empty());
    assertEquals("0", Boards.values(board, "so-a").get("feedback.open"));
    assertTrue(
        board
            .boardJson("so-a")
            .orElseThrow()
            .contains("\"feedback.ontimerate.today\":{\"value\":null,\"num\":0,\"den\":0}"));
    assertEquals("null", value("dossier.open"));
  }

  @Test
  void theClockAloneMovesACaseAtTheRightInstant() {
    long dueAt = at("2026-11-25T17:00:00");
    now("2026-11-23T12:00:00");
    feedback("PA-1", "2026-11-23T08:00:00", FeedbackStatus.RECEIVED, due("2026-11-25T17:00:00"));
    dossier("H60-1", "2026-11-23T08:00:00", 2, due("2026-11-25T17:00:00"));
    long[] instants = {dueAt - 24 * HOUR - 1, dueAt - 24 * HOUR, dueAt, dueAt + 1};
    String[] near = {"0", "1", "1", "0"};
    String[] over = {"0", "0", "0", "1"};
    for (int i = 0; i < instants.length; i++) {
      List<Change> changes = new ArrayList<>();
      assertEquals(instants[i], board.advance(instants[i], changes::add));
      assertEquals(i % 2 == 0 ? 0 : 2, changes.size(), "changes at " + i);
      for (Change change : changes) {
        assertEquals(Change.Cause.CLOCK, change.cause());
        assertEquals(instants[i], change.timeMicros());
        assertEquals(i == 1, change.after().nearDue());
        assertEquals(i == 3, change.after().overdue());
      }
      for (String kind : List.of("feedback", "dossier")) {
        assertEquals(near[i], value(kind + ".neardue"), "near at " + i);
        assertEquals(over[i], value(kind + ".overdue"), "overdue at " + i);
      }
    }
    assertEquals("0 0/1", value("dossier.ontime.d3"));
  }

  @Test
  void periodsEndAtMidnightInHoChiMinhCity() {
    now("2026-12-31T23:59:59.999999");
    feedback("PA-1", "2026-12-31T23:59:59.999999", FeedbackStatus.RECEIVED, Attributes.empty());
    feedback("PA-2", "2026-12-28T00:00:00", FeedbackStatus.RECEIVED, Attributes.empty());
    feedback("PA-3", "2027-01-01T00:00:00", FeedbackStatus.RECEIVED, Attributes.empty());
    Map<String, String> before =
        Map.of("today", "1", "week", "3", "month", "2", "quarter", "2", "year", "2");
    before.forEach((period, count) -> assertEquals(count, value("feedback.received." + period)));
    now("2027-01-01T00:00:00");
    Map<String, String> after =
        Map.of("today", "1", "week", "3", "month", "1", "quarter", "1", "year", "1");
    after.forEach((period, count) -> assertEquals(count, value("feedback.received." + period)));
  }

  @ParameterizedTest
  @CsvSource({
    "-5, 0",
    "0, 0",
    "1, 1",
    "60000000, 1",
    "60000001, 2",
    "86400000000, 1440",
    "86400000001, 1455",
    "87300000000, 1455",
    "87300000001, 1470",
    "2592000000000, 43200",
    "2592000000001, 43260",
    "2595600000000, 43260",
    "2595600000001, 43320",
    "63072000000000, 1051200",
    "63072000000001, 1051200",
    "9000000000000000, 1051200"
  })
  void answerTimesReadTheUpperBoundOfTheirCell(long micros, int minutes) {
    assertEquals(minutes, AnswerScale.upperMinutes(AnswerScale.cellOf(micros)));
    assertEquals(minutes, NaiveNumbers.cellUpper(micros));
  }

  @ParameterizedTest
  @CsvSource({
    "9999, 10000, 0.9999",
    "99999, 100000, 0.9999",
    "1, 1, 1",
    "0, 7, 0",
    "1, 3, 0.3333",
    "7151, 7161, 0.9986",
    "2, 4, 0.5",
    "2147483646, 2147483647, 0.9999"
  })
  void ratioIsRoundedDownAndNeverShowsOneBelowOne(long above, long below, String shown) {
    JsonText json = new JsonText();
    BoardValues.ratio(json, above, below);
    assertEquals(
        "{\"value\":" + shown + ",\"num\":" + above + ",\"den\":" + below + "}", json.toString());
  }

  @Test
  void aCaseTakesSoManyFactsAndRefusesOneMore() {
    now("2026-11-23T12:00:00");
    LogRecord first = fact(CaseKind.DOSSIER, "H60-1", "2026-11-20T08:00:00", 2, Attributes.empty());
    assertEquals(BoardVerdict.NEW, board.apply(first).verdict());
    for (int i = 1; i < 20; i++) {
      dossier("H60-1", "2026-11-20T08:00:" + (10 + i), 4);
    }
    LogRecord more = fact(CaseKind.DOSSIER, "H60-1", "2026-11-20T09:00:00", 9, Attributes.empty());
    assertEquals(BoardVerdict.CASE_TOO_LONG, board.judge(more, 0));
    assertEquals(BoardVerdict.CASE_TOO_LONG, board.apply(more).verdict());
    assertEquals(BoardVerdict.DUPLICATE, board.judge(first, 0));
    assertEquals("1", value("dossier.open"));
    assertEquals(20, board.factCount());
  }

  @Test
  void unknownStatusIsKeptAndLeavesThePhase() {
    now("2026-11-23T12:00:00");
    Attributes odd = new Attributes.Builder().set(Attribute.UNKNOWN_STATUS, "99").build();
    dossier("H60-1", "2026-11-20T08:00:00", 9);
    dossier("H60-1", "2026-11-21T08:00:00", CaseFact.UNKNOWN_STATUS, odd);
    dossier("H60-2", "2026-11-21T08:00:00", CaseFact.UNKNOWN_STATUS, odd);
    assertEquals("1", value("dossier.finished.ontime.month"));
    assertEquals("1", value("dossier.received.month"));
    assertTrue(board.caseJson(CaseKind.DOSSIER, "H60-2").orElseThrow().contains("\"99\""));
    feedback("PA-1", "2026-11-21T08:00:00", FeedbackStatus.RECEIVED, Attributes.empty());
    board.apply(
        fact(CaseKind.FEEDBACK, "PA-1", "2026-11-22T08:00:00", CaseFact.UNKNOWN_STATUS, odd));
    assertEquals("1", value("feedback.unaccepted"));
  }

  @Test
  void equalNumbersInSequenceLeaveTheOrderToTheRank() {
    // "007" and "7" are one number; comparing them as texts once put the accepted fact last.
    now("2026-11-23T12:00:00");
    String time = "2026-11-23T08:00:00";
    CaseFact.Form form = CaseFact.Form.STATUS;
    int accepted = FeedbackStatus.ACCEPTED.code();
    int closed = FeedbackStatus.CLOSED.code();
    board.apply(record(CaseKind.FEEDBACK, "A", time, "7", form, accepted, Attributes.empty()));
    board.apply(record(CaseKind.FEEDBACK, "A", time, "007", form, closed, Attributes.empty()));
    board.apply(record(CaseKind.FEEDBACK, "B", time, "7", form, closed, Attributes.empty()));
    board.apply(record(CaseKind.FEEDBACK, "B", time, "007", form, accepted, Attributes.empty()));
    assertEquals("0", value("feedback.open"));
    assertEquals("2", value("feedback.answered.today"));
  }

  @Test
  void aSendersClockAheadOfOursStillCountsAsNearDue() {
    // Received "in three minutes", due in one: it counted as open and as nothing else.
    now("2026-11-23T12:00:00");
    feedback("PA-1", "2026-11-23T12:03:00", FeedbackStatus.RECEIVED, due("2026-11-23T12:01:00"));
    assertEquals("1", value("feedback.neardue"));
    now("2026-11-23T12:02:00");
    assertEquals("0", value("feedback.neardue"));
    assertEquals("1", value("feedback.overdue"));
  }

  private LogRecord traffic(String id, String subject, OptionalLong visits, OptionalLong errors) {
    long from = at("2026-11-23T08:00:00");
    return new LogRecord(
        ++position,
        LogRecord.SCHEMA,
        EventTypes.PORTAL_TRAFFIC,
        "/portal",
        id,
        subject,
        from + HOUR,
        null,
        0,
        "k",
        null,
        "{}",
        new Event.Traffic(
            "cong",
            from,
            from + HOUR,
            OptionalLong.empty(),
            visits,
            Optional.empty(),
            OptionalLong.empty(),
            errors,
            false,
            visits.orElse(-1) * 31 + errors.orElse(-1)));
  }

  @Test
  void portalMeasureNobodyFedIsMissingNotZero() {
    // One fed measure of the portals once made zeroes of the other three.
    now("2026-11-23T12:00:00");
    board.apply(traffic("t1", "cong", OptionalLong.empty(), OptionalLong.of(4)));
    assertEquals("4", value("portal.errors.today"));
    assertEquals("null", value("portal.visits.today"));
    board.apply(traffic("t2", "cong", OptionalLong.of(9), OptionalLong.empty()));
    assertEquals("9", value("portal.visits.today"));
    assertEquals("0", value("portal.errors.today"), "fed once, though another fact stands now");
    assertEquals("0", Boards.values(board, "so-a").get("portal.errors.today"));
    assertEquals("null", value("portal.pageviews.today"));
  }

  @Test
  void oneCellToldUnderTwoSubjectsDoesNotDependOnArrival() {
    // Same time, source and id under two subjects are two facts; the later arrival once won.
    now("2026-11-23T12:00:00");
    LogRecord one = traffic("t", "a", OptionalLong.of(1), OptionalLong.empty());
    LogRecord two = traffic("t", "b", OptionalLong.of(2), OptionalLong.empty());
    Board other = Boards.empty(BoardSettings.defaults());
    Boards.advance(other, board.asOfMicros());
    board.apply(one);
    board.apply(two);
    other.apply(two);
    other.apply(one);
    assertEquals("2", value("portal.visits.today"));
    assertEquals(Boards.values(board, "province"), Boards.values(other, "province"));
  }

  @Test
  void clockChangesAreToldOnceWhileAnotherConfigurationIsFolded() {
    // The fold beside ran ahead of the one in use; its swap swallowed the cases turned between.
    Board small = Boards.board();
    Boards.advance(small, at("2026-11-23T12:00:00"));
    for (int i = 0; i < 30; i++) {
      small.apply(
          fact(
              CaseKind.FEEDBACK,
              "PA-" + i,
              "2026-11-23T08:00:00",
              FeedbackStatus.RECEIVED.code(),
              due("2026-11-26T08:00:" + (10 + i))));
    }
    small.beginRefold(RandomFacts.otherConfig(), small.asOfMicros());
    small.refold(10);
    List<String> overdue = new ArrayList<>();
    long end = at("2026-11-27T00:00:00");
    boolean done = false;
    while (small.advance(end, change -> note(change, overdue)) < end || !done) {
      done = small.refold(2);
    }
    assertEquals(30, overdue.size());
    assertEquals(30, overdue.stream().distinct().count());
    assertFalse(small.hasScope("xa-1"), "the new configuration stands");
  }

  private static void note(Change change, List<String> overdue) {
    if (change.after().overdue()) {
      overdue.add(change.after().code());
    }
  }

  /// What FoldLoop asks after each move of the clock, before any flush: it must learn of a change
  /// once, and the flush must still find all of it.
  @Test
  void changeIsToldOnceAndTheFlushStillFindsIt() {
    now("2026-11-23T08:00:00");
    feedback("PA-0", "2026-11-23T08:00:00", FeedbackStatus.RECEIVED, Attributes.empty());
    board.takeChanged();
    board.drainChanged((_, _) -> {});
    now("2026-11-23T08:05:00");
    assertFalse(board.takeChanged(), "the clock moved and no value did");
    feedback("PA-1", "2026-11-23T08:00:00", FeedbackStatus.RECEIVED, due("2026-11-24T08:30:00"));
    assertTrue(board.takeChanged());
    assertFalse(board.takeChanged(), "told already");
    now("2026-11-23T09:00:00");
    assertTrue(board.takeChanged(), "the clock alone made it near due");
    assertFalse(board.takeChanged());
    List<String> drained = new ArrayList<>();
    board.drainChanged((scope, topic) -> drained.add(topic.label() + ":" + scope));
    assertEquals(List.of("feedback:province", "feedback:unassigned"), drained);
    board.drainChanged((scope, topic) -> drained.add(topic.label() + ":" + scope));
    assertEquals(2, drained.size(), "a flush takes it");
    assertFalse(board.takeChanged());
  }
}
