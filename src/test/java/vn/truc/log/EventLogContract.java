package vn.truc.log;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static vn.truc.log.LogFixtures.await;
import static vn.truc.log.LogFixtures.draft;
import static vn.truc.log.LogFixtures.drafts;
import static vn.truc.log.LogFixtures.personal;
import static vn.truc.log.LogFixtures.refusal;

import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import vn.truc.event.LogRecord;
import vn.truc.log.EventLog.SnapshotReader.Section;

/// What every engine behind [EventLog] promises. An engine's suite extends this and says how a log
/// is opened; positions, order and durability are the same everywhere.
abstract class EventLogContract extends RecordsContract {
  @Test
  void personalFieldsLieBesideTheirRecord() throws Exception {
    EventLog log = open();
    long first =
        append(
            log,
            List.of(
                personal(2, "feedback", "PA-1", "{\"contact\":\"bà Lê\"}", FAR_MICROS), draft(3)));
    EventLog again = reopen(log);
    assertEquals(
        Optional.of("{\"contact\":\"bà Lê\"}"), await(context, () -> again.personal(first)));
    assertEquals(Optional.empty(), await(context, () -> again.personal(first + 1)));
    assertFalse(await(context, () -> again.read(first)).orElseThrow().data().contains("bà Lê"));
  }

  @Test
  void everyTextComesBackAsItWent() throws Exception {
    EventLog log = open();
    List<LogRecord> records = new ArrayList<>();
    for (String text :
        List.of(
            "a", "Đã trả lời ✓", "7", "-", "\u001f", "1\u001f2\u001f3", "x\u001f\u001f\u001fy")) {
      for (int absent = 0; absent < 8; absent++) {
        records.add(
            new LogRecord(
                0,
                LogRecord.SCHEMA,
                "vn.ioc.feedback.status",
                "/" + text,
                text,
                (absent & 1) == 0 ? text : null,
                1_795_000_000_000_000L,
                (absent & 2) == 0 ? text : null,
                1_795_000_000_000_009L,
                text.length() == 1 ? "" : "k1",
                (absent & 4) == 0 ? "{\"e\":\"" + text + "\"}" : null,
                "{\"status\":\"" + text + "\"}",
                null));
      }
    }
    long first = append(log, records.stream().map(Draft::of).toList());
    EventLog again = reopen(log);
    List<String> back = new ArrayList<>();
    for (int i = 0; i < records.size(); i++) {
      long position = first + i;
      back.add(LogFixtures.content(await(context, () -> again.read(position)).orElseThrow()));
    }
    assertEquals(records.stream().map(LogFixtures::content).toList(), back);
  }

  @Test
  void expiredPersonalFieldsAreNotServed() throws Exception {
    EventLog log = open();
    long position = append(log, List.of(personal(2, "feedback", "PA-1", "{}", 1)));
    assertEquals(Optional.empty(), await(context, () -> log.personal(position)));
  }

  @Test
  void erasedFieldsAreGoneAndLaterOnesStay() throws Exception {
    EventLog log = open();
    append(
        log,
        List.of(
            personal(2, "feedback", "PA-1", "{\"a\":1}", FAR_MICROS),
            personal(3, "feedback", "PA-1", "{\"a\":2}", FAR_MICROS),
            personal(4, "feedback", "PA-2", "{\"a\":3}", FAR_MICROS),
            personal(5, "dossier", "PA-1", "{\"a\":4}", FAR_MICROS)));
    assertEquals(2, await(context, () -> log.erase("feedback", "PA-1")));
    assertEquals(0, await(context, () -> log.erase("feedback", "PA-1")));
    append(log, List.of(personal(6, "feedback", "PA-1", "{\"a\":5}", FAR_MICROS)));
    EventLog again = reopen(log);
    List<Optional<String>> left = new ArrayList<>();
    for (long position = 2; position <= 6; position++) {
      long at = position;
      left.add(await(context, () -> again.personal(at)));
    }
    assertEquals(
        List.of(
            Optional.empty(),
            Optional.empty(),
            Optional.of("{\"a\":3}"),
            Optional.of("{\"a\":4}"),
            Optional.of("{\"a\":5}")),
        left);
    assertEquals(6, again.head());
  }

  @Test
  void forgottenFieldsAreGoneAndThoseOfOtherRecordsOfTheCaseStay() throws Exception {
    EventLog log = open();
    long first =
        append(
            log,
            List.of(
                personal(2, "feedback", "PA-1", "{\"a\":1}", FAR_MICROS),
                personal(3, "feedback", "PA-1", "{\"a\":2}", FAR_MICROS),
                draft(4)));
    await(context, () -> log.forget(List.of(first + 1, first + 2, first + 99)));
    EventLog again = reopen(log);
    assertEquals(Optional.of("{\"a\":1}"), await(context, () -> again.personal(first)));
    assertEquals(Optional.empty(), await(context, () -> again.personal(first + 1)));
    assertEquals(first + 2, again.head());
  }

