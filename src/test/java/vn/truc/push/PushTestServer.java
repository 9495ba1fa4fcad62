package vn.truc.push;

import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.json.JsonObject;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// A small server around a hub, moved by `POST /test/…`: what the SDK suite and the raw-socket
/// tests talk to. A "restart" makes a new hub from the old one's exported rings.
final class PushTestServer extends VerticleBase {
  private final PushSettings settings;
  private final FakeSource source = new FakeSource();
  private final PrometheusMeterRegistry registry =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
  private final PushMetrics metrics = new PushMetrics(registry);
  private @Nullable Hub hub;
  private @Nullable WebSocketEndpoint endpoint;
  private @Nullable HttpServer server;
  private boolean ready = true;
  private long position = 100;

  PushTestServer(PushSettings settings) {
    this.settings = settings;
  }

  /// Starts one in its own Vert.x; close the returned Vert.x to end it.
  static Running start(PushSettings settings) throws Exception {
    Vertx vertx = Vertx.vertx();
    PushTestServer verticle = new PushTestServer(settings);
    vertx.deployVerticle(verticle).await();
    return new Running(vertx, verticle.port());
  }

  /// A started server.
  record Running(Vertx vertx, int port) implements AutoCloseable {
    @Override
    public void close() {
      vertx.close().await();
    }
  }

  private int port() {
    return Objects.requireNonNull(server).actualPort();
  }

  @Override
  public Future<?> start() {
    source.position(position);
    renew();
    HttpServer fresh =
        vertx.createHttpServer(
            WebSocketEndpoint.configure(new HttpServerOptions().setHost("127.0.0.1"), settings));
    server = fresh;
    return fresh.requestHandler(this::route).listen(0);
  }

  private void renew() {
    Hub fresh = new Hub(vertx, settings, source, new FakeTokens(), metrics);
    hub = fresh;
    endpoint = new WebSocketEndpoint(fresh, () -> ready, request -> request.getHeader("Host"));
  }

  private void route(HttpServerRequest request) {
    String path = Objects.requireNonNullElse(request.path(), "");
    switch (path) {
      case WebSocketEndpoint.PATH -> Objects.requireNonNull(endpoint).handle(request);
      case "/metrics" -> request.response().end(registry.scrape());
      case "/api/v1/token" -> token(request);
      default ->
          request
              .body()
              .map(body -> body.length() == 0 ? new JsonObject() : body.toJsonObject())
              .compose(body -> control(path, body))
              .onSuccess(answer -> request.response().end(answer.encode()))
              .onFailure(cause -> request.response().setStatusCode(500).end(String.valueOf(cause)));
    }
  }

  /// A fresh token for the bearer of one: the same user, two seconds more unless the user is asked
  /// to live long.
  private static void token(HttpServerRequest request) {
    String held =
        Objects.requireNonNullElse(request.getHeader("Authorization"), "").replace("Bearer ", "");
    String user = held.contains("@") ? held.substring(0, held.indexOf('@')) : held;
    String fresh = user + "@" + (Instant.now().getEpochSecond() + 3600);
    request.response().end(new JsonObject().put("token", fresh).encode());
  }

  private Future<JsonObject> control(String path, JsonObject body) {
    Hub current = Objects.requireNonNull(hub);
    switch (path) {
      case "/test/publish" -> {
        for (int i = 0; i < body.getInteger("times", 1); i++) {
          position++;
          source.position(position);
          JsonObject data = body.getJsonObject("data", new JsonObject()).copy().put("n", position);
          StreamItem item = StreamItem.of(data.toBuffer());
          current.publish(body.getString("channel"), position, item);
        }
        current.changed();
      }
      case "/test/set" -> {
        position++;
        source.position(position);
        source.set(body.getString("channel"), body.getJsonObject("data").encode());
        current.changed();
      }
      case "/test/cut" -> List.copyOf(current.sessions()).forEach(session -> session.link().cut());
      case "/test/position" -> {
        position = body.getLong("position");
        source.position(position);
        current.changed();
      }
      case "/test/epoch" -> source.epoch(body.getString("epoch"));
      case "/test/ready" -> ready = body.getBoolean("ready");
      case "/test/restart" -> {
        return restart(current);
      }
      default -> throw new IllegalArgumentException(path);
    }
    return Future.succeededFuture(
        new JsonObject().put("position", position).put("connections", current.connections()));
  }

  private Future<JsonObject> restart(Hub current) {
    List<Buffer> chunks = new ArrayList<>();
    current.exportRings().forEachRemaining(chunks::add);
    return Objects.requireNonNull(endpoint)
        .shutdown()
        .map(
            _ -> {
              renew();
              boolean all = true;
              for (Buffer chunk : chunks) {
                all &= Objects.requireNonNull(hub).importRings(chunk);
              }
              return new JsonObject().put("imported", all).put("position", position);
            });
  }
}
