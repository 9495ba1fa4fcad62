package vn.truc.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.vertx.core.json.JsonObject;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import vn.truc.testing.RedisProcess;

/// What is taken back is gone: at once, on every node, after a restart, and where an older copy of
/// the log is put back.
class RevocationIT {
  private static final String BOARD = "/api/v1/board/province";

  @TempDir private Path folder = Path.of("");

  private static RunningServer.Ran verb(Path data, String... arguments) throws Exception {
    RunningServer.Ran ran = RunningServer.verb(data, arguments);
    assertEquals(0, ran.code(), ran::toString);
    return ran;
  }

  private static String token(Path data, String role, String user) throws Exception {
    return verb(data, "token", "--role", role, "--scope", "province", "--user", user).lastLine();
  }

  private static String idOf(Path data, String user) throws Exception {
    return verb(data, "token", "list")
        .out()
        .lines()
        .filter(line -> line.split("\t", -1)[3].equals(user))
        .map(line -> line.substring(0, line.indexOf('\t')))
        .findFirst()
        .orElseThrow();
  }

  private static int status(RunningServer server, String token) throws Exception {
    return server.get(BOARD, token).status();
  }

  private static String renewed(RunningServer server, String token) throws Exception {
    RunningServer.Answer answer = server.post("/api/v1/token", token, "application/json", "");
    assertEquals(200, answer.status(), answer::toString);
    return answer.json().getString("token");
  }

  /// Tokens could not be ended: one of four seconds was renewed for ever.
  @Test
  void aTokenEndsWithWhatWasRenewedFromItAndItsScreensClose() throws Exception {
    Path data = folder.resolve("data");
    Path backup = folder.resolve("before.db");
    String renewed;
    String minh;
    try (RunningServer server = RunningServer.start(data)) {
      String lan = token(data, "operator", "Lan");
      renewed = renewed(server, lan);
      minh = token(data, "operator", "Minh");
      verb(data, "backup", backup.toString());
      try (Screen ofLan = Screen.connect(server, renewed);
          Screen ofMinh = Screen.connect(server, minh)) {
        ofLan.subscribe("feedback:province");
        verb(data, "token", "revoke", idOf(data, "Lan"));
        assertEquals(3500, ofLan.closeCode());
        assertTrue(ofMinh.open());
      }
      for (String ended : List.of(lan, renewed)) {
        RunningServer.Answer answer = server.get(BOARD, ended);
        assertEquals(401, answer.status());
        assertTrue(answer.body().contains("revoked"), answer::body);
        assertEquals(401, server.post("/api/v1/token", ended, "application/json", "").status());
      }
      assertEquals(200, status(server, minh));
      assertFalse(verb(data, "token", "list").out().contains("Lan"));
      assertEquals(
          "rw-------",
          PosixFilePermissions.toString(Files.getPosixFilePermissions(data.resolve("revoked"))));
      server.kill9();
    }
    try (RunningServer again = RunningServer.start(data)) {
      assertEquals(401, status(again, renewed), "after a restart");
      assertEquals(200, status(again, minh));
    }
    Path restored = folder.resolve("restored");
    Path garbage = Files.writeString(folder.resolve("garbage"), "{\"key\":\"a\"}\nnot one\n");
    RunningServer.Ran refused =
        RunningServer.verb(restored, "restore", backup.toString(), "--revoked", garbage.toString());
    assertEquals(1, refused.code(), refused::toString);
    assertTrue(refused.err().contains("garbage: line 2 is none"), refused::toString);
    verb(restored, "restore", backup.toString(), "--revoked", data.resolve("revoked").toString());
    try (RunningServer again = RunningServer.start(restored)) {
      assertEquals(401, status(again, renewed), "where an older copy was put back");
      assertEquals(200, status(again, minh));
      assertTrue(again.log().contains("revoked_again"));
    }
    verb(restored, "token", "list");
    try (RunningServer again = RunningServer.start(restored)) {
      assertEquals(1, again.log().split("revoked_again", -1).length - 1, "once");
    }
  }

