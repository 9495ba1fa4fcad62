package vn.truc.http;

import io.netty.handler.codec.http2.Http2Error;
import io.vertx.core.Handler;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.HttpVersion;
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
    if (request.version() == HttpVersion.HTTP_2) {
      endWithAnswer(request);
    }
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

  /// Over HTTP/2 a stream ends with its answer, whatever of a body is still to come; where the body
  /// is of a kind nobody reads, only a little of it is waited for.
  private static void endWithAnswer(HttpServerRequest request) {
    HttpServerResponse response = request.response();
    response.endHandler(
        _ -> {
          if (!request.isEnded()) {
            response.reset(Http2Error.NO_ERROR.code());
          }
        });
    if (!request.method().equals(HttpMethod.POST)) {
      long[] bytes = new long[1];
      request.handler(
          some -> {
            bytes[0] += some.length();
            if (bytes[0] > ConnectionGuard.LINGER_BYTES) {
              response.reset(Http2Error.ENHANCE_YOUR_CALM.code());
            }
          });
    }
  }
}
