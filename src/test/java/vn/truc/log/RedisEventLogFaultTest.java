package vn.truc.log;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static vn.truc.log.LogFixtures.await;
import static vn.truc.log.LogFixtures.drafts;
import static vn.truc.log.LogFixtures.personal;
import static vn.truc.log.LogFixtures.refusal;

import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.streams.ReadStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import vn.truc.event.EventTypes;
import vn.truc.event.LogRecord;

/// What is particular to the log in Redis: several nodes, its keys, its snapshots, its expiry.
class RedisEventLogFaultTest extends RedisStoreTesting {
  private static RedisEventLog.Plan plan(LogSettings settings, List<LogRecord> birth) {
    return new RedisEventLog.Plan(
        RedisAddress.of(redis.address()),
        settings,
        RedisSettings.defaults(),
        birth,
        folder.resolve("none"),
        RedisEventLog.Visit.PASSING);
  }

  private RedisEventLog open(Context on, LogSettings settings, SimpleMeterRegistry registry)
      throws Exception {
    RedisEventLog log =
        await(on, () -> RedisEventLog.open(vertx, plan(settings, List.of()), registry));
    opened.add(log);
    return log;
  }

  private RedisEventLog openElsewhere() throws Exception {
    return open(vertx.getOrCreateContext(), LogSettings.defaults(), new SimpleMeterRegistry());
  }

  private RedisEventLog open() throws Exception {
    return open(context, LogSettings.defaults(), new SimpleMeterRegistry());
  }

  private static LogRecord config(String hash) {
    return LogRecord.internal(EventTypes.CONFIG_APPLIED, hash, null, 1, "{\"hash\":1}");
  }

  private String key(RedisEventLog log, String rest) {
    return "truc:{" + log.id() + "}:" + rest;
  }

  @Test
  void ofTwoThatBeginAtOnceOneLogIsMade() throws Exception {
    List<CompletableFuture<RedisEventLog>> opening = new ArrayList<>();
    for (int i = 0; i < 6; i++) {
      RedisEventLog.Plan plan = plan(LogSettings.defaults(), List.of(config("config-" + i)));
      CompletableFuture<RedisEventLog> one = new CompletableFuture<>();
      opening.add(one);
      vertx
          .getOrCreateContext()
          .runOnContext(
              _ ->
                  RedisEventLog.open(vertx, plan, new SimpleMeterRegistry())
                      .onComplete(one::complete, one::completeExceptionally));
    }
    for (CompletableFuture<RedisEventLog> one : opening) {
      opened.add(await(one));
    }
    assertEquals(1, opened.stream().map(RedisEventLog::id).distinct().count());
    for (RedisEventLog log : opened) {
      assertEquals(2, log.head());
    }
    RedisEventLog any = opened.getFirst();
    String winner = await(context, () -> any.read(2)).orElseThrow().id();
    for (RedisEventLog log : opened) {
      assertEquals(winner, await(context, () -> log.read(2)).orElseThrow().id());
    }
  }

  @Test
  void nodesCountAlikeWhoeverAppends() throws Exception {
    RedisEventLog one = open();
    RedisEventLog other = openElsewhere();
    LogFixtures.Collector seenHere = new LogFixtures.Collector(601);
    LogFixtures.Collector seenThere = new LogFixtures.Collector(601);
    context.runOnContext(_ -> one.follow(0).handler(seenHere::take));
    context.runOnContext(_ -> other.follow(0).handler(seenThere::take));
    List<Future<Long>> answers = new ArrayList<>();
    CompletableFuture<Boolean> all = new CompletableFuture<>();
    context.runOnContext(
        _ -> {
          for (int i = 0; i < 100; i++) {
            answers.add(one.append(drafts(i * 3L, 3)));
            answers.add(other.append(drafts(i * 3L, 3)));
          }
          Future.all(answers).onComplete(_ -> all.complete(true), all::completeExceptionally);
        });
    assertTrue(await(all));
    assertEquals(
        200, answers.stream().map(Future::result).distinct().count(), "each its own position");
    List<String> here = seenHere.await().stream().map(LogRecord::toString).toList();
    assertEquals(here, seenThere.await().stream().map(LogRecord::toString).toList());
  }

