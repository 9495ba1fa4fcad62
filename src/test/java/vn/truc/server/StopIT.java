package vn.truc.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// An orderly end, and the one owner of a data folder.
class StopIT {
  @TempDir private Path folder = Path.of("");

  @Test
  void termUnderLoadEndsInTimeTellsScreensAndKeepsWhatWasAcknowledged() throws Exception {
    Path data = folder.resolve("data");
    RunningServer server = RunningServer.start(data, "--clock", Fact.CLOCK);
    try (Screen screen = Screen.connect(server, server.token())) {
      screen.subscribe("feed:province");
      Loader loader = new Loader(server, server.key(Fact.SOURCE), "S", 150).begin(6, 2);
      loader.awaitEnough();
      server.terminate();
      assertEquals(3001, screen.closeCode());
      assertEquals(0, server.awaitEnd());
      loader.awaitEnd();
      assertEquals(Map.of(), loader.surprises());
      assertFalse(server.log().contains("stop_step_failed"), server::log);
      server = RunningServer.start(data, "--clock", Fact.CLOCK);
      String key = server.key(Fact.SOURCE);
      List<String> all = new ArrayList<>(loader.accepted().values());
      RunningServer.Answer again = server.post(key, RunningServer.NDJSON, String.join("\n", all));
      assertEquals(all.size(), again.json().getInteger("duplicates"), again::toString);
    } finally {
      server.close();
    }
  }

  /// Nobody told a start that was under way: it was waited for in vain, and cut off in the end.
  @Test
  void termDuringTheStartEndsItInOrder() throws Exception {
    Path data = folder.resolve("data");
    RunningServer.start(data, "--clock", Fact.CLOCK).close();
    try (HeldStart held = HeldStart.on(data)) {
      assertEquals(0, held.stop());
    }
    String log = Files.readString(folder.resolve("data.log"));
    assertTrue(log.contains("truc: told to end before it served"), log);
    assertFalse(log.contains("not everything was stopped in time"), log);
    Files.delete(data.resolve("erased"));
    RunningServer.start(data, "--clock", Fact.CLOCK).close();
  }

  @Test
  void termDuringTheStartOfADemonstrationLeavesNoFolder() throws Exception {
    Path tmp = Files.createDirectory(folder.resolve("tmp"));
    Process process =
        new ProcessBuilder(
                RunningServer.java(),
                "-Djava.io.tmpdir=" + tmp,
                "-jar",
                RunningServer.jar().toString(),
                "demo",
                "--port",
                "0")
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("demo.log").toFile())
            .start();
    try {
      Patience.until("it has a log", () -> !demonstrations(tmp, "truc.db").isEmpty());
      process.destroy();
      assertTrue(process.waitFor(10, TimeUnit.SECONDS), "it ends within 10 s");
    } finally {
      process.destroyForcibly();
    }
    String said = Files.readString(folder.resolve("demo.log"));
    assertEquals(0, process.exitValue(), said);
    assertEquals(List.of(), demonstrations(tmp, ""), said);
  }

  /// The folders of demonstrations, or a file in them, where it is there.
  private static List<Path> demonstrations(Path tmp, String file) throws IOException {
    try (Stream<Path> folders = Files.list(tmp)) {
      return folders
          .filter(one -> one.getFileName().toString().startsWith("truc-demo"))
          .map(one -> one.resolve(file))
          .filter(Files::exists)
          .toList();
    }
  }

  @Test
  void secondServerOnTheFolderIsRefused() throws Exception {
    Path data = folder.resolve("data");
    try (RunningServer server = RunningServer.start(data)) {
      RunningServer.Ran second = RunningServer.verb(data, "serve", "--port", "0");
      assertEquals(1, second.code(), second::toString);
      assertTrue(second.err().contains("another process owns the data folder"), second::toString);
      assertFalse(second.err().contains("\tat "), "a stack trace is no message: " + second.err());
      assertEquals("", second.out());
      assertEquals(200, server.get("/readyz", "").status());
    }
  }

  @Test
  void portThatIsTakenIsToldAndTheFolderIsLeftInOrder() throws Exception {
    try (RunningServer server = RunningServer.start(folder.resolve("one"))) {
      Path data = folder.resolve("two");
      String port = Integer.toString(server.port());
      RunningServer.Ran second = RunningServer.verb(data, "serve", "--port", port);
      assertEquals(1, second.code(), second::toString);
      assertFalse(second.err().contains("\tat "), "a stack trace is no message: " + second.err());
      RunningServer.start(data).close();
    }
  }

  @Test
  void damagedSnapshotIsIgnoredLoudlyAndTheLogFoldedInstead() throws Exception {
    Path data = folder.resolve("data");
    RunningServer server = RunningServer.start(data, "--clock", Fact.CLOCK);
    try {
      String key = server.key(Fact.SOURCE);
      Loader loader = new Loader(server, key, "D", 50).begin(2, 3);
      loader.awaitEnough();
      server.terminate();
      loader.awaitEnd();
      assertEquals(0, server.awaitEnd());
      server = RunningServer.start(data, "--clock", Fact.CLOCK);
      JsonObject digest = server.json("/api/v1/digest");
      assertTrue(server.log().contains("snapshot_loaded"), server::log);
      server.kill9();
      damage(data);
      server = RunningServer.start(data, "--clock", Fact.CLOCK);
      assertTrue(server.log().contains("snapshot_ignored"), server::log);
      assertEquals(digest, server.json("/api/v1/digest"));
      assertEquals(
          202,
          server
              .post(key, RunningServer.STRUCTURED, Fact.feedback("x", "PA-x", "received"))
              .status());
      assertEquals(200, server.get("/readyz", "").status());
    } finally {
      server.close();
    }
  }

  /// Overwrites what the snapshot says of cases.
  private static void damage(Path data) throws Exception {
    try (Connection open = DriverManager.getConnection("jdbc:sqlite:" + data.resolve("truc.db"));
        Statement statement = open.createStatement()) {
      int damaged =
          statement.executeUpdate(
              "update snapshot_chunks set data = randomblob(length(data))"
                  + " where section = 'cases'");
      assertTrue(damaged > 0, "there is something to damage");
    }
  }

  @Test
  void restartKeepsKeysTokensAndNumbers() throws Exception {
    Path data = folder.resolve("data");
    RunningServer server = RunningServer.start(data, "--clock", Fact.CLOCK);
    try {
      String key = server.key(Fact.SOURCE);
      String token = server.token();
      Map<String, String> facts = new TreeMap<>();
      for (int i = 0; i < 50; i++) {
        facts.put("" + i, Fact.feedback("" + i, "PA-" + i, "received"));
      }
      server.post(key, RunningServer.NDJSON, String.join("\n", facts.values()));
      JsonObject board = server.json("/api/v1/board/province");
      assertEquals(0, server.stop());
      server = RunningServer.start(data, "--clock", Fact.CLOCK);
      RunningServer.Answer after = server.get("/api/v1/board/province", token);
      assertEquals(200, after.status(), after::toString);
      assertEquals(board, after.json());
      assertEquals(
          202,
          server
              .post(key, RunningServer.STRUCTURED, Fact.feedback("x", "PA-x", "received"))
              .status());
    } finally {
      server.close();
    }
  }
}
