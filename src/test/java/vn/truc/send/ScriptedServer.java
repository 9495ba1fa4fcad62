package vn.truc.send;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/// A door that answers the first posts from a script and takes all later ones. Its fields are
/// written on its event loop and read by tests after the sender has ended.
public final class ScriptedServer {

  /// How to answer one post.
  public enum Act {
    TAKE,
    TOO_MANY,
    UNAVAILABLE,
    /// The connection is cut before anything is taken.
    CUT,
    /// Everything is taken, then the connection is cut.
    TAKE_AND_CUT,
    TOO_LARGE,
    UNAUTHORIZED,
    /// Half of it is taken, and the rest refused for good.
    HALF_THEN_REVOKED,
    /// Half of it is taken, and the rest not now.
    HALF_THEN_FULL,
    MOVED
  }

  public final List<String> bodies = new ArrayList<>();
  final Set<String> known = new HashSet<>();
  final List<String> keys = new ArrayList<>();
  int underWay;
  int underWayMax;
  private final Queue<Act> script = new ArrayDeque<>();
  private final Vertx vertx;
  private final HttpServer server;

  private ScriptedServer(Vertx vertx, List<Act> acts) {
    this.vertx = vertx;
    this.script.addAll(acts);
    this.server = vertx.createHttpServer().requestHandler(this::handle);
  }

  public static ScriptedServer start(Vertx vertx, Act... acts) throws Exception {
    ScriptedServer started = new ScriptedServer(vertx, List.of(acts));
    await(started.server.listen(0, "127.0.0.1"));
    return started;
  }

  public static <T> T await(Future<T> future) throws Exception {
    return future.toCompletionStage().toCompletableFuture().get(20, TimeUnit.SECONDS);
  }

  public String url() {
    return "http://127.0.0.1:" + server.actualPort();
  }

  private void handle(HttpServerRequest request) {
    underWay++;
    underWayMax = Math.max(underWayMax, underWay);
    keys.add(String.valueOf(request.getHeader("Authorization")));
    request
        .body()
        .compose(body -> vertx.timer(2, TimeUnit.MILLISECONDS).map(_ -> body))
        .onSuccess(
            body -> {
              underWay--;
              Act act = script.isEmpty() ? Act.TAKE : script.remove();
              answer(request, body.toString(), act);
            });
  }

  private void answer(HttpServerRequest request, String body, Act act) {
    var response = request.response();
    Future<Void> sent =
        switch (act) {
          case TAKE -> response.setStatusCode(202).end(taken(body).encode());
          case TOO_MANY -> response.setStatusCode(429).putHeader("Retry-After", "0").end();
          case UNAVAILABLE -> response.setStatusCode(503).putHeader("Retry-After", "1").end();
          case CUT -> request.connection().close();
          case TAKE_AND_CUT -> {
            taken(body);
            yield request.connection().close();
          }
          case HALF_THEN_REVOKED -> response.setStatusCode(401).end(half(body).encode());
          case HALF_THEN_FULL -> response.setStatusCode(503).end(half(body).encode());
          case MOVED ->
              response.setStatusCode(301).putHeader("Location", "https://elsewhere/").end();
          case TOO_LARGE -> response.setStatusCode(413).end();
          case UNAUTHORIZED ->
              response.setStatusCode(401).end("{\"title\":\"Unauthorized\",\"detail\":\"no key\"}");
        };
    sent.onFailure(e -> bodies.add("not answered: " + e));
  }

  private JsonObject half(String body) {
    List<String> lines = body.lines().toList();
    return taken(String.join("\n", lines.subList(0, lines.size() / 2)))
        .put("detail", "key-revoked or queue-full");
  }

  private JsonObject taken(String body) {
    bodies.add(body);
    int accepted = 0;
    int duplicates = 0;
    JsonArray rejected = new JsonArray();
    int index = -1;
    for (String line : body.lines().toList()) {
      index++;
      JsonObject event = new JsonObject(line);
      String id = event.getString("id");
      if (id.startsWith("bad")) {
        rejected.add(
            new JsonObject()
                .put("index", index)
                .put("id", id)
                .put("reason", "missing-field")
                .put("field", "data.status")
                .put("message", "is missing"));
      } else if (known.add(id)) {
        accepted++;
      } else {
        duplicates++;
      }
    }
    return new JsonObject()
        .put("accepted", accepted)
        .put("duplicates", duplicates)
        .put("rejected", rejected)
        .put("rejectedCount", rejected.size());
  }
}
