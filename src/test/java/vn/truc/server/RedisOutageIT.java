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
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import vn.truc.access.SourceKeys;
import vn.truc.testing.RedisProcess;

/// The store goes away, comes back, comes back as another one, or would lose what it takes.
class RedisOutageIT {
  @TempDir private Path folder = Path.of("");

  private RedisProcess redis;
  private RunningServer server;

  @BeforeEach
  void start() throws Exception {
    redis = RedisProcess.start(folder.resolve("redis"));
    server = node();
  }

  @AfterEach
  void stop() {
    server.close();
    redis.close();
  }

  private RunningServer node() throws IOException {
    return RunningServer.start(
        folder.resolve("data"), "--store", redis.address(), "--clock", Fact.CLOCK);
  }

  private RunningServer.Answer post(String key, String code) throws Exception {
    return server.post(key, RunningServer.STRUCTURED, Fact.feedback(code + "/1", code, "received"));
  }

  private void awaitReady() throws Exception {
    Patience.until("ready again", () -> server.get("/readyz", "").status() == 200);
  }

  private String reasons() throws Exception {
    RunningServer.Answer answer = server.get("/readyz", "");
    return answer.status() == 503 ? answer.json().getJsonArray("reasons").encode() : "";
  }

  @Test
  void storeStoppedInMidLoadIsWaitedForAndNothingIsLost() throws Exception {
    String key = server.key(Fact.SOURCE);
    String token = server.token();
    List<Loader> loaders = new ArrayList<>();
    try (Screen screen = Screen.connect(server, token)) {
      screen.subscribe("feedback:province");
      for (int round = 0; round < 4; round++) {
        Loader loader = new Loader(server, key, "R" + round, 60).begin(4, round);
        loaders.add(loader);
        loader.awaitEnough();
        if (round == 3) {
          redis.freeze();
        } else if (round % 2 == 0) {
          redis.kill9();
        } else {
          redis.stop();
        }
        loader.awaitEnd();
        assertEquals(Map.of(), loader.surprises());

        RunningServer.Answer refused = post(key, "NEW-" + round);
        assertEquals(503, refused.status(), refused::toString);
        assertFalse(refused.header("Retry-After").isEmpty());
        assertFalse(reasons().isEmpty());
        assertEquals(0.0, server.metric("truc_log_writable"));
        JsonObject board = server.json("/api/v1/board/province");
        assertTrue(board.containsKey("staleSince"), board::encode);
        screen.publication("feedback:province", data -> data.containsKey("staleSince"));
        try (Screen late = Screen.connect(server, token)) {
          JsonObject shown = late.subscribe("feedback:province");
          assertTrue(shown.encode().contains("staleSince"), shown::encode);
        }

        if (round == 3) {
          redis.thaw();
        } else {
          redis.again();
        }
        awaitReady();
        screen.publication("feedback:province", data -> !data.containsKey("staleSince"));
        assertEquals(202, post(key, "NEW-" + round).status());
        assertEquals(0.0, server.metric("truc_log_queue_records"));
      }
    }
    int cases = 4;
    for (Loader loader : loaders) {
      String all = String.join("\n", loader.accepted().values());
      JsonObject receipt = server.post(key, RunningServer.NDJSON, all).json();
      assertEquals(loader.accepted().size(), receipt.getInteger("duplicates"), receipt::encode);
      String unsure = String.join("\n", loader.unanswered().values());
      assertEquals(202, server.post(key, RunningServer.NDJSON, unsure).status());
      cases +=
          (int)
              Stream.concat(
                      loader.accepted().keySet().stream(), loader.unanswered().keySet().stream())
                  .filter(id -> id.endsWith("/1"))
                  .count();
    }
    assertEquals(cases, server.board("province").getInteger("feedback.open"));
    double taken = server.metric("truc_log_records_taken_total");
    double settled =
        server.metric("truc_log_records_appended_total")
            + server.metric("truc_log_records_failed_total");
    assertEquals(taken, settled);
    JsonObject digest = server.json("/api/v1/digest");
    server.kill9();
    server = node();
    assertEquals(digest, server.json("/api/v1/digest"), "after a restart of the server");
  }

