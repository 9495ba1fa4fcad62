package vn.truc.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import vn.truc.testing.RedisProcess;

/// Two servers on one Redis: each folds the whole stream, any of them serves any screen.
class TwoNodesIT {
  @TempDir private Path folder = Path.of("");

  private RedisProcess redis;
  private RunningServer first;
  private RunningServer second;

  @BeforeEach
  void start() throws Exception {
    redis = RedisProcess.start(folder.resolve("redis"));
    first = node("first");
    second = node("second");
    // each is a record: issued before anything is compared
    first.token();
    second.token();
  }

  @AfterEach
  void stop() {
    first.close();
    second.close();
    redis.close();
  }

  private RunningServer node(String name, String... options) throws IOException {
    String[] all = {"--store", redis.address(), "--clock", Fact.CLOCK};
    String[] whole = java.util.Arrays.copyOf(all, all.length + options.length);
    System.arraycopy(options, 0, whole, all.length, options.length);
    return RunningServer.start(folder.resolve(name), whole);
  }

  /// All nodes share one store, so one snapshot serves them all.
  @Test
  void snapshotOfOneNodeSparesTheOtherItsOwn() throws Exception {
    Path config = ConfigCopy.in(folder);
    java.nio.file.Files.writeString(
        config.resolve("truc.yaml"), "snapshot:\n  recordsMin: 100\n  checkSeconds: 1\n");
    first.close();
    second.close();
    first = node("first", "--config", config.toString());
    second = node("second", "--config", config.toString());
    String key = first.key(Fact.SOURCE);
    for (int i = 0; i < 120; i++) {
      post(i % 2 == 0 ? first : second, key, "PA-" + i);
    }
    Patience.until("one wrote and one left it", () -> said("snapshot_written") + said(LEFT) >= 2);
    assertEquals("1", snapshots());

    boolean firstWrote = first.log().contains("snapshot_written");
    RunningServer wrote = firstWrote ? first : second;
    RunningServer left = firstWrote ? second : first;
    post(left, key, "PA-LAST");
    assertEquals(0, left.stop());
    assertEquals("1", snapshots(), "a clean stop has a start from the other's before it");
    assertEquals(0, wrote.stop());
    assertEquals("2", snapshots(), "it stood behind its own");

    first = node("first", "--config", config.toString());
    second = node("second", "--config", config.toString());
    assertEquals(first.json("/api/v1/digest"), second.json("/api/v1/digest"));
    assertEquals(121, open(second));
  }

  private static final String LEFT = "snapshot_left";

  private int said(String event) {
    return (int)
        java.util.stream.Stream.of(first, second)
            .filter(server -> server.log().contains(event))
            .count();
  }

  /// How many were begun.
  private String snapshots() throws IOException {
    String id = redis.command("GET", "truc:log");
    return redis.command("GET", "truc:{" + id + "}:snapshots:number");
  }

  private static void post(RunningServer to, String key, String code) throws Exception {
    RunningServer.Answer answer =
        to.post(key, RunningServer.STRUCTURED, Fact.feedback(code + "/1", code, "received"));
    assertEquals(202, answer.status(), answer::toString);
  }

  private static int open(RunningServer server) throws Exception {
    return server.board("province").getInteger("feedback.open");
  }

  @Test
  void postToOneIsSeenOnTheOther() throws Exception {
    String key = first.key(Fact.SOURCE);
    try (Screen screen = Screen.connect(second, first.token())) {
      screen.subscribe("feedback:province");
      // A key made a moment ago on the other node is known here at once.
      post(second, key, "PA-1");
      post(first, key, "PA-2");
      screen.publication(
          "feedback:province",
          data ->
              Integer.valueOf(2).equals(data.getJsonObject("values").getInteger("feedback.open")));
    }
    assertEquals(first.json("/api/v1/digest"), second.json("/api/v1/digest"));
    assertEquals(2, open(first));
    assertEquals(2, open(second));

    first.admin("key.revoke", new JsonObject().put("key", key.substring(5, key.indexOf('_', 5))));
    Patience.until(
        "the other node hears of the revoked key",
        () ->
            second
                    .post(key, RunningServer.STRUCTURED, Fact.feedback("x", "PA-3", "received"))
                    .status()
                == 401);
  }

  @Test
  void oneIsKilledAndTheOtherGoesOn() throws Exception {
    String key = first.key(Fact.SOURCE);
    post(first, key, "PA-1");
    first.kill9();
    post(second, key, "PA-2");
    assertEquals(2, open(second));
    first = node("first");
    assertEquals(2, open(first));
    assertEquals(first.json("/api/v1/digest"), second.json("/api/v1/digest"));
    second.kill9();
    post(first, key, "PA-3");
    assertEquals(3, open(first));
  }

