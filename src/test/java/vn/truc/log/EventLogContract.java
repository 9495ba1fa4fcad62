package vn.truc.log;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static vn.truc.log.LogFixtures.await;
import static vn.truc.log.LogFixtures.content;
import static vn.truc.log.LogFixtures.draft;
import static vn.truc.log.LogFixtures.drafts;
import static vn.truc.log.LogFixtures.personal;
import static vn.truc.log.LogFixtures.refusal;

import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import io.vertx.core.streams.ReadStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import vn.truc.event.Event;
import vn.truc.event.EventTypes;
import vn.truc.event.LogRecord;
import vn.truc.log.EventLog.SnapshotReader.Section;

/// What every engine behind [EventLog] promises. An engine's suite extends this and says how a log
/// is opened; positions, order and durability are the same everywhere.
abstract class EventLogContract {
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

  @Test
  void personalFieldsLieBesideTheirRecord() throws Exception {
    EventLog log = open();
    long first =
        append(
            log,
            List.of(
                personal(2, "feedback", "PA-1", "{\"contact\":\"bà Lê\"}", FAR_MICROS), draft(3)));
    EventLog again = reopen(log);
    assertEquals(
        Optional.of("{\"contact\":\"bà Lê\"}"), await(context, () -> again.personal(first)));
    assertEquals(Optional.empty(), await(context, () -> again.personal(first + 1)));
    assertFalse(await(context, () -> again.read(first)).orElseThrow().data().contains("bà Lê"));
  }

  @Test
  void expiredPersonalFieldsAreNotServed() throws Exception {
    EventLog log = open();
    long position = append(log, List.of(personal(2, "feedback", "PA-1", "{}", 1)));
    assertEquals(Optional.empty(), await(context, () -> log.personal(position)));
  }

  @Test
  void erasedFieldsAreGoneAndLaterOnesStay() throws Exception {
    EventLog log = open();
    append(
        log,
        List.of(
            personal(2, "feedback", "PA-1", "{\"a\":1}", FAR_MICROS),
            personal(3, "feedback", "PA-1", "{\"a\":2}", FAR_MICROS),
            personal(4, "feedback", "PA-2", "{\"a\":3}", FAR_MICROS),
            personal(5, "dossier", "PA-1", "{\"a\":4}", FAR_MICROS)));
    assertEquals(2, await(context, () -> log.erase("feedback", "PA-1")));
    assertEquals(0, await(context, () -> log.erase("feedback", "PA-1")));
    append(log, List.of(personal(6, "feedback", "PA-1", "{\"a\":5}", FAR_MICROS)));
    EventLog again = reopen(log);
    List<Optional<String>> left = new ArrayList<>();
    for (long position = 2; position <= 6; position++) {
      long at = position;
      left.add(await(context, () -> again.personal(at)));
    }
    assertEquals(
        List.of(
            Optional.empty(),
            Optional.empty(),
            Optional.of("{\"a\":3}"),
            Optional.of("{\"a\":4}"),
            Optional.of("{\"a\":5}")),
        left);
    assertEquals(6, again.head());
  }

  @Test
  void aSecretIsMadeOnceAndKept() throws Exception {
    EventLog log = open();
    Buffer tokens = await(context, () -> log.secret("tokens"));
    assertEquals(32, tokens.length());
    assertEquals(tokens, await(context, () -> log.secret("tokens")));
    assertNotEquals(tokens, await(context, () -> log.secret("other")));
    EventLog again = reopen(log);
    assertEquals(tokens, await(context, () -> again.secret("tokens")));
  }

  @Test
  void onlyACompleteSnapshotIsFound() throws Exception {
    EventLog log = open();
    assertEquals(Optional.empty(), await(context, log::newestSnapshot));
    EventLog.SnapshotWriter writer = await(context, log::beginSnapshot);
    await(context, () -> writer.write("cases", 3, 17, Buffer.buffer("one")));
    await(context, () -> writer.write("cases", 3, 17, Buffer.buffer("two")));
    await(context, () -> writer.write("rings", 1, 20, Buffer.buffer("")));
    assertEquals(Optional.empty(), await(context, log::newestSnapshot));
    await(context, writer::commit);
    EventLog again = reopen(log);
    EventLog.SnapshotReader reader = await(context, again::newestSnapshot).orElseThrow();
    assertEquals(
        List.of(new Section("cases", 3, 17, 2), new Section("rings", 1, 20, 1)), reader.sections());
    Section cases = reader.sections().getFirst();
    assertEquals("two", await(context, () -> reader.chunk(cases, 1)).toString());
    assertEquals("", await(context, () -> reader.chunk(reader.sections().get(1), 0)).toString());
    assertEquals(LogException.Reason.UNREADABLE, refusal(context, () -> reader.chunk(cases, 2)));
  }

