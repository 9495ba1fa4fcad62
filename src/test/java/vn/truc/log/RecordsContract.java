package vn.truc.log;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static vn.truc.log.LogFixtures.await;
import static vn.truc.log.LogFixtures.content;
import static vn.truc.log.LogFixtures.draft;
import static vn.truc.log.LogFixtures.drafts;

import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import io.vertx.core.streams.ReadStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import vn.truc.event.Event;
import vn.truc.event.EventTypes;
import vn.truc.event.LogRecord;

/// What every engine promises about records: positions, order, followers. The rest is in
/// [EventLogContract], which an engine's suite extends.
abstract class RecordsContract {
  static final long FAR_MICROS = Long.MAX_VALUE;

  @TempDir Path dir;
  Vertx vertx;
  Context context;
  private final List<EventLog> opened = new ArrayList<>();

  /// Opens the log that belongs to a folder; the same one again after it was closed.
  abstract Future<? extends EventLog> openLog(Path dir, LogSettings settings);

  @BeforeEach
  void start() {
    vertx = Vertx.vertx();
    context = vertx.getOrCreateContext();
  }

  @AfterEach
  void stop() throws Exception {
    for (EventLog log : opened) {
      await(log.close());
    }
    await(vertx.close());
  }

  EventLog open(LogSettings settings) throws Exception {
    EventLog log = await(context, () -> openLog(dir, settings).map(one -> (EventLog) one));
    opened.add(log);
    return log;
  }

  EventLog open() throws Exception {
    return open(LogSettings.defaults());
  }

  EventLog reopen(EventLog log) throws Exception {
    await(context, log::close);
    return open();
  }

  long append(EventLog log, List<Draft> batch) throws Exception {
    return await(context, () -> log.append(batch));
  }

  List<LogRecord> follow(EventLog log, long after, long target) throws Exception {
    LogFixtures.Collector collector = new LogFixtures.Collector(target);
    context.runOnContext(
        _ -> log.follow(after).exceptionHandler(collector::fail).handler(collector::take));
    return collector.await();
  }

  @Test
  void theFirstRecordNamesTheLog() throws Exception {
    EventLog log = open();
    LogRecord first = await(context, () -> log.read(1)).orElseThrow();
    assertEquals(1, log.head());
    assertEquals(EventTypes.LOG_CREATED, first.type());
    assertEquals(log.id(), new JsonObject(first.data()).getString("id"));
    assertTrue(log.id().matches("[0-9a-f]{32}"), log.id());
    String id = log.id();
    EventLog again = reopen(log);
    assertEquals(id, again.id());
    assertEquals(1, again.head());
  }

  @Test
  void aRestoredLogTakesItsNewId() throws Exception {
    EventLog log = open();
    String data = new JsonObject().put("id", "00ff00ff00ff00ff00ff00ff00ff00ff").encode();
    append(log, List.of(Draft.of(LogRecord.internal(EventTypes.LOG_RESTORED, "r", null, 1, data))));
    assertEquals("00ff00ff00ff00ff00ff00ff00ff00ff", log.id());
    assertEquals("00ff00ff00ff00ff00ff00ff00ff00ff", reopen(log).id());
  }

  @Test
  void positionsCountWithoutGapsAcrossReopening() throws Exception {
    EventLog log = open();
    assertEquals(2, append(log, drafts(1, 3)));
    assertEquals(5, append(log, drafts(4, 40)));
    assertEquals(44, log.head());
    EventLog again = reopen(log);
    assertEquals(44, again.head());
    assertEquals(45, append(again, drafts(44, 1)));
  }

