package vn.truc.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import vn.truc.board.BoardConfig;
import vn.truc.board.BoardConfigReader;
import vn.truc.cli.ConfigFolder;
import vn.truc.config.Faults;
import vn.truc.demo.SimulatedFact;
import vn.truc.demo.SimulatedPlaces;
import vn.truc.demo.SimulatedProvince;
import vn.truc.demo.SimulationSettings;
import vn.truc.testing.RedisProcess;

/// The same facts, in any order and any repetition, through any restart: the same numbers.
class DigestIT {
  private static final int FACTS = 100_000;
  private static final int HALF = FACTS / 2;
  private static final String SOURCE = "/mo-phong";

  @TempDir private Path folder = Path.of("");

  private final List<String> facts = new ArrayList<>(FACTS);
  private String clock = "";

  @Test
  void orderRepetitionRestartsAndEngineDoNotChangeTheDigest() throws Exception {
    generate();
    JsonObject onDisk = allWays("sqlite", "sqlite", "sqlite");
    try (RedisProcess redis = RedisProcess.start(folder.resolve("redis"))) {
      String address = redis.address();
      JsonObject inRedis = allWays(address + "/0", address + "/1", address + "/2");
      assertSameNumbers(onDisk, inRedis, "on Redis");
    }
  }

  /// The digest of one engine, on three logs.
  private JsonObject allWays(String first, String second, String third) throws Exception {
    JsonObject inOrder = inFileOrderWithARestartInTheMiddle(first);
    assertSameNumbers(inOrder, shuffledAndReplayedFromTheLog(second), "shuffled");
    assertSameNumbers(inOrder, withEveryThirdTwice(third), "repeated");
    return inOrder;
  }

  private static void assertSameNumbers(JsonObject one, JsonObject other, String how) {
    for (String member : List.of("state", "asOf", "config", "digest")) {
      assertEquals(one.getString(member), other.getString(member), how + " " + member);
    }
  }

  private Path folderFor(String name, String store) {
    return folder.resolve(name + (store.equals("sqlite") ? "" : "-redis"));
  }

  private RunningServer start(Path data, String store) throws IOException {
    return RunningServer.start(data, "--clock", clock, "--store", store);
  }

  private void generate() {
    Faults faults = new Faults();
    BoardConfig config =
        BoardConfigReader.read(ConfigFolder.recorded(ConfigFolder.files(Optional.empty())), faults);
    assertTrue(faults.isEmpty(), () -> faults.list().toString());
    SimulatedPlaces places =
        new SimulatedPlaces(
            config.agencies().stream().map(BoardConfig.Agency::id).toList(),
            config.areas().stream().map(BoardConfig.Area::code).toList(),
            config.fields().stream().map(BoardConfig.Field::id).toList(),
            config.indicators().stream().map(BoardConfig.IndicatorSpec::id).toList());
    SimulationSettings settings =
        new SimulationSettings(
            766, 1_500, 500, false, 0, SOURCE, OptionalLong.empty(), OptionalLong.empty());
    Instant from = Instant.parse("2026-10-01T00:00:00Z");
    SimulatedProvince province =
        new SimulatedProvince(
            settings, places, ChronoUnit.MICROS.between(Instant.EPOCH, from), Long.MAX_VALUE);
    long last = 0;
    while (facts.size() < FACTS) {
      SimulatedFact fact = province.next();
      facts.add(fact.json());
      last = Math.max(last, fact.emittedMicros());
    }
    clock = Instant.EPOCH.plus(last, ChronoUnit.MICROS).plusSeconds(60) + ",x0";
    System.err.println("DigestIT " + FACTS + " facts until " + clock);
  }

  private JsonObject inFileOrderWithARestartInTheMiddle(String store) throws Exception {
    Path data = folderFor("order", store);
    RunningServer server = start(data, store);
    try {
      String key = server.key(SOURCE);
      send(server, key, facts.subList(0, HALF));
      assertEquals(0, server.stop());
      server = start(data, store);
      send(server, key, facts.subList(HALF, FACTS));
      JsonObject live = server.json("/api/v1/digest");
      server.kill9();
      server = start(data, store);
      assertTrue(server.log().contains("snapshot_loaded"), server::log);
      assertEquals(live, server.json("/api/v1/digest"), "snapshot and tail");
      assertEquals(0, server.stop());
      server = start(data, store);
      assertEquals(live, server.json("/api/v1/digest"), "snapshot alone");
      return live;
    } finally {
      server.close();
    }
  }

  private JsonObject shuffledAndReplayedFromTheLog(String store) throws Exception {
    Path data = folderFor("shuffled", store);
    long seed = Long.getLong("truc.seed", System.nanoTime());
    System.err.println("DigestIT shuffled with seed " + seed + " (-Dtruc.seed=…)");
    List<String> shuffled = new ArrayList<>(facts);
    Collections.shuffle(shuffled, new Random(seed));
    RunningServer server = start(data, store);
    try {
      send(server, server.key(SOURCE), shuffled);
      JsonObject live = server.json("/api/v1/digest");
      server.kill9();
      server = start(data, store);
      assertFalse(server.log().contains("snapshot_loaded"), server::log);
      assertEquals(live, server.json("/api/v1/digest"), "the whole log replayed");
      return live;
    } finally {
      server.close();
    }
  }

  private JsonObject withEveryThirdTwice(String store) throws Exception {
    List<String> repeated = new ArrayList<>(FACTS + FACTS / 3 + 1);
    for (int i = 0; i < FACTS; i++) {
      repeated.add(facts.get(i));
      if (i % 3 == 0) {
        repeated.add(facts.get(i));
      }
    }
    try (RunningServer server = start(folderFor("repeated", store), store)) {
      send(server, server.key(SOURCE), repeated);
      return server.json("/api/v1/digest");
    }
  }

  private static void send(RunningServer server, String key, List<String> lines) throws Exception {
    RunningServer.Answer answer = server.post(key, RunningServer.NDJSON, String.join("\n", lines));
    assertEquals(202, answer.status(), answer::toString);
    JsonObject receipt = answer.json();
    assertEquals(0, receipt.getInteger("rejectedCount"), answer::toString);
    assertEquals(lines.size(), receipt.getInteger("accepted") + receipt.getInteger("duplicates"));
  }
}
