package vn.truc.demo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static vn.truc.send.ScriptedServer.await;

import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import vn.truc.send.FactSender;
import vn.truc.send.FactStream;
import vn.truc.send.ScriptedServer;

class SimulateTest {
  private final Vertx vertx = Vertx.vertx();
  private final List<String> said = new ArrayList<>();

  @AfterEach
  void close() throws Exception {
    await(vertx.close());
  }

  @Test
  void simulateSendsItsCountOfFactsThatHappenNow() throws Exception {
    ScriptedServer server = ScriptedServer.start(vertx);
    Simulate simulate =
        new Simulate(
            vertx,
            new Simulate.Options(
                FactSender.Settings.defaults(server.url(), "k", Optional.empty()),
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
            FactSender.Settings.defaults("http://127.0.0.1:1", "key", Optional.empty()),
            1_000,
            OptionalLong.of(60_000),
            1,
            "/demo",
            OptionalLong.empty(),
            DemoPlaces.province());
    Simulate.Province province = new Simulate.Province(options, clock::get);
    StringBuilder all = new StringBuilder();
    while (province.next(100) instanceof FactStream.Batch(List<String> facts, _)) {
      facts.forEach(all::append);
      clock.addAndGet(100_000);
    }
    assertTrue(all.indexOf("\"status\":\"answered\"") > 0, "feedback is answered");
    assertTrue(all.indexOf("\"status\":9") > 0, "dossiers are finished");
  }
}
