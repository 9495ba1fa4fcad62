package vn.truc.board;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Optional;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
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
    count++;
    long time = RandomFacts.micros("2026-11-23T08:00:00+07:00") + count;
    Event.Indicator event =
        new Event.Indicator(
            indicator,
            value,
            "2026",
            Optional.empty(),
            Optional.of(agency).filter(id -> !id.isEmpty()),
            plan == null ? OptionalDouble.empty() : OptionalDouble.of(plan),
            OptionalDouble.empty(),
            OptionalDouble.empty(),
            Optional.empty(),
            OptionalDouble.empty(),
            Optional.empty(),
            count);
    to.apply(
        new LogRecord(
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
            event));
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
}
