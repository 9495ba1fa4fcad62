package vn.truc;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import vn.truc.access.SourceKeys;
import vn.truc.access.TokenRegister;
import vn.truc.board.Board;
import vn.truc.board.BoardConfig;
import vn.truc.board.BoardSnapshot;
import vn.truc.event.LogRecord;
import vn.truc.log.Draft;
import vn.truc.log.EventLog;
import vn.truc.log.EventLog.SnapshotReader.Section;
import vn.truc.push.Hub;
import vn.truc.push.PushMetrics;
import vn.truc.push.PushSettings;
import vn.truc.push.Tokens;
import vn.truc.testing.MemoryEventLog;

/// Snapshots of as many chunks as a log of years makes: the writing and the loading of one waited,
/// chunk for chunk, for the next, and beyond some thousands never ended.
class SnapshotsTest {
  private static final int CHUNKS = 20_000;

  private final Vertx vertx = Vertx.vertx();
  private final MemoryEventLog log = new MemoryEventLog();

  /// A node on the log.
  private final class Node {
    final Board board =
        new Board(
            new BoardConfig(List.of(), List.of(), List.of(), List.of()),
            Settings.of(Map.of()).board(),
            new Random(1));
    final FoldLoop fold;
    final Snapshots snapshots;

    Node() {
      SimpleMeterRegistry registry = new SimpleMeterRegistry();
      SourceKeys keys = new SourceKeys();
      TokenRegister tokens = new TokenRegister();
      DomainClock clock = new DomainClock();
      AppliedConfig config = new AppliedConfig(vertx, board);
      FailedFacts failed = new FailedFacts(3, registry);
      fold =
          new FoldLoop(
              vertx,
              board,
              keys,
              tokens,
              clock,
              config,
              failed,
              new ClockSetback(60_000_000L, registry),
              InstantSource.system());
      Hub hub =
          new Hub(
              vertx,
              PushSettings.defaults(),
              new BoardChannels(board, log::id),
              _ -> new Tokens.Verdict.Invalid(),
              new PushMetrics(registry));
      snapshots =
          new Snapshots(
              log,
              board,
              keys,
              tokens,
              clock,
              config,
              fold,
              failed,
              new ForeignEntries(registry),
              SnapshotSettings.defaults(),
              hub);
    }
  }

  @AfterEach
  void close() throws Exception {
    await(vertx.close());
  }

  private static <T> T await(Future<T> future) throws Exception {
    return future.toCompletionStage().toCompletableFuture().get(30, TimeUnit.SECONDS);
  }

  private static LogRecord fact() {
    return new LogRecord(
        0,
        LogRecord.SCHEMA,
        "vn.ioc.feedback.status",
        "/hotline/1022",
        "evt-1",
        "PA-1",
        1_795_000_000_000_000L,
        null,
        1_795_000_000_000_000L,
        "k1",
        null,
        "{\"status\":\"received\"}",
        null);
  }

  @Test
  void allCasesAreWrittenHoweverManyChunksTheyTake() throws Exception {
    EventLog.SnapshotWriter writer = await(log.beginSnapshot());
    AtomicInteger left = new AtomicInteger(CHUNKS);
    await(
        Snapshots.cases(
            writer,
            1,
            () -> left.getAndDecrement() > 0 ? Optional.of(new byte[1]) : Optional.empty()));
    await(writer.commit());
    assertEquals(
        List.of(new Section(BoardSnapshot.CASES, BoardSnapshot.STATE_VERSION, 1, CHUNKS)),
        await(log.newestSnapshot()).orElseThrow().sections());
  }

  @Test
  void aStartLoadsAllChunksThereAre() throws Exception {
    Node one = new Node();
    log.append(List.of(Draft.of(fact())));
    one.fold.follow(log);
    log.handOver(1);
    await(one.snapshots.makeLast());
    lengthen(await(log.newestSnapshot()).orElseThrow());
    Node other = new Node();
    await(other.snapshots.load());
    assertEquals(1, other.board.caseCount());
    assertEquals(1, other.fold.position());
  }

  /// Writes a snapshot again, with many chunks of cases more, that hold none.
  private void lengthen(EventLog.SnapshotReader snapshot) throws Exception {
    EventLog.SnapshotWriter writer = await(log.beginSnapshot());
    for (Section section : snapshot.sections()) {
      for (int index = 0; index < section.chunks(); index++) {
        write(writer, section, await(snapshot.chunk(section, index)));
      }
      if (section.name().equals(BoardSnapshot.CASES)) {
        for (int more = 0; more < CHUNKS; more++) {
          write(writer, section, Buffer.buffer());
        }
      }
    }
    await(writer.commit());
  }

  private static void write(EventLog.SnapshotWriter writer, Section section, Buffer chunk)
      throws Exception {
    await(writer.write(section.name(), section.version(), section.position(), chunk));
  }
}
