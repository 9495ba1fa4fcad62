package vn.truc.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import org.junit.jupiter.api.Test;

/// Somebody else writes into the stream of the log, deletes from it, or puts something of his own
/// under our names.
class StrangeEntriesIT extends NodeOnRedis {
  private String key(String rest) throws IOException {
    return "truc:{" + redis.command("GET", "truc:log") + "}:" + rest;
  }

  private RunningServer second() throws IOException {
    return RunningServer.start(
        folder.resolve("second"), "--store", redis.address(), "--clock", Fact.CLOCK);
  }

  private RunningServer.Ran verb(String... words) throws IOException {
    String[] all = java.util.Arrays.copyOf(words, words.length + 2);
    all[words.length] = "--store";
    all[words.length + 1] = redis.address();
    return RunningServer.verb(folder.resolve("verb"), all);
  }

  private static int open(RunningServer of) throws Exception {
    return of.board("province").getInteger("feedback.open");
  }

  /// One `XADD` of somebody else made all nodes unready for good, and no node started any more.
  @Test
  void foreignEntryKeepsItsPositionAsNothingOnAllNodes() throws Exception {
    String key = server.key(Fact.SOURCE);
    try (RunningServer second = second()) {
      assertEquals(202, post(key, "PA-1").status());
      redis.command("XADD", key("records"), "*", "foo", "bar");
      // half of our fields are not ours either
      redis.command("XADD", key("records"), "*", "type", "vn.ioc.feedback.status", "data", "{}");
      redis.command("XADD", key("records"), "*", "by", "somebody");
      redis.command("XADD", key("records"), "*", "personal", "x", "schema", "v2");
      assertEquals(202, post(key, "PA-2").status());
      Patience.until("the other has it", () -> open(second) == 2);
      for (RunningServer node : java.util.List.of(server, second)) {
        assertTrue(node.json("/readyz").getBoolean("ready"));
        String notices = node.json("/readyz").getJsonArray("notices").encode();
        assertTrue(notices.contains("4 entries of the log's stream"), notices);
        assertEquals(4.0, node.metric("truc_log_foreign_entries"));
        assertEquals(2, node.log().split("foreign_entry position=", -1).length, "told once");
      }
      assertEquals(server.json("/api/v1/digest"), second.json("/api/v1/digest"));

      // in a replay
      second.kill9();
    }
    RunningServer.Ran exported = verb("export");
    assertEquals(0, exported.code(), exported::err);
    assertEquals(2, exported.out().lines().count());
    assertFalse(exported.out().contains("foo"), exported::out);
    try (RunningServer second = second()) {
      assertEquals(4.0, second.metric("truc_log_foreign_entries"));
      assertEquals(server.json("/api/v1/digest"), second.json("/api/v1/digest"));
      assertEquals(0, second.stop());
    }
    // behind a snapshot
    assertEquals(0, server.stop());
    server = node();
    assertTrue(server.log().contains("snapshot_loaded"), () -> server.log());
    assertEquals(4.0, server.metric("truc_log_foreign_entries"));
    assertEquals(202, post(key, "PA-3").status());
    assertEquals(3, open(server));
    // for a verb
    assertEquals(0, verb("key", "list").code());
  }

  /// What this house wrote and this version cannot read is never passed over.
  @Test
  void entryOfOursThatCannotBeReadStopsReadinessAndSaysWhich() throws Exception {
    server.token();
    String key = server.key(Fact.SOURCE);
    assertEquals(202, post(key, "PA-1").status());
    String[] newer = {
      "XADD",
      key("records"),
      "*",
      "by",
      "x.1",
      "schema",
      "99",
      "type",
      "vn.ioc.feedback.status",
      "source",
      "/s",
      "id",
      "1",
      "time",
      "0",
      "recorded_at",
      "0",
      "key",
      "",
      "data",
      "{}"
    };
    String entry = redis.command(newer);
    Patience.until("not ready", () -> reasons().contains("newer version, schema 99"));
    assertTrue(reasons().contains(entry), this::reasonsOrNone);
    refusesAndKeepsItsNumbers(key);
    AssertionError refused = assertThrows(AssertionError.class, this::second);
    assertTrue(String.valueOf(refused.getMessage()).contains(entry), refused.getMessage());
  }

  private String reasonsOrNone() {
    try {
      return reasons();
    } catch (Exception e) {
      return e.toString();
    }
  }

