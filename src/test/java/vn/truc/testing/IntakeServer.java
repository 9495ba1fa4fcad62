package vn.truc.testing;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.Router;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import vn.truc.access.SourceKey;
import vn.truc.event.Rfc3339;
import vn.truc.http.EventsHandler;
import vn.truc.http.Methods;
import vn.truc.http.SourceHandler;
import vn.truc.intake.Door;
import vn.truc.intake.IntakeMetrics;
import vn.truc.intake.IntakeSettings;
import vn.truc.intake.Keyring;
import vn.truc.intake.RetentionSettings;
import vn.truc.intake.SourceLedger;

/// The door behind a real HTTP server on a free port, with a log in memory and a clock that stands
/// at 2026-11-23T08:00:00+07:00.
public final class IntakeServer implements AutoCloseable {
  /// Bound to `/hotline/1022`.
  public static final String KEY = "k-hotline";

  /// Bound to `/`.
  public static final String ANY_KEY = "k-any";

  /// A test key, bound to `/hotline/1022`.
  public static final String TEST_KEY = "k-test";

  public static final long NOW = Rfc3339.parse("2026-11-23T08:00:00+07:00");

  private static final Map<String, SourceKey> KEYS =
      Map.of(
          KEY, new SourceKey("key-1", "/hotline/1022", "Hotline 1022", false),
          ANY_KEY, new SourceKey("key-2", "/", "All", false),
          TEST_KEY, new SourceKey("key-3", "/hotline/1022", "Trial", true));

  private final Vertx vertx = Vertx.vertx();
  private final HttpClient client = HttpClient.newHttpClient();
  private final MemoryEventLog log = new MemoryEventLog();
  private final IdentityFold fold = new IdentityFold();
  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  private final Context loop = vertx.getOrCreateContext();
  private final Door door;
  private final HttpServer server;

  public IntakeServer(IntakeSettings settings) {
    log.listener(fold::apply);
    Keyring keyring = secret -> Future.succeededFuture(Optional.ofNullable(KEYS.get(secret)));
    SourceLedger ledger = new SourceLedger(settings);
    IntakeMetrics metrics = new IntakeMetrics(registry);
    door =
        new Door(
            settings,
            RetentionSettings.defaults(),
            log,
            fold,
            ledger,
            metrics,
            () -> NOW,
            () -> NOW);
    EventsHandler events = new EventsHandler(vertx, settings, keyring, door, metrics);
    SourceHandler sources =
        new SourceHandler(ledger, keyring, (request, _) -> judged(request), () -> NOW);
    Router router = Router.router(vertx);
    Methods.post(router, "/api/v1/events", context -> events.handle(context.request()));
    Methods.get(router, "/api/v1/sources/:id", context -> sources.handle(context.request()));
    HttpServerOptions options = new HttpServerOptions().setHttp2ClearTextEnabled(false);
    server =
        onLoop(() -> vertx.createHttpServer(options).requestHandler(router).listen(0, "127.0.0.1"));
  }

  private static Future<SourceHandler.Readers.Decision> judged(HttpServerRequest request) {
    return Future.succeededFuture(
        "Bearer token".equals(request.getHeader("Authorization"))
            ? SourceHandler.Readers.Decision.ALLOWED
            : SourceHandler.Readers.Decision.UNKNOWN);
  }

  public MemoryEventLog log() {
    return log;
  }

  public Door door() {
    return door;
  }

  public IdentityFold fold() {
    return fold;
  }

  /// The sum of a counter over its tags.
  public double count(String name) {
    return registry.find(name).counters().stream()
        .mapToDouble(io.micrometer.core.instrument.Counter::count)
        .sum();
  }

  /// A gauge, read on the event loop.
  public double gauge(String name) {
    return onLoop(() -> Future.succeededFuture(registry.get(name).gauge().value()));
  }

  /// Address of a path.
  public URI uri(String path) {
    return URI.create("http://127.0.0.1:" + server.actualPort() + path);
  }

  /// Posts a body with [#KEY].
  public HttpResponse<String> post(String contentType, String body) {
    return send(request("/api/v1/events", contentType, KEY, BodyPublishers.ofString(body)));
  }

  /// A POST.
  public HttpRequest request(
      String path, String contentType, String key, HttpRequest.BodyPublisher body) {
    return HttpRequest.newBuilder(uri(path))
        .header("Content-Type", contentType)
        .header("Authorization", "Bearer " + key)
        .POST(body)
        .build();
  }

  /// Sends a request and waits for its answer.
  public HttpResponse<String> send(HttpRequest request) {
    try {
      return client.send(request, BodyHandlers.ofString());
    } catch (IOException e) {
      throw new IllegalStateException(e);
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  /// Runs a step on the door's event loop and waits for what it starts.
  public <T> T onLoop(Callable<Future<T>> step) {
    var done = new java.util.concurrent.CompletableFuture<T>();
    loop.runOnContext(
        _ -> {
          try {
            step.call().onComplete(done::complete, done::completeExceptionally);
          } catch (Exception e) {
            done.completeExceptionally(e);
          }
        });
    try {
      return done.get(20, TimeUnit.SECONDS);
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() {
    client.close();
    vertx.close().await();
  }
}
