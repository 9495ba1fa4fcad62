package vn.truc.http;

import io.vertx.core.Handler;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.json.JsonObject;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import vn.truc.intake.IntakeException;

/// What a server answers before the log is folded: it is alive, and nothing else is to be had yet
/// (503 with `Retry-After: 1`). Opened once; then everything goes to the real routes.
///
/// Whatever a route throws is answered here.
public final class Gate implements Handler<HttpServerRequest> {
  private static final String ALIVE = "/healthz";

  private static final String ANY = "*";
  private static final String KNOWN = "GET, HEAD, POST";

  private final RequestFaults faults;
  private Optional<Handler<HttpServerRequest>> routes = Optional.empty();

  /// @param faults answers requests whose handling throws
  public Gate(RequestFaults faults) {
    this.faults = faults;
  }

  /// Lets requests through.
  public void open(Handler<HttpServerRequest> to) {
    routes = Optional.of(to);
  }

  @Override
  public void handle(HttpServerRequest request) {
    Runnable ended = faults.begin(request);
    request.response().endHandler(_ -> ended.run());
    try {
      if (request.method().equals(HttpMethod.CONNECT)) {
        request.response().putHeader(HttpHeaders.ALLOW, KNOWN);
        request.response().putHeader(HttpHeaders.CONNECTION, HttpHeaders.CLOSE);
        Problem.of(405, "this server is no proxy").send(request.response());
      } else if (ANY.equals(request.uri())) {
        request.response().putHeader(HttpHeaders.ALLOW, KNOWN).setStatusCode(204).end();
      } else if (!isReadable(request.query())) {
        Problem.of(400, "the address cannot be read").send(request.response());
      } else {
        route(request);
      }
    } catch (RuntimeException e) {
      faults.answer(request, e);
    }
  }

  /// Whether each `%` of a query begins the number of a byte: who asks for a parameter of another
  /// one gets an exception.
  static boolean isReadable(@Nullable String query) {
    int at = query == null ? -1 : query.indexOf('%');
    while (query != null && at >= 0) {
      if (at + 2 >= query.length()
          || Character.digit(query.charAt(at + 1), 16) < 0
          || Character.digit(query.charAt(at + 2), 16) < 0) {
        return false;
      }
      at = query.indexOf('%', at + 3);
    }
    return true;
  }

  private void route(HttpServerRequest request) {
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
