package vn.truc.log;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import vn.truc.event.LogRecord;

/// What waits for the writer thread: its bounds to the unit, and its order.
class WorkQueueTest {
  private static final int RECORDS_MAX = 10;

  private final Vertx vertx = Vertx.vertx();
  private final List<String> done = new ArrayList<>();

  @AfterEach
  void close() throws Exception {
    LogFixtures.await(vertx.close());
  }

  /// Groups of 4 records; 3 jobs or 100 bytes of them.
  private static WorkQueue queue(long bytesMax) {
    return new WorkQueue(
        new LogSettings(RECORDS_MAX, bytesMax, 4, 1_024, 16, 1_024, 3, 100, 1, 1, 1, 1));
  }

  private WorkQueue.Append append(int records) {
    List<Draft> batch = LogFixtures.drafts(1, records);
    return new WorkQueue.Append(
        batch, WorkQueue.bytesOf(batch), vertx.getOrCreateContext(), Promise.promise());
  }

  private WorkQueue.Job job(String name, long bytes) {
    return new WorkQueue.Job(() -> done.add(name), bytes);
  }

  private static LogException.Reason refusal(Optional<LogException> refusal) {
    return refusal.orElseThrow().reason();
  }

  /// Sizes of the appends of the next round, and what its job says.
  private String round(WorkQueue queue) throws InterruptedException {
    WorkQueue.Round round = queue.next(0);
    done.clear();
    round.job().ifPresent(job -> job.run().run());
    return round.appends().stream().map(append -> append.batch().size()).toList()
        + String.join("", done)
        + (round.closing() ? " closing" : "");
  }

  @Test
  void bytesOfABatchAreThoseOfItsTextsAndWhatARecordTakes() {
    LogRecord bare =
        new LogRecord(0, 1, "t", "so", "id1", null, 0, null, 0, "key", null, "data5", null);
    long one = WorkQueue.bytesOf(List.of(Draft.of(bare)));
    assertEquals(WorkQueue.RECORD_BYTES + 1 + 2 + 3 + 5, one);
    LogRecord full =
        new LogRecord(0, 1, "t", "so", "id1", "PA-1", 0, "9", 0, "key", "{ext7}", "data5", null);
    Draft.Personal fields = new Draft.Personal("feedback", "PA-1", "{personal}", 1);
    assertEquals(
        2 * one + 4 + 6 + 10,
        WorkQueue.bytesOf(List.of(Draft.of(bare), new Draft(full, Optional.of(fields)))));
  }

  @Test
  void whoWaitsForWorkWaitsUntilItComes() throws Exception {
    WorkQueue queue = queue(1 << 20);
    FutureTask<WorkQueue.Round> next = new FutureTask<>(() -> queue.next(60_000_000_000L));
    Thread waiting = Thread.ofPlatform().daemon().start(next);
    while (waiting.getState() != Thread.State.TIMED_WAITING && waiting.isAlive()) {
      Thread.onSpinWait();
    }
    assertEquals(Optional.empty(), queue.offer(append(3)));
    assertEquals(1, next.get().appends().size());
  }

  @Test
  void recordsFindRoomUpToTheLast() throws Exception {
    WorkQueue queue = queue(1 << 20);
    assertEquals(Optional.empty(), queue.offer(append(3)));
    assertEquals(Optional.empty(), queue.offer(append(6)));
    assertEquals(LogException.Reason.QUEUE_FULL, refusal(queue.offer(append(2))));
    assertEquals(Optional.empty(), queue.offer(append(1)));
    assertEquals(RECORDS_MAX, queue.records());
    assertEquals(LogException.Reason.QUEUE_FULL, refusal(queue.offer(append(1))));
    assertEquals("[3]", round(queue));
    assertEquals(7, queue.records());
    assertEquals(Optional.empty(), queue.offer(append(3)));
  }

  @Test
  void bytesFindRoomUpToTheLast() throws Exception {
    long two = append(2).bytes();
    long one = append(1).bytes();
    WorkQueue queue = queue(two + one);
    assertEquals(Optional.empty(), queue.offer(append(2)));
    assertEquals(two, queue.bytes());
    assertEquals(Optional.empty(), queue.offer(append(1)));
    assertEquals(two + one, queue.bytes());
    assertEquals("[2, 1]", round(queue));
    assertEquals(0, queue.bytes());
    WorkQueue narrow = queue(two + one - 1);
    assertEquals(Optional.empty(), narrow.offer(append(2)));
    assertEquals(LogException.Reason.QUEUE_FULL, refusal(narrow.offer(append(1))));
    assertEquals(two, narrow.bytes(), "nothing of it was taken");
  }