  @Test
  void whatAnotherNodeAppendedIsReachedOnRequest() throws Exception {
    RedisEventLog one = open();
    RedisEventLog other = openElsewhere();
    List<Long> seen = new ArrayList<>();
    context.runOnContext(
        _ -> other.follow(0).handler(batch -> batch.forEach(r -> seen.add(r.position()))));
    for (int i = 0; i < 50; i++) {
      long position = await(context, () -> one.append(drafts(1, 1)));
      await(context, other::reachHead);
      assertEquals(position, other.head());
      CompletableFuture<Long> last = new CompletableFuture<>();
      context.runOnContext(_ -> last.complete(seen.getLast()));
      assertEquals(position, await(last));
    }
  }

  @Test
  void farPositionsAreFoundByTheIndexAndWithoutIt() throws Exception {
    RedisEventLog log = open();
    for (int i = 0; i < 5; i++) {
      int from = 2 + i * 1_000;
      await(context, () -> log.append(drafts(from, 1_000)));
    }
    assertEquals(":4", redis.command("ZCARD", key(log, "index")));
    RedisEventLog fresh = openElsewhere();
    assertEquals(5_001, fresh.head());
    for (long position : new long[] {2, 1_023, 1_024, 1_025, 3_333, 5_001}) {
      assertEquals(
          "evt-" + position, await(context, () -> fresh.read(position)).orElseThrow().id());
    }
    assertEquals(":1", redis.command("DEL", key(log, "index")));
    RedisEventLog again = openElsewhere();
    assertEquals("evt-4999", await(context, () -> again.read(4_999)).orElseThrow().id());
    LogFixtures.Collector tail = new LogFixtures.Collector(5_001);
    context.runOnContext(_ -> again.follow(4_990).exceptionHandler(tail::fail).handler(tail::take));
    assertEquals(11, tail.await().size());
    assertEquals(Optional.empty(), await(context, () -> again.read(5_002)));
  }

  @Test
  void expiredFieldsAreForgottenAndTheJournalIsRewritten() throws Exception {
    LogSettings often = LogSettings.defaults().withIntervals(30, 1_000);
    RedisEventLog log = open(context, often, new SimpleMeterRegistry());
    long soon = (System.currentTimeMillis() + 500) * 1_000;
    List<Draft> batch =
        List.of(
            personal(1, "feedback", "PA-1", "{\"title\":\"Khiếu nại 5e2a\"}", soon),
            personal(2, "feedback", "PA-2", "{\"title\":\"Ở lại 77aa\"}", Long.MAX_VALUE));
    long first = await(context, () -> log.append(batch));
    assertTrue(redis.filesHold("Khiếu nại 5e2a"));
    until(() -> !redis.filesHold("Khiếu nại 5e2a"));
    assertEquals(Optional.empty(), await(context, () -> log.personal(first)));
    assertTrue(await(context, () -> log.personal(first + 1)).isPresent());
    assertEquals(":1", redis.command("ZCARD", key(log, "personal:expiry")));
    assertEquals(":0", redis.command("EXISTS", key(log, "personal:of:feedback:PA-1")));
    until(() -> redis.command("EXISTS", key(log, "journal:owed")).equals(":0"));
    until(() -> redis.command("EXISTS", key(log, "journal:done")).equals(":1"));
  }

  private interface Question {
    boolean ask() throws Exception;
  }

  private static void until(Question question) throws Exception {
    long deadline = System.nanoTime() + 30_000_000_000L;
    while (!question.ask()) {
      assertTrue(System.nanoTime() < deadline, "in vain");
      java.util.concurrent.locks.LockSupport.parkNanos(10_000_000);
    }
  }

