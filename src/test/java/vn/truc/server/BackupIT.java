package vn.truc.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.vertx.core.json.JsonObject;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// `backup` beside a server at work, and `restore` of what it wrote.
class BackupIT {
  private static final String ERASED_PHONE = "0912345678";
  private static final String KEPT_PHONE = "0987654321";
  private static final List<String> NUMBERS = List.of("state", "asOf", "config", "digest");

  @TempDir private Path folder = Path.of("");

  @Test
  void backupAmidALoadIsTheLogUpToItsHead() throws Exception {
    Path data = folder.resolve("data");
    RunningServer server = RunningServer.start(data, "--clock", Fact.CLOCK);
    try {
      String key = server.key(Fact.SOURCE);
      personal(server, key, "PA-0", ERASED_PHONE);
      personal(server, key, "PA-00", KEPT_PHONE);
      Loader loader = new Loader(server, key, "A", 150).begin(4, 1);
      loader.awaitEnough();
      int before = loader.accepted().size();
      Path amid = backup(data, folder.resolve("amid.db"));
      assertTrue(loader.accepted().size() > before, "the server went on meanwhile");
      RunningServer.Ran erase = RunningServer.verb(data, "erase", "feedback", "PA-0");
      assertEquals(0, erase.code(), erase::toString);
      assertEquals(0, server.stop());
      loader.awaitEnd();
      assertEquals(Map.of(), loader.surprises());
      List<String> whole = export(data);

      Path restored = folder.resolve("restored");
      Files.createDirectories(restored);
      Files.copy(data.resolve("erased"), restored.resolve("erased"));
      assertTrue(Grep.stands(amid, ERASED_PHONE), "it was made before the erasure");
      RunningServer.Ran ran = RunningServer.verb(restored, "restore", amid.toString());
      assertEquals(0, ran.code(), ran::toString);
      assertTrue(ran.err().contains("erased after the backup was made: feedback PA-0"), ran::err);
      assertFalse(Grep.stands(restored, ERASED_PHONE), "before anything is served");
      assertTrue(Grep.stands(restored, KEPT_PHONE));

      List<String> kept = export(restored);
      assertTrue(kept.size() >= before && kept.size() < whole.size(), kept.size() + " facts");
      assertEquals(whole.subList(0, kept.size()), kept, "the log up to the backup's head");
      try (RunningServer again = RunningServer.start(restored, "--clock", Fact.CLOCK)) {
        JsonObject digest = again.json("/api/v1/digest");
        assertSame(replayed(kept), digest);
        assertTrue(again.get("/api/v1/cases/feedback/PA-00").body().contains(KEPT_PHONE));
        assertEquals(1, duplicates(again, again.key(Fact.SOURCE), "PA-0", ERASED_PHONE));
        assertFalse(Grep.stands(restored, ERASED_PHONE), "a repeat does not bring them back");
      }
    } finally {
      server.close();
    }
  }

