package vn.truc.log;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static vn.truc.log.LogFixtures.await;
import static vn.truc.log.LogFixtures.drafts;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import vn.truc.event.LogRecord;

/// What the note of a failed disk cuts off at the next start, and what it does not.
class FailedNoteTest {
  @TempDir private Path dir = Path.of("");

  private final Vertx vertx = Vertx.vertx();
  private final Context context = vertx.getOrCreateContext();

  @AfterEach
  void stop() throws Exception {
    await(vertx.close());
  }

  private Path data() {
    return dir.resolve("data");
  }

  private Future<SqliteEventLog> opening() {
    return SqliteEventLog.open(vertx, data(), LogSettings.defaults(), new SimpleMeterRegistry());
  }

  private EventLog open() throws Exception {
    return await(context, this::opening);
  }

  private List<LogRecord> all(EventLog log) throws Exception {
    LogFixtures.Collector collector = new LogFixtures.Collector(log.head());
    context.runOnContext(_ -> log.follow(0).handler(collector::take));
    return collector.await();
  }

  @Test
  void aJournalCutWhileTheNoteOfAFailureStandsIsCutToTheNote() throws Exception {
    tenRecords();
    FailedNote.leave(data(), 7, 10);
    EventLog again = open();
    assertEquals(7, again.head());
    assertEquals(7, all(again).size());
    assertEquals(8, await(context, () -> again.append(drafts(8, 1))));
    await(context, again::close);
    Files.writeString(data().resolve("truc.failed"), "6\n");
    EventLog old = open();
    assertEquals(6, old.head(), "a note of version 0.1.0");
    await(context, old::close);
  }

  /// A note that held a smaller number than was written into it cut off acknowledged records, with
  /// no word.
  @Test
  void aNoteThatIsDamagedOrAnotherLogsCutsNothing() throws Exception {
    tenRecords();
    Path note = data().resolve("truc.failed");
    FailedNote.leave(data(), 7, 10);
    String sound = Files.readString(note);
    FailedNote.leave(data(), 5, 8);
    String shorter = Files.readString(note);
    FailedNote.leave(data(), 11, 15);
    String longer = Files.readString(note);
    for (String text :
        List.of(
            "",
            "7",
            "-7\n",
            "7 10\n",
            sound.replace("7 ", "1 "),
            sound.replace(" 10 ", " 20 "),
            sound.strip(),
            sound + "7\n",
            shorter,
            longer,
            "11\n")) {
      Files.writeString(note, text);
      assertEquals(LogException.Reason.CORRUPT, LogFixtures.refusal(context, this::opening), text);
      assertEquals(text, Files.readString(note));
    }
    Files.delete(note);
    EventLog whole = open();
    assertEquals(10, all(whole).size());
    await(context, whole::close);
  }

  /// The log of version 0.1.0 did not say how far the refused records went; a failed write leaves
  /// no more than its queue held.
  @Test
  void aNoteOfTheOldFormCutsNoMoreThanAFailedWriteLeaves() {
    FailedNote old = new FailedNote(data(), 100, OptionalLong.empty());
    assertEquals(100, old.head(100));
    assertEquals(100, old.head(65_636));
    assertThrows(LogException.class, () -> old.head(65_637));
    assertThrows(LogException.class, () -> old.head(99));
  }

  private void tenRecords() throws Exception {
    EventLog log = open();
    await(context, () -> log.append(drafts(2, 9)));
    await(context, log::close);
  }
}
