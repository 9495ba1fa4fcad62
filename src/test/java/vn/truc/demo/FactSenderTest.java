package vn.truc.demo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static vn.truc.demo.ScriptedServer.await;

import io.vertx.core.Vertx;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import vn.truc.demo.ScriptedServer.Act;

class FactSenderTest {
  private final Vertx vertx = Vertx.vertx();
  private final List<String> said = new ArrayList<>();

  @AfterEach
  void close() throws Exception {
    await(vertx.close());
  }

  private static FactStream facts(int count, String prefix) {
    List<String> left = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      left.add("{\"id\":\"" + prefix + i + "\"}");
    }
    return max -> {
      if (left.isEmpty()) {
        return new FactStream.End();
      }
      List<String> slice = left.subList(0, Math.min(max, left.size()));
      FactStream.Batch batch = new FactStream.Batch(slice);
      slice.clear();
      return batch;
    };
  }

  private FactSender.Totals sent(ScriptedServer server, int count, String prefix) throws Exception {
    FactSender sender =
        new FactSender(vertx, new FactSender.Settings(server.url(), "k-1", 10, 3, 5_000, 1, 50, 8));
    return await(sender.send(facts(count, prefix)));
  }

  @Test
  void everyFactArrivesOnceThroughRefusalsAndCuts() throws Exception {
    ScriptedServer server =
        ScriptedServer.start(
            vertx, Act.TOO_MANY, Act.CUT, Act.UNAVAILABLE, Act.TAKE_AND_CUT, Act.TOO_MANY, Act.CUT);
    FactSender.Totals totals = sent(server, 105, "f");
    assertEquals(105, server.known.size());
    assertEquals(105, totals.sent());
    assertEquals(105, totals.accepted() + totals.duplicates());
    assertTrue(totals.duplicates() > 0, "the batch taken before the cut came again: " + totals);
    assertTrue(totals.retries() >= 6, totals.toString());
  }

  @Test
  void keyIsShownAndNoMoreThanTheBoundIsUnderWay() throws Exception {
    ScriptedServer server = ScriptedServer.start(vertx);
    sent(server, 400, "f");
    assertEquals(List.of("Bearer k-1"), server.keys.stream().distinct().toList());
    assertEquals(3, server.underWayMax);
    assertEquals(40, server.bodies.size());
  }

  @Test
  void refusedFactsAreCountedWithTheFirstReasons() throws Exception {
    ScriptedServer server = ScriptedServer.start(vertx);
    FactSender.Totals totals = sent(server, 25, "bad");
    assertEquals(25, totals.rejected());
    assertEquals(0, totals.accepted());
    assertEquals(10, totals.reasons().size());
    assertTrue(totals.reasons().getFirst().contains("missing-field data.status"));
  }

  @Test
  void tooLargeABatchIsHalved() throws Exception {
    ScriptedServer server = ScriptedServer.start(vertx, Act.TOO_LARGE);
    FactSender.Totals totals = sent(server, 10, "f");
    assertEquals(10, totals.accepted());
    assertEquals(List.of(5L, 5L), server.bodies.stream().map(b -> b.lines().count()).toList());
  }

  @Test
  void aWrongKeyEndsTheSendingAtOnce() throws Exception {
    ScriptedServer server = ScriptedServer.start(vertx, Act.UNAUTHORIZED);
    ExecutionException e = assertThrows(ExecutionException.class, () -> sent(server, 10, "f"));
    assertTrue(String.valueOf(e.getMessage()).contains("401: no key"), e.getMessage());
  }

  @Test
  void noServerAtAllIsGivenUpAfterTheAttempts() {
    FactSender sender =
        new FactSender(
            vertx, new FactSender.Settings("http://127.0.0.1:1", "k", 10, 1, 1_000, 1, 2, 3));
    ExecutionException e =
        assertThrows(ExecutionException.class, () -> await(sender.send(facts(5, "f"))));
    assertTrue(String.valueOf(e.getMessage()).contains("given up after 3"), e.getMessage());
  }

  @Test
  void replayPostsTheLinesOfAFileAsTheyAre(@TempDir Path folder) throws Exception {
    ScriptedServer server = ScriptedServer.start(vertx, Act.TOO_MANY);
    Path file = Files.writeString(folder.resolve("f.ndjson"), "{\"id\":\"a\"}\n\n{\"id\":\"b\"}\n");
    Replay replay =
        new Replay(
            vertx,
            new Replay.Options(server.url(), "k", file, new Replay.Pace.Rate(1_000)),
            said::add);
    assertEquals(0, await(replay.run()));
    // two lines may travel in two bodies, of which the one refused at first comes later
    assertEquals(
        List.of("{\"id\":\"a\"}", "{\"id\":\"b\"}"),
        server.bodies.stream().flatMap(String::lines).sorted().toList());
    assertTrue(said.getFirst().startsWith("sent 2: accepted 2"), said.toString());
  }

  @Test
  void originalPaceWaitsAsLongAsLayBetweenTheFacts() {
    long[] nanos = {0};
    String lines = "{\"time\":\"2026-11-23T07:30:00Z\"}\n{\"time\":\"2026-11-23T07:30:10Z\"}\n";
    FactStream stream =
        new Replay.OriginalPace(
            new Replay.Lines(new java.io.BufferedReader(new java.io.StringReader(lines))),
            20,
            () -> nanos[0]);
    assertTrue(
        stream.next(10) instanceof FactStream.Batch(List<String> first) && first.size() == 1);
    assertEquals(new FactStream.Pause(500), stream.next(10));
    nanos[0] = 500_000_000;
    assertTrue(stream.next(10) instanceof FactStream.Batch(List<String> next) && next.size() == 1);
    assertEquals(new FactStream.End(), stream.next(10));
  }

  @Test
  void aPacedStreamKeepsItsRateAndCatchesUpBoundedly() {
    long[] nanos = {0};
    PacedStream stream = new PacedStream(facts(10_000, "f"), 100, () -> nanos[0]);
    assertEquals(new FactStream.Pause(10), stream.next(512));
    nanos[0] = 500_000_000;
    assertTrue(
        stream.next(512) instanceof FactStream.Batch(List<String> half) && half.size() == 50);
    nanos[0] = 60_000_000_000L;
    assertTrue(stream.next(512) instanceof FactStream.Batch(List<String> one) && one.size() == 100);
  }

  @Test
  void simulateSendsItsCountOfFactsThatHappenNow() throws Exception {
    ScriptedServer server = ScriptedServer.start(vertx);
    Simulate simulate =
        new Simulate(
            vertx,
            new Simulate.Options(
                server.url(),
                "k",
                20_000,
                OptionalLong.of(3_000),
                1,
                "/demo",
                OptionalLong.empty(),
                DemoPlaces.province()),
            said::add);
    assertEquals(0, await(simulate.run()));
    String all = String.join("", server.bodies);
    assertEquals(3_000, all.lines().count());
    assertTrue(all.lines().allMatch(line -> line.contains("\"source\":\"/demo/")), "prefix");
    long now = System.currentTimeMillis();
    for (String line : all.lines().toList()) {
      String time = new io.vertx.core.json.JsonObject(line).getString("time");
      long at = java.time.OffsetDateTime.parse(time).toInstant().toEpochMilli();
      assertTrue(at <= now && at > now - 60_000, time);
    }
  }

  @Test
  void simulatedLivesPassWithinMinutes() {
    long start = 1_795_000_000_000_000L;
    AtomicLong clock = new AtomicLong(start);
    Simulate.Options options =
        new Simulate.Options(
            "http://127.0.0.1:1",
            "key",
            1_000,
            OptionalLong.of(60_000),
            1,
            "/demo",
            OptionalLong.empty(),
            DemoPlaces.province());
    Simulate.Province province = new Simulate.Province(options, clock::get);
    StringBuilder all = new StringBuilder();
    while (province.next(100) instanceof FactStream.Batch(List<String> facts)) {
      facts.forEach(all::append);
      clock.addAndGet(100_000);
    }
    assertTrue(all.indexOf("\"status\":\"answered\"") > 0, "feedback is answered");
    assertTrue(all.indexOf("\"status\":9") > 0, "dossiers are finished");
  }
}
