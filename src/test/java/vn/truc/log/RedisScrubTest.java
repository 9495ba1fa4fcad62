package vn.truc.log;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static vn.truc.log.LogFixtures.await;
import static vn.truc.log.LogFixtures.refusal;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import vn.truc.event.LogRecord;
import vn.truc.testing.RedisProcess;

/// The stream of the first version held what no type knows, names among it, and no erasure found
/// it. It is written anew under another name, and no byte of what was erased is left in the store.
class RedisScrubTest {
  private static final String MARK = "bimat";

  @TempDir private Path folder = Path.of("");

  private final List<Vertx> machines = new ArrayList<>();
  private final long nowMicros = SqliteStore.micros(Instant.now());
  private RedisProcess redis;
  private String keys = "";

  /// A node of its own.
  private final class Node {
    final Vertx vertx = Vertx.vertx();
    final Context context = vertx.getOrCreateContext();
    final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    final RedisEventLog.Plan plan;

    Node(String name, RedisEventLog.Visit visit) {
      machines.add(vertx);
      RedisSettings usual = RedisSettings.defaults();
      RedisSettings quick =
          new RedisSettings(
              usual.writesInFlightMax(),
              usual.readRecordsMax(),
              usual.checkMillis(),
              usual.answerMillisMax(),
              usual.connectMillisMax(),
              usual.backoffMillisMin(),
              usual.backoffMillisMax(),
              usual.openMillisMax(),
              usual.syncMillisMax(),
              2_000,
              usual.journalRewriteHours(),
              usual.closeMillisMax());
      plan =
          new RedisEventLog.Plan(
              RedisAddress.of(redis.address()),
              LogSettings.defaults().withIntervals(200, 1_000),
              quick,
              List.of(),
              folder.resolve(name),
              visit);
    }

    CompletableFuture<RedisEventLog> opening() {
      CompletableFuture<RedisEventLog> opening = new CompletableFuture<>();
      context.runOnContext(
          _ ->
              RedisEventLog.open(vertx, plan, registry)
                  .onComplete(opening::complete, opening::completeExceptionally));
      return opening;
    }

    RedisEventLog open() throws Exception {
      return await(opening());
    }

    double rewritten() {
      return registry.get("truc.log.records.rewritten").counter().count();
    }
  }

  @BeforeEach
  void start() throws Exception {
    redis = RedisProcess.start(folder.resolve("redis"));
  }

  @AfterEach
  void stop() throws Exception {
    for (Vertx machine : machines) {
      await(machine.close());
    }
    redis.close();
  }

  private static LogRecord record(
      String type, String id, String subject, long at, @Nullable String extensions, String data) {
    return new LogRecord(
        0, 1, type, "/hotline/1022", id, subject, at, null, at, "k1", extensions, data, null);
  }

  private LogRecord rated(String id, String subject, String text) {
    String data = "{\"score\":4,\"loi\":\"" + text + "\"}";
    return record("vn.ioc.dossier.rated", id, subject, nowMicros, null, data);
  }

  /// Leaves a log as the first version did, with these records behind the first.
  private void old(List<Draft> drafts) throws Exception {
    Node node = new Node("maker", RedisEventLog.Visit.PASSING);
    RedisEventLog log = node.open();
    keys = "truc:{" + log.id() + "}:";
    for (int from = 0; from < drafts.size(); from += 2_000) {
      List<Draft> batch = drafts.subList(from, Math.min(drafts.size(), from + 2_000));
      await(node.context, () -> log.append(batch));
    }
    EventLog.SnapshotWriter writer = await(node.context, log::beginSnapshot);
    await(node.context, () -> writer.write("cases", 1, 1, Buffer.buffer("bimat in a snapshot")));
    await(node.context, writer::commit);
    await(node.context, log::close);
    redis.command("RENAME", keys + "records", keys + "log");
  }

