package vn.truc.server;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// `OPTIONS *` wrote an error with a stack into the log, as did an address that cannot be read:
/// anybody could fill it, and who keeps watch learns to look away.
class OddRequestsIT {
  @TempDir private Path folder = Path.of("");

  @Test
  void requestsOfAllFormsAreAnsweredAndLogNoError() throws Exception {
    Map<String, String> wanted = new LinkedHashMap<>();
    wanted.put("OPTIONS *", "204");
    wanted.put("GET *", "400");
    wanted.put("OPTIONS /healthz", "405");
    wanted.put("CONNECT example.com:443", "405");
    wanted.put("CONNECT /healthz", "405");
    wanted.put("GET http://x/healthz", "200");
    wanted.put("GET HTTP://x:80/healthz?a=b", "200");
    wanted.put("GET https://elsewhere/healthz", "200");
    wanted.put("GET http://x", "200|404");
    wanted.put("GET http://x?a", "200|404|400");
    wanted.put("GET http://", "200|400|404");
    wanted.put("GET ftp://x/healthz", "400");
    wanted.put("GET healthz", "400");
    wanted.put("GET ?healthz", "400");
    wanted.put("GET /healthz#x", "400");
    for (String path :
        new String[] {
          "//",
          "///",
          "//healthz",
          "/healthz/",
          "/healthz//",
          "/.",
          "/..",
          "/../..",
          "/%",
          "/%2",
          "/%zz",
          "/%00",
          "/%c0%ae",
          "/%ff",
          "/%2e%2e/%2e%2e",
          "/a%2fb",
          "/\\",
          "/a\u00ff",
          "/api/v1/cases?kind=%",
          "/api/v1/cases?kind=%zz&limit=%ff",
          "/api/v1/cases?%",
          "/api/v1/cases/feedback/%",
          "/api/v1/cases/feedback/%ff",
          "/api/v1/board/%",
          "/api/v1/board/%00",
          "/api/v1/board//",
          "/api/v1/sources/%",
          "/api/v1/sources/%ff",
          "/api/v1/series?from=%",
          "/connection/websocket?%",
          "/connection/websocket?format=%zz",
          "/?" + "&".repeat(3_000),
          "/?" + "a=%&".repeat(900),
          "/" + "%2f".repeat(1_000),
          "/" + "../".repeat(1_000)
        }) {
      for (String method : new String[] {"GET", "HEAD", "POST", "PATCH", "OPTIONS", "TRACE", "X"}) {
        wanted.put(method + " " + path, "2..|3..|4..");
      }
    }
    try (RunningServer server = RunningServer.start(folder.resolve("data"))) {
      for (Map.Entry<String, String> one : wanted.entrySet()) {
        String status = status(server, one.getKey() + " HTTP/1.1\r\nHost: x\r\n");
        assertTrue(status.matches(one.getValue()), () -> one.getKey() + " is answered " + status);
        status(
            server,
            one.getKey()
                + " HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer "
                + server.token()
                + "\r\n");
      }
      for (String host : new String[] {"", "[::1", "x:y", "x:99999", ":", "%", "a..b"}) {
        String said = status(server, "GET /healthz HTTP/1.1\r\nHost: " + host + "\r\n");
        assertTrue(said.matches("200|400"), () -> host + " is answered " + said);
        status(server, "POST /api/v1/token HTTP/1.1\r\nOrigin: " + host + "\r\nHost: x\r\n");
      }
      unreadableQueries(server);
      assertEquals(200, server.get("/healthz", "").status());
      assertFalse(server.log().contains(" ERROR "), server::log);
      assertFalse(server.log().contains("\tat "), server::log);
      assertEquals(0, server.metric("truc_http_requests_failed_total"));
    }
  }

  /// Parameters that were misspelt were passed over: a list came unfiltered, and facts that should
  /// be tried were stored.
  @Test
  void parametersNobodyKnowsAreRefusedByName() throws Exception {
    try (RunningServer server = RunningServer.start(folder.resolve("named"))) {
      for (String[] one :
          new String[][] {
            {"/api/v1/cases?kind=feedback&status=open", "status"},
            {"/api/v1/cases?kind=feedback&after=x", "after"},
            {"/api/v1/cases?kind=feedback&cursor=xx", "cursor"},
            {"/api/v1/cases?kind=feedback&cursor=%3F", "cursor"},
            {"/api/v1/series?metric=feedback.received&from=2026-11-01&to=2026-11-02&x=1", "x"},
            {"/api/v1/series?metric=nope&from=2026-11-01&to=2026-11-02", "metric"},
          }) {
        RunningServer.Answer answer = server.get(one[0], server.token());
        assertEquals(422, answer.status(), one[0]);
        assertEquals(one[1], answer.json().getString("field"), answer::body);
      }
      String key = server.key(Fact.SOURCE);
      RunningServer.Answer posted =
          server.post("/api/v1/events?validat=true", key, RunningServer.NDJSON, "{}");
      assertEquals(400, posted.status(), posted::body);
      assertEquals("validat", posted.json().getString("field"), posted::body);
    }
  }

  /// Whoever had a key, or asked for a socket in form, got 500 and the log a stack: only then was
  /// the query looked at.
  private static void unreadableQueries(RunningServer server) throws Exception {
    String key = "Authorization: Bearer " + server.key(Fact.SOURCE) + "\r\nContent-Length: 0\r\n";
    String socket =
        String.join(
            "\r\n",
            "Upgrade: websocket",
            "Sec-WebSocket-Version: 13",
            "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
            "");
    for (String query :
        new String[] {
          "%",
          "%2",
          "x=%zz",
          "a=1&validate=%zz",
          "format=%g0",
          "%%20",
          "a=%4",
          "x".repeat(3_000) + "%"
        }) {
      assertEquals(
          "400",
          status(server, "POST /api/v1/events?" + query + " HTTP/1.1\r\nHost: x\r\n" + key),
          query);
      assertEquals(
          "400",
          status(
              server, "GET /connection/websocket?" + query + " HTTP/1.1\r\nHost: x\r\n" + socket),
          query);
    }
    assertEquals("200", status(server, "GET /healthz?%C4%91=%41 HTTP/1.1\r\nHost: x\r\n"));
  }

  private static String status(RunningServer server, String head) throws Exception {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
      socket.setSoTimeout((int) TimeUnit.SECONDS.toMillis(20));
      socket.getOutputStream().write((head + "Connection: close\r\n\r\n").getBytes(ISO_8859_1));
      String answer = new String(socket.getInputStream().readAllBytes(), ISO_8859_1);
      assertTrue(answer.matches("(?s)HTTP/1\\.[01] [0-9]{3} .*"), () -> head + "\n" + answer);
      return answer.substring(9, 12);
    }
  }
}
