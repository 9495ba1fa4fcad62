package vn.truc.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.text.Normalizer;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The verbs of the command line against a running owner.
class AdministrationIT {
  private static final String CLERK = "so-xay-dung";
  private static final String BELOW = "tt-dang-kiem";
  private static final String OTHER = "so-y-te";
  private static final String PHONE = "0912345678";

  @TempDir private Path folder = Path.of("");

  private static int post(RunningServer server, String key, String code, String agency)
      throws Exception {
    JsonObject data = new JsonObject().put("status", "received").put("agency", agency);
    return server.post(key, RunningServer.STRUCTURED, Fact.feedback(code, code, data)).status();
  }

  private static String keyOf(RunningServer.Ran added) {
    return added.lastLine().split("_", -1)[1];
  }

  @Test
  void keyWorksAtOnceAndIsGoneAtOnce() throws Exception {
    Path data = folder.resolve("data");
    try (RunningServer server = RunningServer.start(data, "--clock", Fact.CLOCK)) {
      assertEquals(
          "rw-------",
          PosixFilePermissions.toString(Files.getPosixFilePermissions(data.resolve("truc.sock"))));
      RunningServer.Ran added =
          RunningServer.verb(data, "key", "add", "--source", Fact.SOURCE, "--name", "Tổng đài");
      assertEquals(0, added.code(), added::toString);
      String key = added.lastLine();
      assertEquals(202, post(server, key, "PA-1", CLERK));
      // keys and tokens at each other's doors were "unknown", and a source misspelt said nothing
      assertTrue(server.get("/api/v1/board/province", key).body().contains("is a source key"));
      String fact = Fact.feedback("PA-9", "PA-9", CLERK);
      String told = server.post(server.token(), RunningServer.STRUCTURED, fact).body();
      assertTrue(told.contains("that is no source key"), told);
      RunningServer.Ran other =
          RunningServer.verb(data, "key", "add", "--source", "hotline/9", "--name", "x");
      assertTrue(other.err().contains("which is not '/hotline/9'"), other::toString);
      told = server.post(other.lastLine(), RunningServer.STRUCTURED, fact).body();
      assertTrue(told.contains("the key covers 'hotline/9' and what lies below it"), told);
      assertEquals(0, RunningServer.verb(data, "key", "revoke", keyOf(other)).code());
      RunningServer.Ran listed = RunningServer.verb(data, "key", "list");
      assertTrue(listed.out().contains("Tổng đài"), listed::toString);
      assertFalse(listed.out().contains(key), "a list shows no key");
      String id = listed.lastLine().replaceFirst("\t.*", "");
      RunningServer.Ran revoked = RunningServer.verb(data, "key", "revoke", id);
      assertEquals(0, revoked.code(), revoked::toString);
      assertEquals(401, post(server, key, "PA-2", CLERK));
      assertEquals(1, server.board("province").getInteger("feedback.open"));
      assertEquals(0, RunningServer.verb(data, "key", "revoke", id).code(), "once more is nothing");
      assertEquals(1, RunningServer.verb(data, "key", "revoke", "0123456789ab").code());
    }
  }

  @Test
  void verbsWorkWithoutAnOwnerToo() throws Exception {
    Path data = folder.resolve("data");
    RunningServer server = RunningServer.start(data, "--clock", Fact.CLOCK);
    try {
      server.kill9();
      assertTrue(Files.exists(data.resolve("truc.sock")), "a dead owner leaves its socket");
      RunningServer.Ran added =
          RunningServer.verb(data, "key", "add", "--source", Fact.SOURCE, "--name", "Tổng đài");
      assertEquals(0, added.code(), added::toString);
      RunningServer.Ran token =
          RunningServer.verb(data, "token", "--role", "viewer", "--scope", CLERK);
      assertEquals(0, token.code(), token::toString);
      server = RunningServer.start(data, "--clock", Fact.CLOCK);
      assertEquals(202, post(server, added.lastLine(), "PA-1", CLERK));
      assertEquals(200, server.get("/api/v1/board/" + CLERK, token.lastLine()).status());
    } finally {
      server.close();
    }
  }

