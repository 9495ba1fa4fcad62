package vn.truc.log;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static vn.truc.log.LogFixtures.await;
import static vn.truc.log.LogFixtures.drafts;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.buffer.Buffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import vn.truc.event.EventTypes;
import vn.truc.event.LogRecord;

/// A store in which somebody else has been at work.
class RedisStrangeTest extends RedisStoreTesting {
  private RedisEventLog.Plan plan(RedisEventLog.Visit visit) {
    return new RedisEventLog.Plan(
        RedisAddress.of(redis.address()),
        LogSettings.defaults(),
        RedisSettings.defaults(),
        List.of(),
        folder.resolve("none"),
        visit);
  }

  private RedisEventLog open() throws Exception {
    RedisEventLog.Plan plan = plan(RedisEventLog.Visit.PASSING);
    RedisEventLog log =
        await(context, () -> RedisEventLog.open(vertx, plan, new SimpleMeterRegistry()));
    opened.add(log);
    return log;
  }

  private LogException refused() throws Exception {
    CompletableFuture<Throwable> refused = new CompletableFuture<>();
    RedisEventLog.Plan plan = plan(RedisEventLog.Visit.PASSING);
    context.runOnContext(
        _ ->
            RedisEventLog.open(vertx, plan, new SimpleMeterRegistry())
                .onComplete(
                    log ->
                        refused.completeExceptionally(
                            new AssertionError("it was opened at " + log.head())),
                    refused::complete));
    return (LogException) await(refused);
  }

  private RedisRestore.Restored restore() throws Exception {
    return await(context, () -> RedisRestore.declare(vertx, plan(RedisEventLog.Visit.RESTORING)));
  }

  private static String key(EventLog log, String rest) {
    return "truc:{" + log.id() + "}:" + rest;
  }