  @Test
  void storeThatComesBackEmptyIsRefusedAndLeftAlone() throws Exception {
    String key = server.key(Fact.SOURCE);
    assertEquals(202, post(key, "PA-1").status());
    redis.stop();
    delete(redis.folder().resolve("appendonlydir"));
    redis.again();
    Patience.until("refused", () -> reasons().contains("is empty"));
    refusesAndKeepsItsNumbers(key);
    assertEquals(":0", redis.command("DBSIZE"));
    assertEquals(1.0, server.metric("truc_log_store_refused"));
    assertTrue(server.log().contains("log_unwritable lasting=true"), server::log);

    // Started again, it still knows what it has seen.
    server.close();
    AssertionError refused =
        org.junit.jupiter.api.Assertions.assertThrows(AssertionError.class, this::node);
    assertTrue(String.valueOf(refused.getMessage()).contains("is empty"), refused.getMessage());
    assertEquals(":0", redis.command("DBSIZE"));
  }

  @Test
  void olderCopyIsRefusedUntilTheRightOneIsBack() throws Exception {
    String key = server.key(Fact.SOURCE);
    assertEquals(202, post(key, "PA-1").status());
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

  @Test
  void storeEmptiedUnderOurHandsIsRefused() throws Exception {
    String key = server.key(Fact.SOURCE);
    assertEquals(202, post(key, "PA-1").status());
    redis.command("FLUSHALL");
    JsonObject personal =
        new JsonObject()
            .put("status", "received")
            .put("contact", new JsonObject().put("name", "An"));
    RunningServer.Answer answer =
        server.post(key, RunningServer.STRUCTURED, Fact.feedback("x", "PA-2", personal));
    assertEquals(503, answer.status(), answer::toString);
    Patience.until("refused", () -> reasons().contains("nothing is written"));
    refusesAndKeepsItsNumbers(key);
    assertEquals(":0", redis.command("DBSIZE"));
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

  @Test
  void listThatCannotBeWrittenIsToldAndWrittenLater() throws Exception {
    String key = server.key(Fact.SOURCE);
    assertEquals(202, postPersonal(key, "PA-1", "Lê Văn Xưa 9f3b").status());
    Path list = server.data().resolve("erased");
    Files.delete(list);
    Files.createDirectory(list);
    server.admin("erase", new JsonObject().put("kind", "feedback").put("code", "PA-1"));
    Patience.until("told", () -> server.log().contains("erasures_not_listed"));
    Files.delete(list);
    Files.writeString(list, "");
    Patience.until("listed", () -> Files.readString(list).contains("\"PA-1\""));
  }

  private void refusesAndKeepsItsNumbers(String key) throws Exception {
    RunningServer.Answer refused = post(key, "PA-9");
    assertEquals(503, refused.status(), refused::toString);
    JsonObject board = server.json("/api/v1/board/province");
    assertTrue(board.containsKey("staleSince"), board::encode);
    assertTrue(board.getJsonObject("values").getInteger("feedback.open") >= 1, board::encode);
    assertEquals(200, server.get("/healthz", "").status());
  }

  @Test
  void storeThatWouldLoseRecordsIsNamedWithItsSetting() throws Exception {
    String key = server.key(Fact.SOURCE);
    for (List<String> fault :
        List.of(
            List.of("appendfsync", "everysec", "always"),
            List.of("appendonly", "no", "yes"),
            List.of("no-appendfsync-on-rewrite", "yes", "no"))) {
      assertEquals("+OK", redis.command("CONFIG", "SET", fault.get(0), fault.get(1)));
      Patience.until("not ready", () -> reasons().contains(fault.get(0) + " " + fault.get(1)));
      RunningServer.Answer refused = post(key, "PA-" + fault.get(0));
      assertEquals(503, refused.status(), refused::toString);
      assertEquals("+OK", redis.command("CONFIG", "SET", fault.get(0), fault.get(2)));
      awaitReady();
      assertEquals(202, post(key, "PA-" + fault.get(0)).status());
    }
    assertEquals("+OK", redis.command("CONFIG", "SET", "maxmemory", "1gb"));
    assertEquals("+OK", redis.command("CONFIG", "SET", "maxmemory-policy", "allkeys-lru"));
    Patience.until("not ready", () -> reasons().contains("maxmemory-policy"));
    assertEquals("+OK", redis.command("CONFIG", "SET", "maxmemory-policy", "noeviction"));
    assertEquals("+OK", redis.command("CONFIG", "SET", "maxmemory", "100"));
    Patience.until("full", () -> post(key, "PA-full").status() == 503);
    assertEquals("+OK", redis.command("CONFIG", "SET", "maxmemory", "0"));
    awaitReady();
    assertEquals(202, post(key, "PA-full").status());
    assertEquals(4, server.board("province").getInteger("feedback.open"));
  }

  /// A full store looked well to every look at its settings, so that readiness and the metric that
  /// alerts watch came and went each second, until the next fact failed.
  @Test
  void fullStoreStaysUnwritableUntilItTakesAWrite() throws Exception {
    String key = server.key(Fact.SOURCE);
    assertEquals("+OK", redis.command("CONFIG", "SET", "maxmemory", "100"));
    assertEquals(503, post(key, "PA-1").status());
    long enough = redis.calls("role") + 4;
    while (redis.calls("role") < enough) {
      assertTrue(reasons().contains("takes no append"), this::log);
      assertEquals(0.0, server.metric("truc_log_writable"));
    }
    assertEquals(1, server.log().split("log_unwritable", -1).length - 1, this::log);
    assertEquals("+OK", redis.command("CONFIG", "SET", "maxmemory", "0"));
    awaitReady();
    assertEquals(202, post(key, "PA-1").status());
    Patience.until("its probe is gone", () -> redis.command("KEYS", "*probe").equals("*0"));
  }

  /// A key made a moment ago on another node was answered 401, which senders take as final, when
  /// this node could not learn of it in time.
  @Test
  void unknownKeyIsNotRefusedWhileNobodyCanTell() throws Exception {
    String unknown = SourceKeys.create(Fact.SOURCE, "elsewhere", false).presented();
    assertEquals(401, post(unknown, "PA-1").status());
    redis.freeze();
    RunningServer.Answer answer = post(unknown, "PA-1");
    redis.thaw();
    assertEquals(503, answer.status(), answer::toString);
    assertEquals("1", answer.header("Retry-After"));
    assertEquals("catching-up", answer.json().getString("reason"), answer::toString);
    Patience.until("it can tell again", () -> post(unknown, "PA-1").status() == 401);
  }

  private String log() {
    return server.log();
  }

  @Test
  void tornEndOfTheJournalLosesNothingThatWasAcknowledged() throws Exception {
    String key = server.key(Fact.SOURCE);
    for (int i = 0; i < 20; i++) {
      assertEquals(202, post(key, "PA-" + i).status());
    }
    JsonObject digest = server.json("/api/v1/digest");
    redis.kill9();
    Path last;
    try (Stream<Path> files = Files.list(redis.folder().resolve("appendonlydir"))) {
      last = files.filter(file -> file.toString().endsWith(".incr.aof")).findFirst().orElseThrow();
    }
    // What a crash in the middle of an append leaves: half a transaction, half a command.
    Files.writeString(
        last,
        "*1\r\n$5\r\nMULTI\r\n*3\r\n$3\r\nSET\r\n$1\r\na\r\n$1\r\nb\r\n*5\r\n$4\r\nXADD\r\n$9\r\ntr",
        java.nio.file.StandardOpenOption.APPEND);
    redis.again();
    awaitReady();
    assertEquals(digest, server.json("/api/v1/digest"));
    assertEquals("$-1", redis.command("GET", "a"));
    assertEquals(202, post(key, "PA-20").status());
  }

  private static void copy(Path from, Path to) throws IOException {
    Files.createDirectories(to);
    try (Stream<Path> files = Files.list(from)) {
      for (Path file : files.toList()) {
        Files.copy(file, to.resolve(file.getFileName()));
      }
    }
  }

  private static void delete(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.toList()) {
        Files.delete(file);
      }
    }
    Files.delete(folder);
  }
}