  /// A server that was started with an empty folder took the province for empty, for good.
  @Test
  void aFolderWithoutFilesLeavesTheConfigurationOfTheLog() throws Exception {
    Path data = folder.resolve("kept");
    Path empty = Files.createDirectory(folder.resolve("empty"));
    RunningServer.start(data, "--clock", Fact.CLOCK).close();
    try (RunningServer server =
        RunningServer.start(data, "--clock", Fact.CLOCK, "--config", empty.toString())) {
      assertEquals(200, server.get("/api/v1/board/" + CLERK).status());
      assertTrue(server.log().contains("config_files_none"), server::log);
      assertTrue(server.log().contains("config_files_absent"), server::log);
      RunningServer.Ran apply =
          RunningServer.verb(data, "config", "apply", "--config", empty.toString());
      assertEquals(1, apply.code(), apply::toString);
      assertEquals(200, server.get("/api/v1/board/" + CLERK).status());
    }
  }

  @Test
  void testKeyIsAnsweredAndStoresNothing() throws Exception {
    Path data = folder.resolve("data");
    try (RunningServer server = RunningServer.start(data, "--clock", Fact.CLOCK)) {
      String key =
          RunningServer.verb(data, "key", "add", "--test", "--source", Fact.SOURCE, "--name", "try")
              .lastLine();
      RunningServer.Answer answer =
          server.post(key, RunningServer.STRUCTURED, Fact.feedback("1", "PA-1", "received"));
      assertEquals(202, answer.status(), answer::toString);
      assertEquals(false, answer.json().getBoolean("stored"), answer::toString);
      assertEquals(1, answer.json().getInteger("accepted"), answer::toString);
      assertNull(server.board("province").getValue("feedback.open"), "no feed ever came");
      assertEquals(404, server.get("/api/v1/cases/feedback/PA-1").status());
    }
  }

  @Test
  void agencyTokenSeesItsSubtreeOnly() throws Exception {
    Path data = folder.resolve("data");
    try (RunningServer server = RunningServer.start(data, "--clock", Fact.CLOCK)) {
      String key = server.key(Fact.SOURCE);
      post(server, key, "PA-own", CLERK);
      post(server, key, "PA-below", BELOW);
      post(server, key, "PA-other", OTHER);
      post(server, key, "PA-none", "");
      RunningServer.Ran made =
          RunningServer.verb(data, "token", "--role", "agency", "--scope", CLERK, "--user", "an");
      assertEquals(0, made.code(), made::toString);
      String token = made.lastLine();
      for (Map.Entry<String, Integer> asked :
          Map.of(
                  "/api/v1/board/" + CLERK,
                  200,
                  "/api/v1/board/" + BELOW,
                  200,
                  "/api/v1/board/" + OTHER,
                  403,
                  "/api/v1/board/province",
                  403,
                  "/api/v1/board/unassigned",
                  403,
                  "/api/v1/board/02215",
                  403,
                  "/api/v1/board/no-such",
                  404,
                  "/api/v1/cases/feedback/PA-below",
                  200,
                  "/api/v1/cases/feedback/PA-other",
                  403,
                  "/api/v1/cases/feedback/PA-unknown",
                  403)
              .entrySet()) {
        assertEquals(asked.getValue(), server.get(asked.getKey(), token).status(), asked::getKey);
        assertEquals(401, server.get(asked.getKey(), "").status(), asked::getKey);
        assertEquals(401, server.get(asked.getKey(), "nonsense").status(), asked::getKey);
      }
      assertEquals(
          403,
          server
              .get(
                  "/api/v1/series?metric=feedback.received&scope="
                      + OTHER
                      + "&from=2026-11-23&to=2026-11-24&step=day",
                  token)
              .status());
      TreeSet<String> codes = new TreeSet<>();
      server
          .get("/api/v1/cases?kind=feedback", token)
          .json()
          .getJsonArray("cases")
          .forEach(found -> codes.add(((JsonObject) found).getString("code")));
      assertEquals(new TreeSet<>(List.of("PA-own", "PA-below")), codes);
      try (Screen screen = Screen.connect(server, token)) {
        assertTrue(screen.subscribe("feedback:" + BELOW).containsKey("subscribe"));
        assertEquals(103, code(screen.subscribe("feedback:" + OTHER)));
        assertEquals(103, code(screen.subscribe("map:feedback.open")));
        assertEquals(102, code(screen.subscribe("feedback:no-such")));
      }
      assertEquals(401, post(server, token, "PA-token", CLERK), "a token is no source key");
      assertEquals(401, server.get("/api/v1/board/" + CLERK, key).status(), "a key is no token");
      assertEquals(
          1, RunningServer.verb(data, "token", "--role", "viewer", "--scope", "no-such").code());
    }
  }