  @Test
  void everyMemberOfARecordComesBack() throws Exception {
    EventLog log = open();
    LogRecord full =
        new LogRecord(
            0,
            1,
            "vn.ioc.feedback.status",
            "/cổng/1022",
            "id \"'\\ ☃ 🛎",
            "HS-Đ/1",
            -7L,
            "0012",
            LogFixtures.EPOCH_MICROS,
            "key",
            "{\"a\":\"b\"}",
            "{\"ghi chú\":\"đường Trần Phú\"}",
            null);
    LogRecord bare = new LogRecord(0, 1, "t", "s", "i", null, 0, null, 0, "", null, "{}", null);
    append(log, List.of(Draft.of(full), Draft.of(bare)));
    assertEquals(content(full), content(await(context, () -> log.read(2)).orElseThrow()));
    assertEquals(content(bare), content(await(context, () -> log.read(3)).orElseThrow()));
    assertEquals(Optional.empty(), await(context, () -> log.read(4)));
    assertEquals(Optional.empty(), await(context, () -> log.read(0)));
    assertEquals(Optional.empty(), await(context, () -> log.read(-1)));
  }

  @Test
  void followersGetRecordsBeforeTheAppendIsAnswered() throws Exception {
    EventLog log = open();
    CompletableFuture<List<String>> seen = new CompletableFuture<>();
    List<String> order = new ArrayList<>();
    context.runOnContext(
        _ ->
            log.follow(0)
                .handler(
                    batch -> {
                      batch.forEach(record -> order.add("got " + record.position()));
                      if (batch.getFirst().position() == 1) {
                        for (int i = 2; i <= 5; i++) {
                          log.append(List.of(draft(i)))
                              .onSuccess(position -> order.add("answered " + position))
                              .onSuccess(
                                  position -> {
                                    if (position == 5) {
                                      seen.complete(List.copyOf(order));
                                    }
                                  });
                        }
                      }
                    }));
    List<String> events = await(seen);
    for (int i = 2; i <= 5; i++) {
      int got = events.indexOf("got " + i);
      int answered = events.indexOf("answered " + i);
      assertTrue(got >= 0 && got < answered, events.toString());
      assertTrue(i == 2 || events.indexOf("answered " + (i - 1)) < answered, events.toString());
    }
  }

  @Test
  void aLiveFollowerGetsTheDecodedFormItsMakerGave() throws Exception {
    EventLog log = open();
    Event.Heartbeat event = new Event.Heartbeat(4711);
    CompletableFuture<Event> seen = new CompletableFuture<>();
    CompletableFuture<Boolean> live = new CompletableFuture<>();
    context.runOnContext(
        _ ->
            log.follow(0)
                .handler(
                    batch -> {
                      live.complete(true);
                      if (batch.getLast().position() == 2) {
                        seen.complete(batch.getLast().event());
                      }
                    }));
    assertTrue(await(live));
    LogRecord record =
        new LogRecord(
            0, 1, EventTypes.SOURCE_HEARTBEAT, "s", "i", null, 0, null, 0, "", null, "{}", event);
    append(log, List.of(Draft.of(record)));
    assertSame(event, await(seen));
  }

  @Test
  void followersSeeNoGapAndNoRepeatWhileAppendsRun() throws Exception {
    long seed = System.nanoTime();
    System.err.println("seed " + seed);
    Random random = new Random(seed);
    EventLog log = open(LogSettings.defaults().withBatches(64, 16, 2));
    append(log, drafts(2, 500));
    int appends = 300;
    long target = 501;
    List<List<Draft>> batches = new ArrayList<>();
    for (int i = 0; i < appends; i++) {
      int size = 1 + random.nextInt(60);
      batches.add(drafts(target + 1, size));
      target += size;
    }
    long end = target;
    List<LogFixtures.Collector> collectors = new ArrayList<>();
    List<Future<Long>> answers = new ArrayList<>();
    CompletableFuture<Boolean> asked = new CompletableFuture<>();
    context.runOnContext(
        _ ->
            appendBesideFollowers(log, random, batches, end, collectors, answers)
                .onComplete(asked::complete, asked::completeExceptionally));
    assertTrue(await(asked));
    for (LogFixtures.Collector collector : collectors) {
      for (LogRecord record : collector.await()) {
        if (record.position() > 1) {
          assertEquals("evt-" + record.position(), record.id());
        }
      }
    }
    assertEquals(appends, answers.stream().filter(Future::succeeded).count());
  }