  /// An `XDEL` made every later start impossible, and no message said what to do; a node that ran
  /// went on, counting otherwise than all that would come.
  @Test
  void gapSaysWhatToDoAndThatWayIsOpen() throws Exception {
    server.token();
    String key = server.key(Fact.SOURCE);
    assertEquals(202, post(key, "PA-1").status());
    String lost = newestEntry();
    assertEquals(202, post(key, "PA-2").status());
    assertEquals(":1", redis.command("XDEL", key("records"), lost));
    Patience.until("the node that runs says so", () -> reasons().contains("lost 1 records"));
    String way = reasons();
    assertTrue(way.contains("truc restore --store"), way);
    refusesAndKeepsItsNumbers(key);
    AssertionError refused = assertThrows(AssertionError.class, this::second);
    String said = String.valueOf(refused.getMessage());
    assertTrue(said.contains("truc restore --store"), said);

    // as the message says
    assertEquals(0, server.stop());
    goOnWithout(1);
    assertEquals(1, open(server), "what is left");
    assertEquals(202, post(key, "PA-1").status(), "the sender repeats what is lost");
    assertEquals(2, open(server));
    try (RunningServer second = second()) {
      // one token for both: another would be another record
      assertEquals(
          server.json("/api/v1/digest"), second.get("/api/v1/digest", server.token()).json());

      // once more, and a node is left running meanwhile
      redis.command("XDEL", key("records"), newestEntry());
      Patience.until("both say so", () -> second.get("/readyz", "").status() == 503);
      assertEquals(0, verb("restore").code());
      Patience.until("start again", () -> reasons().contains("start this node again"));
    }
    server.kill9();
    server = node();
    assertEquals(1, open(server));
  }

  private void goOnWithout(int lost) throws Exception {
    RunningServer.Ran restored = verb("restore");
    assertEquals(0, restored.code(), restored::err);
    assertTrue(restored.err().contains(lost + " records are missing"), restored::err);
    server = node();
  }

  private String newestEntry() throws IOException {
    String script = "return redis.call('XREVRANGE', KEYS[1], '+', '-', 'COUNT', 1)[1][1]";
    return redis.command("EVAL", script, "1", key("records"));
  }

  /// Trimming takes the beginning: keys and configuration go with it, and snapshots are left that
  /// stand behind what is there.
  @Test
  void trimmedStreamGoesOnWithWhatIsLeft() throws Exception {
    String key = server.key(Fact.SOURCE);
    for (int i = 0; i < 20; i++) {
      assertEquals(202, post(key, "PA-" + i).status());
    }
    assertEquals(0, server.stop());
    redis.command("XADD", key("records"), "MAXLEN", "5", "*", "foo", "bar");
    AssertionError refused = assertThrows(AssertionError.class, this::node);
    assertTrue(String.valueOf(refused.getMessage()).contains("restore"), refused.getMessage());
    RunningServer.Ran restored = verb("restore");
    assertEquals(0, restored.code(), restored::err);
    server = node();
    assertEquals(4, open(server));
    String fresh = server.key(Fact.SOURCE);
    assertEquals(401, post(key, "PA-0").status(), "its key is lost too");
    assertEquals(202, post(fresh, "PA-0").status());
    assertEquals(0, server.stop());
    server = node();
    assertTrue(server.log().contains("snapshot_loaded"), () -> server.log());
    assertEquals(5, open(server));
  }

  @Test
  void emptiedStreamWithItsSnapshotsLeftGoesOnFromNothing() throws Exception {
    server.token();
    String key = server.key(Fact.SOURCE);
    assertEquals(202, post(key, "PA-1").status());
    assertEquals(0, server.stop());
    server = node();
    assertTrue(server.log().contains("snapshot_loaded"), () -> server.log());
    redis.command("XTRIM", key("records"), "MAXLEN", "0");
    Patience.until("refused", () -> reasons().contains("lost"));
    refusesAndKeepsItsNumbers(key);
    server.kill9();
    AssertionError refused = assertThrows(AssertionError.class, this::node);
    assertTrue(String.valueOf(refused.getMessage()).contains("restore"), refused.getMessage());
    RunningServer.Ran restored = verb("restore");
    assertEquals(0, restored.code(), restored::err);
    server = node();
    String fresh = server.key(Fact.SOURCE);
    assertEquals(202, post(fresh, "PA-1").status());
    assertEquals(1, open(server));
  }

  /// Under one of our names lies something else: no node hangs on it in silence.
  @Test
  void keysOfAnotherTypeAreNamed() throws Exception {
    String key = server.key(Fact.SOURCE);
    assertEquals(202, post(key, "PA-1").status());
    assertEquals(0, server.stop());
    assertFalse(server.log().contains("log_note"), () -> server.log());
    for (String name : java.util.List.of("erased", "id", "gap")) {
      String rest = key(name);
      redis.command("DEL", rest);
      redis.command("ZADD", rest, "1", "x");
      AssertionError refused = assertThrows(AssertionError.class, this::node, rest);
      assertTrue(String.valueOf(refused.getMessage()).contains(rest), refused.getMessage());
      redis.command("DEL", rest);
    }
    // these only spare work
    for (String name : java.util.List.of("snapshots", "index", "brief")) {
      redis.command("DEL", key(name));
      redis.command("SET", key(name), "x");
    }
    assertEquals(0, verb("key", "list").code());
    server = node();
    assertEquals(1, open(server));
    assertEquals(202, post(key, "PA-2").status());
    redis.command("DEL", key("erased"));
    String pointer = redis.command("GET", "truc:log");
    redis.command("DEL", "truc:log");
    redis.command("RPUSH", "truc:log", pointer);
    Patience.until("named", () -> reasons().contains("truc:log"));
    redis.command("DEL", "truc:log");
    redis.command("SET", "truc:log", pointer);
    awaitReady();
    assertEquals(202, post(key, "PA-3").status());
  }
}
