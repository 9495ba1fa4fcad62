package vn.truc.log;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static vn.truc.log.LogFixtures.await;
import static vn.truc.log.LogFixtures.personal;
import static vn.truc.log.LogFixtures.refusal;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import vn.truc.testing.RedisProcess;

/// The rewrite of the store's journal that an erasure waits for.
class RedisRewriteTest {
  private static final String NAME = "Lê Văn Xưa 9f3b";

  @TempDir private Path folder = Path.of("");

  private final Vertx vertx = Vertx.vertx();
  private final Context context = vertx.getOrCreateContext();
  private RedisProcess redis;

  @BeforeEach
  void start() throws Exception {
    redis = RedisProcess.start(folder.resolve("redis"));
  }

  @AfterEach
  void stop() throws Exception {
    await(vertx.close());
    redis.close();
  }

  @Test
  void erasureIsNotConfirmedWhenTheRewriteFailsAndCanBeRepeated() throws Exception {
    RedisEventLog.Plan plan =
        new RedisEventLog.Plan(
            RedisAddress.of(redis.address()),
            LogSettings.defaults(),
            RedisSettings.defaults(),
            List.of(),
            folder.resolve("none"),
            RedisEventLog.Visit.PASSING);
    RedisEventLog log =
        await(context, () -> RedisEventLog.open(vertx, plan, new SimpleMeterRegistry()));
    String keys = "truc:{" + log.id() + "}:";
    Draft draft = personal(1, "feedback", "PA-1", "{\"title\":\"" + NAME + "\"}", Long.MAX_VALUE);
    await(context, () -> log.append(List.of(draft)));
    redis.command("SET", keys + "journal:done", "1");
    redis.command("CONFIG", "SET", "rdb-key-save-delay", "1000000");
    LogException.Reason reason =
        refusal(
            context,
            () -> {
              Future<Integer> erased = log.erase("feedback", "PA-1");
              vertx.setPeriodic(10, timer -> killed(timer));
              return erased;
            });
    assertEquals(LogException.Reason.UNWRITABLE, reason);
    assertTrue(redis.filesHold(NAME), "as it says");
    assertEquals(":1", redis.command("EXISTS", keys + "journal:owed"));
    assertEquals(":0", redis.command("EXISTS", keys + "journal:done"), "due at the next sweep");
    assertEquals(":0", redis.command("SCARD", keys + "erased"));

    redis.command("CONFIG", "SET", "rdb-key-save-delay", "0");
    assertEquals(0, await(context, () -> log.erase("feedback", "PA-1")), "the keys were gone");
    assertFalse(redis.filesHold(NAME));
    assertEquals(":0", redis.command("EXISTS", keys + "journal:owed"));
    assertEquals(":1", redis.command("SCARD", keys + "erased"));
    await(context, log::close);
  }

  private void killed(long timer) {
    if (redis.killRewrite()) {
      vertx.cancelTimer(timer);
    }
  }
}
