package vn.truc.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import vn.truc.testing.RedisProcess;

/// A store and a node on it, for tests in which something befalls the store.
abstract class NodeOnRedis {
  @TempDir Path folder = Path.of("");

  RedisProcess redis;
  RunningServer server;

  @BeforeEach
  void start() throws Exception {
    redis = RedisProcess.start(folder.resolve("redis"));
    server = node();
  }

  @AfterEach
  void stop() {
    server.close();
    redis.close();
  }

  final RunningServer node() throws IOException {
    return RunningServer.start(
        folder.resolve("data"), "--store", redis.address(), "--clock", Fact.CLOCK);
  }

  final RunningServer.Answer post(String key, String code) throws Exception {
    return server.post(key, RunningServer.STRUCTURED, Fact.feedback(code + "/1", code, "received"));
  }

  final void awaitReady() throws Exception {
    Patience.until("ready again", () -> server.get("/readyz", "").status() == 200);
  }

  final String reasons() throws Exception {
    RunningServer.Answer answer = server.get("/readyz", "");
    return answer.status() == 503 ? answer.json().getJsonArray("reasons").encode() : "";
  }

  /// Facts are refused, the last numbers stay with their age.
  final void refusesAndKeepsItsNumbers(String key) throws Exception {
    RunningServer.Answer refused = post(key, "PA-9");
    assertEquals(503, refused.status(), refused::toString);
    JsonObject board = server.json("/api/v1/board/province");
    assertTrue(board.containsKey("staleSince"), board::encode);
    assertTrue(board.getJsonObject("values").getInteger("feedback.open") >= 1, board::encode);
    assertEquals(200, server.get("/healthz", "").status());
  }
}
