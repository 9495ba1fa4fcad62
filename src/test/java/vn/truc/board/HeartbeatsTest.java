package vn.truc.board;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import vn.truc.event.Event;
import vn.truc.event.EventTypes;
import vn.truc.event.LogRecord;

/// A feed whose connection broke sent its heartbeat again and again, and each copy was taken as new
/// and stored; the same id with another content was taken too. A heartbeat is a fact like others: a
/// repeat is a duplicate, as long as it is among the newest that are remembered.
final class HeartbeatsTest {
  private static final int PER_SOURCE = 3;

  private final Board board = Boards.board();

  private static LogRecord beat(String source, String id, long second, long hash) {
    return new LogRecord(
        1,
        LogRecord.SCHEMA,
        EventTypes.SOURCE_HEARTBEAT,
        source,
        id,
        null,
        RandomFacts.FROM + second * 1_000_000L,
        null,
        0,
        "k1",
        null,
        "{}",
        new Event.Heartbeat(hash));
  }

  private BoardVerdict apply(LogRecord record) {
    BoardVerdict judged = board.judge(record, 0);
    assertEquals(judged, board.apply(record).verdict(), "the door and the fold agree");
    return judged;
  }

  @Test
  void aRepeatIsADuplicateAndAnotherContentAConflict() {
    long state = board.state();
    assertEquals(BoardVerdict.NEW, apply(beat("/a", "h", 1, 7)));
    assertEquals(BoardVerdict.DUPLICATE, apply(beat("/a", "h", 1, 7)));
    assertEquals(BoardVerdict.CONFLICT, apply(beat("/a", "h", 2, 8)));
    assertEquals(BoardVerdict.DUPLICATE, apply(beat("/a", "h", 1, 7)), "the first stands");
    assertEquals(BoardVerdict.NEW, apply(beat("/b", "h", 1, 8)), "another source");
    assertEquals(state, board.state(), "heartbeats are no part of the state");
  }

  @Test
  void aRepeatOlderThanWhatIsRememberedIsTakenAnewAndForgotten() {
    for (int i = 0; i <= PER_SOURCE; i++) {
      apply(beat("/a", "h" + i, i, 7));
    }
    assertEquals(BoardVerdict.DUPLICATE, apply(beat("/a", "h1", 1, 7)));
    assertEquals(BoardVerdict.NEW, apply(beat("/a", "h0", 0, 7)));
    assertEquals(BoardVerdict.NEW, apply(beat("/a", "h0", 0, 7)));
    assertEquals(BoardVerdict.DUPLICATE, apply(beat("/a", "h1", 1, 7)), "it drove nobody out");
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6})
  void whatIsRememberedDoesNotDependOnArrival(long seed) {
    System.out.println("seed " + seed);
    Random random = new Random(seed);
    List<LogRecord> beats = new ArrayList<>();
    for (int i = 0; i < 60; i++) {
      beats.add(beat("/" + random.nextInt(6), "h" + i, random.nextInt(20), 7));
    }
    List<Heartbeats.Beat> expected = remembered(beats);
    assertEquals(7, expected.size());
    for (int i = 0; i < 5; i++) {
      List<LogRecord> other = new ArrayList<>(beats);
      other.addAll(beats.subList(0, 30));
      Collections.shuffle(other, random);
      assertEquals(expected, remembered(other), "seed " + seed);
    }
  }

  private static List<Heartbeats.Beat> remembered(List<LogRecord> beats) {
    Heartbeats heartbeats = new Heartbeats(PER_SOURCE, 7);
    for (LogRecord record : beats) {
      if (heartbeats.judge(record, (Event.Heartbeat) record.event()) == BoardVerdict.NEW) {
        heartbeats.insert(record, (Event.Heartbeat) record.event());
      }
    }
    return heartbeats.remembered();
  }

  @Test
  void aSnapshotHoldsThem() {
    apply(beat("/a", "h", 1, 7));
    Board other = Boards.board();
    board
        .copy()
        .registers()
        .forEachRemaining(chunk -> other.restore(BoardSnapshot.REGISTERS, chunk));
    assertEquals(BoardVerdict.DUPLICATE, other.judge(beat("/a", "h", 1, 7), 0));
  }
}
