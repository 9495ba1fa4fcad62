package vn.truc.log;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static vn.truc.log.LogFixtures.await;
import static vn.truc.log.LogFixtures.drafts;
import static vn.truc.log.LogFixtures.refusal;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/// The note of what a node has seen, and what a folder holds that belongs to one engine.
class RedisSeenTest extends RedisStoreTesting {
  @TempDir private Path data = Path.of("");

  private Future<RedisEventLog> opening() {
    return opening(RedisSettings.defaults());
  }

  private Future<RedisEventLog> opening(RedisSettings settings) {
    RedisEventLog.Plan plan =
        new RedisEventLog.Plan(
            RedisAddress.of(redis.address()),
            LogSettings.defaults(),
            settings,
            List.of(),
            data,
            RedisEventLog.Visit.STAYING);
    return RedisEventLog.open(vertx, plan, new SimpleMeterRegistry());
  }

  private RedisEventLog open() throws Exception {
    return await(context, this::opening);
  }

  private Path note() {
    return data.resolve(RedisSeen.FILE);
  }

  @Test
  void noteIsForItsOwnerOnlyAndSaysWhatWasSeen() throws Exception {
    RedisEventLog log = open();
    await(context, () -> log.append(drafts(1, 3)));
    await(context, log::close);
    JsonObject said = new JsonObject(Files.readString(note()));
    assertEquals(4, said.getLong("position"));
    assertEquals(log.id(), said.getString("log"));
    assertEquals(List.of(log.id()), said.getJsonArray("ids").getList());
    assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(note())));
    Files.setPosixFilePermissions(note(), PosixFilePermissions.fromString("rw-r--r--"));
    RedisEventLog again = open();
    assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(note())));
    await(context, again::close);
  }

  @Test
  void noteThatCannotBeWrittenIsToldOnceUntilItCan() throws Exception {
    Logger logger = (Logger) LoggerFactory.getLogger(RedisSeen.class);
    ListAppender<ILoggingEvent> told = new ListAppender<>();
    told.start();
    logger.addAppender(told);
    try {
      RedisSeen seen = RedisSeen.in(vertx, data, RedisEventLog.Visit.STAYING);
      Path draft = data.resolve("redis.seen.new");
      Files.delete(draft);
      Files.createDirectory(draft);
      for (int i = 0; i < 3; i++) {
        note(seen, i);
      }
      assertEquals(1, told.list.size(), told.list::toString);
      Files.delete(draft);
      note(seen, 3);
      assertEquals(3, new JsonObject(Files.readString(note())).getLong("position"));
      Files.delete(draft);
      Files.createDirectory(draft);
      note(seen, 4);
      assertEquals(2, told.list.size(), told.list::toString);
      await(context, () -> seen.close(Optional.empty()).otherwiseEmpty());
    } finally {
      logger.detachAppender(told);
    }
  }

  private void note(RedisSeen seen, int position) throws Exception {
    RedisIdentity.Known known = new RedisIdentity.Known("ab", Set.of("ab"), position, "0-1");
    seen.note(known);
    await(context, () -> seen.written().otherwiseEmpty());
  }

  /// An empty note, as a power cut leaves one that was never synced, counted as none: an emptied
  /// store got a new log.
  @Test
  void noteThatCannotBeReadBeginsNoLogAndFollowsOne() throws Exception {
    RedisEventLog log = open();
    await(context, log::close);
    for (String broken : List.of("", "{", "[]", "{\"log\":1}", "{\"position\":\"x\"}")) {
      Files.writeString(note(), broken);
      RedisEventLog followed = open();
      assertEquals(log.id(), followed.id());
      await(context, followed::close);
      assertTrue(Files.readString(note()).contains(log.id()), "and it is written anew");
    }
    redis.command("FLUSHALL");
    for (String broken : List.of("", "{")) {
      Files.writeString(note(), broken);
      assertEquals(LogException.Reason.CORRUPT, refusal(context, this::opening));
      assertEquals(":0", redis.command("DBSIZE"));
      assertEquals(broken, Files.readString(note()));
    }
  }

  private Future<SqliteEventLog> openingSqlite() {
    return SqliteEventLog.open(vertx, data, LogSettings.defaults(), new SimpleMeterRegistry());
  }

  /// Without its `--store` a node began an empty log in its folder, and answered 202.
  @Test
  void folderOfOneEngineIsRefusedToTheOther() throws Exception {
    RedisEventLog log = open();
    await(context, log::close);
    assertFalse(Files.exists(data.resolve("truc.db")), "nothing of SQLite");
    assertEquals(LogException.Reason.NOT_OWNER, refusal(context, this::openingSqlite));
    LogException read =
        assertThrows(
            LogException.class, () -> SqliteRecords.open(vertx, data, LogSettings.defaults()));
    assertTrue(String.valueOf(read.getMessage()).contains("--store redis://"), read::toString);
    assertFalse(Files.exists(data.resolve("truc.db")));

    Files.delete(note());
    SqliteEventLog other = await(context, this::openingSqlite);
    await(context, other::close);
    assertEquals(LogException.Reason.NOT_OWNER, refusal(context, this::opening));
    assertFalse(Files.exists(note()));

    // What earlier versions left in the folder of a node on Redis.
    Files.write(data.resolve("truc.db"), new byte[0]);
    await(context, open()::close);
  }

  /// Each look at the store asked for one more comparison while one waited for a rewrite.
  @Test
  void listsAreComparedOnceWhileTheJournalIsRewritten() throws Exception {
    RedisEventLog log = open();
    await(context, log::close);
    Files.writeString(
        data.resolve("erased"),
        new Erasures.Erasure("feedback", "PA-1", 1, "2026-11-23T00:00:00Z").line() + "\n");
    redis.command("CONFIG", "SET", "rdb-key-save-delay", "150000");
    long before = redis.calls("smembers");
    long looked = redis.calls("role");
    RedisEventLog again = await(context, () -> opening(often()));
    redis.command("CONFIG", "SET", "rdb-key-save-delay", "0");
    long looks = redis.calls("role") - looked;
    assertTrue(looks > 10, looks + " looks while the journal was rewritten");
    // What was asked for meanwhile would come now.
    await(context, () -> again.append(drafts(1, 1)));
    await(context, again::reachHead);
    while (redis.calls("role") < looked + looks + 3) {
      Thread.onSpinWait();
    }
    await(context, again::close);
    assertEquals(2, redis.calls("smembers") - before, "the list, and the one case");
  }

  /// Looks at the store many times a second.
  private static RedisSettings often() {
    return new RedisSettings(
        4, 512, 20, 5_000, 2_000, 100, 3_000, 10_000, 1_000, 30_000, 24, 4_000);
  }
}
