package vn.truc.intake;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.vertx.core.Future;
import java.util.List;
import org.junit.jupiter.api.Test;
import vn.truc.event.Rejection;
import vn.truc.log.LogException;
import vn.truc.testing.Events;

/// Facts of one identity that are on their way together.
class DoorRacesTest extends DoorScene {
  /// Two contents of one fact came in one NDJSON body, in batches that were on their way together:
  /// the second was refused and stood in the log all the same, and an export could not be replayed.
  @Test
  void whatIsOnItsWayInAnotherBatchIsNotAppendedAgain() {
    log.hold();
    Future<Receipt> first = door.submit(KEY, List.of(event(0, "a", "PA-1")));
    Future<Receipt> second =
        door.submit(
            KEY,
            List.of(
                event(0, "b", "PA-1"),
                event(1, "a", "PA-1"),
                decoded(2, Events.feedback("a", "PA-1", "answered"))));
    Future<Receipt> third =
        door.submit(KEY, List.of(decoded(0, Events.feedback("a", "PA-1", "closed"))));
    Future<Receipt> other = door.submit(KEY, List.of(event(0, "a", "PA-2")));
    assertFalse(second.isComplete() || third.isComplete());
    log.letGo();
    assertEquals(1, first.result().accepted());
    assertEquals(1, second.result().accepted());
    assertEquals(1, second.result().duplicates());
    assertEquals(List.of(2L), second.result().rejected().stream().map(Rejection::index).toList());
    assertEquals("identity-conflict", third.result().rejected().getFirst().reason().label());
    assertEquals(1, other.result().accepted());
    assertEquals(
        List.of("a", "a", "b"),
        log.drafts().stream().map(draft -> draft.record().id()).sorted().toList());
    addsUp();
  }

  /// A batch was judged while a fact of the same identity was on its way in another, and stored
  /// when that one had its answer.
  @Test
  void whatTheFoldHasLearntSinceABatchBeganIsLookedAtAgain() {
    log.hold();
    Future<Receipt> first = door.submit(KEY, List.of(event(0, "a", "PA-1")));
    Door.Batch batch = door.batch(KEY, true);
    batch.add(decoded(0, Events.feedback("a", "PA-1", "closed")));
    batch.add(event(1, "b", "PA-1"));
    log.letGo();
    assertEquals(1, first.result().accepted());
    fold.judged.put("a", Fold.Verdict.CONFLICT);
    Receipt receipt = batch.store().result();
    assertEquals(1, receipt.accepted());
    assertEquals(List.of(0L), receipt.rejected().stream().map(Rejection::index).toList());
    assertEquals(2, log.drafts().size());
    addsUp();
  }

  /// A fault of ours while a batch is looked at again leaves nothing behind that waits for it.
  @Test
  void aFaultBeforeTheAppendFailsTheBatchAndNoOther() {
    Door.Batch batch = door.batch(KEY, true);
    batch.add(event(0, "a", "PA-1"));
    assertTrue(door.submit(KEY, List.of(event(0, "b", "PA-1"))).succeeded());
    fold.poison = "a";
    assertTrue(batch.store().failed());
    fold.poison = "none";
    assertTrue(door.submit(KEY, List.of(event(0, "a", "PA-1"))).succeeded());
  }

  /// What waited for a fact that the log did not take is taken in its place; and nothing waits for
  /// it any more.
  @Test
  void whatWaitedForAFactThatNeverCameIsTaken() {
    log.hold();
    Future<Receipt> first = door.submit(KEY, List.of(event(0, "a", "PA-1")));
    Future<Receipt> second =
        door.submit(KEY, List.of(decoded(0, Events.feedback("a", "PA-1", "answered"))));
    log.lose(LogException.Reason.UNWRITABLE);
    assertTrue(first.failed());
    assertEquals(1, second.result().accepted());
    fold.judged.put("a", Fold.Verdict.CONFLICT);
    assertTrue(door.submit(KEY, List.of(event(0, "a", "PA-1"))).succeeded());
    assertEquals(1, log.drafts().size());
    addsUp();
  }

  /// Of two events under one identity in one body only the first is written; the second is a repeat
  /// or a conflict by its content, even where the fold has forgotten by the time it answers.
  @Test
  void repeatsWithinABatchAreNotAppended() {
    Receipt receipt =
        door.submit(
                KEY,
                List.of(
                    event(0, "a", "PA-1"),
                    event(1, "b", "PA-1"),
                    event(2, "a", "PA-1"),
                    decoded(3, Events.feedback("a", "PA-1", "answered")),
                    event(4, "a", "PA-2")))
            .result();
    assertEquals(3, receipt.accepted());
    assertEquals(1, receipt.duplicates());
    assertEquals(List.of(3L), receipt.rejected().stream().map(Rejection::index).toList());
    assertEquals("identity-conflict", receipt.rejected().getFirst().reason().label());
    assertEquals(3, log.drafts().size());
    assertEquals(4, ledger.arrival("/hotline/1022", NOW).orElseThrow().events());
    addsUp();
  }

  /// Senders that send one and the same in a thousand requests at once waited in no queue that
  /// anybody counted.
  @Test
  void whatWaitsForOthersTakesRoomAndIsRefusedBeyond() {
    String text = "x".repeat(400);
    String fact =
        Events.feedback("a", "PA-1", "received")
            .replace("\"received\"", "\"received\",\"outcome\":\"" + text + "\"");
    int fit = (int) (IntakeSettings.defaults().bufferedBytesMax() / 1_200);
    log.hold();
    Future<Receipt> first = door.submit(KEY, List.of(decoded(0, fact)));
    assertEquals(0, door.bufferedBytes(), "what goes into the log waits in its queue");
    int waiting = 0;
    Future<Receipt> next = door.submit(KEY, List.of(decoded(0, fact)));
    while (!next.isComplete()) {
      waiting++;
      next = door.submit(KEY, List.of(decoded(0, fact)));
    }
    assertTrue(waiting >= fit, waiting + " of " + fit);
    assertEquals(429, ((IntakeException) next.cause()).reason().status());
    log.letGo();
    assertTrue(first.succeeded());
    assertEquals(0, door.bufferedBytes());
    assertEquals(1, log.drafts().size());
    addsUp();
  }

  @Test
  void repeatsWithinABatchTakeRoomWhileItWaits() {
    log.hold();
    Future<Receipt> answer =
        door.submit(
            KEY, List.of(event(0, "a", "PA-1"), event(1, "a", "PA-1"), event(2, "a", "PA-1")));
    assertTrue(door.bufferedBytes() > 128, () -> door.bufferedBytes() + " bytes");
    log.letGo();
    assertEquals(2, answer.result().duplicates());
    assertEquals(0, door.bufferedBytes());
  }

  /// A batch that waited for another was written though its key was revoked meanwhile.
  @Test
  void aKeyIsLookedAtAgainBehindAWait() {
    log.hold();
    Future<Receipt> first = door.submit(KEY, List.of(event(0, "a", "PA-1")));
    Future<Receipt> second =
        door.submit(KEY, List.of(event(0, "a", "PA-1"), event(1, "b", "PA-1")));
    fold.revoked = true;
    log.letGo();
    assertTrue(first.succeeded(), "its append was under way");
    assertEquals(IntakeException.Reason.KEY_REVOKED, ((IntakeException) second.cause()).reason());
    assertEquals(1, log.drafts().size());
    assertEquals(0, door.bufferedBytes());
    addsUp();
  }
}
