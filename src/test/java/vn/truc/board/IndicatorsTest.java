package vn.truc.board;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Random;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import vn.truc.event.Event;
import vn.truc.event.EventTypes;
import vn.truc.event.LogRecord;

/// What stands where an indicator is reported whole and by items, by agencies above each other. Of
/// the agencies `so-a-1` lies below `so-a`; `so-b` stands beside.
///
/// The province added every report it could find: an agency that gave its whole and its items, or
/// whose parent gave a whole too, counted twice.
class IndicatorsTest {
  private final Board board = Boards.empty(Boards.small(20, 1_000, 100));
  private int count;

  private void report(String agency, @Nullable String item, double value, @Nullable Double plan) {
    report(board, "fdi", agency, item, value, plan);
  }

  private void report(
      Board to,
      String indicator,
      String agency,
      @Nullable String item,
      double value,
      @Nullable Double plan) {
    to.apply(record(indicator, agency, item, value, plan, "2026"));
  }

  private LogRecord record(
      String indicator,
      String agency,
      @Nullable String item,
      double value,
      @Nullable Double plan,
      String period) {
    count++;
    long time = RandomFacts.micros("2026-11-23T08:00:00+07:00") + count;
    Event.Indicator event =
        new Event.Indicator(
            indicator,
            value,
            period,
            Optional.empty(),
            Optional.of(agency).filter(id -> !id.isEmpty()),
            plan == null ? OptionalDouble.empty() : OptionalDouble.of(plan),
            OptionalDouble.empty(),
            OptionalDouble.empty(),
            Optional.empty(),
            OptionalDouble.empty(),
            Optional.empty(),
            count);
    return new LogRecord(
        count,
        LogRecord.SCHEMA,
        EventTypes.INDICATOR_REPORTED,
        "/s",
        "i-" + count,
        item,
        time,
        null,
        0,
        "k1",
        null,
        "{}",
        event);
  }

  private String shown(String scope, String part) {
    return Boards.values(board, scope).getOrDefault("indicator.fdi." + part, "no such id");
  }

  @Test
  void namesNobodyConfiguredStandOnBoardsUpToABoundWhateverTheirOrder() {
    // Three thousand new names in one body made every board half a megabyte.
    Board forwards = Boards.board();
    Board backwards = Boards.board();
    for (int i = 0; i < 30; i++) {
      report(forwards, "x" + (10 + i), "", null, i, null);
    }
    for (int i = 29; i >= 0; i--) {
      report(backwards, "x" + (10 + i), "", null, i, null);
    }
    assertEquals("0", Boards.values(forwards, "province").get("indicator.x10.value"));
    assertEquals(null, Boards.values(forwards, "province").get("indicator.x39.value"));
    assertEquals(Boards.values(forwards, "province"), Boards.values(backwards, "province"));
  }

  @Test
  void agencyWithAWholeAndItemsCountsOnceInTheProvince() {
    report("so-a", "du-an-1", 3, null);
    report("so-a", "du-an-2", 4, null);
    assertEquals("7", shown("province", "value"));
    report("so-a", null, 10, null);
    assertEquals("10", shown("so-a", "value"), "its own whole wins over the sum of its items");
    assertEquals("10", shown("province", "value"));
    report("so-b", "du-an-3", 5, null);
    assertEquals("15", shown("province", "value"));
    assertEquals("0", shown("so-a-1", "value"), "fed, but not here");
  }

  @Test
  void parentsSumEachChildOnceAndAWholeAboveStandsForAllBelow() {
    report("so-a-1", null, 2, null);
    report("so-a-1", "du-an-1", 2, null);
    report("so-a-1-x", "du-an-2", 1, null);
    report("so-a", "du-an-3", 30, null);
    assertEquals("32", shown("so-a", "value"), "own items, and the whole of the agency below");
    assertEquals("2", shown("so-a-1", "value"));
    assertEquals("1", shown("so-a-1-x", "value"), "the whole above hides nothing below");
    report("so-a", null, 40, null);
    report("la", null, 100, null);
    report("la", "du-an-4", 100, null);
    assertEquals("140", shown("province", "value"), "agencies nobody configured count once too");
    report("", "du-an-5", 7, null);
    assertEquals("147", shown("province", "value"));
    report("", null, 500, null);
    assertEquals("500", shown("province", "value"), "the province's own whole");
  }

  /// The plan of the last report stood for the plan of the sum: 40 of 60 read as 40 of 40.
  @Test
  void planOfASumIsTheSumOfPlansOrNone() {
    report("so-a", null, 10, 20.0);
    report("so-b", null, 30, 40.0);
    assertEquals("60", shown("province", "plan"));
    assertEquals("0.6666 40/60", shown("province", "ratio"));
    report("xa-1", "du-an-1", 1, null);
    assertEquals("null", shown("province", "plan"), "an addend without plan");
    assertEquals("null 41/0", shown("province", "ratio"));
  }

