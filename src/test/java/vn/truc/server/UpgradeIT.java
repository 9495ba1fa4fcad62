package vn.truc.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Today's server on the folder that the first version left behind when it was killed
/// ([OldFolder]), and on one of a version yet to come.
class UpgradeIT {
  private static final Path KEPT = Path.of("src/test/resources/vn/truc/upgrade/0.1.0.tar.gz");
  private static final String PHONE = "0910000007";
  private static final String ERASED_PHONE = "0910000147";
  private static final String AFTER = "2026-11-23T09:00+07:00,x0";

  @TempDir private Path folder = Path.of("");

  private Path data = Path.of("");
  private Path config = Path.of("");
  private JsonObject expected = new JsonObject();

  @BeforeEach
  void unpack() throws Exception {
    Process tar =
        new ProcessBuilder("tar", "-xzf", KEPT.toString(), "-C", folder.toString())
            .inheritIO()
            .start();
    assertEquals(0, tar.waitFor());
    data = folder.resolve("data");
    config = folder.resolve("config");
    expected = new JsonObject(Files.readString(folder.resolve("expected.json")));
  }

  private RunningServer start(Path on) throws IOException {
    return RunningServer.start(on, "--config", config.toString());
  }

  @Test
  void folderOfTheFirstVersionShowsWhatItShowedThen() throws Exception {
    expected.remove("position"); // tokens and looks at personal fields are records
    try (RunningServer server = start(data)) {
      assertTrue(
          server.log().contains("old_records_rewritten")
              && !server.log().contains("snapshot_loaded"),
          server::log);
      assertShown(server);
      String key = expected.getString("key");
      String first = Files.readAllLines(folder.resolve("facts.ndjson")).getFirst();
      RunningServer.Answer again = server.post(key, RunningServer.STRUCTURED, first);
      assertEquals(1, again.json().getInteger("duplicates"), again::toString);
      String revoked = expected.getString("revokedKey");
      assertEquals(401, server.post(revoked, RunningServer.STRUCTURED, first).status());
      RunningServer.Answer old = server.get("/api/v1/digest", expected.getString("expiredToken"));
      assertTrue(old.status() == 401 && old.body().contains("expired"), old::toString);
      assertTrue(server.get(OldFolder.CASE).body().contains(PHONE), "personal fields lie beside");
      assertFalse(Grep.stands(data, ERASED_PHONE), "what was erased is not there");
      assertEquals(0, server.stop());
    }
    String state;
    try (RunningServer server = start(data)) {
      assertTrue(server.log().contains("snapshot_loaded"), server::log);
      assertShown(server);
      String fact = Fact.feedback("new", "PA-7", "closed");
      RunningServer.Answer answer =
          server.post(expected.getString("key"), RunningServer.STRUCTURED, fact);
      assertEquals(1, answer.json().getInteger("accepted"), answer::toString);
      state = server.json("/api/v1/digest").getString("state");
      assertNotEquals(expected.getString("state"), state);
      server.kill9();
    }
    String todays = Path.of("config").toAbsolutePath().toString();
    try (RunningServer server = RunningServer.start(data, "--config", todays)) {
      JsonObject digest = server.json("/api/v1/digest");
      assertEquals(state, digest.getString("state"));
      assertNotEquals(expected.getString("config"), digest.getString("config"), "today's files");
    }
  }

  @Test
  void itsFactsSentAnewGiveTheSameNumbers() throws Exception {
    try (RunningServer server =
        RunningServer.start(
            folder.resolve("fresh"), "--config", config.toString(), "--clock", AFTER)) {
      String facts = Files.readString(folder.resolve("facts.ndjson"));
      RunningServer.Answer answer = server.post(server.key("/"), RunningServer.NDJSON, facts);
      assertEquals(facts.lines().count(), answer.json().getLong("accepted"), answer::toString);
      JsonObject digest = server.json("/api/v1/digest");
      try (RunningServer upgraded = start(data)) {
        JsonObject theirs = upgraded.json("/api/v1/digest");
        for (String member : List.of("state", "asOf", "config", "digest")) {
          assertEquals(digest.getString(member), theirs.getString(member), member);
        }
      }
    }
  }

  @Test
  void folderOfANewerVersionIsRefusedAndLeftAsItIs() throws Exception {
    sql("pragma user_version=3");
    Map<String, String> before = contents();
    RunningServer.Ran ran = RunningServer.verb(data, "key", "list");
    assertEquals(1, ran.code(), ran::toString);
    assertTrue(
        ran.err().contains("has tables of version 3, this program knows 2; start the version"),
        ran::toString);
    try (RunningServer.Starting starting = RunningServer.begin(data)) {
      assertEquals(1, starting.process().waitFor());
    }
    assertEquals(before, contents());
  }

  @Test
  void recordOfANewerVersionStopsTheStart() throws Exception {
    sql(
        "insert into records(schema, type, source, id, time, recorded_at, key, data)"
            + " values (1, 'vn.truc.from.tomorrow', '/truc', 'x', 1, 1, '', '{}')");
    RunningServer.Ran ran = RunningServer.verb(data, "key", "list");
    assertEquals(1, ran.code(), ran::toString);
    assertTrue(ran.err().contains("vn.truc.from.tomorrow"), ran::toString);
  }

  /// Executes one statement and leaves the journal where it is.
  private void sql(String statement) throws Exception {
    try (Connection held = DriverManager.getConnection("jdbc:sqlite:" + data.resolve("truc.db"));
        Statement on = held.createStatement()) {
      on.execute("pragma wal_autocheckpoint=0");
      on.execute(statement);
      Path copy = Files.createDirectories(folder.resolve("copy"));
      for (String name : List.of("truc.db", "truc.db-wal", "erased")) {
        Files.copy(data.resolve(name), copy.resolve(name));
      }
      data = copy;
    }
    assertTrue(Files.size(data.resolve("truc.db-wal")) > 0, "the journal is not copied back");
  }

  /// The bytes that hold the log; not the lock and the shared memory, which hold nothing.
  private Map<String, String> contents() throws IOException {
    Map<String, String> contents = new TreeMap<>();
    try (Stream<Path> files = Files.list(data)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        String name = file.getFileName().toString();
        if (!name.equals("truc.lock") && !name.equals("truc.db-shm")) {
          contents.put(name, HexFormat.of().formatHex(Files.readAllBytes(file)));
        }
      }
    }
    return contents;
  }

  /// Everything that was shown then is shown now; more may be.
  private void assertShown(RunningServer server) throws Exception {
    JsonObject shown = expected.copy();
    OldFolder.show(server, shown);
    for (String name : expected.fieldNames()) {
      assertWithin(name, expected.getValue(name), shown.getValue(name));
    }
    assertTrue(shown.getBoolean("recovered") && shown.getJsonArray("publications").size() > 100);
  }

  private static void assertWithin(String path, Object then, Object now) {
    if (then instanceof JsonObject object && now instanceof JsonObject other) {
      for (String name : object.fieldNames()) {
        assertWithin(path + "." + name, object.getValue(name), other.getValue(name));
      }
    } else if (then instanceof JsonArray list && now instanceof JsonArray other) {
      assertEquals(list.size(), other.size(), path);
      for (int i = 0; i < list.size(); i++) {
        assertWithin(path + "[" + i + "]", list.getValue(i), other.getValue(i));
      }
    } else {
      assertEquals(then, now, path);
    }
  }
}
