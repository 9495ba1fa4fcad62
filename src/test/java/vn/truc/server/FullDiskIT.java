package vn.truc.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A data folder on a disk of 24 MB that fills up. Needs root, to mount it.
class FullDiskIT {
  private static final int BALLAST_BYTES = 8 << 20;
  private static final int LARGE_CHARS = 30_000;
  private static final long AGAIN_SECONDS = 15;

  @TempDir private Path folder = Path.of("");

  private Path disk = Path.of("");

  @BeforeEach
  void mount() throws Exception {
    disk = Files.createDirectory(folder.resolve("disk"));
    run("mount", "-t", "tmpfs", "-o", "size=24m", "tmpfs", disk.toString());
  }

  @AfterEach
  void unmount() throws Exception {
    run("umount", "--lazy", disk.toString());
  }

  private static void run(String... command) throws Exception {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertTrue(process.waitFor(10, TimeUnit.SECONDS), () -> String.join(" ", command) + " hangs");
    assertEquals(
        0,
        process.exitValue(),
        () -> "this test must be root and may mount: " + String.join(" ", command) + ": " + said);
  }

  private static String large(String id) {
    JsonObject data =
        new JsonObject().put("status", "received").put("text", "x".repeat(LARGE_CHARS));
    return Fact.feedback(id, "PA-" + id, data);
  }

  @Test
  void fullDiskRefusesFactsKeepsScreensAndComesBackByItself() throws Exception {
    Path data = disk.resolve("data");
    Path ballast = disk.resolve("ballast");
    RunningServer server = RunningServer.start(data, "--clock", Fact.CLOCK);
    try (Screen screen = Screen.connect(server, server.token())) {
      screen.subscribe("feedback:province");
      String key = server.key(Fact.SOURCE);
      Files.write(ballast, new byte[BALLAST_BYTES]);
      Map<String, String> kept = new TreeMap<>();
      RunningServer.Answer answer;
      int next = 0;
      do {
        String id = "F" + next++;
        answer = server.post(key, RunningServer.STRUCTURED, large(id));
        if (answer.status() == 202) {
          kept.put(id, large(id));
        }
      } while (answer.status() == 202 && next < 5_000);
      assertEquals(503, answer.status(), answer::toString);
      assertTrue(Integer.parseInt(answer.header("Retry-After")) > 0, answer::toString);
      assertEquals("unwritable", answer.json().getString("reason"), answer::toString);

      assertEquals(kept.size(), server.board("province").getInteger("feedback.open"));
      RunningServer.Answer ready = server.get("/readyz", "");
      assertEquals(503, ready.status(), ready::toString);
      assertEquals(200, server.get("/healthz", "").status());
      assertEquals(0, server.metric("truc_log_writable"));
      assertTrue(screen.open(), "the screen stays");
      try (Screen late = Screen.connect(server, server.token())) {
        late.subscribe("feedback:province", values -> open(values, kept.size()));
      }

      Files.delete(ballast);
      long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(AGAIN_SECONDS);
      do {
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(50));
        answer = server.post(key, RunningServer.STRUCTURED, large("again"));
      } while (answer.status() == 503 && System.nanoTime() - deadline < 0);
      assertEquals(202, answer.status(), () -> "with room again\n" + log(data));
      kept.put("again", large("again"));
      screen.publication("feedback:province", values -> open(values, kept.size()));
      assertEquals(200, server.get("/readyz", "").status());
      assertEquals(
          server.metric("truc_log_records_taken_total"),
          server.metric("truc_log_records_appended_total")
              + server.metric("truc_log_records_failed_total"));
      assertEquals(
          server.metric("truc_intake_accepted_total")
              + server.metric("truc_intake_failed_total")
              + server.metric("truc_intake_refused_total")
              + server.metric("truc_intake_duplicates_total"),
          server.metric("truc_intake_received_total"));
      JsonObject digest = server.json("/api/v1/digest");
      assertFalse(digest.getString("digest").isEmpty());

      server.kill9();
      server = RunningServer.start(data, "--clock", Fact.CLOCK);
      assertEquals(digest, server.json("/api/v1/digest"), "nothing lost, nothing too much");
      for (String id : kept.keySet()) {
        assertEquals(200, server.get("/api/v1/cases/feedback/PA-" + id).status(), id);
      }
    } finally {
      server.close();
    }
  }

  private static boolean open(JsonObject data, int cases) {
    return Integer.valueOf(cases).equals(data.getJsonObject("values").getInteger("feedback.open"));
  }

  private static String log(Path data) {
    try {
      return Files.readString(data.resolveSibling(data.getFileName() + ".log"));
    } catch (java.io.IOException e) {
      return e.toString();
    }
  }
}
