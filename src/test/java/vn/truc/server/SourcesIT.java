package vn.truc.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What a source reads back about codes this house does not know.
class SourcesIT {
  private static final String PAGE = "/api/v1/sources/%2Fhotline%2F1022";

  @TempDir private Path folder = Path.of("");

  @Test
  void unknownCodesAreTakenAndListedWithHowOftenTheyCame() throws Exception {
    try (RunningServer server =
        RunningServer.start(folder.resolve("data"), "--clock", Fact.CLOCK)) {
      String key = server.key(Fact.SOURCE);
      JsonObject strange =
          new JsonObject()
              .put("status", "received")
              .put("agency", "so-nao-do")
              .put("area", "99999")
              .put("field", "viec-la");
      post(server, key, "1", "PA-1", strange);
      post(server, key, "2", "PA-2", strange.copy().put("area", "02215"));
      post(server, key, "3", "PA-3", new JsonObject().put("status", "pondered"));
      post(server, key, "3", "PA-3", new JsonObject().put("status", "pondered"));
      post(server, key, "4", "PA-4", new JsonObject().put("status", "received"));
      JsonObject page = server.get(PAGE, key).json();
      assertEquals(
          Map.of("agency so-nao-do", 2, "area 99999", 1, "field viec-la", 2, "status pondered", 1),
          quarantine(page),
          page::encode);
      assertEquals(5, page.getInteger("events"), "all of them were taken");
      assertEquals(0, page.getInteger("rejected"));
      assertEquals(page, server.json(PAGE).put("silenceMillis", page.getValue("silenceMillis")));
      assertEquals(4, server.board("unassigned").getInteger("feedback.received.today"));

      String other = server.key("/khac");
      JsonObject none = server.get("/api/v1/sources/%2Fkhac", other).json();
      assertEquals(new JsonArray(), none.getJsonArray("quarantine"), none::encode);
      assertTrue(server.metric("truc_board_unknown_total") >= 6);
    }
  }

  private static void post(
      RunningServer server, String key, String id, String code, JsonObject data) throws Exception {
    RunningServer.Answer answer =
        server.post(key, RunningServer.STRUCTURED, Fact.feedback(id, code, data));
    assertEquals(202, answer.status(), answer::toString);
  }

  private static Map<String, Integer> quarantine(JsonObject page) {
    Map<String, Integer> seen = new TreeMap<>();
    for (Object entry : page.getJsonArray("quarantine")) {
      JsonObject one = (JsonObject) entry;
      String name = one.getString("what") + " " + one.getString("code");
      assertEquals(null, seen.put(name, one.getInteger("facts")), name + " stands twice");
    }
    return seen;
  }
}
