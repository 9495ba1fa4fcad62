package vn.truc.board;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import vn.truc.event.LogRecord;

/// Snapshot and tail against the whole log: cases in many chunks with facts and clock moves between
/// them, portals with sketches of visitors, indicators, and which of all these was ever fed.
final class SnapshotModelTest {
  private static final long START = RandomFacts.FROM;
  private static final int FACTS = 1_500;

  /// A board on its way through a log.
  private static final class Walk {
    private final Board board;
    private int at;

    Walk(Board board) {
      this.board = board;
    }

    void go(List<LogRecord> log, int count) {
      for (int i = 0; i < count && at < log.size(); i++) {
        board.apply(log.get(at++));
      }
    }
  }

  /// The facts that arrive between two chunks go through `live`; what is read back goes on behind
  /// the position at which the first chunk was begun.
  private static Walk restored(Walk live, List<LogRecord> log, Random random, int chunkBytes) {
    BoardSnapshot snapshot = live.board.snapshot(chunkBytes);
    List<byte[]> cases = new ArrayList<>();
    for (Optional<byte[]> chunk = snapshot.nextCases();
        chunk.isPresent();
        chunk = snapshot.nextCases()) {
      cases.add(chunk.get());
      live.go(log, random.nextInt(40));
      Boards.advance(live.board, live.board.asOfMicros() + random.nextLong(Days.DAY_MICROS / 4));
    }
    Iterator<byte[]> chunks = snapshot.registers();
    List<byte[]> texts = new ArrayList<>();
    snapshot.texts().forEachRemaining(texts::add);
    byte[] clock = snapshot.clock();
    List<byte[]> registers = new ArrayList<>();
    while (chunks.hasNext()) {
      live.go(log, random.nextInt(10));
      registers.add(chunks.next());
    }
    assertTrue(cases.size() > 8, "chunks of cases: " + cases.size());
    assertTrue(registers.size() > 8, "chunks of registers: " + registers.size());
    live.go(log, random.nextInt(60));
    Board board = Boards.board();
    board.restore(BoardSnapshot.CLOCK, clock);
    texts.forEach(chunk -> board.restore(BoardSnapshot.TEXTS, chunk));
    cases.forEach(chunk -> board.restore(BoardSnapshot.CASES, chunk));
    registers.forEach(chunk -> board.restore(BoardSnapshot.REGISTERS, chunk));
    board.restored(snapshot.position());
    Walk walk = new Walk(board);
    walk.at = (int) snapshot.position();
    walk.go(log, live.at - walk.at);
    return walk;
  }

  @ParameterizedTest
  @ValueSource(longs = {31, 32, 33, 34, 35, 36, 37, 38})
  void snapshotWhileFactsArriveAndTailEqualsFullReplay(long seed) {
    System.out.println("seed " + seed);
    Random random = new Random(seed);
    RandomFacts facts = new RandomFacts(seed, 40, true);
    boolean sketches = seed % 2 == 0;
    List<LogRecord> log = (sketches ? facts.withSketches() : facts).take(FACTS);
    Walk live = new Walk(Boards.board());
    Boards.advance(live.board, START);
    live.go(log, 600);
    Boards.advance(live.board, START + 12 * Days.DAY_MICROS);
    Walk once = restored(live, log, random, 200);
    Boards.advance(once.board, live.board.asOfMicros());
    assertEquals(Boards.digest(live.board), Boards.digest(once.board), "seed " + seed);
    Walk twice = restored(once, log, random, 300);
    long now = Math.max(live.board.asOfMicros(), twice.board.asOfMicros());
    now = Math.max(now, once.board.asOfMicros());
    Walk replay = new Walk(Boards.board());
    NaiveBoard naive = new NaiveBoard(RandomFacts.config(), Boards.SMALL.caseFactsMax());
    log.forEach(naive::take);
    for (Walk walk : List.of(live, once, twice, replay)) {
      walk.go(log, log.size());
    }
    for (LogRecord record : log) {
      BoardVerdict known = replay.board.judge(record, 0);
      for (Walk walk : List.of(live, once, twice)) {
        assertEquals(known, walk.board.judge(record, 0), "seed " + seed + " " + record);
      }
    }
    for (int i = 0; i < 3; i++) {
      long instant = now + 9L * i * Days.DAY_MICROS;
      naive.moveTo(instant);
      Boards.advance(replay.board, instant);
      String expected = Boards.digest(replay.board);
      for (Walk walk : List.of(live, once, twice)) {
        Boards.advance(walk.board, instant);
        assertEquals(expected, Boards.digest(walk.board), "seed " + seed);
        assertEquals(
            Boards.values(replay.board, "province"),
            Boards.values(walk.board, "province"),
            "seed " + seed);
      }
      if (!sketches) {
        BoardModelTest.same(naive, twice.board, "seed " + seed);
      }
    }
  }
}