  private void snapshot(EventLog log, String text) throws Exception {
    EventLog.SnapshotWriter writer = await(context, log::beginSnapshot);
    await(context, () -> writer.write("cases", 1, 1, Buffer.buffer(text)));
    await(context, writer::commit);
  }

  @Test
  void damagedChunkIsNotHandedOut() throws Exception {
    RedisEventLog log = open();
    snapshot(log, "whole");
    redis.command("HSET", key(log, "snapshot:1"), "cases:0", "....wrong");
    EventLog.SnapshotReader reader = await(context, log::newestSnapshot).orElseThrow();
    EventLog.SnapshotReader.Section section = reader.sections().getFirst();
    assertEquals(LogException.Reason.CORRUPT, refusal(context, () -> reader.chunk(section, 0)));
    redis.command("HSET", key(log, "snapshot:1"), "cases:0", "..");
    assertEquals(LogException.Reason.CORRUPT, refusal(context, () -> reader.chunk(section, 0)));
    redis.command("DEL", key(log, "snapshot:1"));
    assertEquals(LogException.Reason.UNREADABLE, refusal(context, () -> reader.chunk(section, 0)));
  }

  @Test
  void oneNodeWritesASnapshotAtATimeAndLeftoversAreSwept() throws Exception {
    RedisEventLog one = open();
    RedisEventLog other = openElsewhere();
    EventLog.SnapshotWriter torn = await(context, one::beginSnapshot);
    await(context, () -> torn.write("cases", 1, 1, Buffer.buffer("torn")));
    CompletableFuture<Throwable> refused = new CompletableFuture<>();
    context.runOnContext(_ -> other.beginSnapshot().onFailure(refused::complete));
    assertTrue(await(refused) instanceof IllegalStateException);

    // The first node stalls until its lock is gone; the second takes over.
    redis.command("DEL", key(one, "snapshots:lock"));
    snapshot(other, "2");
    assertEquals(
        LogException.Reason.UNWRITABLE,
        refusal(context, () -> torn.write("cases", 1, 1, Buffer.buffer("late"))));
    assertEquals(LogException.Reason.UNWRITABLE, refusal(context, torn::commit));
    assertEquals(":0", redis.command("EXISTS", key(one, "snapshot:1")));
    snapshot(one, "3");
    snapshot(other, "4");
    assertEquals(":2", redis.command("HLEN", key(one, "snapshots")));
    assertEquals(":0", redis.command("EXISTS", key(one, "snapshot:2")));
    EventLog.SnapshotReader newest = await(context, one::newestSnapshot).orElseThrow();
    EventLog.SnapshotReader.Section section = newest.sections().getFirst();
    assertEquals("4", await(context, () -> newest.chunk(section, 0)).toString());
    assertEquals(":0", redis.command("EXISTS", key(one, "snapshots:lock")));
  }

  /// A store syncs once for each 16 KiB it reads of single commands, once for a transaction.
  @Test
  void singleAppendsOfOneTurnGoTogether() throws Exception {
    RedisEventLog log = open();
    int before = transactions();
    CompletableFuture<Boolean> all = new CompletableFuture<>();
    context.runOnContext(
        _ -> {
          List<Future<Long>> answers = new ArrayList<>();
          for (int i = 0; i < 200; i++) {
            answers.add(log.append(drafts(i, 1)));
          }
          Future.all(answers).onComplete(_ -> all.complete(true), all::completeExceptionally);
        });
    assertTrue(await(all));
    assertEquals(201, log.head());
    int made = transactions() - before;
    assertTrue(made >= 1 && made < 50, made + " transactions for 200 appends");
  }

