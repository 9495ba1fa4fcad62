package vn.truc.log;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static vn.truc.log.LogFixtures.await;
import static vn.truc.log.LogFixtures.drafts;
import static vn.truc.log.LogFixtures.refusal;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import vn.truc.testing.RedisProcess;

/// The note of what a node has seen, and what a folder holds that belongs to one engine.
class RedisSeenTest {
  @TempDir private static Path folder = Path.of("");

  private static RedisProcess redis;

  @TempDir private Path data = Path.of("");

  private Vertx vertx;
  private Context context;

  @BeforeAll
  static void startStore() throws Exception {
    redis = RedisProcess.start(folder.resolve("redis"));
  }

  @AfterAll
  static void stopStore() {
    redis.close();
  }

  @BeforeEach
  void start() throws Exception {
    redis.command("FLUSHALL");
    vertx = Vertx.vertx();
    context = vertx.getOrCreateContext();
  }

  @AfterEach
  void stop() throws Exception {
    await(vertx.close());
  }

  private Future<RedisEventLog> opening() {
    RedisEventLog.Plan plan =
        new RedisEventLog.Plan(
            RedisAddress.of(redis.address()),
            LogSettings.defaults(),
            RedisSettings.defaults(),
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
}
