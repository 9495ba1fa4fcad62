package vn.truc.board;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import vn.truc.config.Faults;
import vn.truc.event.Attribute;
import vn.truc.event.Attributes;
import vn.truc.event.CaseKind;
import vn.truc.event.Event.CaseFact;
import vn.truc.event.EventTypes;
import vn.truc.event.LogRecord;

/// `nearDue` of `sla.yaml` was accepted and did nothing: near due were always 24 hours.
class NearDueTest {
  private static final long HOUR = 3_600_000_000L;
  private static final long DUE = RandomFacts.micros("2026-11-25T17:00:00+07:00");

  private static BoardConfig config(String nearDue) {
    Faults faults = new Faults();
    BoardConfig config =
        BoardConfigReader.read(Map.of("sla.yaml", "nearDue: " + nearDue + "\n"), faults);
    assertEquals(List.of(), faults.list());
    return config;
  }

  private static LogRecord dossier() {
    return dossier(1);
  }

  private static LogRecord dossier(int number) {
    return RandomFacts.caseFact(
        number,
        "/s",
        "e" + number,
        "H60-" + number,
        DUE - 100 * HOUR,
        null,
        CaseKind.DOSSIER,
        CaseFact.Form.STATUS,
        2,
        new Attributes.Builder().set(Attribute.DUE_AT, DUE).build(),
        EventTypes.DOSSIER_STATUS);
  }

  private static String near(Board board) {
    return Boards.values(board, "province").getOrDefault("dossier.neardue", "none");
  }

  @Test
  void theClockTurnsACaseWhenTheConfigurationSays() {
    for (int hours : new int[] {1, 8, 24, 72}) {
      Board board = new Board(config(hours + "h"), Boards.SMALL, new Random(1));
      board.apply(dossier());
      Boards.advance(board, DUE - hours * HOUR - 1);
      assertEquals("0", near(board), hours + " hours, not yet");
      Boards.advance(board, DUE - hours * HOUR);
      assertEquals("1", near(board), hours + " hours, now");
      Boards.advance(board, DUE);
      assertEquals("1", near(board));
      Boards.advance(board, DUE + 1);
      assertEquals("0", near(board));
      assertEquals("1", Boards.values(board, "province").get("dossier.overdue"));
    }
  }

  @Test
  void aNewConfigurationTakesTheCasesAnew() {
    Board board = new Board(config("24h"), Boards.SMALL, new Random(1));
    board.apply(dossier());
    Boards.advance(board, DUE - 40 * HOUR);
    assertEquals("0", near(board));
    board.beginRefold(config("48h"), board.asOfMicros());
    assertTrue(board.refold(10));
    assertEquals("1", near(board));
    board.beginRefold(config("0"), board.asOfMicros());
    assertTrue(board.refold(10));
    assertEquals("0", near(board));
    Boards.advance(board, DUE);
    assertEquals("1", near(board), "at the due instant itself");
  }

  /// Under a new configuration more cases turn at one instant than a slice holds, and the clock
  /// stands still behind it (the store is away, say): the refold waited for it to move on, turn by
  /// turn of the loop, without end.
  @Test
  void aRefoldComesToItsEndThoughTheClockStandsStill() {
    Board board = new Board(config("24h"), Boards.SMALL, new Random(1));
    for (int number = 1; number <= 40; number++) {
      board.apply(dossier(number));
    }
    Boards.advance(board, DUE - 50 * HOUR);
    board.beginRefold(config("48h"), board.asOfMicros());
    for (int i = 0; i < 8; i++) {
      board.refold(4);
    }
    board.advance(DUE - 47 * HOUR, _ -> {});
    int calls = 0;
    while (!board.refold(4)) {
      assertTrue(++calls < 20, "it does not end");
    }
    assertEquals("40", near(board));
  }

  @Test
  void theDefinitionNamesTheSpan() {
    Board board = new Board(config("90m"), Boards.SMALL, new Random(1));
    assertTrue(board.catalogueJson().contains("còn không quá 90 phút là đến hạn"));
    Board shipped = new Board(BoardConfig.none(), Boards.SMALL, new Random(1));
    assertTrue(shipped.catalogueJson().contains("còn không quá 24 giờ là đến hạn"));
    assertTrue(shipped.catalogueJson().contains("due within 24 hours."));
  }
}
