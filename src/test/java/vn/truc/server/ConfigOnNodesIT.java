package vn.truc.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import vn.truc.testing.RedisProcess;

/// A configuration applied while two nodes serve cases. On nodes that held a case it never came
/// into force: `/readyz` was ready, `truc_config_differs` 0, and the new commune 404 until a
/// restart. The tests that there were applied it on an empty board, where it came at once.
class ConfigOnNodesIT {
  @TempDir private Path folder = Path.of("");

  private RedisProcess redis;
  private Path config;
  private RunningServer first;
  private RunningServer second;

  @BeforeEach
  void start() throws Exception {
    redis = RedisProcess.start(folder.resolve("redis"));
    config = ConfigCopy.in(folder);
    Files.writeString(config.resolve("truc.yaml"), "config:\n  checkMillis: 100\n");
    first = node("first");
    second = node("second");
  }

  @AfterEach
  void stop() {
    first.close();
    second.close();
    redis.close();
  }

  private RunningServer node(String name) throws IOException {
    return begin(name).serving();
  }

  private RunningServer.Starting begin(String name) throws IOException {
    return RunningServer.begin(
        folder.resolve(name),
        "--store",
        redis.address(),
        "--clock",
        Fact.CLOCK,
        "--config",
        config.toString());
  }

  /// Cases of one commune that is in no list yet, as many as a refold takes some turns for.
  private static void fill(RunningServer node, String key, int from, int count) throws Exception {
    StringBuilder lines = new StringBuilder();
    for (int i = from; i < from + count; i++) {
      JsonObject data = new JsonObject().put("status", "received").put("area", "99001");
      lines.append(Fact.feedback(i + "/1", "PA-" + i, data)).append('\n');
    }
    RunningServer.Answer answer = node.post(key, RunningServer.NDJSON, lines.toString());
    assertEquals(count, answer.json().getInteger("accepted"), answer::toString);
  }

  /// Adds communes to the files.
  private void write(String... codes) throws IOException {
    String areas = Files.readString(Path.of("config/areas.yaml")).stripTrailing();
    StringBuilder more = new StringBuilder(areas).append('\n');
    for (int i = 0; i < codes.length; i++) {
      more.append(
          "  - {code: \"%s\", name: Xã mới, kind: xa, hexRow: 90, hexCol: %d}\n"
              .formatted(codes[i], i));
    }
    Files.writeString(config.resolve("areas.yaml"), more);
  }

  private void apply() throws IOException {
    RunningServer.Ran applied =
        RunningServer.verb(
            folder.resolve("verb"),
            "config",
            "apply",
            "--store",
            redis.address(),
            "--config",
            config.toString());
    assertEquals(0, applied.code(), applied::err);
  }

  private static int status(RunningServer node, String area) throws Exception {
    return node.get("/api/v1/board/" + area).status();
  }

  private static int open(RunningServer node, String scope) throws Exception {
    return node.board(scope).getInteger("feedback.open");
  }

  private void bothAgree(int cases) throws Exception {
    for (RunningServer node : List.of(first, second)) {
      Patience.until("in force", () -> status(node, "99001") == 200);
      Patience.until("all counted", () -> open(node, "province") == cases);
      assertEquals(cases, open(node, "99001"));
      Patience.until("told", () -> node.metric("truc_config_differs") == 0);
    }
    assertEquals(first.json("/api/v1/digest"), second.json("/api/v1/digest"));
    assertEquals(
        first.json("/api/v1/board/99001").getJsonObject("values"),
        second.json("/api/v1/board/99001").getJsonObject("values"));
  }

  @Test
  void newCommuneAnswersOnBothNodesThatHoldCases() throws Exception {
    String key = first.key(Fact.SOURCE);
    fill(first, key, 0, 500);
    Patience.until("the other has them", () -> open(second, "province") == 500);
    assertEquals(404, status(first, "99001"));
    write("99001");
    for (RunningServer node : List.of(first, second)) {
      Patience.until("files differ", () -> node.metric("truc_config_differs") == 1);
    }
    apply();
    bothAgree(500);
    assertEquals(0, first.stop());
    first = node("first");
    bothAgree(500);
  }

  @Test
  void factsGoIntoBothNodesWhileItIsApplied() throws Exception {
    String key = first.key(Fact.SOURCE);
    fill(first, key, 0, 2_000);
    Loader one = new Loader(first, key, "A", 300).begin(2, 1);
    Loader other = new Loader(second, key, "B", 300).begin(2, 2);
    one.awaitEnough();
    write("99001");
    apply();
    write("99001", "99002");
    apply();
    other.awaitEnough();
    one.end();
    other.end();
    assertEquals(Map.of(), one.surprises());
    assertEquals(Map.of(), other.surprises());
    for (RunningServer node : List.of(first, second)) {
      Patience.until("both are in force", () -> status(node, "99002") == 200);
      assertEquals(2_000, open(node, "99001"));
      Patience.until("no more differs", () -> node.metric("truc_config_differs") == 0);
    }
    Patience.until(
        "one truth", () -> first.json("/api/v1/digest").equals(second.json("/api/v1/digest")));
    RunningServer third = node("third");
    third.token(); // a record of its own
    Patience.until(
        "the third too", () -> first.json("/api/v1/digest").equals(third.json("/api/v1/digest")));
    third.close();
  }

  /// Two in quick succession, the second while the first is being folded, and one of the nodes
  /// starts just then.
  @Test
  void nodeThatStartsMeanwhileAndTwoInQuickSuccession() throws Exception {
    String key = first.key(Fact.SOURCE);
    for (int i = 0; i < 6; i++) {
      fill(first, key, i * 2_000, 2_000);
    }
    second.kill9();
    write("99001", "99002");
    try (RunningServer.Starting starting = begin("second")) {
      apply();
      write("99001");
      apply();
      second = starting.serving();
      bothAgree(12_000);
      assertEquals(404, status(first, "99002"), "the last one holds");
      assertEquals(404, status(second, "99002"));
    }
  }

  @Test
  void nodeKilledWhileItFoldsFindsItsWay() throws Exception {
    String key = first.key(Fact.SOURCE);
    for (int i = 0; i < 6; i++) {
      fill(first, key, i * 2_000, 2_000);
    }
    assertEquals(0, second.stop(), "it leaves a snapshot under the old files");
    second = node("second");
    write("99001");
    apply();
    first.kill9();
    second.kill9();
    first = node("first");
    second = node("second");
    assertTrue(second.log().contains("snapshot_loaded"), () -> second.log());
    bothAgree(12_000);
  }
}