  private Future<Boolean> appendBesideFollowers(
      EventLog log,
      Random random,
      List<List<Draft>> batches,
      long end,
      List<LogFixtures.Collector> collectors,
      List<Future<Long>> answers) {
    Future<Boolean> chain = Future.succeededFuture(true);
    int number = 0;
    for (List<Draft> batch : batches) {
      boolean follow = number++ % 30 == 0;
      boolean waits = random.nextInt(3) == 0;
      chain =
          chain.compose(
              ok -> {
                if (follow) {
                  collectors.add(collect(log, random, end));
                }
                Future<Long> answer = log.append(batch);
                answers.add(answer);
                return waits ? answer.map(_ -> ok) : Future.succeededFuture(ok);
              });
    }
    return chain.compose(ok -> Future.all(answers).map(_ -> ok));
  }

  /// A follower that pauses and fetches at random.
  private LogFixtures.Collector collect(EventLog log, Random random, long end) {
    LogFixtures.Collector collector = new LogFixtures.Collector(end);
    ReadStream<List<LogRecord>> stream = log.follow(random.nextInt((int) log.head()));
    stream
        .exceptionHandler(collector::fail)
        .handler(
            batch -> {
              collector.take(batch);
              if (random.nextInt(4) == 0) {
                stream.pause();
                vertx.setTimer(
                    1 + random.nextInt(20),
                    _ -> {
                      if (random.nextBoolean()) {
                        stream.resume();
                      } else {
                        stream.fetch(1 + random.nextInt(3));
                        vertx.setTimer(5, _ -> stream.resume());
                      }
                    });
              }
            });
    return collector;
  }

  @Test
  void aPausedFollowerGetsItAllLater() throws Exception {
    EventLog log = open(LogSettings.defaults().withBatches(8, 4, 2));
    LogFixtures.Collector collector = new LogFixtures.Collector(1_001);
    CompletableFuture<ReadStream<List<LogRecord>>> paused = new CompletableFuture<>();
    context.runOnContext(
        _ -> {
          ReadStream<List<LogRecord>> stream = log.follow(0);
          stream.handler(
              batch -> {
                collector.take(batch);
                if (!paused.isDone()) {
                  stream.pause();
                  paused.complete(stream);
                }
              });
        });
    ReadStream<List<LogRecord>> stream = await(paused);
    for (int i = 0; i < 100; i++) {
      append(log, drafts(2 + i * 10L, 10));
    }
    assertEquals(1, collector.taken());
    context.runOnContext(_ -> stream.resume());
    assertEquals(1_001, collector.await().size());
  }

  @Test
  void fetchCountsBatches() throws Exception {
    EventLog log = open(LogSettings.defaults().withBatches(8, 4, 2));
    append(log, drafts(2, 99));
    List<Integer> sizes = new ArrayList<>();
    CompletableFuture<List<Integer>> three = new CompletableFuture<>();
    context.runOnContext(
        _ -> {
          ReadStream<List<LogRecord>> stream = log.follow(0);
          stream.pause();
          stream.handler(
              batch -> {
                sizes.add(batch.size());
                if (sizes.size() == 3) {
                  three.complete(sizes);
                }
              });
          stream.fetch(1);
          stream.fetch(2);
        });
    assertEquals(List.of(4, 4, 4), await(three));
    append(log, drafts(101, 1));
    await(context, () -> log.read(1));
    assertEquals(3, sizes.size());
  }

  @Test
  void aFollowerThatThrowsIsToldAndGetsNothingMore() throws Exception {
    EventLog log = open();
    CompletableFuture<Throwable> told = new CompletableFuture<>();
    List<Long> got = new ArrayList<>();
    context.runOnContext(
        _ ->
            log.follow(0)
                .exceptionHandler(told::complete)
                .handler(
                    batch -> {
                      got.add(batch.getFirst().position());
                      throw new IllegalStateException("broken fold");
                    }));
    assertEquals("broken fold", await(told).getMessage());
    append(log, drafts(2, 1));
    assertEquals(List.of(1L), got);
  }
}