  /// The files of the start were once compared, not those of the folder: an edit was never noticed,
  /// and after it was applied the notice stayed until a restart.
  @Test
  void editedFilesAreToldUntilTheyAreApplied() throws Exception {
    Path config = ConfigCopy.in(folder);
    Path data = folder.resolve("data");
    Files.writeString(config.resolve("truc.yaml"), "config: {checkMillis: 50}\n");
    Path fields = config.resolve("fields.yaml");
    String before = Files.readString(fields);
    try (RunningServer server = RunningServer.start(data, "--config", config.toString())) {
      assertEquals(new JsonArray(), notices(server));
      assertEquals(0, server.metric("truc_config_differs"));

      Files.writeString(fields, before + "  - {id: khac-nua, name: Khác nữa, nameEn: Others}\n");
      Patience.until("the edit is noticed", () -> notices(server).encode().contains("differ"));
      assertEquals(1, server.metric("truc_config_differs"));
      assertEquals(404, server.get("/api/v1/board/field:khac-nua").status(), "nothing is applied");

      RunningServer.Ran ran =
          RunningServer.verb(data, "config", "apply", "--config", config.toString());
      assertEquals(0, ran.code(), ran::toString);
      assertEquals(new JsonArray(), notices(server));
      assertEquals(0, server.metric("truc_config_differs"));
      assertEquals(200, server.get("/api/v1/board/field:khac-nua").status());

      Files.writeString(fields, "fields:\n  - {id: Ärger}\n");
      Patience.until("the fault is told", () -> notices(server).encode().contains("fields.yaml:2"));
      assertEquals(0, server.metric("truc_config_differs"), "faulty files are not compared");
      assertTrue(server.json("/readyz").getBoolean("ready"));

      Files.writeString(fields, before);
      Patience.until("they are sound and others", () -> server.metric("truc_config_differs") == 1);
      assertEquals(1, notices(server).size(), () -> server.log());
    }
  }

  private static JsonArray notices(RunningServer server) throws Exception {
    return server.json("/readyz").getJsonArray("notices");
  }

  private static int code(JsonObject reply) {
    return reply.getJsonObject("error", new JsonObject()).getInteger("code", 0);
  }