  /// A group takes no further append where that would make it larger than it may be; each record is
  /// counted with its group once.
  @Test
  void groupsAreNoLargerThanTheyMayBe() throws Exception {
    SimpleMeterRegistry registry = new SimpleMeterRegistry();
    RedisEventLog log = open(context, LogSettings.defaults().withBatches(8, 64, 4), registry);
    assertEquals(0, registry.get("truc.log.store.refused").gauge().value());
    DistributionSummary groups = registry.get("truc.log.group").summary();
    double before = groups.totalAmount();
    CompletableFuture<Boolean> all = new CompletableFuture<>();
    context.runOnContext(
        _ -> {
          List<Future<Long>> answers = new ArrayList<>();
          for (int i = 0; i < 40; i++) {
            answers.add(log.append(drafts(i * 3L, 3)));
          }
          answers.add(log.append(drafts(500, 11)));
          answers.add(log.append(drafts(600, 8)));
          Future.all(answers).onComplete(_ -> all.complete(true), all::completeExceptionally);
        });
    assertTrue(await(all));
    assertEquals(140, log.head());
    assertEquals(139, groups.totalAmount() - before);
    assertEquals(11, groups.max(), "one append is never cut");
    assertTrue(groups.count() >= 22, () -> groups.count() + " groups");
  }

  /// A store that took no append is probed, and taken for mended when it takes one.
  @Test
  void aStoreThatIsFullIsProbedUntilItHasRoom() throws Exception {
    RedisEventLog log = open();
    redis.command("CONFIG", "SET", "maxmemory", "1");
    assertEquals(LogException.Reason.UNWRITABLE, refusal(context, () -> log.append(drafts(2, 1))));
    until(() -> log.unwritable().orElse("").contains("takes no append"));
    redis.command("CONFIG", "SET", "maxmemory", "0");
    until(() -> log.unwritable().isEmpty());
    assertEquals(2, await(context, () -> log.append(drafts(2, 1))));
  }

  /// A node whose store turns out to hold another log says so in a gauge as well.
  @Test
  void aStoreThatHoldsAnotherLogIsToldAsRefused() throws Exception {
    SimpleMeterRegistry registry = new SimpleMeterRegistry();
    open(context, LogSettings.defaults(), registry);
    redis.command("FLUSHALL");
    open();
    until(() -> registry.get("truc.log.store.refused").gauge().value() == 1);
  }

  /// Transactions in the store's journal.
  private static int transactions() throws IOException {
    int count = 0;
    try (Stream<Path> files = Files.list(redis.folder().resolve("appendonlydir"))) {
      for (Path file : files.filter(one -> one.toString().endsWith(".incr.aof")).toList()) {
        count +=
            Files.readString(file, StandardCharsets.ISO_8859_1).split("EXEC\r\n", -1).length - 1;
      }
    }
    return count;
  }

  /// A node that dies with a snapshot half written holds up the others only until its lock expires.
  @Test
  void lockOfADeadNodeExpiresAndItsLeftoversGo() throws Exception {
    RedisEventLog dead = open();
    EventLog.SnapshotWriter torn = await(context, dead::beginSnapshot);
    await(context, () -> torn.write("cases", 1, 1, Buffer.buffer("torn")));
    await(context, dead::close);
    RedisEventLog other = openElsewhere();
    assertEquals(Optional.empty(), await(context, other::newestSnapshot));
    long left = Long.parseLong(redis.command("PTTL", key(other, "snapshots:lock")).substring(1));
    assertTrue(left > 0 && left <= RedisSettings.defaults().snapshotLockMillis(), left + " ms");
    // The rest of its time goes by.
    redis.command("PEXPIRE", key(other, "snapshots:lock"), "100");
    until(() -> await(vertx.getOrCreateContext(), () -> begun(other)));
    assertEquals(":0", redis.command("EXISTS", key(other, "snapshot:1")));
    assertEquals(":1", redis.command("HLEN", key(other, "snapshots")));
    assertEquals("next", await(context, () -> newest(other)));
  }

  /// Whether a snapshot could be begun; it is then written to its end.
  private static Future<Boolean> begun(EventLog log) {
    return log.beginSnapshot()
        .compose(
            writer ->
                writer.write("cases", 1, 1, Buffer.buffer("next")).compose(_ -> writer.commit()))
        .map(true)
        .otherwise(false);
  }

