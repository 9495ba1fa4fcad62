package vn.truc.intake;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Future;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;
import vn.truc.access.SourceKey;
import vn.truc.event.DecodeContext;
import vn.truc.event.Decoded;
import vn.truc.event.Rejection;
import vn.truc.log.Draft;
import vn.truc.testing.Events;

/// What the door answers when the fold has more to say than yes.
class DoorTest extends DoorScene {
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
    fold.stoppedAt = 5;
    assertTrue(door.submit(KEY, List.of(event(0, "c", "PA-1"), event(1, "d", "PA-2"))).succeeded());
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

  /// A misspelt member of a case lay beside the record without a word: its attribute stayed empty,
  /// and nobody saw why.
  @Test
  void misspeltMembersOfCasesAreCountedByName() {
    String fact =
        """
        {"specversion":"1.0","id":"f","source":"/hotline/1022","type":"vn.ioc.feedback.status",\
        "subject":"PA-1","traceparent":"x","time":"2026-11-23T08:00:00+07:00",\
        "agency":"so-y-te","data":{"status":"received","urgencyy":"high","title":"A","gone":null}}""";
    byte[] bytes = fact.getBytes(StandardCharsets.UTF_8);
    Decoded decoded = codec.decode(bytes, 0, bytes.length, 0, new DecodeContext(NOW, "key-1"));
    Receipt receipt = door.submit(KEY, List.of(decoded)).result();
    assertEquals(List.of(), receipt.rejected());
    assertEquals(1, receipt.accepted());
    assertEquals(0, counted("truc.intake.members.dropped"), "it lies beside the record");
    assertEquals(
        Map.of(
            new SourceLedger.Quarantined("member", "urgencyy"), 1L,
            // beside data, where it says nothing
            new SourceLedger.Quarantined("member", "agency"), 1L,
            new SourceLedger.Quarantined("member", "gone"), 1L),
        ledger.quarantine("/hotline/1022"));
  }

  /// A key that was taken back went on writing in a body that was open before.
  @Test
  void aKeyIsLookedAtAgainWithEveryBatch() {
    Door.Batch first = door.batch(KEY, true);
    first.add(event(0, "a", "PA-1"));
    assertEquals(1, first.store().result().accepted());
    Door.Batch second = door.batch(KEY, true);
    second.add(event(1, "b", "PA-1"));
    fold.revoked = true;
    for (Door.Batch late : List.of(second, door.batch(KEY, false))) {
      late.add(event(2, "c", "PA-1"));
      IntakeException failure = (IntakeException) late.store().cause();
      assertEquals(IntakeException.Reason.KEY_REVOKED, failure.reason());
      assertEquals(401, failure.reason().status());
    }
    assertEquals(1, log.drafts().size());
    addsUp();
  }

  @Test
  void repeatsOfWhatTheLogDidNotTakeCountAsFailedToo() {
    log.broken(java.util.Optional.of(vn.truc.log.LogException.Reason.UNWRITABLE));
    assertTrue(door.submit(KEY, List.of(event(0, "a", "PA-1"), event(1, "a", "PA-1"))).failed());
    assertEquals(2, counted("truc.intake.failed"));
    addsUp();
  }

  /// A dossier and a piece of feedback may have one code; each is bounded for itself.
  @Test
  void bytesUnderWayAreOfOneKindOfCase() {
    String dossier =
        Events.feedback("d", "PA-1", "received")
            .replace("vn.ioc.feedback.status", "vn.ioc.dossier.status")
            .replace("\"status\":\"received\",\"area\":\"02215\"", "\"status\":1");
    Door.Batch batch = door.batch(KEY, true);
    batch.add(event(0, "a", "PA-1"));
    batch.add(decoded(1, dossier));
    assertEquals(2, batch.store().result().accepted());
    assertEquals(List.of(0L, 0L), fold.underWay);
  }

  @Test
  void whatShutsTheDoorIsSaid() {
    assertTrue(door.shut().isEmpty());
    fold.caughtUp = false;
    assertEquals(IntakeException.Reason.CATCHING_UP, door.shut().orElseThrow().reason());
    fold.stopping = true;
    assertEquals(IntakeException.Reason.CLOSED, door.shut().orElseThrow().reason());
    Future<Receipt> answer = door.submit(KEY, List.of(event(0, "a", "PA-1")));
    assertEquals(IntakeException.Reason.CLOSED, ((IntakeException) answer.cause()).reason());
    assertEquals(0, log.drafts().size());
    addsUp();
  }

  @Test
  void roomForBodiesIsBoundedAndGivenBack() {
    int all = (int) IntakeSettings.defaults().bufferedBytesMax();
    assertTrue(door.reserve(all));
    assertFalse(door.reserve(1));
    assertEquals(1, counted("truc.intake.bodies.refused"));
    assertEquals(all, door.bufferedBytes());
    assertEquals(all, registry.get("truc.intake.buffered").gauge().value());
    door.release(10);
    assertEquals(all - 10, registry.get("truc.intake.buffered").gauge().value());
    assertTrue(door.reserve(10));
    door.release(all);
    assertEquals(0, door.bufferedBytes());
    assertEquals(1, counted("truc.intake.bodies.refused"));
  }