  @Test
  void changedConfigurationHoldsWhenApplyReturns() throws Exception {
    Path config = ConfigCopy.in(folder);
    Path data = folder.resolve("data");
    RunningServer server =
        RunningServer.start(data, "--clock", Fact.CLOCK, "--config", config.toString());
    try {
      String key = server.key(Fact.SOURCE);
      for (int i = 0; i < 3_000; i += 1_000) {
        StringBuilder lines = new StringBuilder();
        for (int n = i; n < i + 1_000; n++) {
          JsonObject fields = new JsonObject().put("status", "received").put("agency", BELOW);
          lines.append(Fact.feedback("A" + n, "A" + n, fields)).append('\n');
        }
        server.post(key, RunningServer.NDJSON, lines.toString());
      }
      assertEquals(3_000, server.board(BELOW).getInteger("feedback.open"));
      assertEquals(3_000, server.board(CLERK).getInteger("feedback.open"));
      assertEquals(0, server.board(OTHER).getInteger("feedback.open"));
      String before = server.json("/api/v1/digest").getString("config");

      Path agencies = config.resolve("agencies.yaml");
      String text = Files.readString(agencies);
      // The inspection centre moves from one department to another.
      String moved = text.replaceAll("(id: " + BELOW + ".*)parent: " + CLERK, "$1parent: " + OTHER);
      // A child stands behind its parent.
      String line = moved.lines().filter(l -> l.contains("id: " + BELOW)).findFirst().orElseThrow();
      String parent =
          moved.lines().filter(l -> l.contains("id: " + OTHER + ",")).findFirst().orElseThrow();
      Files.writeString(
          agencies, moved.replace(line + "\n", "").replace(parent, parent + "\n" + line));

      try (Screen screen = Screen.connect(server, server.token())) {
        screen.subscribe("feedback:" + OTHER);
        RunningServer.Ran ran =
            RunningServer.verb(data, "config", "apply", "--config", config.toString());
        assertEquals(0, ran.code(), ran::toString);
        assertEquals(0, server.board(CLERK).getInteger("feedback.open"));
        assertEquals(3_000, server.board(OTHER).getInteger("feedback.open"));
        assertEquals(3_000, server.board(BELOW).getInteger("feedback.open"));
        assertEquals(3_000, server.board("province").getInteger("feedback.open"));
        screen.publication(
            "feedback:" + OTHER,
            values ->
                Integer.valueOf(3_000)
                    .equals(values.getJsonObject("values").getInteger("feedback.open")));
      }
      JsonObject digest = server.json("/api/v1/digest");
      assertFalse(digest.getString("config").equals(before), digest::encode);
      server.kill9();
      server = RunningServer.start(data, "--clock", Fact.CLOCK, "--config", config.toString());
      assertEquals(digest, server.json("/api/v1/digest"), "after a restart");

      Files.writeString(agencies, Files.readString(agencies) + "  - {id: Ärger}\n");
      RunningServer.Ran faulty =
          RunningServer.verb(data, "config", "apply", "--config", config.toString());
      assertEquals(1, faulty.code(), faulty::toString);
      assertTrue(faulty.err().contains("agencies.yaml"), faulty::toString);
      assertEquals(digest, server.json("/api/v1/digest"), "a faulty folder changes nothing");
    } finally {
      server.close();
    }
  }