  @Test
  void whatATypeDoesNotKnowGoesBesideTheRecordAndGoesWithAnErasure() throws Exception {
    long old = nowMicros - Duration.ofDays(366).toNanos() / 1_000;
    String known = "{\"status\":\"closed\",\"Phone\":\"bimat5\"}";
    Draft beside =
        new Draft(
            record("vn.ioc.feedback.status", "e-6", "PA-2", nowMicros, null, known),
            Optional.of(
                new Draft.Personal(
                    "feedback", "PA-2", "{\"title\":\"Ổ gà\"}", nowMicros + 3_600_000_000L)));
    Draft gone =
        new Draft(
            record("vn.ioc.feedback.status", "e-7", "PA-3", nowMicros, null, known),
            Optional.of(new Draft.Personal("feedback", "PA-3", "{\"title\":\"x\"}", 1)));
    old(
        List.of(
            Draft.of(
                record(
                    "vn.ioc.dossier.status",
                    "e-2",
                    "H-1",
                    nowMicros,
                    "{\"nguoigui\":\"bimat0\"}",
                    "{\"status\":4,\"ChuHoSo\":{\"ten\":\"bimat1\",\"n\":1.10}}")),
            Draft.of(
                record("vn.ioc.dossier.status", "e-3", "H-1", nowMicros, null, "{\"status\":4}")),
            Draft.of(
                record(
                    "vn.ioc.dossier.rated",
                    "e-4",
                    "H-2",
                    old,
                    null,
                    "{\"score\":4,\"loi\":\"bimat2\"}")),
            Draft.of(
                record(
                    "vn.ioc.source.heartbeat", "e-5", "x", nowMicros, null, "{\"t\":\"bimat3\"}")),
            beside,
            gone,
            Draft.of(rated("e-8", "H-3", "bimat6")),
            Draft.of(rated("e-9", "H-3", "bimat7"))));
    redis.command("EVAL", FORGET, "1", keys + "personal:of:feedback:PA-3", keys + "personal:");
    redis.command(
        "SADD", keys + "erased", "{\"kind\":\"dossier\",\"code\":\"H-3\",\"upTo\":8,\"at\":\"\"}");
    assertTrue(redis.filesHold(MARK));
    String placeOfLast = redis.command("EVAL", LAST, "1", keys + "log");

    Node node = new Node("data", RedisEventLog.Visit.STAYING);
    RedisEventLog log = node.open();
    assertEquals(9, log.head());
    assertEquals(placeOfLast, redis.command("EVAL", LAST, "1", keys + "records"), "same places");
    assertEquals(":0", redis.command("EXISTS", keys + "log", keys + "copy", keys + "copy:lock"));
    assertEquals(":0", redis.command("EXISTS", keys + "snapshots", keys + "snapshot:1"));
    LogRecord second = await(node.context, () -> log.read(2)).orElseThrow();
    assertEquals("e-2 {\"status\":4}", second.id() + " " + second.data());
    assertEquals(Optional.empty(), second.extensions());
    List<String> beside2to9 = new ArrayList<>();
    for (int position = 2; position <= 9; position++) {
      long at = position;
      beside2to9.add(await(node.context, () -> log.personal(at)).orElse("none"));
    }
    assertEquals(
        List.of(
            "{\"ChuHoSo\":{\"ten\":\"bimat1\",\"n\":1.10},"
                + "\"$extensions\":{\"nguoigui\":\"bimat0\"}}",
            "none",
            "none",
            "none",
            "{\"title\":\"Ổ gà\",\"Phone\":\"bimat5\"}",
            "none",
            "none",
            "{\"loi\":\"bimat7\"}"),
        beside2to9);
    assertEquals(7, node.rewritten());
    for (String dropped : List.of("bimat2", "bimat3", "bimat6", "bimat in")) {
      assertFalse(redis.filesHold(dropped), dropped);
    }
    assertEquals(":0", redis.command("EXISTS", keys + "journal:owed"));
    for (String[] one :
        List.of(
            new String[] {"dossier", "H-1"},
            new String[] {"feedback", "PA-2"},
            new String[] {"dossier", "H-3"})) {
      assertEquals(1, await(node.context, () -> log.erase(one[0], one[1])), one[1]);
    }
    assertFalse(redis.filesHold(MARK));
    await(node.context, log::close);
  }

