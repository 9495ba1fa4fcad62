package vn.truc.log;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.List;
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
}