  private List<LogRecord> follow(EventLog log, long after, long target) throws Exception {
    LogFixtures.Collector collector = new LogFixtures.Collector(target);
    context.runOnContext(
        _ -> log.follow(after).exceptionHandler(collector::fail).handler(collector::take));
    return collector.await();
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

  private String add(RedisEventLog log, String... fields) throws Exception {
    List<String> words = new ArrayList<>(List.of("XADD", key(log, "records"), "*"));
    words.addAll(List.of(fields));
    return redis.command(words.toArray(String[]::new));
  }

  private static final List<String> RECORD =
      List.of(
          "by",
          "x.1",
          "schema",
          "1",
          "type",
          "vn.ioc.source.heartbeat",
          "source",
          "/s",
          "id",
          "1",
          "time",
          "5",
          "recorded_at",
          "6",
          "key",
          "k",
          "data",
          "{}");

  private static String[] record(String field, String value) {
    List<String> fields = new ArrayList<>(RECORD);
    int at = fields.indexOf(field);
    fields.set(at + 1, value);
    return fields.toArray(String[]::new);
  }

  private static String[] without(String field) {
    List<String> fields = new ArrayList<>(RECORD);
    int at = fields.indexOf(field);
    fields.remove(at);
    fields.remove(at);
    return fields.toArray(String[]::new);
  }

  /// Live, read singly, followed from the past, by a process that comes later: alike.
  @Test
  void foreignEntriesHaveTheirPositionsAndSayNothing() throws Exception {
    RedisEventLog log = open();
    LogFixtures.Collector live = new LogFixtures.Collector(8);
    context.runOnContext(_ -> log.follow(0).exceptionHandler(live::fail).handler(live::take));
    assertEquals(2, await(context, () -> log.append(drafts(2, 1))));
    String one = add(log, "foo", "bar");
    add(log, "by", "a.1", "personal", "reference", "data", "{}");
    add(log, without("schema"));
    add(log, "schema", "1", "data", "{}");
    add(log, "by", "schema", "type", "by");
    until(() -> log.head() == 7);
    assertEquals(8, await(context, () -> log.append(drafts(8, 1))));
    RedisEventLog later = open();
    assertEquals(8, later.head());
    for (List<LogRecord> seen :
        List.of(live.await(), follow(log, 0, 8), follow(later, 0, 8), follow(later, 2, 8))) {
      for (LogRecord record : seen) {
        boolean foreign = record.position() > 2 && record.position() < 8;
        assertEquals(foreign, record.type().equals(EventTypes.LOG_FOREIGN), record::toString);
      }
    }
    LogRecord read = await(context, () -> later.read(3)).orElseThrow();
    assertEquals("foreign:" + one, read.id());
    assertEquals("{}", read.data());
    assertEquals(3, read.position());
    redis.command("SET", key(log, "personal:reference"), "somebody's");
    assertEquals(Optional.empty(), await(context, () -> later.personal(4)));
    await(context, () -> later.forget(List.of(4L)));
    assertEquals("somebody's", redis.command("GET", key(log, "personal:reference")));
  }

  /// What is ours needs no order and may have more fields than this version knows.
  @Test
  void entryOfOursMayHaveMoreFieldsAndAnotherOrder() throws Exception {
    RedisEventLog log = open();
    List<String> fields = new ArrayList<>(List.of("later", "1"));
    fields.addAll(RECORD);
    fields.addAll(List.of("more", "2"));
    add(log, fields.toArray(String[]::new));
    add(log, without("by"));
    until(() -> log.head() == 3);
    for (long position = 2; position <= 3; position++) {
      long at = position;
      LogRecord read = await(context, () -> log.read(at)).orElseThrow();
      assertEquals("vn.ioc.source.heartbeat", read.type());
      assertEquals(5, read.timeMicros());
      assertEquals(6, read.recordedAtMicros());
    }
  }

  /// The name of a node and its counter, copied by hand or cut: the one who reads must not stumble.
  @Test
  void entryInANodesNameIsAnybodys() throws Exception {
    RedisEventLog log = open();
    await(context, () -> log.append(drafts(2, 1)));
    String script = "return redis.call('XREVRANGE', KEYS[1], '+', '-', 'COUNT', 1)[1][2][2]";
    String by = redis.command("EVAL", script, "1", key(log, "records"));
    String node = by.substring(0, by.lastIndexOf('.'));
    for (String name : List.of(by, node, node + ".", node + ".!", node + ".zzz", node + "x.1")) {
      add(log, record("by", name));
    }
    until(() -> log.head() == 8);
    assertEquals(9, await(context, () -> log.append(drafts(9, 1))));
    assertEquals("1", await(context, () -> log.read(3)).orElseThrow().id());
  }

  @Test
  void entryOfOursThatCannotBeReadStopsTheNodeAndIsNamed() throws Exception {
    for (String[] fields :
        List.of(
            record("schema", "2"),
            record("schema", "0"),
            record("schema", "one"),
            record("time", "soon"),
            record("recorded_at", ""),
            record("type", ""),
            without("data"),
            without("type"))) {
      redis.command("FLUSHALL");
      RedisEventLog log = open();
      await(context, () -> log.append(drafts(2, 1)));
      String entry = add(log, fields);
      String what = String.join(" ", fields);
      until(() -> log.unwritable().orElse("").contains(entry));
      assertTrue(log.unwritable().orElseThrow().contains("record 3"), what);
      assertEquals(2, log.head(), what);
      assertEquals(
          LogException.Reason.UNWRITABLE,
          LogFixtures.refusal(context, () -> log.append(drafts(3, 1))));
      RedisEventLog later = open();
      CompletableFuture<Throwable> failed = new CompletableFuture<>();
      context.runOnContext(
          _ -> later.follow(0).exceptionHandler(failed::complete).handler(_ -> {}));
      assertTrue(String.valueOf(await(failed).getMessage()).contains(entry), what);
      await(log.close());
      await(later.close());
    }
  }

  /// Running nodes went on, counting otherwise than those to come.
  @Test
  void gapIsSeenByThoseThatRunAndByThoseThatStart() throws Exception {
    RedisEventLog log = open();
    await(context, () -> log.append(drafts(2, 4)));
    String script = "return redis.call('XRANGE', KEYS[1], '-', '+')[3][1]";
    String third = redis.command("EVAL", script, "1", key(log, "records"));
    assertEquals(":1", redis.command("XDEL", key(log, "records"), third));
    until(() -> log.unwritable().orElse("").contains("has lost 1 records"));
    LogException refused = refused();
    assertEquals(LogException.Reason.CORRUPT, refused.reason());
    assertTrue(String.valueOf(refused.getMessage()).contains("truc restore --store"));
    await(log.close());
    String index = key(log, "index");
    redis.command("ZADD", index, "5", "0-1");
    redis.command("HSET", key(log, "snapshots"), "7", "{\"sections\":[]}");
    redis.command("HSET", key(log, "snapshot:7"), "cases:0", "x");
    redis.command("HSET", key(log, "brief"), "position", "5");

    RedisRestore.Restored restored = restore();
    assertEquals(1, restored.lost());
    assertEquals(log.id(), restored.from());
    assertEquals(5, restored.head(), "four are left, and the word of the restore");
    for (String name : List.of("index", "snapshots", "snapshot:7", "brief")) {
      assertEquals(":0", redis.command("EXISTS", key(log, name)), name);
    }
    RedisEventLog again = open();
    assertEquals(restored.id(), again.id());
    assertEquals(5, again.head());
    assertEquals("evt-4", follow(again, 0, 5).get(2).id());
    assertEquals(6, await(context, () -> again.append(drafts(9, 1))));

    // a second restore loses nothing, another gap is another matter
    assertEquals(1, restore().lost());
    until(() -> again.head() == 7);
    assertEquals(Optional.empty(), again.unwritable());
    redis.command("XTRIM", key(log, "records"), "MAXLEN", "4");
    until(() -> again.unwritable().orElse("").contains("has lost 3 records"));
    await(again.close());
    assertEquals(4, restore().lost());
    assertEquals(5, open().head());
  }

  @Test
  void nodeThatCountedWhatIsLostIsToBeStartedAgain() throws Exception {
    RedisEventLog log = open();
    await(context, () -> log.append(drafts(2, 4)));
    redis.freeze();
    redis.thaw();
    redis.command("XTRIM", key(log, "records"), "MAXLEN", "3");
    restore();
    until(() -> log.unwritable().orElse("").contains("start this node again"));
    assertEquals(4, open().head());
  }

  @Test
  void emptiedStreamGoesOnAfterARestoreAlone() throws Exception {
    RedisEventLog log = open();
    await(context, () -> log.append(drafts(2, 4)));
    await(log.close());
    redis.command("XTRIM", key(log, "records"), "MAXLEN", "0");
    assertTrue(String.valueOf(refused().getMessage()).contains("has lost 5 records"));
    assertEquals(1, restore().head());
    RedisEventLog again = open();
    assertEquals(2, await(context, () -> again.append(drafts(2, 1))));
    // without its key there is nothing to go on with
    await(again.close());
    redis.command("DEL", key(log, "records"));
    assertTrue(String.valueOf(refused().getMessage()).contains("put a copy back"));
  }

  /// The largest id there is: nothing can be appended behind it.
  @Test
  void exhaustedStreamIsFreedAsTheGuideSays() throws Exception {
    RedisEventLog log = open();
    await(context, () -> log.append(drafts(2, 2)));
    String script = "return redis.call('XREVRANGE', KEYS[1], '+', '-', 'COUNT', 1)[1][1]";
    String newest = redis.command("EVAL", script, "1", key(log, "records"));
    String last = "18446744073709551615-18446744073709551615";
    assertEquals(last, redis.command("XADD", key(log, "records"), last, "foo", "bar"));
    assertEquals(
        LogException.Reason.UNWRITABLE,
        LogFixtures.refusal(context, () -> log.append(drafts(3, 1))));
    assertTrue(log.unwritable().orElseThrow().contains("exhausted the last possible ID"));
    await(log.close());
    assertEquals(":1", redis.command("XDEL", key(log, "records"), last));
    assertEquals("+OK", redis.command("XSETID", key(log, "records"), newest));
    assertEquals(1, restore().lost());
    RedisEventLog again = open();
    assertEquals(5, await(context, () -> again.append(drafts(3, 1))));
  }

  /// An entry with an id far ahead of all clocks is an entry like others.
  @Test
  void idAheadOfAllClocksChangesNothing() throws Exception {
    RedisEventLog log = open();
    redis.command("XADD", key(log, "records"), "99999999999999-7", "foo", "bar");
    until(() -> log.head() == 2);
    assertEquals(3, await(context, () -> log.append(drafts(3, 1))));
    assertEquals(3, open().head());
  }

  /// Reading the past went on asking for ever, where the index held something else.
  @Test
  void indexThatCannotBeUsedCostsReadingAndNothingElse() throws Exception {
    RedisEventLog log = open();
    await(context, () -> log.append(drafts(2, 3_000)));
    String index = key(log, "index");
    until(() -> redis.command("ZCARD", index).equals(":2"));
    redis.command("ZADD", index, "2900", "garbage");
    RedisEventLog one = open();
    assertEquals(51, follow(one, 2_950, 3_001).size());
    redis.command("DEL", index);
    redis.command("SET", index, "x");
    RedisEventLog other = open();
    assertEquals(51, follow(other, 2_950, 3_001).size());
    assertEquals("evt-2000", await(context, () -> other.read(2_000)).orElseThrow().id());
  }

  @Test
  void lockOfSnapshotsThatNeverEndsIsGivenAnEnd() throws Exception {
    RedisEventLog log = open();
    redis.command("SET", key(log, "snapshots:lock"), "me");
    CompletableFuture<Throwable> refused = new CompletableFuture<>();
    context.runOnContext(_ -> log.beginSnapshot().onFailure(refused::complete));
    assertTrue(String.valueOf(await(refused).getMessage()).contains("expires now"));
    long left = Long.parseLong(redis.command("PTTL", key(log, "snapshots:lock")).substring(1));
    assertTrue(left > 0 && left <= RedisSettings.defaults().snapshotLockMillis(), left + " ms");
    redis.command("PEXPIRE", key(log, "snapshots:lock"), "5000");
    CompletableFuture<Throwable> again = new CompletableFuture<>();
    context.runOnContext(_ -> log.beginSnapshot().onFailure(again::complete));
    assertTrue(String.valueOf(await(again).getMessage()).contains("another node"));
    long then = Long.parseLong(redis.command("PTTL", key(log, "snapshots:lock")).substring(1));
    assertTrue(then <= 5_000, "a node's lock is left as it is: " + then);
  }

  @Test
  void newestBriefStaysAndADamagedOneIsNone() throws Exception {
    RedisEventLog log = open();
    await(context, () -> log.append(drafts(2, 20)));
    assertEquals(Optional.empty(), await(context, log::brief));
    EventLog.Brief older = new EventLog.Brief(9, Buffer.buffer("older"));
    EventLog.Brief newer = new EventLog.Brief(10, Buffer.buffer("newer"));
    await(context, () -> log.keepBrief(newer));
    await(context, () -> log.keepBrief(older));
    await(context, () -> log.keepBrief(new EventLog.Brief(10, Buffer.buffer("same"))));
    assertEquals(Optional.of(newer), await(context, log::brief));
    redis.command("HSET", key(log, "brief"), "content", "other");
    assertEquals(Optional.empty(), await(context, log::brief));
    // one that stands behind the end is nobody's
    redis.command("HSET", key(log, "brief"), "position", "22");
    await(context, () -> log.keepBrief(newer));
    assertEquals(Optional.of(newer), await(context, log::brief));
    redis.command("HSET", key(log, "brief"), "position", "21");
    await(context, () -> log.keepBrief(newer));
    assertEquals(Optional.empty(), await(context, log::brief), "that one may be");
  }

  @Test
  void otherTypesUnderOurNamesAreNamed() throws Exception {
    RedisEventLog log = open();
    await(context, () -> log.append(drafts(2, 2)));
    for (String name : List.of("records", "gap", "id")) {
      String whole = key(log, name);
      boolean stream = name.equals("records");
      if (stream) {
        redis.command("RENAME", whole, "kept");
      }
      redis.command("RPUSH", whole, "x");
      LogException refused = refused();
      assertEquals(LogException.Reason.CORRUPT, refused.reason());
      String said = String.valueOf(refused.getMessage());
      assertTrue(said.contains(whole), said);
      assertFalse(said.contains("cannot be reached"), said);
      if (!name.equals("id")) {
        until(() -> log.unwritable().orElse("").contains(whole));
      }
      redis.command("DEL", whole);
      if (stream) {
        redis.command("RENAME", "kept", whole);
      }
      until(() -> log.unwritable().isEmpty());
    }
    assertEquals(4, await(context, () -> log.append(drafts(4, 1))));
  }
}
