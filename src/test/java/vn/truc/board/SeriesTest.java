package vn.truc.board;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.junit.jupiter.api.Test;
import vn.truc.event.Attributes;
import vn.truc.event.CaseKind;
import vn.truc.event.Event;
import vn.truc.event.Event.CaseFact;
import vn.truc.event.EventTypes;
import vn.truc.event.FeedbackStatus;
import vn.truc.event.LogRecord;

/// Series by hand: what stands at which point.
class SeriesTest {
  private static final long HOUR = 3_600_000_000L;

  private final Board board = Boards.empty(Boards.small(20, 1_000, 100));
  private long position;

  private static long at(String time) {
    return RandomFacts.micros(time + "+07:00");
  }

  private void received(String code, String time) {
    position++;
    board.apply(
        RandomFacts.caseFact(
            position,
            "/s",
            "e" + position,
            code,
            at(time),
            null,
            CaseKind.FEEDBACK,
            CaseFact.Form.STATUS,
            FeedbackStatus.RECEIVED.code(),
            Attributes.empty(),
            EventTypes.FEEDBACK_STATUS));
  }

  private LogRecord traffic(String id, String subject, OptionalLong visits, OptionalLong errors) {
    long from = at("2026-11-23T08:00:00");
    return new LogRecord(
        ++position,
        LogRecord.SCHEMA,
        EventTypes.PORTAL_TRAFFIC,
        "/portal",
        id,
        subject,
        from + HOUR,
        null,
        0,
        "k",
        null,
        "{}",
        new Event.Traffic(
            "cong",
            from,
            from + HOUR,
            OptionalLong.empty(),
            visits,
            Optional.empty(),
            OptionalLong.empty(),
            errors,
            false,
            visits.orElse(-1) * 31 + errors.orElse(-1)));
  }

  @Test
  void visitsOfPortalsHaveASeriesInEveryStep() {
    // Portal counters had numbers for their periods and no series at all.
    Boards.advance(board, at("2026-11-23T12:00:00"));
    long from = at("2026-11-23T00:00:00");
    long to = at("2026-11-24T00:00:00");
    assertEquals(
        List.of(""),
        Boards.points(board, "portal.visits", "province", from, at("2026-11-23T00:15:00"), "hour"));
    board.apply(traffic("t1", "cong", OptionalLong.of(9), OptionalLong.empty()));
    board.apply(traffic("t2", "cong", OptionalLong.of(7), OptionalLong.empty()));
    List<String> hours = Boards.points(board, "portal.visits", "province", from, to, "hour");
    assertEquals("7", hours.get(8), "what stands of one cell told twice");
    assertEquals(23, hours.stream().filter("0"::equals).count());
    for (String step : List.of("day", "week", "month", "quarter", "year")) {
      assertEquals(
          List.of("7"),
          Boards.points(board, "portal.visits", "province", from, from + HOUR, step),
          step);
    }
    assertEquals(List.of("0"), Boards.points(board, "portal.visits", "so-a", from, to, "day"));
  }

  @Test
  void levelsOfManyYearsAreReadInOneWalk() {
    // Each point once walked from its own day to today: a year of days in 40 ms, 26 in 400.
    Boards.advance(board, at("2026-11-23T12:00:00"));
    received("PA-1", "2020-02-01T08:00:00");
    received("PA-2", "2026-11-22T08:00:00");
    List<String> days =
        Boards.points(
            board,
            "feedback.open",
            "province",
            at("2000-01-01T00:00:00"),
            at("2026-11-25T00:00:00"),
            "day");
    int first = (int) ((at("2020-02-01T00:00:00") - at("2000-01-01T00:00:00")) / (24 * HOUR));
    assertEquals("0", days.get(first - 1));
    assertEquals("1", days.get(first));
    assertEquals("1", days.get(days.size() - 4));
    assertEquals("2", days.get(days.size() - 3));
    assertEquals("2", days.get(days.size() - 2), "today");
    assertEquals("", days.getLast(), "tomorrow");
  }

  @Test
  void whatNobodyEverFedHasNoValues() {
    // The board said null and "no-feed" where the series of the same counter said 0, day by day.
    Boards.advance(board, at("2026-11-23T12:00:00"));
    long from = at("2026-11-22T00:00:00");
    long to = at("2026-11-25T00:00:00");
    for (String metric : List.of("feedback.received", "feedback.open", "dossier.received")) {
      assertEquals(List.of("", "", ""), Boards.points(board, metric, "province", from, to, "day"));
    }
    received("PA-1", "2026-11-23T08:00:00");
    assertEquals(
        List.of("0", "1", "0"),
        Boards.points(board, "feedback.received", "province", from, to, "day"));
    assertEquals(
        List.of("0", "0", "0"),
        Boards.points(board, "feedback.received", "so-a", from, to, "day"),
        "fed anywhere is fed everywhere");
    assertEquals(
        List.of("0", "1", ""), Boards.points(board, "feedback.open", "province", from, to, "day"));
    for (String step : List.of("day", "hour")) {
      List<String> dossiers = Boards.points(board, "dossier.received", "province", from, to, step);
      assertEquals(Set.of(""), Set.copyOf(dossiers), step);
    }
  }
}
