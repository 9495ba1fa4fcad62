package vn.truc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import vn.truc.access.SourceKeys;
import vn.truc.board.Board;
import vn.truc.board.BoardConfig;
import vn.truc.event.Attribute;
import vn.truc.event.Attributes;
import vn.truc.event.CaseKind;
import vn.truc.event.Event;
import vn.truc.event.EventTypes;
import vn.truc.event.LogRecord;
import vn.truc.fold.Projection;
import vn.truc.fold.Projections;
import vn.truc.intake.Fold;
import vn.truc.log.Draft;
import vn.truc.log.LogException;
import vn.truc.testing.MemoryEventLog;

/// When a fold counts as caught up.
class FoldLoopTest {
  private static final long TIME = 1_795_000_000_000_000L;

  private final Vertx vertx = Vertx.vertx();
  private final MemoryEventLog log = new MemoryEventLog();
  private final Board board =
      new Board(
          new BoardConfig(List.of(), List.of(), List.of(), List.of()),
          Settings.of(java.util.Map.of()).board(),
          new Random(1));
  private final ClockSetback setback = new ClockSetback(60_000_000L, new SimpleMeterRegistry());
  private long realMicros = TIME + 1_000_000;
  private final FailedFacts failed = new FailedFacts(3, new SimpleMeterRegistry());
  private Projections projections = new Projections();
  private final FoldLoop fold = fold(failed);

  private FoldLoop fold(FailedFacts list) {
    SourceKeys keys = new SourceKeys();
    DomainClock clock = new DomainClock();
    AppliedConfig config = new AppliedConfig(vertx, board);
    projections = new Projections().add(new LogStory()).add(clock).add(config).add(keys);
    return new FoldLoop(
        vertx,
        board,
        projections,
        keys,
        clock,
        config,
        list,
        setback,
        () -> Instant.EPOCH.plus(realMicros, ChronoUnit.MICROS));
  }

  @AfterEach
  void close() throws Exception {
    await(vertx.close());
  }

  private static void await(Future<Void> future) throws Exception {
    future.toCompletionStage().toCompletableFuture().get(30, TimeUnit.SECONDS);
  }

  private static LogRecord fact(int number) {
    return new LogRecord(
        0,
        LogRecord.SCHEMA,
        "vn.ioc.feedback.status",
        "/hotline/1022",
        "evt-" + number,
        "PA-" + number,
        TIME + number,
        null,
        TIME + number,
        "k1",
        null,
        "{\"status\":\"received\"}",
        null);
  }

  private void appended(int from, int to) {
    for (int number = from; number <= to; number++) {
      log.append(List.of(Draft.of(fact(number))));
    }
  }

  /// A node on Redis started while another one took facts: at what had been the head when it began
  /// to follow it opened its door, answered 202 for facts it had not folded, and took repeats of
  /// what the other had appended meanwhile for new.
  @Test
  void whatOthersAppendedDuringTheReplayIsFoldedBeforeFactsAreTaken() {
    appended(1, 10);
    Future<Void> replayed = fold.follow(log);
    log.handOver(6);
    appended(11, 20);
    log.handOver(4);
    assertFalse(fold.caughtUp(), "at the head there was, not at the one there is");
    assertFalse(replayed.isComplete());
    assertEquals(Fold.Verdict.NEW, fold.judge(fact(15), 0), "it cannot know better yet");
    log.handOver(9);
    assertFalse(fold.caughtUp());
    log.handOver(1);
    assertTrue(fold.caughtUp());
    assertTrue(replayed.succeeded());
    assertEquals(Fold.Verdict.DUPLICATE, fold.judge(fact(15), 0));
  }

  @Test
  void onceCaughtUpItStaysSo() {
    Future<Void> replayed = fold.follow(log);
    assertTrue(replayed.succeeded(), "there is nothing to fold");
    appended(1, 1);
    assertTrue(fold.caughtUp(), "a commit is handed over before it is answered");
    log.handOver(1);
    assertEquals(1, fold.position());
  }

  private static LogRecord broken(int number) {
    Attributes noTime = new Attributes.Builder().set(Attribute.DUE_AT, "no time").build();
    LogRecord sound = fact(number);
    return new LogRecord(
        0,
        LogRecord.SCHEMA,
        sound.type(),
        sound.source(),
        sound.id(),
        sound.subject().orElseThrow(),
        sound.timeMicros(),
        null,
        sound.recordedAtMicros(),
        "k1",
        null,
        sound.data(),
        new Event.CaseFact(CaseKind.FEEDBACK, Event.CaseFact.Form.STATUS, 1, noTime, number));
  }