  @Test
  void restoreServesTheSameNumbersUnderANewEpoch() throws Exception {
    Path data = folder.resolve("data");
    RunningServer server = RunningServer.start(data, "--clock", Fact.CLOCK);
    try {
      String key = server.key(Fact.SOURCE);
      personal(server, key, "PA-0", ERASED_PHONE);
      Loader loader = new Loader(server, key, "A", 60).begin(2, 2);
      loader.awaitEnough();
      assertEquals(0, server.stop());
      loader.awaitEnd();
      server = RunningServer.start(data, "--clock", Fact.CLOCK);
      RunningServer.Ran erase = RunningServer.verb(data, "erase", "feedback", "PA-0");
      assertEquals(0, erase.code(), erase::toString);
      JsonObject live = server.json("/api/v1/digest");
      String epoch = epoch(server);
      String token = server.token();

      Path named = backup(data, folder);
      assertTrue(
          named.getFileName().toString().matches("truc-\\d{8}-\\d{6}\\.db"), named::toString);
      assertEquals(
          "rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(named)));
      assertFalse(Grep.stands(named, ERASED_PHONE), "what is erased is in no later backup");
      server.kill9();
      Path killed = backup(data, folder.resolve("killed.db"));

      for (Path file : List.of(named, killed)) {
        Path restored = folder.resolve("from-" + file.getFileName());
        RunningServer.Ran ran = RunningServer.verb(restored, "restore", file.toString());
        assertEquals(0, ran.code(), ran::toString);
        try (RunningServer again = RunningServer.start(restored, "--clock", Fact.CLOCK)) {
          assertTrue(again.log().contains("snapshot_loaded"), "the snapshot came along");
          assertSame(live, again.json("/api/v1/digest"));
          assertNotEquals(epoch, epoch(again), "screens begin anew");
          assertEquals(200, again.get("/api/v1/board/province", token).status(), "tokens hold");
          personal(again, key, "PA-1", KEPT_PHONE);
          assertEquals(0, again.stop());
        }
        try (RunningServer again = RunningServer.start(restored, "--clock", Fact.CLOCK)) {
          assertTrue(again.get("/api/v1/cases/feedback/PA-1").body().contains(KEPT_PHONE));
        }
      }
    } finally {
      server.close();
    }
  }

  @Test
  void whatCannotBeMeantIsRefusedAndChangesNothing() throws Exception {
    Path data = folder.resolve("data");
    try (RunningServer server = RunningServer.start(data, "--clock", Fact.CLOCK)) {
      personal(server, server.key(Fact.SOURCE), "PA-1", KEPT_PHONE);
    }
    Path file = backup(data, folder.resolve("one.db"));
    refused("is there already", data, "backup", file.toString());
    refused("there is no log in", folder.resolve("none"), "backup", folder + "/two.db");
    // it named a Java class, and the part that could not be made
    refused("there is no folder", data, "backup", folder + "/none/two.db");
    refused("is not empty", data, "restore", file.toString());
    refused("is no backup", folder.resolve("new"), "restore", data + ".log");
    refused("cannot read", folder.resolve("new"), "restore", folder + "/none.db");

    Path served = folder.resolve("served");
    Files.createDirectories(served);
    Files.copy(file, served.resolve("truc.db"));
    refused("`truc restore` makes a log of it", served, "key", "list");

    Path damaged = folder.resolve("damaged.db");
    Files.copy(file, damaged);
    try (RandomAccessFile bytes = new RandomAccessFile(damaged.toFile(), "rw")) {
      bytes.setLength(bytes.length() / 2);
    }
    Path target = folder.resolve("target");
    RunningServer.Ran ran = RunningServer.verb(target, "restore", damaged.toString());
    assertEquals(1, ran.code(), ran::toString);
    ran = RunningServer.verb(target, "restore", file.toString());
    assertEquals(0, ran.code(), () -> "what a broken restore left is no hindrance");
  }

  /// A backup cut short leaves its part, personal fields and all; it once lay there for ever.
  @Test
  void partsOfDeadRunsGoWithTheNextBackupIntoTheFolder() throws Exception {
    Path data = folder.resolve("data");
    RunningServer.start(data).close();
    Path into = Files.createDirectory(folder.resolve("backups"));
    Path dead = Files.writeString(into.resolve("truc-20261123-020000.db.part"), "half");
    Files.setLastModifiedTime(dead, FileTime.from(Instant.now().minus(Duration.ofHours(2))));
    Path alive = Files.writeString(into.resolve("truc-20261124-020000.db.part"), "half");
    Path other = Files.writeString(into.resolve("letter.part"), "of somebody else");
    Files.setLastModifiedTime(other, Files.getLastModifiedTime(dead));
    RunningServer.Ran ran = RunningServer.verb(data, "backup", into.toString());
    assertEquals(0, ran.code(), ran::toString);
    try (Stream<Path> left = Files.list(into)) {
      assertEquals(Set.of(alive, other, Path.of(ran.lastLine())), left.collect(Collectors.toSet()));
    }
  }

  private void refused(String why, Path data, String... arguments) throws Exception {
    RunningServer.Ran ran = RunningServer.verb(data, arguments);
    assertEquals(1, ran.code(), ran::toString);
    assertTrue(ran.err().contains(why), ran::toString);
  }

  private static Path backup(Path data, Path to) throws Exception {
    RunningServer.Ran ran = RunningServer.verb(data, "backup", to.toString());
    assertEquals(0, ran.code(), ran::toString);
    return Path.of(ran.lastLine());
  }

  private static void assertSame(JsonObject expected, JsonObject actual) {
    for (String member : NUMBERS) {
      assertEquals(expected.getString(member), actual.getString(member), member);
    }
  }

  private static List<String> export(Path data) throws Exception {
    RunningServer.Ran ran = RunningServer.verb(data, "export");
    assertEquals(0, ran.code(), ran::toString);
    return ran.out().lines().toList();
  }

  /// What a new server shows that is sent these facts.
  private JsonObject replayed(List<String> facts) throws Exception {
    try (RunningServer server =
        RunningServer.start(folder.resolve("replayed"), "--clock", Fact.CLOCK)) {
      String key = server.key(Fact.SOURCE);
      RunningServer.Answer answer =
          server.post(key, RunningServer.NDJSON, String.join("\n", facts));
      assertEquals(facts.size(), answer.json().getInteger("accepted"), answer::toString);
      return server.json("/api/v1/digest");
    }
  }

  private static String epoch(RunningServer server) throws Exception {
    try (Screen screen = Screen.connect(server, server.token())) {
      return screen.subscribe("feed:province").getJsonObject("subscribe").getString("epoch");
    }
  }

  private static RunningServer.Answer send(
      RunningServer server, String key, String code, String phone) throws Exception {
    JsonObject fields =
        new JsonObject()
            .put("status", "received")
            .put("contact", new JsonObject().put("phone", phone));
    return server.post(key, RunningServer.STRUCTURED, Fact.feedback(code, code, fields));
  }

  private static void personal(RunningServer server, String key, String code, String phone)
      throws Exception {
    RunningServer.Answer answer = send(server, key, code, phone);
    assertEquals(202, answer.status(), answer::toString);
  }

  private static int duplicates(RunningServer server, String key, String code, String phone)
      throws Exception {
    return send(server, key, code, phone).json().getInteger("duplicates");
  }
}