  @Test
  void aSectionOfAnOlderVersionIsHandedOutWithItsVersion() throws Exception {
    EventLog log = open();
    snapshot(log, 0, "old form");
    snapshot(log, 7, "new form");
    EventLog.SnapshotReader reader = await(context, log::newestSnapshot).orElseThrow();
    assertEquals(7, reader.sections().getFirst().version());
    EventLog.SnapshotWriter third = await(context, log::beginSnapshot);
    await(context, () -> third.write("cases", 0, 5, Buffer.buffer("oldest form")));
    await(context, third::commit);
    EventLog.SnapshotReader old = await(context, log::newestSnapshot).orElseThrow();
    assertEquals(List.of(new Section("cases", 0, 5, 1)), old.sections());
  }

  @Test
  void oneSnapshotIsWrittenAtATimeAndADiscardedOneIsNeverFound() throws Exception {
    EventLog log = open();
    snapshot(log, 1, "kept");
    EventLog.SnapshotWriter writer = await(context, log::beginSnapshot);
    CompletableFuture<Throwable> second = new CompletableFuture<>();
    context.runOnContext(_ -> log.beginSnapshot().onFailure(second::complete));
    assertTrue(await(second) instanceof IllegalStateException);
    await(context, () -> writer.write("cases", 1, 1, Buffer.buffer("dropped")));
    await(context, writer::discard);
    EventLog.SnapshotReader reader = await(context, log::newestSnapshot).orElseThrow();
    Section section = reader.sections().getFirst();
    assertEquals("kept", await(context, () -> reader.chunk(section, 0)).toString());
    snapshot(log, 1, "next");
  }

  private void snapshot(EventLog log, int version, String text) throws Exception {
    EventLog.SnapshotWriter writer = await(context, log::beginSnapshot);
    await(context, () -> writer.write("cases", version, 1, Buffer.buffer(text)));
    await(context, writer::commit);
  }

  @Test
  void aFullQueueRefusesAtOnceAndTakesNothing() throws Exception {
    EventLog log = open(LogSettings.defaults().withQueue(10, 1L << 20));
    assertEquals(LogException.Reason.QUEUE_FULL, refusal(context, () -> log.append(drafts(2, 11))));
    assertEquals(1, log.head());
    assertEquals(2, append(log, drafts(2, 10)));
    EventLog narrow = log;
    String large = "x".repeat(1 << 20);
    LogRecord heavy = new LogRecord(0, 1, "t", "s", "i", null, 0, null, 0, "", null, large, null);
    assertEquals(
        LogException.Reason.QUEUE_FULL,
        refusal(context, () -> narrow.append(List.of(Draft.of(heavy)))));
    assertEquals(11, log.head());
  }

  @Test
  void closeFlushesEndsTheStreamsAndRefusesWhatComesLater() throws Exception {
    EventLog log = open();
    CompletableFuture<Boolean> ended = new CompletableFuture<>();
    List<Long> answered = new ArrayList<>();
    await(
        context,
        () -> {
          log.follow(0).endHandler(_ -> ended.complete(true)).handler(_ -> {});
          for (int i = 0; i < 50; i++) {
            log.append(drafts(2 + i * 3L, 3)).onSuccess(answered::add);
          }
          return log.close();
        });
    assertTrue(await(ended));
    assertEquals(50, answered.size());
    assertEquals(LogException.Reason.CLOSED, refusal(context, () -> log.append(drafts(1, 1))));
    assertEquals(LogException.Reason.CLOSED, refusal(context, () -> log.read(1)));
    assertEquals(LogException.Reason.CLOSED, refusal(context, () -> log.erase("a", "b")));
    assertEquals(LogException.Reason.CLOSED, refusal(context, log::beginSnapshot));
    await(context, log::close);
    EventLog again = open();
    assertEquals(151, again.head());
    assertEquals(151, follow(again, 0, 151).size());
  }

  @Test
  void everyAnswerComesOnTheContextThatAsked() throws Exception {
    EventLog log = open();
    EventLog.SnapshotWriter writer = await(context, log::beginSnapshot);
    Context other = vertx.getOrCreateContext();
    List<Supplier<Future<?>>> calls =
        List.of(
            () -> log.append(drafts(2, 1)),
            () -> log.read(1),
            () -> log.personal(1),
            () -> log.erase("a", "b"),
            () -> log.secret("s"),
            () -> writer.write("a", 1, 1, Buffer.buffer("x")),
            writer::commit,
            log::newestSnapshot,
            log::beginSnapshot,
            log::close);
    for (Supplier<Future<?>> call : calls) {
      CompletableFuture<Boolean> same = new CompletableFuture<>();
      other.runOnContext(
          _ -> call.get().onComplete(_ -> same.complete(other.equals(vertx.getOrCreateContext()))));
      assertTrue(await(same));
    }
  }
}