  /// As expired ones were by the first version.
  private static final String FORGET =
      "return redis.call('DEL', ARGV[1] .. redis.call('SMEMBERS', KEYS[1])[1])";

  private static final String LAST =
      "return redis.call('XREVRANGE', KEYS[1], '+', '-', 'COUNT', 1)[1][1]";

  /// A clock that stands a year ahead deletes nothing, neither the node's nor the store's: the
  /// newest record says when it is.
  @Test
  void aClockThatRanAheadExpiresNothing() throws Exception {
    long then = nowMicros - Duration.ofDays(400).toNanos() / 1_000;
    String data = "{\"score\":4,\"loi\":\"bimat\"}";
    old(List.of(Draft.of(record("vn.ioc.dossier.rated", "e", "H-1", then, null, data))));
    Node node = new Node("data", RedisEventLog.Visit.STAYING);
    RedisEventLog log = node.open();
    assertEquals(1, node.rewritten());
    long sweeps = redis.calls("zrange");
    while (redis.calls("zrange") < sweeps + 3) {
      Thread.onSpinWait();
    }
    assertEquals(":1", redis.command("ZCARD", keys + "personal:expiry"));
    assertEquals(1, node.registry.get("truc.log.personal.held").gauge().value());
    assertEquals(Optional.empty(), await(node.context, () -> log.personal(2)), "not shown");
    assertEquals(1, await(node.context, () -> log.erase("dossier", "H-1")), "but there");
    await(node.context, log::close);
  }