  @Test
  void erasedPersonalFieldsAreNowhereInTheFolderAndTheCaseStays() throws Exception {
    Path data = folder.resolve("data");
    RunningServer server = RunningServer.start(data, "--clock", Fact.CLOCK);
    try {
      String key = server.key(Fact.SOURCE);
      JsonObject fields =
          new JsonObject()
              .put("status", "received")
              .put("agency", CLERK)
              .put("title", "Đường hỏng")
              .put("contact", new JsonObject().put("phone", PHONE));
      String fact = Fact.feedback("1", "PA-1", fields);
      assertEquals(202, server.post(key, RunningServer.STRUCTURED, fact).status());
      for (int i = 2; i < 40; i++) {
        post(server, key, "PA-" + i, CLERK);
      }
      assertTrue(Grep.stands(data, PHONE), "the fields lie in the folder before");
      assertTrue(server.get("/api/v1/cases/feedback/PA-1").body().contains(PHONE));
      assertFalse(
          server
              .get("/api/v1/cases/feedback/PA-1", server.token("viewer", "province"))
              .body()
              .contains(PHONE),
          "a viewer sees no personal fields");

      RunningServer.Ran ran = RunningServer.verb(data, "erase", "feedback", "PA-1");
      assertEquals(0, ran.code(), ran::toString);
      assertFalse(Grep.stands(data, PHONE), "the fields are gone from every file");
      closed(data);
      RunningServer.Answer kept = server.get("/api/v1/cases/feedback/PA-1");
      assertEquals(200, kept.status());
      assertFalse(kept.body().contains(PHONE), kept::toString);
      assertEquals(39, server.board("province").getInteger("feedback.open"));

      RunningServer.Answer repeat = server.post(key, RunningServer.STRUCTURED, fact);
      assertEquals(1, repeat.json().getInteger("duplicates"), repeat::toString);
      assertFalse(Grep.stands(data, PHONE), "a repeat does not write them again");
      assertEquals(0, server.stop());
      server = RunningServer.start(data, "--clock", Fact.CLOCK);
      assertFalse(Grep.stands(data, PHONE), "nor does a restart");
      assertEquals(200, server.get("/api/v1/cases/feedback/PA-1").status());
    } finally {
      server.close();
    }
  }

  private static void closed(Path data) throws IOException {
    try (Stream<Path> files = Files.walk(data)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        assertEquals(
            "rw-------",
            PosixFilePermissions.toString(Files.getPosixFilePermissions(file)),
            file::toString);
      }
    }
  }

  /// Codes are kept composed and trimmed. `erase` once took its code as typed: a decomposed one, as
  /// some keyboards and file names give it, matched nothing, was written into `erased`, and the
  /// verb said that it had succeeded.
  @Test
  void codeInAnotherFormMeansTheSameCaseAndAnUnknownOneIsRefused() throws Exception {
    Path data = folder.resolve("data");
    String code = "PHẢN-ÁNH 1";
    String decomposed = Normalizer.normalize(code, Normalizer.Form.NFD);
    try (RunningServer server = RunningServer.start(data, "--clock", Fact.CLOCK)) {
      JsonObject fields =
          new JsonObject()
              .put("status", "received")
              .put("contact", new JsonObject().put("phone", PHONE));
      String key = server.key(Fact.SOURCE);
      server.post(key, RunningServer.STRUCTURED, Fact.feedback("1", code, fields));
      assertTrue(stands(data, PHONE), "the fields lie in the folder before");
      String path = URLEncoder.encode(" " + decomposed, StandardCharsets.UTF_8).replace("+", "%20");
      RunningServer.Answer found = server.get("/api/v1/cases/feedback/" + path);
      assertEquals(200, found.status(), found::toString);
      assertEquals(code, found.json().getJsonObject("case").getString("code"), found::toString);

      RunningServer.Ran unknown = RunningServer.verb(data, "erase", "feedback", "PHẢN-ÁNH 2");
      assertEquals(1, unknown.code(), unknown::toString);
      assertTrue(unknown.err().contains("PHẢN-ÁNH 2"), unknown::toString);
      assertFalse(Files.exists(data.resolve("erased")), "nothing is noted for a case unknown");

      RunningServer.Ran ran = RunningServer.verb(data, "erase", "feedback", decomposed + " ");
      assertEquals(0, ran.code(), ran::toString);
      assertTrue(ran.err().contains("erased in 1 records"), ran::toString);
      assertFalse(stands(data, PHONE), "the fields are gone from every file");
    }
  }

  /// Whether a text stands in any file of the folder.
  private static boolean stands(Path data, String text) throws IOException {
    byte[] wanted = text.getBytes(StandardCharsets.UTF_8);
    try (Stream<Path> files = Files.walk(data)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        String bytes = Files.readString(file, StandardCharsets.ISO_8859_1);
        if (bytes.contains(new String(wanted, StandardCharsets.ISO_8859_1))) {
          return true;
        }
      }
    }
    return false;
  }
}
