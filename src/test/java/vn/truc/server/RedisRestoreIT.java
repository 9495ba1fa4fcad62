package vn.truc.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// An older copy of the store is put back, by mistake or on purpose.
class RedisRestoreIT extends NodeOnRedis {
  @Test
  void olderCopyIsRefusedUntilTheRightOneIsBack() throws Exception {
    String key = server.key(Fact.SOURCE);
    assertEquals(202, post(key, "PA-1").status());
    // a token is a record too, and none can be made while the store is refused
    assertEquals(1, server.board("province").getInteger("feedback.open"));
    redis.stop();
    Path journal = redis.folder().resolve("appendonlydir");
    copy(journal, folder.resolve("older"));
    redis.again();
    awaitReady();
    assertEquals(202, post(key, "PA-2").status());
    redis.stop();
    copy(journal, folder.resolve("newer"));
    delete(journal);
    copy(folder.resolve("older"), journal);
    redis.again();
    String keys = redis.command("DBSIZE");
    Patience.until("refused", () -> reasons().contains("shorter"));
    refusesAndKeepsItsNumbers(key);
    assertEquals(keys, redis.command("DBSIZE"));

    redis.stop();
    delete(journal);
    copy(folder.resolve("newer"), journal);
    redis.again();
    awaitReady();
    assertEquals(202, post(key, "PA-3").status());
    assertEquals(3, server.board("province").getInteger("feedback.open"));
  }

  /// The operator's way back to an older copy, after somebody was erased.
  @Test
  void erasuresHoldInAnOlderCopyThatWasPutBack() throws Exception {
    String key = server.key(Fact.SOURCE);
    String name = "Lê Văn Xưa 9f3b";
    assertEquals(202, postPersonal(key, "PA-1", name).status());
    assertEquals(202, postPersonal(key, "PA-2", "Người ở lại 77aa").status());
    RunningServer second =
        RunningServer.start(folder.resolve("second"), "--store", redis.address());
    second.close();
    redis.stop();
    Path journal = redis.folder().resolve("appendonlydir");
    copy(journal, folder.resolve("older"));
    redis.again();
    awaitReady();
    JsonObject whom = new JsonObject().put("kind", "feedback").put("code", "PA-1");
    assertEquals(1, server.admin("erase", whom).getInteger("records"));
    Path list = server.data().resolve("erased");
    Patience.until("listed", () -> Files.readString(list).contains("\"PA-1\""));
    assertFalse(redis.filesHold(name));
    String rewritten = names(journal);

    // A list that agrees costs nothing; a node that was away or is new gets the whole list.
    server.kill9();
    server = node();
    second = RunningServer.start(folder.resolve("second"), "--store", redis.address());
    assertEquals(Files.readString(list), Files.readString(second.data().resolve("erased")));
    assertEquals(rewritten, names(journal));
    second.close();

    server.stop();
    redis.stop();
    delete(journal);
    copy(folder.resolve("older"), journal);
    redis.again();
    assertTrue(redis.filesHold(name), "the copy holds it");
    assertEquals(0, restore().code());
    server = node();
    assertFalse(redis.filesHold(name), "gone before it serves");
    assertTrue(server.log().contains("erased_again erasures=1 records=1"), server::log);
    String operator = server.token("operator", "province");
    assertFalse(server.get("/api/v1/cases/feedback/PA-1", operator).body().contains("Xưa"));
    assertTrue(server.get("/api/v1/cases/feedback/PA-2", operator).body().contains("77aa"));

    String again = names(journal);
    server.kill9();
    server = node();
    assertEquals(again, names(journal), "once is enough");
    assertEquals(202, post(key, "PA-3").status());
  }

  private RunningServer.Ran restore(String... arguments) throws IOException {
    List<String> all = new ArrayList<>(List.of("restore", "--store", redis.address()));
    all.addAll(List.of(arguments));
    return RunningServer.verb(folder.resolve("verb"), all.toArray(String[]::new));
  }

  /// A page stood where the copy does not reach. It kept its epoch, so the page was sent away again
  /// and again, and later told that nothing was missing.
  @Test
  void olderCopyPutBackOnPurposeIsFollowedUnderANewId() throws Exception {
    String key = server.key(Fact.SOURCE);
    assertEquals(202, post(key, "PA-1").status());
    redis.stop();
    Path journal = redis.folder().resolve("appendonlydir");
    copy(journal, folder.resolve("older"));
    redis.again();
    awaitReady();
    for (int i = 2; i < 8; i++) {
      assertEquals(202, post(key, "PA-" + i).status());
    }
    RunningServer second =
        RunningServer.start(folder.resolve("second"), "--store", redis.address());
    second.close();
    JsonObject stood;
    try (Screen screen = Screen.connect(server, server.token())) {
      stood = screen.subscribe("feed:province").getJsonObject("subscribe");
    }
    redis.stop();
    delete(journal);
    copy(folder.resolve("older"), journal);
    redis.again();
    Patience.until("refused", () -> reasons().contains("shorter"));
    assertEquals(2, restore("truc.db").code(), "there is no file to restore");

    RunningServer.Ran restored = restore();
    assertEquals(0, restored.code(), restored::err);
    Patience.until("told to begin anew", () -> reasons().contains("start this node again"));
    assertTrue(reasons().contains("nothing is written"), this::log);
    for (String name : List.of("data", "second")) {
      server.kill9();
      server = RunningServer.start(folder.resolve(name), "--store", redis.address());
      assertTrue(server.log().contains("older_copy_followed"), this::log);
      try (Screen screen = Screen.connect(server, server.token())) {
        JsonObject reply =
            screen.resume("feed:province", stood.getLong("offset"), stood.getString("epoch"));
        assertFalse(reply.getBoolean("recovered", false), reply::encode);
        assertFalse(reply.getString("epoch").equals(stood.getString("epoch")), reply::encode);
        assertTrue(reply.getLong("offset") < stood.getLong("offset"), reply::encode);
        assertEquals(202, post(key, "PA-" + name).status());
        screen.publication("feed:province", data -> ("PA-" + name).equals(data.getString("code")));
      }
    }
    assertEquals(3, server.board("province").getInteger("feedback.open"));

    // The same copy once more, and nobody says that it is meant.
    server.kill9();
    redis.stop();
    delete(journal);
    copy(folder.resolve("older"), journal);
    redis.again();
    AssertionError refused =
        org.junit.jupiter.api.Assertions.assertThrows(AssertionError.class, this::node);
    assertTrue(String.valueOf(refused.getMessage()).contains("shorter"), refused.getMessage());
  }

  private RunningServer.Answer postPersonal(String key, String code, String name) throws Exception {
    JsonObject data =
        new JsonObject()
            .put("status", "received")
            .put("contact", new JsonObject().put("name", name));
    return server.post(key, RunningServer.STRUCTURED, Fact.feedback(code + "/1", code, data));
  }

  /// The names of the journal's files; each rewrite gives new ones.
  private static String names(Path journal) throws IOException {
    try (Stream<Path> files = Files.list(journal)) {
      return String.join(" ", files.map(file -> file.getFileName().toString()).sorted().toList());
    }
  }

  private String log() {
    return server.log();
  }

  private static void copy(Path from, Path to) throws IOException {
    Files.createDirectories(to);
    try (Stream<Path> files = Files.list(from)) {
      for (Path file : files.toList()) {
        Files.copy(file, to.resolve(file.getFileName()));
      }
    }
  }

  static void delete(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.toList()) {
        Files.delete(file);
      }
    }
    Files.delete(folder);
  }
}
