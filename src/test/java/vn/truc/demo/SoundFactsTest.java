package vn.truc.demo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import vn.truc.event.CodecLimits;
import vn.truc.event.DecodeContext;
import vn.truc.event.Decoded;
import vn.truc.event.Event;
import vn.truc.event.EventCodec;
import vn.truc.event.LogRecord;
import vn.truc.send.FactSender;
import vn.truc.send.FactStream;

/// What the simulation tells must pass the door of the house it was made for.
class SoundFactsTest {
  private static final long START = SimulatedProvince.demoStart(1_795_000_000_000_000L);

  private static Decoded decoded(EventCodec codec, SimulatedFact fact) {
    byte[] bytes = fact.json().getBytes(StandardCharsets.UTF_8);
    return codec.decode(bytes, 0, bytes.length, 0, new DecodeContext(fact.emittedMicros(), "k"));
  }

  @Test
  void everyFactOfEightWeeksPassesTheCodecAndNoIdentityHasTwoContents() {
    EventCodec codec = new EventCodec(CodecLimits.defaults());
    SimulatedProvince province =
        new SimulatedProvince(
            SimulationSettings.defaults().withDemoDay(START),
            DemoPlaces.province(),
            START - 56 * WorkHours.DAY,
            START + WorkHours.DAY);
    Map<String, String> contents = new HashMap<>();
    int personal = 0;
    while (province.hasNext()) {
      SimulatedFact fact = province.next();
      switch (decoded(codec, fact)) {
        case Decoded.Accepted(long _, LogRecord accepted, var apart, var dropped) -> {
          assertEquals(List.of(), dropped, "the demonstration sends what the contract has");
          personal += apart.isPresent() ? 1 : 0;
          String first =
              contents.putIfAbsent(
                  accepted.source() + " " + accepted.id() + " " + accepted.subject(), fact.json());
          assertTrue(first == null || first.equals(fact.json()), first + " and " + fact.json());
        }
        case Decoded.Refused refused ->
            assertEquals("", refused.rejection() + " " + fact.json(), "refused");
      }
    }
    assertTrue(personal > 1_000, "with personal fields: " + personal);
  }

  @Test
  void hurriedFactsPassTheCodecToo() {
    EventCodec codec = new EventCodec(CodecLimits.defaults());
    long[] clock = {START};
    Simulate.Options options =
        new Simulate.Options(
            FactSender.Settings.defaults("http://127.0.0.1:1", "k", Optional.empty()),
            1_000,
            java.util.OptionalLong.of(30_000),
            1,
            "",
            java.util.OptionalLong.empty(),
            DemoPlaces.province());
    FactStream stream = new Simulate.Province(options, () -> clock[0]);
    Map<String, String> contents = new HashMap<>();
    Map<String, Long> visits = new HashMap<>();
    int sketches = 0;
    while (stream.next(100) instanceof FactStream.Batch batch) {
      for (String fact : batch.facts()) {
        Decoded decoded = decoded(codec, new SimulatedFact(clock[0], "", fact));
        assertTrue(decoded instanceof Decoded.Accepted, decoded + " " + fact);
        if (decoded instanceof Decoded.Accepted accepted) {
          if (accepted.record().event() instanceof Event.Traffic traffic) {
            assertEquals(0, traffic.fromMicros() % WorkHours.HOUR);
            assertEquals(WorkHours.HOUR, traffic.toMicros() - traffic.fromMicros());
            assertTrue(traffic.fromMicros() <= clock[0] && clock[0] < traffic.toMicros(), fact);
            String cell = traffic.portal() + traffic.fromMicros();
            long before = visits.getOrDefault(cell, 0L);
            visits.put(cell, traffic.visits().orElseThrow());
            assertTrue(visits.get(cell) >= before, "an hour only fills: " + fact);
            sketches += traffic.visitors().isPresent() ? 1 : 0;
          }
          String identity = accepted.record().source() + " " + accepted.record().id();
          String first = contents.putIfAbsent(identity, fact);
          assertTrue(first == null || first.equals(fact), first + " and " + fact);
        }
      }
      clock[0] += 100_000;
    }
    assertTrue(contents.size() > 25_000, "identities: " + contents.size());
    assertTrue(visits.size() >= 2 && sketches > 1, "portals: " + visits);
  }
}
