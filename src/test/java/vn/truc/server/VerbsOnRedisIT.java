package vn.truc.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/// Verbs on a log in Redis are processes of their own. `key add` folded the whole stream first, so
/// that on a log of a million facts it took as long as a start.
class VerbsOnRedisIT extends NodeOnRedis {
  private static final int FACTS = 30_000;

  /// Records behind a brief that a verb may have to read: those after which the next is due, and
  /// what came while it was written.
  private static final int READ_MAX = 16_384;

  private static final int BATCH = 5_000;

  private RunningServer.Ran verb(String... words) throws IOException {
    String[] all = java.util.Arrays.copyOf(words, words.length + 2);
    all[words.length] = "--store";
    all[words.length + 1] = redis.address();
    RunningServer.Ran ran = RunningServer.verb(folder.resolve("verb"), all);
    assertEquals(0, ran.code(), ran::err);
    return ran;
  }

  private void fill(String key) throws Exception {
    for (int from = 0; from < FACTS; from += BATCH) {
      StringBuilder lines = new StringBuilder();
      for (int i = from; i < from + BATCH; i++) {
        lines.append(Fact.feedback(i + "/1", "PA-" + i, "received")).append('\n');
      }
      RunningServer.Answer answer = server.post(key, RunningServer.NDJSON, lines.toString());
      assertEquals(BATCH, answer.json().getInteger("accepted"), answer::toString);
    }
  }

  /// Records a verb read.
  private static int read(RunningServer.Ran ran) {
    java.util.regex.Matcher told =
        java.util.regex.Pattern.compile("folded position=\\d+ records=(\\d+)").matcher(ran.err());
    assertTrue(told.find(), ran::err);
    return Integer.parseInt(told.group(1));
  }

  private String brief() throws IOException {
    return "truc:{" + redis.command("GET", "truc:log") + "}:brief";
  }

  @Test
  void theyReadABriefAndWhatLiesBehindIt() throws Exception {
    String key = server.key(Fact.SOURCE);
    fill(key);
    Patience.until(
        "a brief is kept",
        () -> {
          String position = redis.command("HGET", brief(), "position");
          return !position.equals("$-1") && Long.parseLong(position) > FACTS - READ_MAX;
        });
    RunningServer.Ran made = verb("key", "add", "--source", "/bc", "--name", "Báo cáo");
    assertTrue(read(made) <= READ_MAX, made::err);
    long asked = redis.calls("xrange");
    RunningServer.Ran listed = verb("key", "list");
    assertTrue(read(listed) <= READ_MAX, listed::err);
    assertTrue(redis.calls("xrange") - asked <= READ_MAX / 512 + 3);
    assertEquals(2, listed.out().lines().count(), "the one before the facts, and the one behind");
    verb("key", "revoke", listed.out().split("\t", 2)[0]);
    assertEquals(1, verb("key", "list").out().lines().count());
    Path config = ConfigCopy.in(folder);
    Files.writeString(
        config.resolve("fields.yaml"), "fields:\n  - {id: khac, name: Khác, nameEn: Other}\n");
    RunningServer.Ran applied = verb("config", "apply", "--config", config.toString());
    assertTrue(read(applied) <= READ_MAX, applied::err);
    assertTrue(verb("config", "show").out().contains("khac"));
    Patience.until("in force", () -> server.get("/api/v1/board/field:khac").status() == 200);
    RunningServer.Ran token = verb("token", "--role", "viewer", "--scope", "field:khac");
    assertEquals(200, server.get("/api/v1/board/field:khac", token.lastLine()).status());
    assertTrue(read(verb("clock", "add", "1h")) <= READ_MAX);
    Patience.until(
        "moved", () -> server.json("/api/v1/board/province").getString("asOf").contains("T09:00"));

    RunningServer.Ran erased = verb("erase", "feedback", "PA-7");
    assertTrue(read(erased) > FACTS, "whether there is such a case, all facts tell");
  }

  /// The brief spares reading and nothing else: without it, and where it cannot be trusted, the
  /// verbs do the same.
  @Test
  void withoutABriefTheySayTheSame() throws Exception {
    String key = server.key(Fact.SOURCE);
    fill(key);
    String whole = verb("key", "list").out();
    assertEquals(0, server.stop());
    redis.command("HSET", brief(), "content", "{\"in\":[]}");
    RunningServer.Ran behindSnapshot = verb("key", "list");
    assertEquals(whole, behindSnapshot.out());
    assertTrue(read(behindSnapshot) < 10, behindSnapshot::err);
    redis.command("DEL", brief());
    redis.command("DEL", brief().replace("brief", "snapshots"));
    RunningServer.Ran all = verb("key", "list");
    assertEquals(whole, all.out());
    assertTrue(read(all) > FACTS, all::err);
    // a brief that stands behind the end, of another course of events
    redis.command("HSET", brief(), "position", "99999999", "checksum", "0", "content", "{}");
    assertEquals(whole, verb("key", "list").out());
    server = node();
    assertEquals(202, post(key, "PA-LAST").status());
    assertEquals(FACTS + 1, server.board("province").getInteger("feedback.open"));
    Patience.until(
        "it is replaced",
        () -> redis.command("HGET", brief(), "position").startsWith(Integer.toString(FACTS / 10)));
    assertTrue(read(verb("key", "list")) < READ_MAX);
  }
}
