package vn.truc.board;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import vn.truc.event.CaseKind;
import vn.truc.event.LogRecord;

/// The board against [NaiveBoard], and against itself by other ways to the same place.
final class BoardModelTest {
  private static final long START = RandomFacts.FROM;

  /// Reached by some of the cases.
  private static final int LONG_FACTS_MAX = 500;

  static void same(NaiveBoard naive, Board board, String where) {
    naive
        .values()
        .forEach(
            (scope, values) ->
                assertEquals(diff(values, Boards.values(board, scope)), "", where + " " + scope));
  }

  private static String diff(Map<String, String> expected, Map<String, String> actual) {
    List<String> differences = new ArrayList<>();
    expected.forEach(
        (id, value) -> {
          if (!value.equals(actual.get(id))) {
            differences.add(id + ": naive " + value + ", board " + actual.get(id));
          }
        });
    actual.keySet().stream()
        .filter(id -> !expected.containsKey(id))
        .forEach(id -> differences.add(id + ": unknown to naive"));
    return String.join("; ", differences);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12})
  void boardEqualsTheRecountAfterEveryPrefixAndClockMove(long seed) {
    System.out.println("seed " + seed);
    Random random = new Random(seed);
    RandomFacts facts = new RandomFacts(seed, 2 + random.nextInt(30), true);
    Board board = Boards.board();
    NaiveBoard naive = new NaiveBoard(RandomFacts.config(), Boards.SMALL.caseFactsMax());
    Boards.advance(board, START);
    naive.moveTo(START);
    for (int round = 0; round < 25; round++) {
      for (int i = random.nextInt(40); i > 0; i--) {
        LogRecord record = facts.next();
        assertEquals(board.judge(record, 0), naive.take(record), "seed " + seed + " " + record);
        board.apply(record);
      }
      if (random.nextInt(3) > 0) {
        long instant = facts.clockAfter(naive.now());
        Boards.advance(board, instant);
        naive.moveTo(instant);
      }
      same(naive, board, "seed " + seed + " round " + round);
    }
  }

  /// Cases of hundreds of facts: those of other tests ended at twenty.
  @ParameterizedTest
  @ValueSource(longs = {61, 62, 63})
  void longCasesEqualTheRecount(long seed) {
    System.out.println("seed " + seed);
    RandomFacts facts = new RandomFacts(seed, 2, true);
    Board board = Boards.empty(Boards.small(LONG_FACTS_MAX, 1_000, 100));
    NaiveBoard naive = new NaiveBoard(RandomFacts.config(), LONG_FACTS_MAX);
    Boards.advance(board, START);
    naive.moveTo(START);
    for (int round = 0; round < 12; round++) {
      for (int i = 0; i < 250; i++) {
        LogRecord record = facts.next();
        assertEquals(board.judge(record, 0), naive.take(record), "seed " + seed + " " + record);
        board.apply(record);
      }
      long instant = facts.clockAfter(naive.now());
      Boards.advance(board, instant);
      naive.moveTo(instant);
      same(naive, board, "seed " + seed + " round " + round);
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {21, 22, 23, 24, 25, 26, 27, 28})
  void anyPermutationAndDuplicationGivesTheSameDigest(long seed) {
    System.out.println("seed " + seed);
    Random random = new Random(seed);
    List<LogRecord> facts = new RandomFacts(seed, 15, false).withSketches().take(700);
    long end = RandomFacts.TO - random.nextLong(20 * Days.DAY_MICROS);
    String expected = digest(facts, end, random);
    for (int i = 0; i < 4; i++) {
      List<LogRecord> other = new ArrayList<>(facts);
      for (int j = 0; j < 200; j++) {
        other.add(facts.get(random.nextInt(facts.size())));
      }
      Collections.shuffle(other, random);
      assertEquals(digest(other, end, random), expected, "seed " + seed);
    }
  }

  /// Facts and clock moves in turn; positions are those of the arrival.
  private static String digest(List<LogRecord> facts, long end, Random random) {
    Board board = Boards.empty(Boards.small(10_000, 3, 5));
    long at = START;
    long position = 0;
    for (LogRecord record : facts) {
      board.apply(record.at(++position));
      if (random.nextInt(20) == 0) {
        at = Math.min(end, at + random.nextLong(2 * Days.DAY_MICROS));
        board.advance(at, _ -> {});
      }
    }
    Boards.advance(board, end);
    String json = Boards.digest(board);
    return json.substring(json.indexOf("\"state\"")) + board.factCount() + " " + board.caseCount();
  }

  @ParameterizedTest
  @ValueSource(longs = {41, 42, 43, 44, 45, 46})
  void changedConfigurationEqualsAFreshFoldUnderIt(long seed) {
    System.out.println("seed " + seed);
    Random random = new Random(seed);
    RandomFacts facts = new RandomFacts(seed, 30, true);
    Board board = Boards.board();
    NaiveBoard naive = new NaiveBoard(RandomFacts.config(), Boards.SMALL.caseFactsMax());
    long now = START + random.nextLong(10 * Days.DAY_MICROS);
    Boards.advance(board, now);
    naive.moveTo(now);
    feed(facts, 400, board, naive);
    board.beginRefold(RandomFacts.otherConfig(), board.asOfMicros());
    while (!board.refold(4)) {
      feed(facts, random.nextInt(6), board, naive);
      if (random.nextInt(3) == 0) {
        now = facts.clockAfter(now);
        Boards.advance(board, now);
        naive.moveTo(now);
        same(naive, board, "during, seed " + seed);
      }
    }
    Boards.advance(board, now);
    NaiveBoard fresh = naive.under(RandomFacts.otherConfig());
    same(fresh, board, "seed " + seed);
    feed(facts, 100, board, fresh);
    now = facts.clockAfter(now + Days.DAY_MICROS);
    Boards.advance(board, now);
    fresh.moveTo(now);
    same(fresh, board, "after, seed " + seed);
  }

  private static void feed(RandomFacts facts, int count, Board board, NaiveBoard naive) {
    for (LogRecord record : facts.take(count)) {
      naive.take(record);
      board.apply(record);
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {51, 52, 53, 54, 55, 56})
  void everyChangedTopicIsNamed(long seed) {
    System.out.println("seed " + seed);
    Random random = new Random(seed);
    RandomFacts facts = new RandomFacts(seed, 8, true);
    Board board = Boards.board();
    Boards.advance(board, START);
    Map<String, String> before = topics(board);
    board.drainChanged((_, _) -> {});
    for (int i = 0; i < 500; i++) {
      if (random.nextInt(4) == 0) {
        board.advance(facts.clockAfter(board.asOfMicros()), _ -> {});
      } else {
        board.apply(facts.next());
      }
      Map<String, String> after = topics(board);
      List<String> named = new ArrayList<>();
      board.drainChanged((scope, topic) -> named.add(topic + " " + scope));
      Map<String, String> earlier = before;
      List<String> changed =
          after.keySet().stream()
              .filter(key -> !Objects.equals(after.get(key), earlier.get(key)))
              .toList();
      List<String> unnamed = changed.stream().filter(key -> !named.contains(key)).toList();
      assertEquals(List.of(), unnamed, "seed " + seed + " step " + i);
      before = after;
    }
  }

  private static Map<String, String> topics(Board board) {
    Map<String, String> topics = new HashMap<>();
    NaiveBoard scopes = new NaiveBoard(RandomFacts.config(), 1);
    for (String scope : scopes.scopes()) {
      for (Topic topic : Topic.values()) {
        String json = board.topicJson(topic, scope);
        topics.put(topic + " " + scope, json.substring(json.indexOf("\"values\"")));
      }
    }
    return topics;
  }

  @ParameterizedTest
  @ValueSource(longs = {61, 62, 63, 64, 65, 66})
  void listsEqualTheRecount(long seed) {
    System.out.println("seed " + seed);
    Random random = new Random(seed);
    RandomFacts facts = new RandomFacts(seed, 60, true);
    Board board = Boards.board();
    NaiveBoard naive = new NaiveBoard(RandomFacts.config(), Boards.SMALL.caseFactsMax());
    long now = START;
    for (int round = 0; round < 5; round++) {
      feed(facts, 150, board, naive);
      now = facts.clockAfter(now + 5 * Days.DAY_MICROS);
      Boards.advance(board, now);
      naive.moveTo(now);
      for (CaseKind kind : CaseKind.values()) {
        List<Optional<CaseFilter.State>> states = new ArrayList<>(List.of(Optional.empty()));
        CaseFilter.State.of(kind).forEach(state -> states.add(Optional.of(state)));
        for (Optional<CaseFilter.State> state : states) {
          CaseFilter filter =
              new CaseFilter(
                  kind,
                  state,
                  maybe(random, List.of("so-a", "so-a-1", "so-b")),
                  maybe(random, List.of("so-a", "so-b")),
                  random.nextInt(4) == 0,
                  maybe(random, List.of("02215", "02216")),
                  maybe(random, List.of("dat-dai")),
                  1 + random.nextInt(9),
                  "");
          assertEquals(naive.list(filter), Boards.list(board, filter), seed + " " + filter);
        }
      }
    }
  }

  private static Optional<String> maybe(Random random, List<String> values) {
    return random.nextInt(4) > 0
        ? Optional.empty()
        : Optional.of(values.get(random.nextInt(values.size())));
  }

  @ParameterizedTest
  @ValueSource(longs = {71, 72, 73, 74, 75, 76})
  void seriesEqualTheRecount(long seed) {
    System.out.println("seed " + seed);
    Random random = new Random(seed);
    RandomFacts facts = new RandomFacts(seed, 25, true);
    Board board = Boards.board();
    NaiveBoard naive = new NaiveBoard(RandomFacts.config(), Boards.SMALL.caseFactsMax());
    long now = START;
    for (int round = 0; round < 4; round++) {
      feed(facts, 200, board, naive);
      now = facts.clockAfter(now + 6 * Days.DAY_MICROS);
      Boards.advance(board, now);
      naive.moveTo(now);
      List<String> scopes = List.of("province", "so-a", "unassigned", "02215", "field:dat-dai");
      String scope = scopes.get(random.nextInt(scopes.size()));
      counted(naive, board, scope, seed);
      levels(naive, board, scope, seed);
    }
  }

  private static void counted(NaiveBoard naive, Board board, String scope, long seed) {
    List<String> metrics = new ArrayList<>(NaiveNumbers.FEEDBACK_COUNTS);
    metrics.addAll(NaiveNumbers.DOSSIER_COUNTS);
    int today = NaiveNumbers.day(naive.now());
    for (String metric : metrics) {
      for (String period : NaiveNumbers.PERIODS) {
        String step = period.equals("today") ? "day" : period;
        List<String> expected = new ArrayList<>();
        int from = NaiveNumbers.start(period, NaiveNumbers.day(RandomFacts.FROM) - 60);
        for (int day = from; day <= today + 3; day = NaiveNumbers.end(period, day)) {
          long end = NaiveNumbers.startOf(NaiveNumbers.end(period, day));
          expected.add("" + naive.counted(scope, metric, NaiveNumbers.startOf(day), end));
        }
        assertEquals(
            expected,
            Boards.points(
                board,
                metric,
                scope,
                NaiveNumbers.startOf(from),
                NaiveNumbers.startOf(today + 4),
                step),
            seed + " " + metric + " " + scope + " " + step);
      }
      fine(naive, board, scope, metric, seed);
    }
  }

  private static void fine(NaiveBoard naive, Board board, String scope, String metric, long seed) {
    long to = NaiveNumbers.startOf(NaiveNumbers.day(naive.now()) + 1);
    Map<String, Long> widths = Map.of("15min", 900_000_000L, "hour", 3_600_000_000L);
    widths.forEach(
        (step, width) -> {
          long from = to - 2 * NaiveNumbers.DAY;
          List<String> expected = new ArrayList<>();
          for (long at = from; at < to; at += width) {
            expected.add("" + naive.counted(scope, metric, at, at + width));
          }
          assertEquals(
              expected,
              Boards.points(board, metric, scope, from, to, step),
              seed + " " + metric + " " + scope + " " + step);
        });
  }

  private static void levels(NaiveBoard naive, Board board, String scope, long seed) {
    List<String> metrics = new ArrayList<>(NaiveNumbers.FEEDBACK_LEVELS);
    metrics.addAll(NaiveNumbers.DOSSIER_LEVELS);
    int today = NaiveNumbers.day(naive.now());
    for (String metric : metrics) {
      List<String> expected = new ArrayList<>();
      int from = NaiveNumbers.day(RandomFacts.FROM) - 2;
      for (int day = from; day < today; day++) {
        expected.add("" + naive.levelAtEnd(scope, metric, day));
      }
      assertEquals(
          expected,
          Boards.points(
              board, metric, scope, NaiveNumbers.startOf(from), NaiveNumbers.startOf(today), "day"),
          seed + " " + metric + " " + scope);
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {81, 82, 83, 84})
  void manySmallClockMovesEqualOneJump(long seed) {
    System.out.println("seed " + seed);
    Random random = new Random(seed);
    List<LogRecord> facts = new RandomFacts(seed, 40, true).take(600);
    Board walking = Boards.board();
    Board jumping = Boards.empty(BoardSettings.defaults());
    for (Board board : List.of(walking, jumping)) {
      Boards.advance(board, START);
      facts.forEach(board::apply);
    }
    for (long at = START; at < RandomFacts.TO; at += 1 + random.nextLong(Days.DAY_MICROS / 3)) {
      walking.advance(at, _ -> {});
    }
    Boards.advance(walking, RandomFacts.TO);
    Boards.advance(jumping, RandomFacts.TO);
    assertEquals(Boards.digest(jumping), Boards.digest(walking), "seed " + seed);
    assertTrue(walking.caseCount() > 0);
  }
}