  /// What a record takes beside its texts counts too, and every text does.
  @Test
  void bytesOfABatchAreThoseOfItsTexts() {
    long plain = WorkQueue.bytesOf(List.of(LogFixtures.draft(1)));
    long more =
        WorkQueue.bytesOf(List.of(LogFixtures.personal(1, "feedback", "PA-1", "{\"a\":1}", 1)));
    assertEquals(plain + 7, more);
    assertEquals(2 * plain, WorkQueue.bytesOf(LogFixtures.drafts(1, 2)));
    long number = WorkQueue.bytesOf(List.of(LogFixtures.draft(5)));
    assertEquals(plain + "{\"trace\":\"5\"}".length(), number, "extensions");
    assertTrue(plain > LogFixtures.record(1).data().length() + 240);
  }

  /// An append is never cut; one that is larger than a group is a group of its own.
  @Test
  void groupsTakeWholeAppends() throws Exception {
    WorkQueue queue = queue(1 << 20);
    for (int size : new int[] {1, 3, 1, 5}) {
      assertEquals(Optional.empty(), queue.offer(append(size)));
    }
    assertEquals("[1, 3]", round(queue));
    assertEquals("[1]", round(queue));
    assertEquals("[5]", round(queue));
    assertEquals("[]", round(queue), "the time is over");
  }

  @Test
  void jobsKeepTheirPlaceAndThoseInTheBackgroundGiveWay() throws Exception {
    WorkQueue queue = queue(1 << 20);
    assertEquals(Optional.empty(), queue.offerBackground(job("chunk", 1)));
    assertEquals(Optional.empty(), queue.offer(append(1)));
    assertEquals(Optional.empty(), queue.offer(job("erase", 0)));
    assertEquals(Optional.empty(), queue.offer(append(2)));
    assertEquals("[1]chunk", round(queue), "at most one job a round");
    assertEquals("[]erase", round(queue), "before what came behind it");
    assertEquals("[2]", round(queue));
  }

  @Test
  void jobsAreBoundedInNumberAndBytes() throws Exception {
    WorkQueue queue = queue(1 << 20);
    assertEquals(Optional.empty(), queue.offerBackground(job("a", 60)));
    assertEquals(Optional.empty(), queue.offerBackground(job("b", 40)));
    assertEquals(LogException.Reason.QUEUE_FULL, refusal(queue.offerBackground(job("c", 1))));
    assertEquals(Optional.empty(), queue.offer(job("d", 0)));
    assertEquals(LogException.Reason.QUEUE_FULL, refusal(queue.offer(job("e", 0))), "the fourth");
    assertEquals("[]d", round(queue));
    assertEquals("[]a", round(queue));
    assertEquals(Optional.empty(), queue.offerBackground(job("f", 60)), "its room was given back");
    WorkQueue large = queue(1 << 20);
    assertEquals(Optional.empty(), large.offerBackground(job("g", 1_000)), "one alone always fits");
    assertEquals(LogException.Reason.QUEUE_FULL, refusal(large.offerBackground(job("h", 1))));
  }

  @Test
  void closedItRefusesAndIsEmptied() throws Exception {
    WorkQueue queue = queue(1 << 20);
    assertEquals(Optional.empty(), queue.offer(append(1)));
    assertEquals(Optional.empty(), queue.offerBackground(job("chunk", 1)));
    assertEquals(Optional.empty(), queue.offerBackground(job("other", 1)));
    queue.close();
    assertEquals(LogException.Reason.CLOSED, refusal(queue.offer(append(1))));
    assertEquals(LogException.Reason.CLOSED, refusal(queue.offer(job("x", 0))));
    assertEquals(LogException.Reason.CLOSED, refusal(queue.offerBackground(job("x", 0))));
    assertEquals("[1]chunk", round(queue));
    assertFalse(round(queue).contains("closing"), "that was the last, told in the next round");
    assertEquals("[] closing", round(queue));
  }
}
