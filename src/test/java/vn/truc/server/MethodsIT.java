package vn.truc.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Every address knows its methods, and says so.
class MethodsIT {
  private static final List<String> READ =
      List.of(
          "/",
          "/healthz",
          "/readyz",
          "/metrics",
          "/api/v1/board/province",
          "/api/v1/digest",
          "/api/v1/series?metric=feedback.received&from=2026-11-23&to=2026-11-24",
          "/api/v1/metrics-catalogue",
          "/api/v1/screen",
          "/api/v1/cases?kind=feedback",
          "/api/v1/cases/feedback/PA-1",
          "/api/v1/sources/%2Fhotline%2F1022");

  @TempDir private Path folder = Path.of("");

  @Test
  void anotherMethodIs405AndHeadIsGetWithoutABody() throws Exception {
    try (RunningServer server =
        RunningServer.start(folder.resolve("data"), "--clock", Fact.CLOCK)) {
      String fact = Fact.feedback("1", "PA-1", "received");
      String key = server.key(Fact.SOURCE);
      assertEquals(202, server.post(key, RunningServer.STRUCTURED, fact).status());
      for (String path : READ) {
        for (String method : List.of("POST", "PUT", "DELETE", "PATCH", "OPTIONS")) {
          refused(server.ask(method, path), "GET, HEAD", method + " " + path);
        }
        RunningServer.Answer got = server.ask("GET", path);
        RunningServer.Answer head = server.ask("HEAD", path);
        assertEquals(200, got.status(), path + ": " + got);
        assertEquals(200, head.status(), path);
        if (path.startsWith("/api/")) {
          assertEquals(got.header("Content-Type"), head.header("Content-Type"), path);
        }
        assertEquals("", head.body(), path);
        assertTrue(got.body().length() > 2, path);
      }
      for (String path : List.of("/api/v1/events", "/api/v1/token")) {
        for (String method : List.of("GET", "HEAD", "PUT", "DELETE")) {
          RunningServer.Answer answer = server.ask(method, path);
          assertEquals(405, answer.status(), method + " " + path);
          assertEquals("POST", answer.header("Allow"), method + " " + path);
        }
      }
      refused(server.ask("POST", "/connection/websocket"), "GET", "socket");
      for (Map.Entry<String, String> nowhere :
          Map.of("GET", "/api/v1/nothing", "POST", "/nothing", "HEAD", "/nothing").entrySet()) {
        assertEquals(404, server.ask(nowhere.getKey(), nowhere.getValue()).status());
      }
      assertEquals(401, server.get("/api/v1/digest", "").status(), "a method gives no rights");
    }
  }

  private static void refused(RunningServer.Answer answer, String allowed, String what) {
    assertEquals(405, answer.status(), what + ": " + answer);
    assertEquals(allowed, answer.header("Allow"), what);
    assertEquals("application/problem+json", answer.header("Content-Type"), what);
    assertEquals(405, answer.json().getInteger("status"), what);
  }
}