  private void append(LogRecord record) {
    log.append(List.of(Draft.of(record)));
    log.handOver(1);
  }

  /// One fact whose folding threw was answered 202, the follower ended with the exception, nothing
  /// behind the fact was folded, and a restart met it again.
  @Test
  void aFactThatCannotBeFoldedIsListedAndTheOthersGoOn() {
    fold.follow(log);
    append(fact(1));
    append(broken(2));
    append(fact(3));
    assertEquals(Optional.empty(), fold.failure());
    assertTrue(fold.caughtUp());
    assertTrue(fold.reached(3));
    assertEquals(2, board.caseCount());
    assertEquals(Fold.Verdict.FAILED, fold.verdictAt(2));
    assertEquals(Fold.Verdict.NEW, fold.verdictAt(3));
    assertEquals(List.of(2L), failed.positions());
    assertTrue(failed.notice().orElseThrow().startsWith("1 facts could not be folded"));
    assertEquals(Fold.Verdict.FAILED, fold.judge(fact(2), 0), "sent again it would fail again");
  }

  /// The list lies in the snapshot: a start tries again what is in it.
  @Test
  void whatCouldNotBeFoldedIsTriedAgainAtAStart() {
    append(fact(1));
    append(fact(2));
    failed.note(fact(1).at(1), new IllegalStateException("of an earlier version"));
    failed.note(fact(2).at(2), new IllegalStateException("of an earlier version"));
    FailedFacts kept = new FailedFacts(3, new SimpleMeterRegistry());
    kept.restore(failed.exported());
    assertEquals(List.of(1L, 2L), kept.positions());
    fold.restored(2);
    fold.follow(log);
    assertTrue(fold.retryFailed(log).succeeded());
    assertEquals(List.of(), failed.positions());
    assertEquals(Optional.empty(), failed.notice());
    assertEquals(2, board.caseCount());
    assertEquals(2, fold.position());
  }

  /// Where the first of many could not be read, a start waited for ever.
  @Test
  void manyThatCannotBeReadEndTheTrying() throws Exception {
    FailedFacts many = new FailedFacts(20_000, new SimpleMeterRegistry());
    FoldLoop start = fold(many);
    for (int number = 1; number <= 20_000; number++) {
      many.note(fact(number).at(number), new IllegalStateException("of an earlier version"));
    }
    log.close();
    log.answersIn(vertx.getOrCreateContext());
    ExecutionException seen =
        assertThrows(ExecutionException.class, () -> await(start.retryFailed(log)));
    assertEquals(
        LogException.Reason.CLOSED, assertInstanceOf(LogException.class, seen.getCause()).reason());
  }

  @Test
  void ofMoreThanCanBeListedTheNextStartFoldsTheWholeLog() {
    for (int number = 1; number <= 4; number++) {
      failed.note(fact(number).at(number), new IllegalStateException("x"));
    }
    assertEquals(List.of(1L, 2L, 3L), failed.positions());
    assertTrue(failed.notice().orElseThrow().startsWith("more than 3 facts"));
    FailedFacts other = new FailedFacts(3, new SimpleMeterRegistry());
    assertThrows(IllegalStateException.class, () -> other.restore(failed.exported()));
  }

  /// A record of this house that cannot be folded would leave keys, clock or configuration wrong.
  @Test
  void anInternalRecordThatCannotBeFoldedStopsTheNode() {
    fold.follow(log);
    append(fact(1));
    append(
        LogRecord.internal(EventTypes.CLOCK_SET, "clock-set:1", null, TIME, "{\"domain\":\"x\"}"));
    assertTrue(fold.failure().orElseThrow().contains("clock"), () -> fold.failure().toString());
    assertFalse(fold.caughtUp());
    assertTrue(fold.reached(1));
    assertFalse(fold.reached(2), "it is not folded, so nobody is told that it is");
    append(fact(3));
    assertEquals(1, board.caseCount(), "nothing behind it is folded");
    assertFalse(fold.reached(3));
  }

  /// Screens that fail are no fault of the fact, nor of who is told after them.
  @Test
  void aListenerThatFailsStopsNeitherFactNorFold() {
    List<Long> told = new ArrayList<>();
    fold.onChange(
        _ -> {
          throw new IllegalStateException("a screen");
        });
    fold.onChange(change -> told.add(change.position()));
    fold.follow(log);
    append(fact(1));
    append(fact(2));
    assertEquals(2, board.caseCount());
    assertEquals(Fold.Verdict.NEW, fold.verdictAt(1));
    assertEquals(List.of(), failed.positions());
    assertEquals(List.of(1L, 2L), told);
  }

