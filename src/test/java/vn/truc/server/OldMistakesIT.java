package vn.truc.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import vn.truc.testing.RedisProcess;

/// Today's server on what the first version took and a door refuses now ([OldMistakes]): replay
/// takes it, what is none is left out and flagged, and every other number is what it was.
class OldMistakesIT {
  private static final Path KEPT =
      Path.of("src/test/resources/vn/truc/upgrade/0.1.0-mistakes.tar.gz");

  private static final String NAME = "Nguyễn Thị Bí Mật";

  /// What [OldMistakes] put where no type knows it.
  private static final List<String> PERSONAL =
      List.of(
          NAME,
          "0912000001",
          "0912000002",
          "0912000003",
          "0912000004",
          "0912000005",
          "0912000006",
          "Đường sạt");

  @TempDir private Path folder = Path.of("");

  private JsonObject expected = new JsonObject();

  @BeforeEach
  void unpack() throws Exception {
    Process tar =
        new ProcessBuilder("tar", "-xzf", KEPT.toString(), "-C", folder.toString())
            .inheritIO()
            .start();
    assertEquals(0, tar.waitFor());
    expected = new JsonObject(Files.readString(folder.resolve("expected.json")));
  }

  private String config() {
    return folder.resolve("config").toString();
  }

  @Test
  void theKeptFolderOpens() throws Exception {
    try (RunningServer server = RunningServer.start(folder.resolve("data"), "--config", config())) {
      shows(server, expected.getJsonObject("sqlite"));
      assertEquals(0, server.stop());
    }
    try (RunningServer server = RunningServer.start(folder.resolve("data"), "--config", config())) {
      assertTrue(server.log().contains("snapshot_loaded"), server::log);
      shows(server, expected.getJsonObject("sqlite"));
    }
  }

  /// What names and numbers stood in its records is erased with their cases, and is then nowhere.
  @Test
  void whatTheKeptFolderHeldIsErasedWithItsCases() throws Exception {
    Path data = folder.resolve("data");
    assertTrue(Grep.stands(data, NAME), "as it was left");
    RunningServer.Ran before = RunningServer.verb(data, "export");
    assertEquals(0, before.code(), before::toString);
    for (String text : PERSONAL) {
      assertFalse(before.out().contains(text), "no export holds " + text);
    }
    try (RunningServer server = RunningServer.start(data, "--config", config())) {
      assertTrue(server.log().contains("old_records_rewritten"), server::log);
      String shown = server.get("/api/v1/cases/dossier/H60.9-261120-0001").body();
      assertTrue(shown.contains(NAME), shown);
      erases(data);
      for (String text : PERSONAL) {
        assertFalse(Grep.stands(data, text), text);
      }
      String key = expected.getJsonObject("sqlite").getString("key");
      sentAgain(server, key);
      exportSentAgain(server, key, before.out());
      server.kill9();
    }
    for (String text : PERSONAL) {
      assertFalse(Grep.stands(data, text), "a repeat brings nothing back: " + text);
    }
    RunningServer.Ran after = RunningServer.verb(data, "export");
    assertEquals(before.out(), after.out(), "the records are what they were");
  }

  private static void erases(Path data, String... store) throws Exception {
    Map<String, Integer> cases = new TreeMap<>();
    cases.put("feedback PA-P1", 2);
    cases.put("feedback PA-P2", 1);
    cases.put("dossier H60.9-261120-0001", 2);
    for (Map.Entry<String, Integer> one : cases.entrySet()) {
      String[] name = one.getKey().split(" ", -1);
      List<String> arguments = new ArrayList<>(List.of("erase", name[0], name[1]));
      arguments.addAll(List.of(store));
      RunningServer.Ran erased = RunningServer.verb(data, arguments.toArray(String[]::new));
      assertEquals(0, erased.code(), erased::toString);
      assertTrue(erased.err().contains("in " + one.getValue() + " record"), erased::toString);
    }
  }

