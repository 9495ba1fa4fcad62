package vn.truc.log;

import static vn.truc.log.LogFixtures.await;

import io.vertx.core.Context;
import io.vertx.core.Vertx;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import vn.truc.testing.RedisProcess;

/// One store for the tests of a class, empty before each, and one event loop for each test.
abstract class RedisStoreTesting {
  @TempDir static Path folder = Path.of("");

  static RedisProcess redis;

  /// Closed after the test, in this order.
  final List<RedisEventLog> opened = new ArrayList<>();

  Vertx vertx;
  Context context;

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
    for (RedisEventLog log : opened) {
      await(log.close());
    }
    await(vertx.close());
  }
}
