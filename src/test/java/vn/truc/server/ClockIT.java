package vn.truc.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Time alone moves cases: no further fact comes.
class ClockIT {
  private static final String CHANNEL = "feedback:province";

  @TempDir private Path folder = Path.of("");

  @Test
  void dueInTwentyFiveHoursIsNearDueAfterTwoAndOverdueAfterTwentySix() throws Exception {
    Path data = folder.resolve("data");
    try (RunningServer server = RunningServer.start(data, "--clock", "2026-11-23T07:30+07:00,x0");
        Screen screen = Screen.connect(server, server.token())) {
      JsonObject reply = screen.subscribe(CHANNEL);
      assertTrue(reply.containsKey("subscribe"), reply::encode);
      String fact =
          Fact.feedback(
              "1",
              "PA-1",
              new JsonObject()
                  .put("status", "received")
                  .put("area", "02215")
                  .put("dueAt", "2026-11-24T08:30:00+07:00"));
      RunningServer.Answer answer =
          server.post(server.key(Fact.SOURCE), RunningServer.STRUCTURED, fact);
      assertEquals(202, answer.status(), answer::toString);
      expect(server, screen, "2026-11-23T07:30:00", 0, 0);

      assertEquals("2026-11-23T09:30:00+07:00", add(data, "2h"));
      expect(server, screen, "2026-11-23T09:30:00", 1, 0);
      assertEquals(
          "PA-1",
          server
              .json("/api/v1/cases?kind=feedback&state=neardue")
              .getJsonArray("cases")
              .getJsonObject(0)
              .getString("code"));

      assertEquals("2026-11-24T09:30:00+07:00", add(data, "24h"));
      expect(server, screen, "2026-11-24T09:30:00", 0, 1);
      assertEquals(
          1, server.json("/api/v1/cases?kind=feedback&state=overdue").getJsonArray("cases").size());
      assertEquals(1, server.board("02215").getInteger("feedback.overdue"));

      RunningServer.Ran set = RunningServer.verb(data, "clock", "set", "2026-11-25T01:15:00.5Z");
      assertEquals("2026-11-25T08:15:00.500+07:00", set.lastLine(), set::toString);
      assertEquals("", set.err(), set::toString);

      RunningServer.Ran back = RunningServer.verb(data, "clock", "set", "2026-11-25T01:00Z");
      assertEquals("2026-11-25T08:15:00.500+07:00", back.lastLine(), back::toString);
      assertTrue(back.err().contains("only goes forward"), back::toString);
      for (String far : List.of("+10000-01-01T00:00Z", "9500-01-01T00:00Z", "1999-06-01T00:00Z")) {
        RunningServer.Ran beyond = RunningServer.verb(data, "clock", "set", far);
        assertEquals(1, beyond.code(), beyond::toString);
        assertTrue(beyond.err().contains("2000 to 8999"), beyond::toString);
      }
      RunningServer.Ran added = RunningServer.verb(data, "clock", "add", "2600000d");
      assertEquals(1, added.code(), added::toString);
      assertTrue(added.err().contains("2000 to 8999"), added::toString);
      RunningServer.Ran endless =
          RunningServer.verb(data, "clock", "add", "999999999d".repeat(200));
      assertEquals(2, endless.code(), endless::toString);
      assertTrue(server.json("/api/v1/board/province").getString("asOf").startsWith("2026-11-25"));
    }
  }

  @Test
  void realClockCannotBeMoved() throws Exception {
    Path data = folder.resolve("real");
    try (RunningServer server = RunningServer.start(data)) {
      RunningServer.Ran ran = RunningServer.verb(data, "clock", "add", "2h");
      assertEquals(1, ran.code(), ran::toString);
      assertTrue(ran.err().contains("--clock"), ran::toString);
      assertTrue(server.alive());
    }
  }

  private static String add(Path data, String span) throws Exception {
    RunningServer.Ran ran = RunningServer.verb(data, "clock", "add", span);
    assertEquals(0, ran.code(), ran::toString);
    return ran.lastLine();
  }

  private static void expect(
      RunningServer server, Screen screen, String asOf, int neardue, int overdue) throws Exception {
    JsonObject pushed =
        screen.publication(
            CHANNEL,
            data ->
                data.getString("asOf", "").startsWith(asOf)
                    && Integer.valueOf(1)
                        .equals(data.getJsonObject("values").getInteger("feedback.open")));
    for (JsonObject values : List.of(pushed.getJsonObject("values"), server.board("province"))) {
      assertEquals(1, values.getInteger("feedback.open"), values::encode);
      assertEquals(neardue, values.getInteger("feedback.neardue"), values::encode);
      assertEquals(overdue, values.getInteger("feedback.overdue"), values::encode);
    }
    assertTrue(
        server.json("/api/v1/board/province").getString("asOf").startsWith(asOf), "asOf " + asOf);
  }
}
