package vn.truc.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What a token of a narrow scope sees, and what it can find out.
class ScopesIT {
  private static final String AREA = "02215";
  private static final String LIST = "/api/v1/cases?kind=feedback";

  @TempDir private Path folder = Path.of("");

  private static void send(RunningServer server, String key, String code, JsonObject data)
      throws Exception {
    RunningServer.Answer answer =
        server.post(
            key,
            RunningServer.STRUCTURED,
            Fact.feedback(
                code + "/1",
                code,
                data.put("status", "received")
                    .put("contact", new JsonObject().put("phone", "0912" + code.hashCode()))));
    assertEquals(202, answer.status(), answer::toString);
  }

  private static List<String> codes(RunningServer server, String path, String token)
      throws Exception {
    RunningServer.Answer answer = server.get(path, token);
    assertEquals(200, answer.status(), answer::toString);
    return answer.json().getJsonArray("cases").stream()
        .map(one -> ((JsonObject) one).getString("code"))
        .toList();
  }

  /// A case whose agency is written as an area's code, or as a field, opened for the people of that
  /// area or field, personal fields included; a token for `unassigned` listed others' cases.
  @Test
  void textsOfSendersAreNoScopes() throws Exception {
    try (RunningServer server =
        RunningServer.start(folder.resolve("data"), "--clock", Fact.CLOCK)) {
      String key = server.key(Fact.SOURCE);
      send(server, key, "PA-AREA", new JsonObject().put("agency", AREA));
      send(server, key, "PA-FIELD", new JsonObject().put("agency", "field:dat-dai"));
      send(server, key, "PA-UNASSIGNED", new JsonObject().put("area", "unassigned"));
      send(server, key, "PA-NONE", new JsonObject());
      send(server, key, "PA-OWN", new JsonObject().put("agency", "so-noi-vu").put("area", AREA));
      String area = server.token("operator", AREA);
      String field = server.token("operator", "field:dat-dai");
      String unassigned = server.token("operator", "unassigned");
      String agency = server.token("agency", "so-noi-vu");
      assertEquals(List.of("PA-OWN"), codes(server, LIST, area));
      assertEquals(List.of(), codes(server, LIST, field));
      assertEquals(
          List.of("PA-AREA", "PA-FIELD", "PA-NONE", "PA-UNASSIGNED"),
          codes(server, LIST, unassigned));
      assertEquals(List.of("PA-OWN"), codes(server, LIST, agency));
      for (String token : List.of(area, field)) {
        for (String code : List.of("PA-AREA", "PA-FIELD", "PA-NONE")) {
          RunningServer.Answer one = server.get("/api/v1/cases/feedback/" + code, token);
          assertEquals(403, one.status(), one::toString);
          assertFalse(one.body().contains("0912"), one::body);
        }
      }
      assertTrue(server.get("/api/v1/cases/feedback/PA-OWN", area).body().contains("0912"));
      assertEquals(200, server.get("/api/v1/cases/feedback/PA-NONE", unassigned).status());
    }
  }

  /// A code outside a token's scope was 403 where it existed and 404 where it did not.
  @Test
  void aCaseOutsideIsRefusedWhetherItExistsOrNot() throws Exception {
    try (RunningServer server =
        RunningServer.start(folder.resolve("data"), "--clock", Fact.CLOCK)) {
      String key = server.key(Fact.SOURCE);
      send(server, key, "PA-1", new JsonObject().put("agency", "so-tai-chinh"));
      String agency = server.token("agency", "so-noi-vu");
      for (String path :
          List.of(
              "/api/v1/cases/feedback/PA-1",
              "/api/v1/cases/feedback/PA-2",
              "/api/v1/board/so-tai-chinh",
              "/api/v1/board/source:x",
              LIST + "&agency=so-tai-chinh",
              "/api/v1/sources/x")) {
        assertEquals(403, server.get(path, agency).status(), path);
      }
      for (String path : List.of("/api/v1/cases/feedback/PA-2", "/api/v1/board/so-khong-co")) {
        assertEquals(404, server.get(path).status(), path);
      }
      assertEquals(422, server.get(LIST + "&agency=so-khong-co").status());
      assertEquals(200, server.get(LIST + "&agency=so-noi-vu", agency).status());
      try (Screen screen = Screen.connect(server, agency)) {
        assertEquals(
            103,
            screen.subscribe("feedback:so-tai-chinh").getJsonObject("error").getInteger("code"));
      }
    }
  }
}
