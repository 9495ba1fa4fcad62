package vn.truc.http;

import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import io.vertx.core.Handler;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;

/// Answers requests whose head cannot be read: 414 and 431 where it is too long, 400 otherwise.
/// What follows on such a connection means nothing, so it is closed.
public final class UnreadableHead implements Handler<HttpServerRequest> {

  @Override
  public void handle(HttpServerRequest request) {
    request.response().putHeader(HttpHeaders.CONNECTION, HttpHeaders.CLOSE);
    problem(request.decoderResult().cause())
        .send(request.response())
        .onComplete(_ -> request.connection().close());
  }

  private static Problem problem(Throwable cause) {
    return switch (cause) {
      case TooLongHttpLineException _ -> Problem.of(414, "the address is too long");
      case TooLongHttpHeaderException _ -> Problem.of(431, "the headers are too long");
      case RequestHeads.FaultException fault -> Problem.of(400, fault.getMessage() + "");
      default -> Problem.of(400, "this is no HTTP request");
    };
  }
}