  @Test
  void loadOnBothCountsOnceOnBoth() throws Exception {
    String key = first.key(Fact.SOURCE);
    Loader one = new Loader(first, key, "A", 200).begin(3, 1);
    Loader other = new Loader(second, key, "B", 200).begin(3, 2);
    one.awaitEnough();
    other.awaitEnough();
    first.kill9();
    one.awaitEnd();
    second.terminate();
    other.awaitEnd();
    assertEquals(0, second.awaitEnd());
    assertEquals(Map.of(), one.surprises());
    assertEquals(Map.of(), other.surprises());
    first = node("first");
    second = node("second");
    for (Loader loader : List.of(one, other)) {
      for (RunningServer server : List.of(first, second)) {
        RunningServer.Answer answer =
            server.post(key, RunningServer.NDJSON, String.join("\n", loader.accepted().values()));
        assertEquals(
            loader.accepted().size(), answer.json().getInteger("duplicates"), answer::toString);
      }
    }
    assertEquals(first.json("/api/v1/digest"), second.json("/api/v1/digest"));
  }

  @Test
  void nodeWithOtherFilesFollowsTheLogAndSaysSo() throws Exception {
    Path config = ConfigCopy.in(folder);
    java.nio.file.Files.writeString(
        config.resolve("fields.yaml"), "fields:\n  - {id: khac, name: Khác, nameEn: Other}\n");
    second.close();
    second = node("second", "--config", config.toString());
    JsonObject ready = second.json("/readyz");
    assertTrue(ready.getBoolean("ready"), ready::encode);
    assertTrue(ready.getJsonArray("notices").encode().contains("differ"), ready::encode);
    assertEquals(1.0, second.metric("truc_config_differs"));
    assertEquals(first.json("/api/v1/digest"), second.json("/api/v1/digest"));

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
    Patience.until("both have it", () -> second.metric("truc_config_differs") == 0);
    Patience.until(
        "both have it in force",
        () -> first.json("/api/v1/digest").equals(second.json("/api/v1/digest")));
    assertEquals(200, first.get("/api/v1/board/field:khac").status());
  }

  @Test
  void verbsReachTheLogDirectly() throws Exception {
    Path nowhere = folder.resolve("verb");
    RunningServer.Ran made =
        RunningServer.verb(
            nowhere,
            "key",
            "add",
            "--source",
            "/hotline",
            "--name",
            "x",
            "--store",
            redis.address());
    assertEquals(0, made.code(), made::err);
    post(first, made.lastLine(), "PA-1");
    RunningServer.Ran token =
        RunningServer.verb(
            nowhere,
            "token",
            "--role",
            "viewer",
            "--scope",
            "province",
            "--store",
            redis.address());
    assertEquals(200, second.get("/api/v1/board/province", token.lastLine()).status());
    RunningServer.Ran moved =
        RunningServer.verb(nowhere, "clock", "add", "1h", "--store", redis.address());
    assertEquals(0, moved.code(), moved::err);
    Patience.until(
        "both clocks moved",
        () ->
            first.json("/api/v1/board/province").getString("asOf").contains("T09:00")
                && second.json("/api/v1/board/province").getString("asOf").contains("T09:00"));
    RunningServer.Ran exported = RunningServer.verb(nowhere, "export", "--store", redis.address());
    assertEquals(0, exported.code(), exported::err);
    assertEquals(1, exported.out().lines().filter(line -> line.contains("PA-1")).count());
  }

  @Test
  void erasedFieldsAreInNoFileOfTheStore() throws Exception {
    String key = first.key(Fact.SOURCE);
    JsonObject data =
        new JsonObject()
            .put("status", "received")
            .put("title", "Tiếng ồn ban đêm 7c1d")
            .put("contact", new JsonObject().put("name", "Lê Văn Xưa 9f3b"));
    RunningServer.Answer answer =
        first.post(key, RunningServer.STRUCTURED, Fact.feedback("p", "PA-1", data));
    assertEquals(202, answer.status(), answer::toString);
    assertTrue(redis.filesHold("Lê Văn Xưa 9f3b"), "it is there at first");
    String operator = second.token("operator", "province");
    assertTrue(
        second.get("/api/v1/cases/feedback/PA-1", operator).body().contains("Xưa 9f3b"),
        "and served by the other node");
    RunningServer.Ran erased =
        RunningServer.verb(
            folder.resolve("verb"), "erase", "feedback", "PA-1", "--store", redis.address());
    assertEquals(0, erased.code(), erased::err);
    Patience.until(
        "the old journal is unlinked",
        () -> !redis.filesHold("Lê Văn Xưa 9f3b") && !redis.filesHold("ban đêm 7c1d"));
    assertTrue(!first.get("/api/v1/cases/feedback/PA-1", operator).body().contains("Xưa 9f3b"));
    assertEquals(1, open(first));
  }
}
