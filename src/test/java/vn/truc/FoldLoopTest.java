package vn.truc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import vn.truc.access.SourceKeys;
import vn.truc.board.Board;
import vn.truc.board.BoardConfig;
import vn.truc.event.LogRecord;
import vn.truc.intake.Fold;
import vn.truc.log.Draft;
import vn.truc.testing.MemoryEventLog;

/// When a fold counts as caught up.
class FoldLoopTest {
  private static final long TIME = 1_795_000_000_000_000L;

  private final Vertx vertx = Vertx.vertx();
  private final MemoryEventLog log = new MemoryEventLog();
  private final Board board =
      new Board(
          new BoardConfig(List.of(), List.of(), List.of(), List.of()),
          Settings.of(java.util.Map.of()).board());
  private final FoldLoop fold =
      new FoldLoop(
          vertx,
          board,
          new SourceKeys(),
          new DomainClock(),
          new AppliedConfig(vertx, board),
          InstantSource.system());

  @AfterEach
  void close() throws Exception {
    vertx.close().toCompletionStage().toCompletableFuture().get(30, TimeUnit.SECONDS);
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
    assertEquals(Fold.Verdict.NEW, fold.judge(fact(15)), "it cannot know better yet");
    log.handOver(9);
    assertFalse(fold.caughtUp());
    log.handOver(1);
    assertTrue(fold.caughtUp());
    assertTrue(replayed.succeeded());
    assertEquals(Fold.Verdict.DUPLICATE, fold.judge(fact(15)));
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
}
