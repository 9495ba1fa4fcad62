package vn.truc.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.WebSocket;
import java.net.http.WebSocketHandshakeException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The server behind nginx with the shipped file.
class NginxIT {
  private static final String OUTSIDE = "203.0.113.5";
  private static final int HALF = 4_000;

  @TempDir private Path folder = Path.of("");

  private Path node = Path.of("");
  private RunningServer server;
  private NginxProcess nginx;
  private HttpClient client;

  @BeforeEach
  void start() throws Exception {
    node = ConfigCopy.in(folder).resolve("truc.yaml");
    Files.writeString(node, "http: {trustedProxies: [127.0.0.1]}\n");
    server = begin("0");
    nginx = NginxProcess.start(folder.resolve("nginx"), server.port());
    client = nginx.client();
  }

  private RunningServer begin(String port) throws Exception {
    return RunningServer.start(
        folder.resolve("data"),
        "--clock",
        Fact.CLOCK,
        "--config",
        node.resolveSibling("").toString(),
        "--port",
        port);
  }

  @AfterEach
  void stop() {
    client.shutdownNow();
    nginx.close();
    server.close();
  }

  private HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(URI.create(nginx.url() + path)).header("X-Test-Client", OUTSIDE);
  }

  private HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
    return client.send(request.build(), BodyHandlers.ofString());
  }

  private HttpResponse<String> get(String path, String... headers) throws Exception {
    HttpRequest.Builder request = request(path).GET();
    return send(headers.length == 0 ? request : request.headers(headers));
  }

  private static String fact(int number) {
    return Fact.feedback("n" + number, "PA-" + number, "received") + "\n";
  }

  @Test
  void pageAndBoardComeOverHttp2() throws Exception {
    HttpResponse<String> page = get("/");
    assertEquals(200, page.statusCode());
    assertEquals(HttpClient.Version.HTTP_2, page.version());
    assertTrue(page.body().contains("<html"), page.body());
    assertEquals(401, get("/api/v1/board/province").statusCode());
    HttpResponse<String> board =
        get("/api/v1/board/province", "Authorization", "Bearer " + server.token());
    assertEquals(200, board.statusCode(), board.body());
    HttpResponse<String> plain =
        client.send(
            HttpRequest.newBuilder(URI.create(nginx.plainUrl() + "/x?y")).build(),
            BodyHandlers.ofString());
    assertEquals(301, plain.statusCode());
    assertEquals("https://127.0.0.1/x?y", plain.headers().firstValue("Location").orElse(""));
  }

  @Test
  void ndjsonIsFoldedWhileItsSenderStillWrites() throws Exception {
    PipedOutputStream out = new PipedOutputStream();
    PipedInputStream in = new PipedInputStream(out, 1 << 16);
    HttpRequest.Builder post =
        request("/api/v1/events")
            .header("Authorization", "Bearer " + server.key(Fact.SOURCE))
            .header("Content-Type", RunningServer.NDJSON)
            .POST(BodyPublishers.ofInputStream(() -> in));
    CompletableFuture<HttpResponse<String>> answer =
        client.sendAsync(post.build(), BodyHandlers.ofString());
    for (int i = 0; i < HALF; i++) {
      out.write(fact(i).getBytes(StandardCharsets.UTF_8));
    }
    out.flush();
    Patience.until(
        "facts are on the board before the body ends",
        () -> server.board("province").getInteger("feedback.open", 0) > 0);
    assertFalse(answer.isDone());
    for (int i = HALF; i < 2 * HALF; i++) {
      out.write(fact(i).getBytes(StandardCharsets.UTF_8));
    }
    out.close();
    HttpResponse<String> accepted = answer.join();
    assertEquals(202, accepted.statusCode(), accepted.body());
    assertEquals(2 * HALF, new JsonObject(accepted.body()).getInteger("accepted"));
    assertEquals(2 * HALF, server.board("province").getInteger("feedback.open"));
  }

  @Test
  void nobodyOutsideIsTakenForThisMachine() throws Exception {
    assertEquals(200, server.get("/metrics", "").status(), "open on the machine itself");
    assertEquals(401, get("/metrics").statusCode());
    for (String header : new String[] {"X-Forwarded-For", "X-Real-IP", "Forwarded"}) {
      for (String spoofed : new String[] {"127.0.0.1", "::1", "for=127.0.0.1"}) {
        assertEquals(401, get("/metrics", header, spoofed).statusCode(), header);
      }
    }
    HttpResponse<String> with = get("/metrics", "Authorization", "Bearer " + server.token());
    assertEquals(200, with.statusCode());
    assertTrue(with.body().contains("truc_log_head"));
    HttpRequest.Builder own = HttpRequest.newBuilder(URI.create(nginx.url() + "/metrics")).GET();
    assertEquals(200, send(own).statusCode(), "this machine, through its own proxy");
  }

  @Test
  void proxyThatIsNotTrustedMakesNobodyLocal() throws Exception {
    int port = server.port();
    assertEquals(0, server.stop());
    Files.writeString(node, "# nobody is trusted\n");
    server = begin(Integer.toString(port));
    assertEquals(401, get("/metrics").statusCode());
    assertEquals(401, get("/metrics", "X-Forwarded-For", "127.0.0.1").statusCode());
    HttpRequest.Builder own = HttpRequest.newBuilder(URI.create(nginx.url() + "/metrics")).GET();
    assertEquals(401, send(own).statusCode());
    assertEquals(200, server.get("/metrics", "").status());
  }

  private CompletableFuture<WebSocket> socketFrom(String origin) {
    URI address = URI.create(nginx.url().replaceFirst("http", "ws") + "/connection/websocket");
    return client
        .newWebSocketBuilder()
        .header("Origin", origin)
        .buildAsync(address, new WebSocket.Listener() {});
  }

  @Test
  void pagesOfOurNameOpenSocketsAndOthersDoNot() {
    socketFrom(nginx.url()).join().abort();
    CompletionException refused =
        assertThrows(
            CompletionException.class, () -> socketFrom("https://truc.example.net").join());
    WebSocketHandshakeException handshake =
        assertInstanceOf(WebSocketHandshakeException.class, refused.getCause());
    assertEquals(403, handshake.getResponse().statusCode());
  }

  @Test
  void screenResumesBehindTheProxyWhenTheServerWasRestarted() throws Exception {
    int port = server.port();
    String token = server.token();
    String key = server.key(Fact.SOURCE);
    JsonObject position;
    try (Screen screen = Screen.connect(nginx.client(), nginx.url(), token)) {
      JsonObject subscribed = screen.subscribe("feed:province").getJsonObject("subscribe");
      post(key, 1);
      assertEquals("PA-1", screen.publication("feed:province", _ -> true).getString("code"));
      position =
          new JsonObject()
              .put("recover", true)
              .put("epoch", subscribed.getString("epoch"))
              .put("offset", server.json("/api/v1/digest").getString("position"));
      position.put("offset", Long.parseLong(position.getString("offset")));
      server.terminate();
      assertEquals(3001, screen.closeCode());
    }
    assertEquals(0, server.awaitEnd());
    HttpResponse<String> away = get("/api/v1/board/province");
    assertEquals(503, away.statusCode());
    assertEquals("1", away.headers().firstValue("Retry-After").orElse(""));
    assertEquals(503, new JsonObject(away.body()).getInteger("status"));

    server = begin(Integer.toString(port));
    post(key, 2);
    try (Screen screen = Screen.connect(nginx.client(), nginx.url(), token)) {
      JsonObject reply = screen.subscribe("feed:province", position).getJsonObject("subscribe");
      assertTrue(reply.getBoolean("recovered", false), reply::encode);
      JsonArray missed = reply.getJsonArray("publications");
      assertEquals(1, missed.size(), reply::encode);
      assertEquals(
          "PA-2", missed.getJsonObject(0).getJsonObject("data").getString("code"), reply::encode);
      post(key, 3);
      assertEquals("PA-3", screen.publication("feed:province", _ -> true).getString("code"));
    }
  }

  private void post(String key, int number) throws Exception {
    HttpResponse<String> answer =
        send(
            request("/api/v1/events")
                .header("Authorization", "Bearer " + key)
                .header("Content-Type", RunningServer.STRUCTURED)
                .POST(BodyPublishers.ofString(fact(number).strip())));
    assertEquals(202, answer.statusCode(), answer.body());
  }

  @Test
  void logsHoldNoToken() throws Exception {
    String token = server.token();
    assertEquals(
        200,
        get("/?token=" + token, "Authorization", "Bearer " + token, "Referer", "/#" + token)
            .statusCode());
    Patience.until("the request is in the log", () -> nginx.log().contains(OUTSIDE));
    assertTrue(nginx.log().contains(" GET / HTTP/2.0 200 "), nginx.log());
    assertFalse(nginx.log().contains(token), nginx.log());
  }
}