  @Test
  void aSecretIsMadeOnceAndKept() throws Exception {
    EventLog log = open();
    Buffer tokens = await(context, () -> log.secret("tokens"));
    assertEquals(32, tokens.length());
    assertEquals(tokens, await(context, () -> log.secret("tokens")));
    assertNotEquals(tokens, await(context, () -> log.secret("other")));
    EventLog again = reopen(log);
    assertEquals(tokens, await(context, () -> again.secret("tokens")));
  }

  @Test
  void onlyACompleteSnapshotIsFound() throws Exception {
    EventLog log = open();
    assertEquals(Optional.empty(), await(context, log::newestSnapshot));
    EventLog.SnapshotWriter writer = await(context, log::beginSnapshot);
    await(context, () -> writer.write("cases", 3, 17, Buffer.buffer("one")));
    await(context, () -> writer.write("cases", 3, 17, Buffer.buffer("two")));
    await(context, () -> writer.write("rings", 1, 20, Buffer.buffer("")));
    assertEquals(Optional.empty(), await(context, log::newestSnapshot));
    await(context, writer::commit);
    EventLog again = reopen(log);
    EventLog.SnapshotReader reader = await(context, again::newestSnapshot).orElseThrow();
    assertEquals(
        List.of(new Section("cases", 3, 17, 2), new Section("rings", 1, 20, 1)), reader.sections());
    Section cases = reader.sections().getFirst();
    assertEquals("two", await(context, () -> reader.chunk(cases, 1)).toString());
    assertEquals("", await(context, () -> reader.chunk(reader.sections().get(1), 0)).toString());
    assertEquals(LogException.Reason.UNREADABLE, refusal(context, () -> reader.chunk(cases, 2)));
  }

  @Test
  void aSectionOfAnOlderVersionIsHandedOutWithItsVersion() throws Exception {
    EventLog log = open();
    snapshot(log, 0, "old form");
    snapshot(log, 7, "new form");
    EventLog.SnapshotReader reader = await(context, log::newestSnapshot).orElseThrow();
    assertEquals(7, reader.sections().getFirst().version());
    EventLog.SnapshotWriter third = await(context, log::beginSnapshot);
    await(context, () -> third.write("cases", 0, 5, Buffer.buffer("oldest form")));
    await(context, third::commit);
    EventLog.SnapshotReader old = await(context, log::newestSnapshot).orElseThrow();
    assertEquals(List.of(new Section("cases", 0, 5, 1)), old.sections());
  }

  @Test
  void oneSnapshotIsWrittenAtATimeAndADiscardedOneIsNeverFound() throws Exception {
    EventLog log = open();
    snapshot(log, 1, "kept");
    EventLog.SnapshotWriter writer = await(context, log::beginSnapshot);
    CompletableFuture<Throwable> second = new CompletableFuture<>();
    context.runOnContext(_ -> log.beginSnapshot().onFailure(second::complete));
    assertTrue(await(second) instanceof IllegalStateException);
    await(context, () -> writer.write("cases", 1, 1, Buffer.buffer("dropped")));
    await(context, writer::discard);
    EventLog.SnapshotReader reader = await(context, log::newestSnapshot).orElseThrow();
    Section section = reader.sections().getFirst();
    assertEquals("kept", await(context, () -> reader.chunk(section, 0)).toString());
    snapshot(log, 1, "next");
  }

  /// The bounds of a chunk, to the byte, and what one section must agree on.
  @Test
  void chunksOfASectionAreBoundedAndAgree() throws Exception {
    EventLog log = open();
    EventLog.SnapshotWriter writer = await(context, log::beginSnapshot);
    await(context, () -> writer.write("cases", 1, 5, Buffer.buffer(new byte[4 << 20])));
    List<Supplier<Future<Void>>> wrong =
        List.of(
            () -> writer.write("cases", 1, 5, Buffer.buffer(new byte[(4 << 20) + 1])),
            () -> writer.write("cases", 2, 5, Buffer.buffer("x")),
            () -> writer.write("cases", 1, 6, Buffer.buffer("x")));
    for (Supplier<Future<Void>> one : wrong) {
      assertTrue(failure(one) instanceof IllegalArgumentException);
    }
    await(context, writer::commit);
    assertTrue(failure(writer::commit) instanceof IllegalStateException);
    assertTrue(failure(writer::discard) instanceof IllegalStateException);
    assertTrue(
        failure(() -> writer.write("cases", 1, 5, Buffer.buffer("x")))
            instanceof IllegalStateException);
    EventLog.SnapshotReader reader = await(context, log::newestSnapshot).orElseThrow();
    assertEquals(List.of(new Section("cases", 1, 5, 1)), reader.sections());
    assertEquals(
        4 << 20, await(context, () -> reader.chunk(reader.sections().getFirst(), 0)).length());
  }

