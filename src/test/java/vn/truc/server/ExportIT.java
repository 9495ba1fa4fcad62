package vn.truc.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.vertx.core.json.JsonObject;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// `export` beside a running server, in the midst of a load, after it was killed, and after it
/// ended. It once wanted the folder for itself, so nobody could export from a server at work.
class ExportIT {
  private static final String PHONE = "0912345678";
  private static final int CASES = 3_000;

  @TempDir private Path folder = Path.of("");

  @Test
  void exportReadsBesideTheOwnerAndHoldsNoPersonalFields() throws Exception {
    Path data = folder.resolve("data");
    RunningServer server = RunningServer.start(data, "--clock", Fact.CLOCK);
    try {
      String key = server.key(Fact.SOURCE);
      fill(server, key, "A");
      List<String> running = export(data, "running.ndjson");
      assertEquals(CASES, running.size());
      String state = server.json("/api/v1/digest").getString("state");
      assertEquals(state, replayed(folder.resolve("running.ndjson"), "first"), "the same facts");

      AtomicBoolean enough = new AtomicBoolean();
      CompletableFuture<Integer> posted =
          CompletableFuture.supplyAsync(() -> postUntil(server, key, enough));
      for (int i = 0; i < 3; i++) {
        List<String> amid = export(data, "amid.ndjson");
        assertEquals(running, amid.subList(0, running.size()), "a log only grows");
      }
      enough.set(true);
      int more = posted.join();
      List<String> after = export(data, "after.ndjson");
      assertEquals(running.size() + more, after.size());

      server.kill9();
      assertEquals(after, export(data, "killed.ndjson"));
      try (RunningServer again = RunningServer.start(data, "--clock", Fact.CLOCK)) {
        assertEquals(CASES + more, again.board("province").getInteger("feedback.open"));
        assertEquals(0, again.stop());
      }
      assertEquals(after, export(data, "ended.ndjson"));
      assertTrue(after.stream().allMatch(line -> line.contains("vn.ioc.feedback.status")));
      assertFalse(String.join("", after).contains(PHONE), "personal fields");
      assertFalse(String.join("", after).contains("Đường hỏng"), "personal fields");
    } finally {
      server.close();
    }
  }

  /// Numbers went out as the nearest binary ones, and came back as other facts of the same id.
  @Test
  void numbersGoOutAsTheyCame() throws Exception {
    Path data = folder.resolve("numbers");
    try (RunningServer server = RunningServer.start(data, "--clock", Fact.CLOCK)) {
      String key = server.key(Fact.SOURCE);
      StringBuilder lines = new StringBuilder();
      List<String> numbers =
          List.of("21.82330000000000000001", "1e-7", "10.5210", "0.1", "89.99999999999999999999");
      for (String number : numbers) {
        lines.append(
            """
            {"specversion":"1.0","id":"n%s","source":"%s","type":"vn.ioc.feedback.status","subject":"PA-%s","time":"2026-11-23T07:30:00+07:00","data":{"status":"received", "lat":%s,"lon" :  105.2100}}
            """
                .formatted(number, Fact.SOURCE, number, number));
      }
      assertEquals(
          numbers.size(),
          server.post(key, RunningServer.NDJSON, lines.toString()).json().getInteger("accepted"));
      List<String> exported = export(data, "numbers.ndjson");
      for (int i = 0; i < numbers.size(); i++) {
        assertTrue(exported.get(i).contains(":" + numbers.get(i) + ","), exported.get(i));
      }
      RunningServer.Ran ran =
          RunningServer.verb(
              data,
              "replay",
              folder.resolve("numbers.ndjson").toString(),
              "--url",
              server.url(),
              "--key",
              key);
      assertEquals(0, ran.code(), ran::toString);
      assertTrue(ran.out().contains("accepted 0, duplicates 5, rejected 0"), ran::toString);
    }
  }

  @Test
  void whereThereIsNoLogNoneIsMade() throws Exception {
    Path data = folder.resolve("none");
    RunningServer.Ran ran = RunningServer.verb(data, "export");
    assertEquals(1, ran.code(), ran::toString);
    assertTrue(ran.err().contains("there is no log in"), ran::toString);
    assertFalse(Files.exists(data));
  }

  /// An export that failed in its midst left half a file under the name, and of the one before it
  /// nothing; that one was replaced was not said.
  @Test
  void aFileIsAWholeExportOrWhatItWasBefore() throws Exception {
    Path data = folder.resolve("whole");
    try (RunningServer server = RunningServer.start(data, "--clock", Fact.CLOCK)) {
      fill(server, server.key(Fact.SOURCE), "w");
    }
    Path file = Files.writeString(folder.resolve("out.ndjson"), "of yesterday");
    RunningServer.Ran ran =
        RunningServer.verb(folder.resolve("nowhere"), "export", "--to", file.toString());
    assertEquals(1, ran.code(), ran::toString);
    assertEquals("of yesterday", Files.readString(file));
    ran = RunningServer.verb(data, "export", "--to", file.toString());
    assertEquals(0, ran.code(), ran::toString);
    assertTrue(ran.err().contains("replaced " + file), ran::toString);
    assertFalse(Files.readString(file).contains("yesterday"));
    assertFalse(Files.exists(folder.resolve("out.ndjson.part")));
    ran = RunningServer.verb(data, "export", "--to", folder + "/none/out.ndjson");
    assertTrue(ran.err().contains("there is no folder " + folder + "/none"), ran::toString);
    ran = RunningServer.verb(data, "export", "--to", folder.toString());
    assertTrue(ran.err().contains("is a folder: name a file"), ran::toString);
  }

  private List<String> export(Path data, String name) throws Exception {
    Path file = folder.resolve(name);
    RunningServer.Ran ran = RunningServer.verb(data, "export", "--to", file.toString());
    assertEquals(0, ran.code(), ran::toString);
    return Files.readAllLines(file);
  }

  /// The state of a new server that was sent a file.
  private String replayed(Path file, String name) throws Exception {
    Path data = folder.resolve(name);
    try (RunningServer server = RunningServer.start(data, "--clock", Fact.CLOCK)) {
      RunningServer.Ran ran =
          RunningServer.verb(
              data,
              "replay",
              file.toString(),
              "--url",
              server.url(),
              "--key",
              server.key(Fact.SOURCE));
      assertEquals(0, ran.code(), ran::toString);
      return server.json("/api/v1/digest").getString("state");
    }
  }

  private static void fill(RunningServer server, String key, String prefix) throws Exception {
    StringBuilder lines = new StringBuilder();
    for (int i = 0; i < CASES; i++) {
      lines.append(fact(prefix + i)).append('\n');
    }
    RunningServer.Answer answer = server.post(key, RunningServer.NDJSON, lines.toString());
    assertEquals(CASES, answer.json().getInteger("accepted"), answer::toString);
  }

  private static String fact(String code) {
    JsonObject contact = new JsonObject().put("phone", PHONE);
    return Fact.feedback(
        code,
        code,
        new JsonObject()
            .put("status", "received")
            .put("title", "Đường hỏng")
            .put("contact", contact));
  }

  private static int postUntil(RunningServer server, String key, AtomicBoolean enough) {
    int count = 0;
    try {
      while (!enough.get()) {
        String line = fact("B" + count);
        assertEquals(202, server.post(key, RunningServer.STRUCTURED, line).status());
        count++;
      }
      return count;
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }
}
