package vn.truc.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A server that listens and has not folded its log: it says so to everybody.
class GateIT {
  @TempDir private Path folder = Path.of("");

  private final HttpClient http = HttpClient.newHttpClient();

  @Test
  void everythingIs503WithRetryAfterUntilTheLogIsFolded() throws Exception {
    Path data = folder.resolve("data");
    try (RunningServer before = RunningServer.start(data, "--clock", Fact.CLOCK)) {
      String key = before.key(Fact.SOURCE);
      String fact = Fact.feedback("1", "PA-1", "received");
      assertEquals(202, before.post(key, RunningServer.STRUCTURED, fact).status());
      String token = before.token();
      before.kill9();
      try (HeldStart held = HeldStart.on(data)) {
        int port = held.port();
        refused(post(port, key, fact));
        refused(post(port, key, fact.repeat(20_000)));
        for (String path : List.of("/", "/readyz", "/metrics", "/api/v1/board/province")) {
          refused(get(port, path, token));
        }
        upgradeIsRefused(port);
        HttpResponse<String> alive = get(port, "/healthz", "");
        assertEquals(200, alive.statusCode());
        assertEquals("{\"alive\":true}", alive.body());
        assertTrue(held.alive());

        try (RunningServer server = held.release();
            Screen screen = Screen.connect(server, token)) {
          assertTrue(screen.subscribe("feedback:province").containsKey("subscribe"));
          assertEquals(1, server.board("province").getInteger("feedback.open"));
          RunningServer.Answer again = server.post(key, RunningServer.STRUCTURED, fact);
          assertEquals(1, again.json().getInteger("duplicates"), again::toString);
        }
      }
    }
  }

  private HttpResponse<String> post(int port, String key, String body) throws Exception {
    return http.send(
        request(port, "/api/v1/events", key)
            .header("Content-Type", RunningServer.STRUCTURED)
            .POST(BodyPublishers.ofString(body))
            .build(),
        HttpResponse.BodyHandlers.ofString());
  }

  private HttpResponse<String> get(int port, String path, String token) throws Exception {
    return http.send(
        request(port, path, token).GET().build(), HttpResponse.BodyHandlers.ofString());
  }

  private static HttpRequest.Builder request(int port, String path, String bearer) {
    return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
        .header("Authorization", "Bearer " + bearer);
  }

  private static void refused(HttpResponse<String> answer) {
    String seen = answer.uri() + ": " + answer.statusCode() + " " + answer.body();
    assertEquals(503, answer.statusCode(), seen);
    assertEquals("1", answer.headers().firstValue("Retry-After").orElse(""), seen);
    assertEquals(
        "application/problem+json", answer.headers().firstValue("Content-Type").orElse(""), seen);
    assertTrue(answer.body().contains("\"reason\":\"catching-up\""), seen);
  }

  private static void upgradeIsRefused(int port) throws IOException {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      socket.setSoTimeout(10_000);
      String upgrade =
          "GET /connection/websocket HTTP/1.1\r\nHost: 127.0.0.1:"
              + port
              + "\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
              + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";
      socket.getOutputStream().write(upgrade.getBytes(StandardCharsets.US_ASCII));
      byte[] seen = new byte[4_096];
      int count = socket.getInputStream().readNBytes(seen, 0, 100);
      String answer = new String(seen, 0, count, StandardCharsets.US_ASCII);
      assertTrue(answer.startsWith("HTTP/1.1 503 "), answer);
      assertTrue(answer.toLowerCase(java.util.Locale.ROOT).contains("retry-after: 1"), answer);
    }
  }
}