  @Test
  void allOfAUserEndAndAnotherSecretEndsAll() throws Exception {
    Path data = folder.resolve("data");
    try (RunningServer server = RunningServer.start(data)) {
      String first = token(data, "viewer", "Lan");
      String minh = token(data, "viewer", "Minh");
      verb(data, "token", "revoke", "--user", "Lan");
      String second = token(data, "viewer", "Lan");
      assertEquals(401, status(server, first));
      assertEquals(200, status(server, second), "issued after it, in the very second perhaps");
      try (Screen screen = Screen.connect(server, minh)) {
        verb(data, "token", "rotate-secret");
        assertEquals(3500, screen.closeCode());
      }
      assertEquals(401, status(server, minh));
      assertEquals(401, status(server, second));
      String third = token(data, "viewer", "Minh");
      assertEquals(200, status(server, third));
      assertEquals(0, server.stop());
      try (RunningServer again = RunningServer.start(data)) {
        assertEquals(401, status(again, minh));
        assertEquals(200, status(again, third));
      }
    }
  }

  @Test
  void whatIsRevokedOnOneNodeIsRevokedOnAll() throws Exception {
    try (RedisProcess redis = RedisProcess.start(folder.resolve("redis"));
        RunningServer one = RunningServer.start(folder.resolve("one"), "--store", redis.address());
        RunningServer two =
            RunningServer.start(folder.resolve("two"), "--store", redis.address())) {
      JsonObject asked =
          new JsonObject().put("role", "admin").put("scope", "province").put("user", "Lan");
      JsonObject issued = one.admin("token", asked);
      String lan = issued.getString("token");
      String minh = one.admin("token", asked.copy().put("user", "Minh")).getString("token");
      try (Screen ofLan = Screen.connect(two, lan);
          Screen ofMinh = Screen.connect(two, minh)) {
        one.admin("token.revoke", new JsonObject().put("id", issued.getString("id")));
        assertEquals(3500, ofLan.closeCode());
        assertTrue(ofMinh.open());
        Patience.until("refused there", () -> status(two, lan) == 401);
        Patience.until(
            "kept there too", () -> Files.exists(folder.resolve("two").resolve("revoked")));
        one.admin("token.rotate-secret", new JsonObject());
        assertEquals(3500, ofMinh.closeCode());
      }
      String fresh = one.admin("token", asked).getString("token");
      Patience.until("the new secret is there too", () -> status(two, fresh) == 200);
      assertEquals(401, status(two, minh));
    }
  }

  /// A key that was taken back went on writing in a body that was open before.
  @Test
  void aKeyStopsWritingInABodyThatWasOpenBefore() throws Exception {
    Path data = folder.resolve("data");
    try (RunningServer server = RunningServer.start(data, "--clock", Fact.CLOCK)) {
      String key = server.key(Fact.SOURCE);
      try (BareSocket body = new BareSocket(server)) {
        body.raw(
            "POST /api/v1/events HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer "
                + key
                + "\r\nContent-Type: application/x-ndjson\r\nTransfer-Encoding: chunked\r\n\r\n");
        chunk(body, Fact.feedback("a/1", "PA-1", "received"));
        Patience.until(
            "the first fact is there",
            () -> server.board("province").getInteger("feedback.open", 0) == 1);
        String id = verb(data, "key", "list").out().split("\t", 2)[0];
        verb(data, "key", "revoke", id);
        chunk(body, Fact.feedback("b/1", "PA-2", "received"));
        body.raw("0\r\n\r\n");
        assertEquals(401, body.status());
      }
      assertEquals(1, server.board("province").getInteger("feedback.open"));
    }
    Path lists = folder.resolve("data").resolve("revoked");
    assertTrue(Files.readString(lists).contains("\"key\""), Files.readString(lists));
  }

  private static void chunk(BareSocket body, String line) throws Exception {
    String text = line + "\n";
    body.raw(
        Integer.toHexString(text.getBytes(java.nio.charset.StandardCharsets.UTF_8).length)
            + "\r\n"
            + text
            + "\r\n");
  }

  /// A list that says what nobody can read must not let live again what it ends.
  @Test
  void aListThatCannotBeReadKeepsTheServerFromStarting() throws Exception {
    Path data = folder.resolve("data");
    try (RunningServer server = RunningServer.start(data)) {
      assertEquals(0, server.stop());
    }
    Files.writeString(data.resolve("revoked"), "{\"token\":\"0123456789ab\",\"at\":1}\n{\"tok\n");
    try (RunningServer.Starting starting = RunningServer.begin(data)) {
      Patience.until("it ends", () -> !starting.alive());
    }
    assertTrue(
        Files.readString(folder.resolve("data.log")).contains("revoked: line 2 cannot be read"));
  }
}