  /// 34.75 of 50 is 0.695, and read as 0.6949; 0.1 and 0.2 made 0.30000000000000004; two figures at
  /// the end of what a number holds made a board that could not be written at all.
  @Test
  void figuresAreExactToTheLastDecimal() {
    report("so-a", null, 34.75, 50.0);
    assertEquals("0.695 34.75/50", shown("province", "ratio"));
    report("so-b", "du-an-1", 0.1, null);
    report("so-b", "du-an-2", 0.2, null);
    assertEquals("0.3", shown("so-b", "value"));
    assertEquals("35.05", shown("province", "value"));
    report("so-a", null, 1.7e308, null);
    report("so-b", null, 1.7e308, null);
    assertEquals("34" + "0".repeat(307), shown("province", "value"));
  }

  /// Bytes this thread takes for a piece of work: how much it copies, whatever the machine does
  /// beside.
  private static long allocated(Runnable work) {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long before = threads.getCurrentThreadAllocatedBytes();
    work.run();
    return threads.getCurrentThreadAllocatedBytes() - before;
  }

  /// Each new name copied all names and made the whole catalogue anew: ten thousand of them, which
  /// senders choose, held the loop for 23 seconds and the next ten thousand for 53.
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aNewNameCostsTheSameHoweverManyThereAre(boolean rising) {
    Board many = Boards.empty(BoardSettings.defaults());
    int names = 2_000;
    long bytes =
        allocated(
            () -> {
              for (int i = 0; i < names; i++) {
                report(many, "x" + (10_000 + (rising ? i : -i)), "", null, i, null);
              }
            });
    assertTrue(bytes / names < 16_000, "bytes a name: " + bytes / names);
    String first = "indicator.x" + (rising ? 10_000 : 8_001) + ".value";
    assertEquals(rising ? "0" : "1999", Boards.values(many, "province").get(first));
  }

  /// Each read put a scope together from all agencies that had reported, three times for each
  /// indicator, in one piece of the loop.
  @Test
  void aBoardIsReadyHoweverManyAgenciesReported() {
    List<BoardConfig.Agency> agencies = new ArrayList<>();
    agencies.add(agency("top", Optional.empty()));
    for (int i = 0; i < 500; i++) {
      agencies.add(agency("a" + i, Optional.of("top")));
    }
    Board wide =
        new Board(
            new BoardConfig(agencies, List.of(), List.of(), List.of()),
            BoardSettings.defaults(),
            new Random(1));
    List<Long> bytes = new ArrayList<>();
    for (int i = 0; i < 500; i++) {
      report(wide, "fdi", "a" + i, "du-an", 1.25, 2.0);
      bytes.add(allocated(() -> wide.topicJson(Topic.INDICATOR, "top")));
    }
    assertEquals("625", Boards.values(wide, "top").get("indicator.fdi.value"));
    long most = bytes.subList(100, 500).stream().max(Long::compare).orElseThrow();
    assertTrue(most < 16_000, "bytes a board: " + most);
  }

  private static BoardConfig.Agency agency(String id, Optional<String> parent) {
    return new BoardConfig.Agency(id, id, id, parent, "department");
  }

  /// Sums kept on the way up must equal those counted from the top down, also where a whole comes
  /// late and where another configuration is folded beside while reports come.
  @ParameterizedTest
  @ValueSource(longs = {101, 102, 103, 104, 105, 106})
  void sumsKeptAsReportsComeEqualTheRecount(long seed) {
    System.out.println("seed " + seed);
    Random random = new Random(seed);
    List<LogRecord> reports = new ArrayList<>();
    for (int round = 0; round < 8; round++) {
      for (int i = 0; i < 12; i++) {
        reports.add(any(random));
        board.apply(reports.getLast());
        recounted(RandomFacts.config(), reports, "seed " + seed);
      }
    }
    board.beginRefold(RandomFacts.otherConfig(), board.asOfMicros());
    while (!board.refold(1)) {
      reports.add(any(random));
      board.apply(reports.getLast());
      recounted(RandomFacts.config(), reports, "during, seed " + seed);
    }
    for (int i = 0; i < 40; i++) {
      recounted(RandomFacts.otherConfig(), reports, "after, seed " + seed);
      reports.add(any(random));
      board.apply(reports.getLast());
    }
  }

  private LogRecord any(Random random) {
    List<String> agencies =
        List.of("so-a", "so-a-1", "so-a-1-x", "so-b", "xa-1", "không-có", "la", "99999", "");
    return record(
        "i" + random.nextInt(7),
        agencies.get(random.nextInt(agencies.size())),
        random.nextInt(6) == 0 ? null : "du-an-" + random.nextInt(3),
        random.nextInt(100) / 4.0,
        random.nextInt(4) == 0 ? null : (double) random.nextInt(9),
        List.of("2025", "2026", "2026-11").get(random.nextInt(3)));
  }

  private void recounted(BoardConfig config, List<LogRecord> reports, String where) {
    List<String> scopes = new ArrayList<>(List.of("province", "unassigned"));
    config.agencies().forEach(one -> scopes.add(one.id()));
    config.areas().forEach(one -> scopes.add(one.code()));
    for (String scope : scopes) {
      Map<String, String> naive = new TreeMap<>();
      NaiveIndicators.of(config, reports, scope, naive);
      Map<String, String> shown = new TreeMap<>(Boards.values(board, scope));
      shown.keySet().removeIf(id -> !id.startsWith("indicator."));
      assertEquals(naive, shown, where + " " + scope);
    }
  }
}