  private List<Draft> many(int count) {
    List<Draft> drafts = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      drafts.add(Draft.of(rated("e-" + i, "H-" + i % 10, MARK + i)));
    }
    return drafts;
  }

  private void untilCopying() throws Exception {
    while (redis.command("XLEN", keys + "copy").length() < 5) {
      Thread.onSpinWait();
    }
  }

  /// What a node left half done, and a store that was killed meanwhile, are gone on from.
  @Test
  void aKillInTheMidstIsGoneOnFrom() throws Exception {
    int count = 30_000;
    old(many(count));
    Node first = new Node("first", RedisEventLog.Visit.STAYING);
    var _ = first.opening();
    untilCopying();
    await(first.vertx.close());
    long copied = Long.parseLong(redis.command("XLEN", keys + "copy").substring(1));
    assertTrue(copied > 1_000 && copied < count, copied + " are copied");
    assertEquals(":1", redis.command("EXISTS", keys + "log"));

    Node second = new Node("second", RedisEventLog.Visit.STAYING);
    CompletableFuture<RedisEventLog> opening = second.opening();
    long before = copied;
    while (Long.parseLong(redis.command("XLEN", keys + "copy").substring(1)) <= before) {
      Thread.onSpinWait();
    }
    redis.kill9();
    redis.again();
    RedisEventLog log = await(opening);
    assertEquals(count + 1L, log.head());
    assertTrue(second.rewritten() <= count - copied, "not begun anew");
    assertEquals(":" + count, redis.command("ZCARD", keys + "personal:expiry"), "each once");
    assertEquals(":3000", redis.command("SCARD", keys + "personal:of:dossier:H-3"));
    assertEquals("e-29999", await(second.context, () -> log.read(count + 1L)).orElseThrow().id());
    for (int i = 0; i < 10; i++) {
      String code = "H-" + i;
      assertEquals(3_000, await(second.context, () -> log.erase("dossier", code)));
    }
    assertFalse(redis.filesHold(MARK));
    await(second.context, log::close);
  }

  @Test
  void ofNodesThatStartAtOnceOneDoesItAndVerbsAreRefused() throws Exception {
    old(many(10_000));
    Node verb = new Node("verb", RedisEventLog.Visit.PASSING);
    LogException.Reason reason =
        refusal(verb.context, () -> RedisEventLog.open(verb.vertx, verb.plan, verb.registry));
    assertEquals(LogException.Reason.CORRUPT, reason);
    List<Node> nodes = new ArrayList<>();
    List<CompletableFuture<RedisEventLog>> opening = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      nodes.add(new Node("node-" + i, RedisEventLog.Visit.STAYING));
      opening.add(nodes.getLast().opening());
    }
    double rewritten = 0;
    for (int i = 0; i < 3; i++) {
      RedisEventLog log = await(opening.get(i));
      assertEquals(10_001, log.head());
      rewritten += nodes.get(i).rewritten();
    }
    assertEquals(10_000, rewritten);
    assertEquals(":10000", redis.command("ZCARD", keys + "personal:expiry"));
    Draft draft = Draft.of(rated("new", "H-1", "sau"));
    RedisEventLog first = opening.get(0).get();
    assertEquals(10_002, await(nodes.get(0).context, () -> first.append(List.of(draft))));
    for (int i = 0; i < 3; i++) {
      RedisEventLog log = opening.get(i).get();
      await(nodes.get(i).context, log::reachHead);
      assertEquals(10_002, log.head());
      await(nodes.get(i).context, log::close);
    }
  }

  /// Two streams of one log are nobody's making but a hand's; which of them is true nobody knows.
  @Test
  void twoStreamsAreRefused() throws Exception {
    old(many(1));
    redis.command("COPY", keys + "log", keys + "records");
    Node node = new Node("data", RedisEventLog.Visit.STAYING);
    assertEquals(
        LogException.Reason.CORRUPT,
        refusal(node.context, () -> RedisEventLog.open(node.vertx, node.plan, node.registry)));
  }

  /// A stream of the first version from which an entry was deleted was refused by servers, which
  /// named the restore, and by the restore, for its old form.
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void anOldStreamThatLostEntriesGoesOnAfterARestore(boolean trimmed) throws Exception {
    old(many(20));
    String loss = trimmed ? "'XTRIM', KEYS[1], 'MINID', " : "'XDEL', KEYS[1], ";
    String fifth = "redis.call('XRANGE', KEYS[1], '-', '+')[5][1]";
    String script = "return redis.call(" + loss + fifth + ")";
    assertEquals(trimmed ? ":4" : ":1", redis.command("EVAL", script, "1", keys + "log").strip());
    int left = trimmed ? 17 : 20;
    Node node = new Node("data", RedisEventLog.Visit.STAYING);
    CompletableFuture<RedisEventLog> refused = node.opening();
    ExecutionException e = assertThrows(ExecutionException.class, () -> await(refused));
    assertTrue(String.valueOf(e.getMessage()).contains("truc restore"), e::toString);

    Node restoring = new Node("restoring", RedisEventLog.Visit.RESTORING);
    RedisRestore.Restored restored =
        await(restoring.context, () -> RedisRestore.declare(restoring.vertx, restoring.plan));
    assertEquals(left + 1, restored.head(), "what is left, and the word of the restore");
    RedisEventLog log = node.open();
    assertEquals(left + 1, log.head());
    await(node.context, log::close);
    RedisEventLog again = node.open();
    assertEquals(left + 1, again.head());
    await(node.context, again::close);
  }

  /// A later form of a section makes the older snapshot useless; it went only with the one after.
  @Test
  void anOlderSnapshotOfAnotherFormGoesWithTheNext() throws Exception {
    Node node = new Node("data", RedisEventLog.Visit.STAYING);
    RedisEventLog log = node.open();
    List<String> left = new ArrayList<>();
    for (int version : new int[] {1, 1, 2}) {
      EventLog.SnapshotWriter writer = await(node.context, log::beginSnapshot);
      await(node.context, () -> writer.write("cases", version, 1, Buffer.buffer("x")));
      await(node.context, writer::commit);
      left.add(redis.command("HLEN", "truc:{" + log.id() + "}:snapshots"));
    }
    assertEquals(List.of(":1", ":2", ":1"), left);
    await(node.context, log::close);
  }
}