  private static Future<String> newest(EventLog log) {
    return log.newestSnapshot()
        .compose(
            found -> {
              EventLog.SnapshotReader reader = found.orElseThrow();
              return reader.chunk(reader.sections().getFirst(), 0).map(Buffer::toString);
            });
  }

  /// More personal fields in one case than commands may wait on a connection.
  @Test
  void caseWithVeryManyFieldsIsErased() throws Exception {
    RedisEventLog log = open();
    List<Draft> batch = new ArrayList<>();
    for (int i = 0; i < 1_000; i++) {
      batch.add(personal(i, "feedback", "PA-1", "{\"title\":\"Lặp 5e2b\"}", Long.MAX_VALUE));
    }
    for (int i = 0; i < 4; i++) {
      await(context, () -> log.append(batch));
    }
    assertEquals(4_000, await(context, () -> log.erase("feedback", "PA-1")));
    assertTrue(!redis.filesHold("Lặp 5e2b"));
    assertEquals(":1", redis.command("SCARD", key(log, "erased")));
  }

  @Test
  void followerInThePastWaitsForTheStore() throws Exception {
    RedisEventLog log =
        open(context, LogSettings.defaults().withBatches(64, 16, 2), new SimpleMeterRegistry());
    await(context, () -> log.append(drafts(2, 1_000)));
    LogFixtures.Collector all = new LogFixtures.Collector(1_001);
    CompletableFuture<ReadStream<List<LogRecord>>> paused = new CompletableFuture<>();
    context.runOnContext(
        _ -> {
          ReadStream<List<LogRecord>> stream = log.follow(0);
          stream
              .exceptionHandler(all::fail)
              .handler(
                  batch -> {
                    all.take(batch);
                    if (paused.complete(stream)) {
                      stream.pause();
                    }
                  });
        });
    ReadStream<List<LogRecord>> stream = await(paused);
    redis.freeze();
    context.runOnContext(_ -> stream.resume());
    redis.kill9();
    until(() -> log.behind().isPresent());
    assertEquals(LogException.Reason.UNWRITABLE, refusal(context, () -> log.append(drafts(1, 1))));
    assertEquals(LogException.Reason.UNREADABLE, refusal(context, () -> log.read(1)));
    redis.again();
    assertEquals(1_001, all.await().size());
    until(() -> log.unwritable().isEmpty());
    assertEquals(1_002, await(context, () -> log.append(drafts(1, 1))));
  }

  @Test
  void trimmedStreamIsRefused() throws Exception {
    RedisEventLog log = open();
    await(context, () -> log.append(drafts(1, 10)));
    await(context, log::close);
    redis.command("XTRIM", key(log, "records"), "MAXLEN", "5");
    CompletableFuture<Throwable> refused = new CompletableFuture<>();
    RedisEventLog.Plan plan = plan(LogSettings.defaults(), List.of());
    context.runOnContext(
        _ ->
            RedisEventLog.open(vertx, plan, new SimpleMeterRegistry())
                .onFailure(refused::complete));
    assertTrue(String.valueOf(await(refused).getMessage()).contains("trimmed"));
  }

  @Test
  void addressIsNeverShownWithItsPassword() {
    for (String text :
        List.of(
            "redis://ioc:s3cret@127.0.0.1:1/3", "rediss://:s3cret@127.0.0.1", "redis://[::1]")) {
      String shown = RedisAddress.of(text).toString();
      assertTrue(!shown.contains("s3cret") && shown.startsWith("redis"), shown);
    }
    for (String wrong :
        List.of("http://x", "redis://", "redis://a b", "redis://:s3cret@h/x", "redis://h?a=b")) {
      IllegalArgumentException refused =
          org.junit.jupiter.api.Assertions.assertThrows(
              IllegalArgumentException.class, () -> RedisAddress.of(wrong));
      assertTrue(!String.valueOf(refused.getMessage()).contains("s3cret"));
    }
  }
}