  /// Whatever else is made of facts, one that fails leaves the board and the others whole.
  @Test
  void aProjectionThatFailsHindersNoOther() {
    List<String> taken = new ArrayList<>();
    projections.add(
        new Facts() {
          @Override
          public void apply(LogRecord record, boolean live) {
            throw new IllegalStateException("a feature");
          }
        });
    projections.add(
        new Facts() {
          @Override
          public void apply(LogRecord record, boolean live) {
            taken.add(record.id() + live);
          }
        });
    appended(1, 1);
    fold.follow(log);
    log.handOver(1);
    append(fact(2));
    assertEquals(2, board.caseCount());
    assertEquals(List.of(), failed.positions());
    assertEquals(List.of("evt-1false", "evt-2true"), taken);
    assertEquals(Optional.empty(), fold.failure());
  }

  private interface Facts extends Projection {
    @Override
    default boolean takes(String type) {
      return type.startsWith("vn.ioc.");
    }
  }

  private static final long DAY = 86_400_000_000L;

  private LogRecord due(int number, long recordedAt, long time, long dueAt) {
    LogRecord sound = fact(number);
    String due = Board.exactTimeText(dueAt);
    return new LogRecord(
        0,
        LogRecord.SCHEMA,
        sound.type(),
        sound.source(),
        sound.id(),
        sound.subject().orElseThrow(),
        time,
        null,
        recordedAt,
        "k1",
        null,
        "{\"status\":\"received\",\"dueAt\":\"" + due + "\"}",
        null);
  }

  private int overdue() {
    String json = board.boardJson("province").orElseThrow();
    return Integer.parseInt(json.replaceFirst(".*\"feedback.overdue\":(\\d+).*", "$1"));
  }

  /// A clock that jumped a year ahead for seconds froze `asOf` there, a restart included, and the
  /// node was ready and silent.
  @Test
  void aBoardThatRanAheadWithTheClockIsSetBackAndSaysSo() {
    fold.onSetback((asOf, now) -> setback.begins(asOf, now, fold.position(), log));
    fold.follow(log);
    append(due(1, TIME, TIME, TIME + 10 * DAY));
    fold.tick();
    assertEquals(realMicros, board.asOfMicros());
    realMicros = TIME + 365 * DAY;
    fold.tick();
    append(due(2, realMicros, realMicros - 5, realMicros + DAY));
    append(due(3, realMicros, TIME + 2, TIME + DAY));
    fold.tick();
    assertEquals(2, overdue());
    realMicros = TIME + 5_000_000;
    fold.tick();
    assertEquals(realMicros, board.asOfMicros());
    assertEquals(0, overdue());
    String told = setback.notice().orElseThrow();
    assertTrue(told.contains("the records at 2 to 3 bear times of then"), told);
    assertTrue(told.contains("at least 1 of them say they happened later than now, at 2"), told);
    realMicros = TIME + 2 * DAY;
    fold.tick();
    assertEquals(realMicros, board.asOfMicros(), "and goes on");
    assertEquals(1, overdue());
  }

  /// Of a time ahead with thousands of records nothing was said: reading them never ended.
  @Test
  void allThatWasRecordedAheadIsLookedAt() throws Exception {
    long ahead = TIME + 365 * DAY;
    LogRecord late = due(1, ahead, ahead, ahead);
    setback.saw(late.at(1));
    for (int number = 0; number < 10_000; number++) {
      log.append(List.of(Draft.of(late)));
    }
    log.answersIn(vertx.getOrCreateContext());
    await(setback.begins(ahead, TIME, log.head(), log));
    String told = setback.notice().orElseThrow();
    assertTrue(told.contains("at least 10000 of them say they happened later than now"), told);
  }

  /// Clocks are corrected all the time.
  @Test
  void aSmallStepBackIsWaitedFor() {
    fold.follow(log);
    fold.tick();
    long reached = board.asOfMicros();
    realMicros -= 60_000_000;
    fold.tick();
    assertEquals(reached, board.asOfMicros());
    assertEquals(Optional.empty(), setback.notice());
    realMicros += 61_000_000;
    fold.tick();
    assertEquals(realMicros, board.asOfMicros());
  }

  /// A restart met the same frozen board: the snapshot stood in the future, and so do records.
  @Test
  void aStartOnALogThatRanAheadComesBackToo() {
    log.append(List.of(Draft.of(due(1, TIME, TIME, TIME + DAY))));
    log.append(List.of(Draft.of(due(2, TIME + 365 * DAY, TIME + 5, TIME + DAY))));
    fold.follow(log);
    log.handOver(2);
    assertEquals(TIME + 365 * DAY, board.asOfMicros());
    fold.tick();
    assertEquals(realMicros, board.asOfMicros());
  }
}