  /// An export of before, with what an export of that version held of them, gives repeats.
  private static void exportSentAgain(RunningServer server, String key, String export)
      throws Exception {
    List<String> cases =
        export
            .lines()
            .map(JsonObject::new)
            .filter(fact -> fact.getString("subject", "").matches("PA-P.*|H60.9-261120-0001"))
            .peek(fact -> fact.put("nguoigui", NAME).getJsonObject("data").put("ChuHoSo", NAME))
            .map(JsonObject::encode)
            .toList();
    RunningServer.Answer answer = server.post(key, RunningServer.NDJSON, String.join("\n", cases));
    assertTrue(cases.size() > 5, export);
    assertEquals(cases.size(), answer.json().getInteger("duplicates"), answer::toString);
  }

  /// All it once took, sent again, is known: also what is longer, for it held more.
  private void sentAgain(RunningServer server, String key) throws Exception {
    List<String> personal =
        Files.readAllLines(folder.resolve("facts.ndjson")).stream()
            .filter(line -> PERSONAL.stream().anyMatch(line::contains))
            .toList();
    RunningServer.Answer answer =
        server.post(key, RunningServer.NDJSON, String.join("\n", personal));
    assertEquals(personal.size(), answer.json().getInteger("duplicates"), answer::toString);
  }

  /// The same of the stream, whose file is written anew.
  @Test
  void whatTheKeptStreamHeldIsErasedWithItsCases() throws Exception {
    Path data = folder.resolve("node");
    try (RedisProcess redis =
        RedisProcess.start(folder.resolve("redis"), "--aof-use-rdb-preamble", "no")) {
      String[] store = {"--store", redis.address(), "--config", config()};
      RunningServer.Ran early = RunningServer.verb(data, "export", "--store", redis.address());
      assertEquals(1, early.code(), "not before a server has written it anew");
      assertTrue(early.err().contains("was written by an older version"), early::err);
      try (RunningServer server = RunningServer.start(data, store)) {
        assertTrue(server.log().contains("old_records_rewritten"), server::log);
        erases(data);
        for (String text : PERSONAL) {
          assertFalse(redis.filesHold(text), text);
        }
        String length = length(redis);
        sentAgain(server, expected.getJsonObject("redis").getString("key"));
        assertEquals(length, length(redis));
        RunningServer.Ran after = RunningServer.verb(data, "export", "--store", redis.address());
        assertEquals(0, after.code(), after::toString);
        for (String text : PERSONAL) {
          assertFalse(after.out().contains(text), text);
          assertFalse(redis.filesHold(text), "a repeat brings nothing back: " + text);
        }
      }
      try (RunningServer again = RunningServer.start(data, store)) {
        assertEquals(2, again.log().split("old_records_rewritten", -1).length, "once");
      }
      putBack(redis);
      assertTrue(redis.filesHold(NAME), "an older copy holds it");
      RunningServer.Ran restored =
          RunningServer.verb(folder.resolve("verb"), "restore", "--store", redis.address());
      assertEquals(0, restored.code(), restored::toString);
      try (RunningServer again = RunningServer.start(data, store)) {
        assertTrue(again.log().contains("older_copy_followed"), again::log);
        for (String text : PERSONAL) {
          assertFalse(redis.filesHold(text), "written anew and erased again: " + text);
        }
      }
    }
  }

  /// Stops the store and starts it on the files that were kept.
  private void putBack(RedisProcess redis) throws Exception {
    redis.stop();
    Path journal = redis.folder().resolve("appendonlydir");
    try (Stream<Path> files = Files.list(journal)) {
      for (Path file : files.toList()) {
        Files.delete(file);
      }
    }
    unpack();
    redis.again("--aof-use-rdb-preamble", "no");
  }

  private static String length(RedisProcess redis) throws IOException {
    return redis.command("XLEN", "truc:{" + redis.command("GET", "truc:log") + "}:records");
  }

  @Test
  void theKeptStreamOpens() throws Exception {
    try (RedisProcess redis =
            RedisProcess.start(folder.resolve("redis"), "--aof-use-rdb-preamble", "no");
        RunningServer server =
            RunningServer.start(
                folder.resolve("node"), "--store", redis.address(), "--config", config())) {
      shows(server, expected.getJsonObject("redis"));
    }
  }

