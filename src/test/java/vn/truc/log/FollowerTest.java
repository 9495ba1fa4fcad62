package vn.truc.log;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import vn.truc.event.LogRecord;

/// What a follower is handed with a commit, and what it reads.
class FollowerTest {
  private final Vertx vertx = Vertx.vertx();
  private final Context context = vertx.getOrCreateContext();
  private final List<Long> reads = new ArrayList<>();
  private final List<Long> taken = new ArrayList<>();
  private Promise<List<LogRecord>> reading = Promise.promise();

  @AfterEach
  void close() throws Exception {
    LogFixtures.await(vertx.close());
  }

  private static List<LogRecord> records(long from, long to) {
    List<LogRecord> records = new ArrayList<>();
    for (long position = from; position <= to; position++) {
      records.add(LogFixtures.record(position).at(position));
    }
    return records;
  }

  private Follower follower(long after) {
    Follower follower =
        new Follower(
            context,
            position -> {
              reads.add(position);
              reading = Promise.promise();
              return reading.future();
            },
            after,
            LogSettings.defaults(),
            new LogMetrics(new SimpleMeterRegistry()),
            _ -> {});
    follower.handler(batch -> batch.forEach(record -> taken.add(record.position())));
    return follower;
  }

  /// Its first read, empty, was still under way when a commit came: that was dropped, and its
  /// append answered as if it had been handed over.
  @Test
  void whoBeginsAtTheHeadGetsTheNextCommitWithIt() throws Exception {
    List<Long> seen =
        LogFixtures.await(
            context,
            () -> {
              Follower follower = follower(10);
              follower.knows(10);
              follower.offer(records(11, 12));
              return Future.succeededFuture(List.copyOf(taken));
            });
    assertEquals(List.of(11L, 12L), seen);
    assertEquals(List.of(), reads);
  }

  @Test
  void whoBeginsBehindTheHeadReadsAllThatCameMeanwhileFirst() throws Exception {
    Follower follower =
        LogFixtures.await(
            context,
            () -> {
              Follower made = follower(8);
              made.knows(10);
              return Future.succeededFuture(made);
            });
    List<Long> seen =
        LogFixtures.await(
            context,
            () -> {
              follower.offer(records(11, 12));
              reading.complete(records(9, 10));
              follower.offer(records(13, 13));
              reading.complete(records(11, 13));
              follower.offer(records(14, 14));
              return Future.succeededFuture(List.copyOf(taken));
            });
    assertEquals(List.of(9L, 10L, 11L, 12L, 13L, 14L), seen);
    assertEquals(List.of(8L, 10L), reads);
  }

  private Follower liveAt(long position, LogSettings settings, LogMetrics metrics) {
    Follower follower =
        new Follower(
            context,
            after -> {
              reads.add(after);
              reading = Promise.promise();
              return reading.future();
            },
            position,
            settings,
            metrics,
            _ -> ended.add("stopped"));
    follower
        .exceptionHandler(cause -> ended.add(String.valueOf(cause.getMessage())))
        .endHandler(_ -> ended.add("end"))
        .handler(batch -> taken.addAll(batch.stream().map(LogRecord::position).toList()));
    follower.knows(position);
    return follower;
  }

  private final List<String> ended = new ArrayList<>();

  private <T> T on(Supplier<T> work) throws Exception {
    return LogFixtures.await(context, () -> Future.succeededFuture(work.get()));
  }

  private static double behind(SimpleMeterRegistry registry) {
    return registry.get("truc.log.follow.behind").counter().count();
  }

