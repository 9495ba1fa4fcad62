package vn.truc.http;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.ext.web.Router;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.LockSupport;
import vn.truc.access.AccessRules;
import vn.truc.access.AccessSettings;
import vn.truc.access.DashboardTokens;
import vn.truc.access.Role;
import vn.truc.access.TokenRegister;
import vn.truc.board.Board;
import vn.truc.board.BoardConfig;
import vn.truc.board.BoardSettings;

/// A board of the agencies `so-a` and `so-b`, its heavy reads, and a server for routes that ask it.
final class ReadsServer implements AutoCloseable {
  private final Vertx vertx = Vertx.vertx();
  private final HttpClient http = HttpClient.newHttpClient();
  private final Router router = Router.router(vertx);
  private final HeavyReads reads;
  private final Board board =
      new Board(
          new BoardConfig(List.of(agency("so-a"), agency("so-b")), List.of(), List.of(), List.of()),
          BoardSettings.defaults(),
          new Random(1));
  private final DashboardTokens tokens =
      new DashboardTokens(
          Buffer.buffer("0123456789abcdef".repeat(4)),
          InstantSource.system(),
          new TokenRegister(),
          AccessSettings.defaults());
  private final AccessRules rules =
      new AccessRules(Map.of("so-a", "", "so-b", ""), Set.of(), Set.of());
  private int port;

  /// @param runningMax reads that take turns
  ReadsServer(int runningMax) {
    SimpleMeterRegistry registry = new SimpleMeterRegistry();
    reads =
        new HeavyReads(
            vertx,
            new HttpSettings(1_000, 1_000, 60_000, 10_000, 100, 10_000, runningMax, 6, List.of()),
            new RequestFaults(registry),
            registry);
  }

  private static BoardConfig.Agency agency(String id) {
    return new BoardConfig.Agency(id, id, id, Optional.empty(), "department");
  }

  HeavyReads reads() {
    return reads;
  }

  Board board() {
    return board;
  }

  Authority authority() {
    return new Authority(tokens, () -> rules);
  }

  /// Where routes are added before [#listen].
  Router router() {
    return router;
  }

  void listen() {
    port =
        vertx.createHttpServer().requestHandler(router).listen(0, "127.0.0.1").await().actualPort();
  }

  CompletableFuture<HttpResponse<String>> ask(String path, Role role, String scope) {
    String token = tokens.issue(role, scope, "an", Duration.ofHours(1), "test").token();
    return http.sendAsync(
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
            .header("Authorization", "Bearer " + token)
            .build(),
        BodyHandlers.ofString());
  }

  /// Waits until so many reads are at work, wait and stall.
  void until(int running, int waiting, int stalled) {
    long end = System.nanoTime() + Duration.ofSeconds(30).toNanos();
    while (!reads.counts().equals(List.of(running, waiting, stalled))) {
      assertTrue(System.nanoTime() < end, () -> "never; " + reads.counts());
      LockSupport.parkNanos(1_000_000);
    }
  }

  @Override
  public void close() {
    http.shutdownNow();
    vertx.close().await();
  }
}
