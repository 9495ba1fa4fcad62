package vn.truc.intake;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Future;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import vn.truc.access.SourceKey;
import vn.truc.event.CodecLimits;
import vn.truc.event.DecodeContext;
import vn.truc.event.Decoded;
import vn.truc.event.EventCodec;
import vn.truc.event.LogRecord;
import vn.truc.event.Rejection;
import vn.truc.event.Rfc3339;
import vn.truc.testing.Events;
import vn.truc.testing.MemoryEventLog;

/// What the door answers when the fold has more to say than yes.
class DoorTest {
  private static final long NOW = Rfc3339.parse("2026-11-23T08:00:00+07:00");
  private static final SourceKey KEY = new SourceKey("key-1", "/hotline/1022", "Hotline", false);

  private final MemoryEventLog log = new MemoryEventLog();
  private final ScriptedFold fold = new ScriptedFold();
  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  private final SourceLedger ledger = new SourceLedger(IntakeSettings.defaults());
  private final Door door =
      new Door(
          IntakeSettings.defaults(),
          RetentionSettings.defaults(),
          log,
          fold,
          ledger,
          new IntakeMetrics(registry),
          () -> NOW,
          () -> NOW);
  private final EventCodec codec = new EventCodec(CodecLimits.defaults());

  /// A fold of which the test says what it does.
  private static final class ScriptedFold implements Fold {
    private final Map<Long, Verdict> verdicts = new HashMap<>();
    private final List<Long> underWay = new ArrayList<>();
    private String poison = "none";
    private long stoppedAt = Long.MAX_VALUE;

    @Override
    public Verdict judge(LogRecord record, long bytesUnderWay) {
      if (record.id().equals(poison)) {
        throw new IllegalStateException("a fault of ours");
      }
      underWay.add(bytesUnderWay);
      return bytesUnderWay > 1_000 ? Verdict.CASE_TOO_LONG : Verdict.NEW;
    }

    @Override
    public boolean reached(long position) {
      return position < stoppedAt;
    }

    @Override
    public Verdict verdictAt(long position) {
      return verdicts.getOrDefault(position, Verdict.NEW);
    }

    @Override
    public boolean caughtUp() {
      return true;
    }

    @Override
    public boolean stopping() {
      return false;
    }
  }

  private Decoded event(int index, String id, String code) {
    byte[] bytes = Events.feedback(id, code, "received").getBytes(StandardCharsets.UTF_8);
    return codec.decode(bytes, 0, bytes.length, index, new DecodeContext(NOW, "key-1"));
  }

  private double counted(String name) {
    return registry.find(name).counters().stream().mapToDouble(Counter::count).sum();
  }

  private void addsUp() {
    assertEquals(
        counted("truc.intake.received"),
        counted("truc.intake.accepted")
            + counted("truc.intake.duplicates")
            + counted("truc.intake.refused")
            + counted("truc.intake.failed"));
  }

  /// One exception while one event was judged left the POST without an answer.
  @Test
  void aFaultOfOursRefusesOneEventAndTheOthersGoOn() {
    fold.poison = "b";
    Door.Batch batch = door.batch(KEY, true);
    batch.add(event(0, "a", "PA-1"));
    batch.add(event(1, "b", "PA-2"));
    batch.add(event(2, "c", "PA-3"));
    Receipt receipt = batch.store().result();
    assertEquals(2, receipt.accepted());
    Rejection rejected = receipt.rejected().getFirst();
    assertEquals("unreadable", rejected.reason().label());
    assertEquals(1, rejected.index());
    assertEquals(2, log.drafts().size());
    addsUp();
  }

  /// A fact that the log has and the fold could not fold was answered as taken.
  @Test
  void aFactThatCouldNotBeFoldedIsAnsweredAsThat() {
    fold.verdicts.put(2L, Fold.Verdict.FAILED);
    Receipt receipt =
        door.submit(KEY, List.of(event(0, "a", "PA-1"), event(1, "b", "PA-2"))).result();
    assertEquals(1, receipt.accepted());
    assertEquals("fold-failed", receipt.rejected().getFirst().reason().label());
    assertEquals(1, receipt.rejected().getFirst().index());
    addsUp();
  }

  /// The fold had stopped at the very records of an append, and the append was answered 202.
  @Test
  void anAppendTheFoldDidNotReachIsNotAnsweredAsTaken() {
    fold.stoppedAt = 2;
    Future<Receipt> answer =
        door.submit(KEY, List.of(event(0, "a", "PA-1"), event(1, "b", "PA-2")));
    assertTrue(answer.failed());
    IntakeException failure = (IntakeException) answer.cause();
    assertEquals(IntakeException.Reason.FOLD_STOPPED, failure.reason());
    assertEquals(503, failure.reason().status());
    addsUp();
  }

  /// The fold counts what it has; a body of many facts for one case is on its way beside that.
  @Test
  void bytesUnderWayCountForACaseUntilTheyAreAnswered() {
    log.hold();
    Future<Receipt> first = door.submit(KEY, List.of(event(0, "a", "PA-1")));
    Door.Batch second = door.batch(KEY, true);
    for (int i = 0; i < 12; i++) {
      second.add(event(i, "b" + i, "PA-1"));
    }
    second.add(event(12, "other", "PA-2"));
    Future<Receipt> answer = second.store();
    long one = fold.underWay.get(1);
    assertEquals(0, fold.underWay.get(0));
    assertTrue(one > 64, "what the first takes: " + one);
    assertTrue(Math.abs(2 * one - fold.underWay.get(2)) < 8, "and the second itself");
    assertEquals(0, fold.underWay.getLast(), "another case");
    log.letGo();
    assertTrue(first.succeeded());
    assertEquals(13, answer.result().accepted() + answer.result().rejectedCount());
    assertEquals("case-too-long", answer.result().rejected().getFirst().reason().label());
    door.submit(KEY, List.of(event(0, "z", "PA-1")));
    assertEquals(0, fold.underWay.getLast(), "answered, so the fold counts it");
    addsUp();
  }

  @Test
  void bytesOfAFailedAppendAreGivenBack() {
    log.broken(java.util.Optional.of(vn.truc.log.LogException.Reason.QUEUE_FULL));
    assertTrue(door.submit(KEY, List.of(event(0, "a", "PA-1"))).failed());
    log.broken(java.util.Optional.empty());
    assertTrue(door.submit(KEY, List.of(event(0, "a", "PA-1"))).succeeded());
    assertEquals(List.of(0L, 0L), fold.underWay);
  }

  /// Members no type knows went into the record of a heartbeat for ever.
  @Test
  void droppedMembersAreCountedByName() {
    String heartbeat =
        """
        {"specversion":"1.0","id":"h","source":"/hotline/1022","type":"vn.ioc.source.heartbeat",\
        "traceparent":"x","data":{"NguoiTruc":"A","Phone":"0912"}}""";
    byte[] bytes = heartbeat.getBytes(StandardCharsets.UTF_8);
    Decoded decoded = codec.decode(bytes, 0, bytes.length, 0, new DecodeContext(NOW, "key-1"));
    assertEquals(1, door.submit(KEY, List.of(decoded)).result().accepted());
    assertEquals(3, counted("truc.intake.members.dropped"));
    assertEquals(
        Map.of(
            new SourceLedger.Quarantined("member", "NguoiTruc"), 1L,
            new SourceLedger.Quarantined("member", "Phone"), 1L,
            new SourceLedger.Quarantined("member", "traceparent"), 1L),
        ledger.quarantine("/hotline/1022"));
    assertEquals("{}", log.drafts().getFirst().record().data());
  }
}