  private Throwable failure(Supplier<? extends Future<?>> step) throws Exception {
    CompletableFuture<Throwable> failed = new CompletableFuture<>();
    context.runOnContext(
        _ ->
            step.get()
                .onComplete(
                    value ->
                        failed.completeExceptionally(new AssertionError("it went well: " + value)),
                    failed::complete));
    return await(failed);
  }

  @Test
  void anAppendOfNothingIsRefusedAndPositionsThatAreNotThereHaveNothing() throws Exception {
    EventLog log = open();
    assertTrue(failure(() -> log.append(List.of())) instanceof IllegalArgumentException);
    assertEquals(1, log.head());
    for (long position : new long[] {-1, 0, 2, 99}) {
      assertEquals(Optional.empty(), await(context, () -> log.personal(position)));
      assertEquals(Optional.empty(), await(context, () -> log.read(position)));
    }
    await(context, () -> log.forget(List.of()));
    await(context, () -> log.forget(List.of(0L, 2L)));
  }

  /// The bound in bytes holds to the byte.
  @Test
  void bytesOfTheQueueFindRoomUpToTheLast() throws Exception {
    List<Draft> batch = drafts(2, 2);
    long bytes = WorkQueue.bytesOf(batch);
    EventLog exact = open(LogSettings.defaults().withQueue(10, bytes));
    assertEquals(2, append(exact, batch));
    await(context, exact::close);
    EventLog narrow = open(LogSettings.defaults().withQueue(10, bytes - 1));
    assertEquals(LogException.Reason.QUEUE_FULL, refusal(context, () -> narrow.append(batch)));
    assertEquals(3, narrow.head());
  }

  private void snapshot(EventLog log, int version, String text) throws Exception {
    EventLog.SnapshotWriter writer = await(context, log::beginSnapshot);
    await(context, () -> writer.write("cases", version, 1, Buffer.buffer(text)));
    await(context, writer::commit);
  }

  @Test
  void aFullQueueRefusesAtOnceAndTakesNothing() throws Exception {
    EventLog log = open(LogSettings.defaults().withQueue(10, 1L << 20));
    assertEquals(LogException.Reason.QUEUE_FULL, refusal(context, () -> log.append(drafts(2, 11))));
    assertEquals(1, log.head());
    assertEquals(2, append(log, drafts(2, 10)));
    EventLog narrow = log;
    String large = "x".repeat(1 << 20);
    LogRecord heavy = new LogRecord(0, 1, "t", "s", "i", null, 0, null, 0, "", null, large, null);
    assertEquals(
        LogException.Reason.QUEUE_FULL,
        refusal(context, () -> narrow.append(List.of(Draft.of(heavy)))));
    assertEquals(11, log.head());
  }

  @Test
  void closeFlushesEndsTheStreamsAndRefusesWhatComesLater() throws Exception {
    EventLog log = open();
    CompletableFuture<Boolean> ended = new CompletableFuture<>();
    List<Long> answered = new ArrayList<>();
    await(
        context,
        () -> {
          log.follow(0).endHandler(_ -> ended.complete(true)).handler(_ -> {});
          for (int i = 0; i < 50; i++) {
            log.append(drafts(2 + i * 3L, 3)).onSuccess(answered::add);
          }
          return log.close();
        });
    assertTrue(await(ended));
    assertEquals(50, answered.size());
    assertEquals(LogException.Reason.CLOSED, refusal(context, () -> log.append(drafts(1, 1))));
    assertEquals(LogException.Reason.CLOSED, refusal(context, () -> log.read(1)));
    assertEquals(LogException.Reason.CLOSED, refusal(context, () -> log.erase("a", "b")));
    assertEquals(LogException.Reason.CLOSED, refusal(context, log::beginSnapshot));
    await(context, log::close);
    EventLog again = open();
    assertEquals(151, again.head());
    assertEquals(151, follow(again, 0, 151).size());
  }

  @Test
  void everyAnswerComesOnTheContextThatAsked() throws Exception {
    EventLog log = open();
    EventLog.SnapshotWriter writer = await(context, log::beginSnapshot);
    Context other = vertx.getOrCreateContext();
    List<Supplier<Future<?>>> calls =
        List.of(
            () -> log.append(drafts(2, 1)),
            () -> log.read(1),
            () -> log.personal(1),
            () -> log.erase("a", "b"),
            () -> log.secret("s"),
            () -> writer.write("a", 1, 1, Buffer.buffer("x")),
            writer::commit,
            log::newestSnapshot,
            log::beginSnapshot,
            log::close);
    for (Supplier<Future<?>> call : calls) {
      CompletableFuture<Boolean> same = new CompletableFuture<>();
      other.runOnContext(
          _ -> call.get().onComplete(_ -> same.complete(other.equals(vertx.getOrCreateContext()))));
      assertTrue(await(same));
    }
  }
}
