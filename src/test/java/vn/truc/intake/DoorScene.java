package vn.truc.intake;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.charset.StandardCharsets;
import vn.truc.access.SourceKey;
import vn.truc.event.CodecLimits;
import vn.truc.event.DecodeContext;
import vn.truc.event.Decoded;
import vn.truc.event.EventCodec;
import vn.truc.event.Rfc3339;
import vn.truc.testing.Events;
import vn.truc.testing.MemoryEventLog;

/// A door with a log and a fold of which the test says what they do.
abstract class DoorScene {
  static final long NOW = Rfc3339.parse("2026-11-23T08:00:00+07:00");
  static final SourceKey KEY = new SourceKey("key-1", "/hotline/1022", "Hotline", false);

  final MemoryEventLog log = new MemoryEventLog();
  final ScriptedFold fold = new ScriptedFold();
  final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  final SourceLedger ledger = new SourceLedger(IntakeSettings.defaults());
  final Door door =
      new Door(
          IntakeSettings.defaults(),
          RetentionSettings.defaults(),
          log,
          fold,
          ledger,
          new IntakeMetrics(registry),
          () -> NOW,
          () -> NOW);
  final EventCodec codec = new EventCodec(CodecLimits.defaults());

  Decoded event(int index, String id, String code) {
    return decoded(index, Events.feedback(id, code, "received"));
  }

  Decoded decoded(int index, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    return codec.decode(bytes, 0, bytes.length, index, new DecodeContext(NOW, "key-1"));
  }

  double counted(String name) {
    return registry.find(name).counters().stream().mapToDouble(Counter::count).sum();
  }

  void addsUp() {
    assertEquals(
        counted("truc.intake.received"),
        counted("truc.intake.accepted")
            + counted("truc.intake.duplicates")
            + counted("truc.intake.refused")
            + counted("truc.intake.failed"));
  }
}