  /// What differs from what that version showed, and why.
  private static Map<String, Object> differences() {
    Map<String, Object> now = new TreeMap<>();
    // due in year 1 and in 1900: none, as in 9999
    now.put("feedback.overdue", 1);
    now.put("feedback.nodue", 10);
    for (String period : new String[] {"today", "week", "month", "quarter", "year"}) {
      // received in 2999: left out, so the first status counts
      now.put("feedback.received." + period, 11);
      // finished in 9999: left out, so the status counts; due in year 1: without a due date
      now.put("dossier.finished.ontime." + period, 1);
      now.put("dossier.finished.nodue." + period, 1);
      now.put("dossier.ontime.d2." + period, ratio(1, 1));
    }
    // 2026 ends with 2026-12 and is the longer; as text 2026-W01 was the newest
    now.put("indicator.chong-ky.value", 40);
    now.put("indicator.chong-ky.ratio", new JsonObject("{\"value\":null,\"num\":40,\"den\":0}"));
    return now;
  }

  private static JsonObject ratio(int above, int below) {
    return new JsonObject().put("value", 1).put("num", above).put("den", below);
  }

  private static void shows(RunningServer server, JsonObject then) throws Exception {
    assertEquals(200, server.get("/readyz", "").status());
    JsonObject now = server.board("province");
    JsonObject before = then.getJsonObject("boards").getJsonObject("province");
    Map<String, Object> changed = differences();
    for (String id : before.fieldNames()) {
      if (id.startsWith("portal.pageviews")) {
        continue; // five cells came behind what is written down
      }
      Object wanted = changed.containsKey(id) ? changed.get(id) : before.getValue(id);
      assertEquals(wanted, now.getValue(id), id);
    }
    assertEquals(70 + 3_000 + 5 * 1_000, now.getInteger("portal.pageviews.year"));
    assertEquals(23, now.getInteger("portal.visitors.year"), "of images only the sound count");
    String due = server.get("/api/v1/cases/feedback/PA-T10").body();
    assertTrue(due.contains("\"dueAt\":null"), due);
    assertTrue(due.contains("\"unknown\":[\"dueAt\"]"), due);
    assertFalse(due.contains("+10000"), due);
    flagged(server);
    facts(server, then.getString("key"));
  }

  private static void flagged(RunningServer server) throws Exception {
    if (server.log().contains("snapshot_loaded")) {
      return; // the replay is over; who sent what is told by the node that met it
    }
    JsonArray quarantine = server.json("/api/v1/sources/%2F").getJsonArray("quarantine");
    assertEquals(5, quarantined(quarantine, "cong-hll"), quarantine::encode);
    assertEquals(4, quarantined(quarantine, "dueAt"), quarantine::encode);
    assertEquals(1, quarantined(quarantine, "receivedAt"), quarantine::encode);
    assertEquals(1, quarantined(quarantine, "finishedAt"), quarantine::encode);
  }

  private static int quarantined(JsonArray quarantine, String code) {
    return quarantine.stream()
        .map(JsonObject.class::cast)
        .filter(entry -> entry.getString("code").equals(code))
        .mapToInt(entry -> entry.getInteger("facts"))
        .sum();
  }

  /// What it took is known: a repeat is a repeat, also of what would be refused now.
  private static void facts(RunningServer server, String key)
      throws IOException, InterruptedException {
    String sound =
        "{\"specversion\":\"1.0\",\"id\":\"m-3\",\"source\":\"/hotline/1022\","
            + "\"type\":\"vn.ioc.dossier.status\",\"subject\":\"H60.9-261120-0001\","
            + "\"time\":\"2026-11-23T07:01:00+07:00\","
            + "\"data\":{\"status\":4,\"agency\":\"so-xay-dung\",\"dueAt\":\"2026-11-25\"}}";
    RunningServer.Answer answer = server.post(key, RunningServer.STRUCTURED, sound);
    assertEquals(1, answer.json().getInteger("duplicates"), answer::toString);
  }
}
