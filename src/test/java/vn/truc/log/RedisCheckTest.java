package vn.truc.log;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static vn.truc.log.LogFixtures.await;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import vn.truc.testing.RedisProcess;

/// Settings by which a store loses records, each seen while it holds and gone when it is mended;
/// and what a node says of its store meanwhile.
class RedisCheckTest {
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

  private void set(String name, String value) throws Exception {
    assertEquals("+OK", redis.command("CONFIG", "SET", name, value));
  }

  private static void until(RedisEventLog log, String wanted) {
    long deadline = System.nanoTime() + 30_000_000_000L;
    while (!log.unwritable().orElse("nothing").contains(wanted)) {
      assertTrue(System.nanoTime() < deadline, () -> wanted + ", but " + log.unwritable());
      java.util.concurrent.locks.LockSupport.parkNanos(10_000_000);
    }
  }

  @Test
  void eachSettingIsSeenAndItsMendingToo() throws Exception {
    RedisSettings quick =
        new RedisSettings(4, 512, 20, 5_000, 2_000, 1, 64, 10_000, 1_000, 30_000, 24, 4_000);
    RedisEventLog.Plan plan =
        new RedisEventLog.Plan(
            RedisAddress.of(redis.address()),
            LogSettings.defaults(),
            quick,
            List.of(),
            folder,
            RedisEventLog.Visit.PASSING);
    RedisEventLog log =
        await(context, () -> RedisEventLog.open(vertx, plan, new SimpleMeterRegistry()));
    String[][] faults = {
      {"appendfsync", "everysec", "always"},
      {"appendonly", "no", "yes"},
      {"no-appendfsync-on-rewrite", "yes", "no"},
    };
    for (String[] fault : faults) {
      set(fault[0], fault[1]);
      until(log, "the store has " + fault[0] + " " + fault[1] + "; it must be " + fault[2]);
      assertEquals(0, log.writableFlag());
      assertTrue(log.behind().isEmpty(), "following goes on");
      set(fault[0], fault[2]);
      until(log, "nothing");
      assertEquals(1, log.writableFlag());
    }
    set("maxmemory-policy", "allkeys-lru");
    set("maxmemory", "500mb");
    until(log, "maxmemory-policy allkeys-lru; it must be noeviction");
    set("maxmemory", "0");
    until(log, "nothing");
    set("maxmemory", "500mb");
    until(log, "noeviction");
    set("maxmemory-policy", "noeviction");
    until(log, "nothing");
    assertEquals(2, await(context, () -> log.append(LogFixtures.drafts(2, 1))));
    await(log.close());
  }

  @Test
  void conditionSaysWhatStandsInTheWay() {
    RedisCondition condition = new RedisCondition(RedisAddress.of("redis://h"));
    assertTrue(condition.trouble().orElseThrow().contains("not connected yet"));
    assertEquals(RedisCondition.Course.AWAY, condition.course());
    condition.fault(Optional.of("a setting"));
    condition.reading();
    assertTrue(condition.trouble().orElseThrow().contains("is being read"));
    condition.live();
    assertEquals(Optional.of("a setting"), condition.trouble());
    assertTrue(condition.isLive());
    condition.fault(Optional.empty());
    assertEquals(Optional.empty(), condition.trouble());
    condition.refused(new IllegalStateException("it is another's"));
    assertEquals(Optional.of("it is another's; nothing is written"), condition.trouble());
    condition.away(new IllegalStateException());
    assertTrue(condition.trouble().orElseThrow().contains("IllegalStateException"));
    long before = condition.heardMicros();
    condition.heard();
    assertTrue(condition.heardMicros() >= before);
  }

  @Test
  void limitsBeginAtOne() {
    int[] sound = {1, 1, 1, 2, 1, 1, 1, 1, 1, 1, 1, 1};
    assertEquals(2, redis(sound).answerMillisMax());
    for (int i = 0; i < sound.length; i++) {
      int[] wrong = sound.clone();
      wrong[i] = i == 3 ? 1 : 0;
      assertThrows(IllegalArgumentException.class, () -> redis(wrong), "number " + i);
    }
    long[] log = {1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1};
    assertEquals(1, log(log).groupRecordsMax());
    for (int i = 0; i < log.length; i++) {
      long[] wrong = log.clone();
      wrong[i] = 0;
      assertThrows(IllegalArgumentException.class, () -> log(wrong), "number " + i);
    }
  }

  private static RedisSettings redis(int[] of) {
    return new RedisSettings(
        of[0], of[1], of[2], of[3], of[4], of[5], of[6], of[7], of[8], of[9], of[10], of[11]);
  }

  private static LogSettings log(long[] of) {
    return new LogSettings(
        (int) of[0],
        of[1],
        (int) of[2],
        (int) of[3],
        (int) of[4],
        (int) of[5],
        (int) of[6],
        of[7],
        of[8],
        of[9],
        of[10],
        (int) of[11]);
  }
}
