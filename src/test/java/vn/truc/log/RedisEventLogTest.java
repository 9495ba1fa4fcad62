package vn.truc.log;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Future;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import vn.truc.testing.RedisProcess;

/// The contract of every engine, kept by the log in Redis against a real server.
class RedisEventLogTest extends EventLogContract {
  @TempDir private static Path folder = Path.of("");

  private static RedisProcess redis;

  @BeforeAll
  static void startStore() throws Exception {
    redis = RedisProcess.start(folder.resolve("redis"));
  }

  @AfterAll
  static void stopStore() {
    redis.close();
  }

  @BeforeEach
  void emptyStore() throws Exception {
    redis.command("FLUSHALL");
  }

  @Override
  Future<? extends EventLog> openLog(Path dir, LogSettings settings) {
    return RedisEventLog.open(
        vertx,
        new RedisEventLog.Plan(
            RedisAddress.of(redis.address()),
            settings,
            RedisSettings.defaults(),
            List.of(),
            dir,
            RedisEventLog.Visit.STAYING),
        new SimpleMeterRegistry());
  }
}
