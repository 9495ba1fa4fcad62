package vn.truc.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.vertx.core.json.JsonObject;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import vn.truc.access.SourceKeys;

/// The store goes away, comes back, comes back as another one, or would lose what it takes.
class RedisOutageIT extends NodeOnRedis {
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
    server.token();
    String key = server.key(Fact.SOURCE);
    assertEquals(202, post(key, "PA-1").status());
    redis.stop();
    RedisRestoreIT.delete(redis.folder().resolve("appendonlydir"));
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
  void storeEmptiedUnderOurHandsIsRefused() throws Exception {
    server.token();
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

  private RunningServer.Answer postPersonal(String key, String code, String name) throws Exception {
    JsonObject data =
        new JsonObject()
            .put("status", "received")
            .put("contact", new JsonObject().put("name", name));
    return server.post(key, RunningServer.STRUCTURED, Fact.feedback(code + "/1", code, data));
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

  /// An environment variable was lost: the node began an empty log in SQLite and took facts, and a
  /// verb printed a key that no node knew.
  @Test
  void nodeThatLostItsStoreBeginsNoLog() throws Exception {
    assertEquals(0, server.stop());
    RunningServer.Ran asked =
        RunningServer.verb(server.data(), "key", "add", "--source", "/x", "--name", "x");
    assertEquals(1, asked.code(), asked::out);
    assertTrue(asked.err().contains("--store redis://"), asked::err);
    AssertionError refused =
        org.junit.jupiter.api.Assertions.assertThrows(
            AssertionError.class, () -> RunningServer.start(server.data()));
    assertTrue(
        String.valueOf(refused.getMessage()).contains("a node on Redis"), refused.getMessage());
    assertFalse(Files.exists(server.data().resolve("truc.db")));
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
}