  /// Two batches of two find room while it is paused; the third makes it read them again.
  @Test
  void pausedItBuffersToItsBoundAndThenReadsAgain() throws Exception {
    SimpleMeterRegistry registry = new SimpleMeterRegistry();
    LogMetrics metrics = new LogMetrics(registry);
    LogSettings narrow = LogSettings.defaults().withBatches(64, 2, 2);
    Follower follower = on(() -> liveAt(10, narrow, metrics));
    on(
        () -> {
          follower.pause();
          follower.offer(records(11, 14));
          return 0;
        });
    assertEquals(0, behind(registry));
    on(follower::resume);
    on(() -> 0);
    assertEquals(List.of(11L, 12L, 13L, 14L), taken);
    assertEquals(List.of(), reads, "all of it was there");
    on(
        () -> {
          follower.pause();
          follower.offer(records(15, 19));
          return 0;
        });
    assertEquals(1, behind(registry));
    on(follower::resume);
    on(() -> 0);
    assertEquals(List.of(14L), reads, "from what was delivered");
    on(
        () -> {
          reading.complete(records(15, 19));
          return 0;
        });
    assertEquals(19L, taken.getLast());
    assertEquals(9, taken.size());
  }

  /// Whoever takes nothing makes the store do nothing.
  @Test
  void pausedItReadsNothing() throws Exception {
    LogMetrics metrics = new LogMetrics(new SimpleMeterRegistry());
    Follower follower =
        on(
            () -> {
              Follower made = liveAt(8, LogSettings.defaults(), metrics);
              made.pause();
              made.knows(10);
              return made;
            });
    on(() -> 0);
    assertEquals(List.of(), reads);
    on(() -> follower.fetch(1));
    on(() -> 0);
    assertEquals(List.of(8L), reads);
    on(
        () -> {
          reading.complete(records(9, 9));
          return 0;
        });
    assertEquals(List.of(9L), taken);
  }

  /// What it has already is passed over, what overlaps is cut, and a gap is read.
  @Test
  void offersThatOverlapOrLeaveAGapGiveEachRecordOnce() throws Exception {
    Follower follower =
        on(() -> liveAt(10, LogSettings.defaults(), new LogMetrics(new SimpleMeterRegistry())));
    on(
        () -> {
          follower.offer(records(9, 10));
          follower.offer(records(9, 12));
          follower.offer(records(12, 13));
          return 0;
        });
    assertEquals(List.of(11L, 12L, 13L), taken);
    on(
        () -> {
          follower.offer(records(15, 15));
          return 0;
        });
    assertEquals(List.of(13L), reads);
    on(
        () -> {
          reading.complete(records(14, 15));
          return 0;
        });
    assertEquals(List.of(11L, 12L, 13L, 14L, 15L), taken);
  }

  @Test
  void logThatEndsBeforeItsHeadIsDamaged() throws Exception {
    Follower follower =
        on(() -> liveAt(10, LogSettings.defaults(), new LogMetrics(new SimpleMeterRegistry())));
    on(
        () -> {
          follower.offer(records(12, 12));
          reading.complete(List.of());
          return 0;
        });
    assertEquals(List.of("stopped", "the log reaches 12 but ends for its reader at 10"), ended);
    on(
        () -> {
          follower.offer(records(11, 12));
          follower.end();
          return 0;
        });
    assertEquals(List.of(), taken, "nothing more");
    assertEquals(2, ended.size());
  }

  @Test
  void demandIsCountedAndNeverNegative() throws Exception {
    LogSettings narrow = LogSettings.defaults().withBatches(64, 1, 8);
    Follower follower = on(() -> liveAt(10, narrow, new LogMetrics(new SimpleMeterRegistry())));
    on(
        () -> {
          follower.pause();
          follower.offer(records(11, 15));
          follower.fetch(2);
          return 0;
        });
    on(() -> 0);
    assertEquals(List.of(11L, 12L), taken);
    assertThrows(IllegalArgumentException.class, () -> follower.fetch(-1));
    on(() -> follower.fetch(0));
    on(() -> 0);
    assertEquals(2, taken.size());
    on(() -> follower.fetch(Long.MAX_VALUE));
    on(() -> follower.fetch(Long.MAX_VALUE));
    on(() -> 0);
    assertEquals(5, taken.size());
    on(
        () -> {
          follower.offer(records(16, 17));
          return 0;
        });
    assertEquals(7, taken.size(), "without end");
    on(
        () -> {
          follower.end();
          return 0;
        });
    assertEquals(List.of("stopped", "end"), ended);
  }
}
