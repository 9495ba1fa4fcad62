package vn.truc.http;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServer;
import io.vertx.ext.web.Router;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.InstantSource;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import vn.truc.access.AccessSettings;
import vn.truc.access.DashboardTokens;
import vn.truc.access.TokenRegister;

/// To whom a demonstration gives a token without being shown one: a proxy on the same machine once
/// made everybody a browser of this machine.
class TokenRoutesTest {
  private final Vertx vertx = Vertx.vertx();
  private final HttpClient http = HttpClient.newHttpClient();

  @AfterEach
  void stop() {
    http.shutdownNow();
    vertx.close().await();
  }

  private int listen(List<String> trusted, boolean demo) {
    Authority authority =
        new Authority(
            new DashboardTokens(
                Buffer.buffer("0123456789abcdef".repeat(4)),
                InstantSource.system(),
                new TokenRegister(),
                AccessSettings.defaults()),
            () -> {
              throw new AssertionError("no scope is asked for");
            });
    Router router = Router.router(vertx);
    new TokenRoutes(
            authority,
            new Clients(new HttpSettings(10, 1_000, 10_000, 1, 1, 10_000, 1, 1, trusted)),
            demo)
        .mount(router);
    HttpServer server = vertx.createHttpServer().requestHandler(router);
    return server.listen(0, "127.0.0.1").await().actualPort();
  }

  private int asked(int port, String origin, String... headers) throws Exception {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/api/v1/token"))
            .header("Origin", origin)
            .POST(BodyPublishers.noBody());
    if (headers.length > 0) {
      request.headers(headers);
    }
    return http.send(request.build(), BodyHandlers.ofString()).statusCode();
  }

  @Test
  void ourPageOnThisMachineGetsOneOnADemonstrationAlone() throws Exception {
    int port = listen(List.of(), true);
    assertEquals(200, asked(port, "http://127.0.0.1:" + port));
    assertEquals(401, asked(port, "https://127.0.0.1:" + port));
    assertEquals(401, asked(port, "http://truc.example.net"));
    int serious = listen(List.of(), false);
    assertEquals(401, asked(serious, "http://127.0.0.1:" + serious));
  }

  @Test
  void nobodyBehindAProxyGetsOne() throws Exception {
    int port = listen(List.of(), true);
    String own = "http://127.0.0.1:" + port;
    assertEquals(401, asked(port, own, "X-Forwarded-For", "127.0.0.1"));
    int trusting = listen(List.of("127.0.0.1"), true);
    String its = "http://127.0.0.1:" + trusting;
    assertEquals(401, asked(trusting, its, "X-Forwarded-For", "203.0.113.5"));
    assertEquals(401, asked(trusting, its, "X-Forwarded-For", "127.0.0.1, 203.0.113.5"));
    assertEquals(200, asked(trusting, its, "X-Forwarded-For", "127.0.0.1"));
    assertEquals(
        200,
        asked(
            trusting,
            "https://localhost",
            "X-Forwarded-For",
            "127.0.0.1",
            "X-Forwarded-Proto",
            "https",
            "X-Forwarded-Host",
            "localhost"));
  }
}
