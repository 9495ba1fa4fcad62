package vn.truc.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import vn.truc.testing.RedisProcess;

/// `kill -9` under load, round after round on one folder: seven for each engine, or half of
/// `TRUC_TEST_LONG` for each (`./truc test --long`: 500 and 500).
class KillIT {
  private static final int ROUNDS = 7;
  private static final int ENGINES = 2;
  private static final int CONNECTIONS = 6;
  private static final int REQUESTS_MAX = 400;
  private static final long LATER_NANOS_MAX = 5_000_000;
  private static final int SAMPLE = 12;

  /// The first rounds end with one more restart each, later ones every so often.
  private static final int ONE_MORE_RESTART = 7;

  @TempDir private Path folder = Path.of("");

  @Test
  void whatWasAcknowledgedIsOnTheBoardExactlyOnceAfterEveryKill() throws Exception {
    killAgainAndAgain("sqlite");
  }

  @Test
  void whatWasAcknowledgedIsOnTheBoardExactlyOnceAfterEveryKillOnRedis() throws Exception {
    try (RedisProcess redis = RedisProcess.start(folder.resolve("redis"))) {
      killAgainAndAgain(redis.address());
    }
  }

  private void killAgainAndAgain(String store) throws Exception {
    String longer = System.getenv("TRUC_TEST_LONG");
    int rounds = longer == null ? ROUNDS : Math.max(1, Integer.parseInt(longer) / ENGINES);
    long seed = Long.getLong("truc.seed", System.nanoTime());
    System.err.println(
        "KillIT seed " + seed + ", " + rounds + " rounds on " + store + " (-Dtruc.seed=…)");
    SplittableRandom random = new SplittableRandom(seed);
    Path data = folder.resolve("data");
    // Snapshots every second, so that kills meet them too.
    Path config = ConfigCopy.in(folder);
    Files.writeString(
        config.resolve("truc.yaml"), "snapshot:\n  recordsMin: 100\n  checkSeconds: 1\n");
    RunningServer server = start(data, config, store);
    try {
      String key = server.key(Fact.SOURCE);
      Set<String> cases = new HashSet<>();
      for (int round = 0; round < rounds; round++) {
        String prefix = "R%03d".formatted(round);
        Loader loader = new Loader(server, key, prefix, 1 + random.nextInt(REQUESTS_MAX));
        loader.begin(CONNECTIONS, random.nextLong());
        loader.awaitEnough();
        LockSupport.parkNanos(random.nextLong(LATER_NANOS_MAX));
        server.kill9();
        loader.awaitEnd();
        assertEquals(Map.of(), loader.surprises());

        server = start(data, config, store);
        Set<String> ours = codes(loader.accepted());
        Set<String> found = codes(server, prefix);
        assertTrue(
            found.containsAll(ours), () -> "lost although acknowledged: " + missing(ours, found));
        Set<String> sent = new HashSet<>(ours);
        sent.addAll(codes(loader.unanswered()));
        assertTrue(sent.containsAll(found), () -> "never sent: " + missing(found, sent));

        sendAgain(server, key, loader);
        cases.addAll(sent);
        assertEquals(sent, codes(server, prefix), "after the senders came again");
        assertEquals(cases.size(), server.board("province").getInteger("feedback.open"));
        sample(server, loader, random);

        if (round < ONE_MORE_RESTART || round % ONE_MORE_RESTART == 0) {
          JsonObject digest = server.json("/api/v1/digest");
          if (round % 2 == 0) {
            assertEquals(0, server.stop());
          } else {
            server.kill9();
          }
          server = start(data, config, store);
          assertEquals(digest, server.json("/api/v1/digest"), "after one more restart");
        }
      }
      System.err.println("KillIT " + cases.size() + " cases after " + rounds + " rounds");
    } finally {
      server.close();
    }
  }

  private static RunningServer start(Path data, Path config, String store) throws IOException {
    return RunningServer.start(
        data, "--clock", Fact.CLOCK, "--config", config.toString(), "--store", store);
  }

  /// What a sender does that got no answer, and what one does that is unsure of all.
  private static void sendAgain(RunningServer server, String key, Loader loader) throws Exception {
    List<String> all = new ArrayList<>(loader.accepted().values());
    all.addAll(loader.unanswered().values());
    RunningServer.Answer answer = server.post(key, RunningServer.NDJSON, String.join("\n", all));
    assertEquals(202, answer.status(), answer::toString);
    JsonObject receipt = answer.json();
    assertEquals(0, receipt.getInteger("rejectedCount"), answer::toString);
    assertEquals(all.size(), receipt.getInteger("accepted") + receipt.getInteger("duplicates"));
    assertTrue(
        receipt.getInteger("duplicates") >= loader.accepted().size(),
        () -> "an acknowledged fact was taken a second time: " + answer);
  }

  private static void sample(RunningServer server, Loader loader, SplittableRandom random)
      throws Exception {
    Map<String, String> facts = new java.util.TreeMap<>(loader.accepted());
    facts.putAll(loader.unanswered());
    List<String> codes = new ArrayList<>(codes(facts));
    for (int i = 0; i < SAMPLE; i++) {
      String code = codes.get(random.nextInt(codes.size()));
      List<String> ids = new ArrayList<>();
      for (Object entry : server.json("/api/v1/cases/feedback/" + code).getJsonArray("history")) {
        ids.add(((JsonObject) entry).getString("id"));
      }
      List<String> sent = facts.keySet().stream().filter(id -> id.startsWith(code + "/")).toList();
      assertEquals(sent, ids, "the history of " + code);
    }
  }

  private static Set<String> codes(Map<String, String> facts) {
    Set<String> codes = new HashSet<>();
    facts.keySet().forEach(id -> codes.add(id.substring(0, id.indexOf('/'))));
    return codes;
  }

  /// The codes on the board from a prefix on, each once.
  private static Set<String> codes(RunningServer server, String prefix)
      throws IOException, InterruptedException {
    Set<String> codes = new HashSet<>();
    String cursor =
        Base64.getUrlEncoder()
            .withoutPadding()
            .encodeToString(prefix.getBytes(StandardCharsets.UTF_8));
    while (cursor != null) {
      JsonObject page =
          server.json("/api/v1/cases?kind=feedback&state=open&limit=1000&cursor=" + cursor);
      JsonArray cases = page.getJsonArray("cases");
      for (int i = 0; i < cases.size(); i++) {
        String code = cases.getJsonObject(i).getString("code");
        assertTrue(codes.add(code), () -> code + " is listed twice");
      }
      cursor = page.getString("next");
    }
    return codes;
  }

  private static Set<String> missing(Set<String> wanted, Set<String> there) {
    Set<String> missing = new HashSet<>(wanted);
    missing.removeAll(there);
    return missing;
  }
}