  /// A key whose test flag was looked at the wrong way round would store everything or nothing.
  @Test
  void testKeysAndValidatingRequestsStoreNothing() {
    SourceKey testing = new SourceKey("key-2", "/hotline/1022", "Trial", true);
    fold.judged.put("known", Fold.Verdict.DUPLICATE);
    for (Door.Batch batch : List.of(door.batch(testing, true), door.batch(KEY, false))) {
      assertFalse(batch.stored());
      batch.add(event(0, "a", "PA-1"));
      batch.add(event(1, "a", "PA-1"));
      batch.add(event(2, "known", "PA-3"));
      batch.add(decoded(3, Events.feedback("/other", "d", "PA-4", "received")));
      assertEquals(4, batch.size());
      Receipt receipt = batch.store().result();
      assertEquals(new Receipt(1, 2, 1, 1, receipt.rejected()), receipt);
    }
    assertTrue(door.batch(KEY, true).stored());
    assertEquals(0, log.drafts().size());
    assertEquals(8, counted("truc.intake.checked"));
    assertEquals(0, counted("truc.intake.received"));
    assertEquals(2, ledger.refusals("/hotline/1022").size());
    assertEquals(0, ledger.arrival("/hotline/1022", NOW).orElseThrow().events());
  }

  @Test
  void eachRefusalNamesItsFieldAndItsReason() {
    fold.judged.put("b", Fold.Verdict.CONFLICT);
    fold.judged.put("c", Fold.Verdict.CASE_TOO_LONG);
    fold.judged.put("d", Fold.Verdict.FAILED);
    fold.poison = "e";
    Receipt receipt =
        door.submit(
                KEY,
                List.of(
                    decoded(0, Events.feedback("/other", "a", "PA-1", "received")),
                    event(1, "b", "PA-1"),
                    event(2, "c", "PA-1"),
                    event(3, "d", "PA-1"),
                    event(4, "e", "PA-1"),
                    decoded(5, "{")))
            .result();
    assertEquals(
        List.of(
            "0 source-not-bound source the key covers '/hotline/1022' and what lies below it",
            "1 identity-conflict id another content came under this source and id before; the"
                + " first stands",
            "2 case-too-long subject the case has as many facts, or bytes of them, as it may have",
            "3 fold-failed  stored, and kept out of the numbers by a fault of this server; do not"
                + " send it again",
            "4 unreadable  a fault of this server; nothing of the event was stored",
            "5 malformed-json"),
        receipt.rejected().stream()
            .map(
                one ->
                    one.index() == 5
                        ? "5 " + one.reason().label()
                        : one.index()
                            + " "
                            + one.reason().label()
                            + " "
                            + one.field()
                            + " "
                            + one.message())
            .toList());
    assertEquals(6, receipt.rejectedCount());
    assertEquals(1, receipt.notBound());
    assertEquals(0, log.drafts().size());
    assertEquals(6, ledger.refusals("/hotline/1022").size());
    assertEquals(6, counted("truc.intake.refused"));
    addsUp();
  }

  @Test
  void theFoldsOwnVerdictWinsAfterTheAppend() {
    fold.verdicts.put(1L, Fold.Verdict.DUPLICATE);
    fold.verdicts.put(2L, Fold.Verdict.CONFLICT);
    fold.verdicts.put(3L, Fold.Verdict.CASE_TOO_LONG);
    Receipt receipt =
        door.submit(
                KEY,
                List.of(personal(0, "a"), personal(1, "b"), personal(2, "c"), personal(3, "d")))
            .result();
    assertEquals(new Receipt(1, 1, 2, 0, receipt.rejected()), receipt);
    assertEquals(List.of(1L, 2L), receipt.rejected().stream().map(Rejection::index).toList());
    assertEquals(
        List.of(false, false, false, true),
        log.drafts().stream().map(draft -> draft.personal().isPresent()).toList(),
        "personal members stay beside counted facts alone");
    addsUp();
  }

  @Test
  void personalMembersExpireByTheRetention() {
    door.submit(KEY, List.of(personal(0, "a"), event(1, "b", "PA-1")));
    Draft.Personal kept = log.drafts().getFirst().personal().orElseThrow();
    assertEquals(
        NOW + TimeUnit.MILLISECONDS.toMicros(RetentionSettings.defaults().personal().toMillis()),
        kept.expiresAtMicros());
    assertEquals("PA-9", kept.code());
    assertTrue(kept.json().contains("0912"), kept.json());
    assertTrue(log.drafts().getLast().personal().isEmpty());
  }

  private Decoded personal(int index, String id) {
    return decoded(
        index,
        Events.feedback(id, "PA-9", "received")
            .replace("\"area\"", "\"contact\":{\"phone\":\"0912\"},\"area\""));
  }

  /// A sender that knows how to make a fault of ours could fill the log with it.
  @Test
  void aFaultIsToldOnceInAWhile() {
    AtomicLong now = new AtomicLong(NOW);
    Door slow =
        new Door(
            IntakeSettings.defaults(),
            RetentionSettings.defaults(),
            log,
            fold,
            ledger,
            new IntakeMetrics(new SimpleMeterRegistry()),
            () -> NOW,
            now::get);
    fold.poison = "a";
    ListAppender<ILoggingEvent> told = new ListAppender<>();
    told.start();
    Logger logger = (Logger) LoggerFactory.getLogger(Door.class);
    logger.addAppender(told);
    try {
      for (long seconds : new long[] {0, 1, 9, 10, 11, 30}) {
        now.set(NOW + TimeUnit.SECONDS.toMicros(seconds));
        slow.submit(KEY, List.of(event(0, "a", "PA-1")));
      }
    } finally {
      logger.detachAppender(told);
    }
    assertEquals(
        List.of(
            "event_unreadable since_last=0",
            "event_unreadable since_last=2",
            "event_unreadable since_last=1"),
        told.list.stream().map(ILoggingEvent::getFormattedMessage).toList());
  }

  @Test
  void personalMembersAreKeptADayAtLeast() {
    assertEquals(Duration.ofDays(1), new RetentionSettings(Duration.ofDays(1)).personal());
    assertThrows(
        IllegalArgumentException.class,
        () -> new RetentionSettings(Duration.ofDays(1).minusMillis(1)));
  }
}
