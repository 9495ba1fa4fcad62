package vn.truc.http;

import io.vertx.core.Handler;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.json.JsonObject;
import java.util.Optional;
import vn.truc.intake.IntakeException;

/// What a server answers before the log is folded: it is alive, and nothing else is to be had yet
/// (503 with `Retry-After: 1`). Opened once; then everything goes to the real routes.
public final class Gate implements Handler<HttpServerRequest> {
  private static final String ALIVE = "/healthz";

  private Optional<Handler<HttpServerRequest>> routes = Optional.empty();

  /// Lets requests through.
  public void open(Handler<HttpServerRequest> to) {
    routes = Optional.of(to);
  }

  @Override
  public void handle(HttpServerRequest request) {
    if (routes.isPresent()) {
      routes.get().handle(request);
    } else if (ALIVE.equals(request.path())) {
      request
          .response()
          .putHeader(HttpHeaders.CONTENT_TYPE, "application/json; charset=utf-8")
          .end("{\"alive\":true}");
    } else {
      request.response().putHeader(HttpHeaders.RETRY_AFTER, "1");
      Problem.of(503, "the log is being folded")
          .with(new JsonObject().put("reason", IntakeException.Reason.CATCHING_UP.label()))
          .send(request.response());
    }
  }
}
