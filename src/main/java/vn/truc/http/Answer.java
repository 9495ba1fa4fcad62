package vn.truc.http;

import io.vertx.core.http.HttpHeaders;
import io.vertx.ext.web.RoutingContext;

/// Answers that are JSON and must not be kept by anybody on the way.
final class Answer {
  private Answer() {}

  static void json(RoutingContext context, String json) {
    if (context.response().ended() || context.response().closed()) {
      return;
    }
    context
        .response()
        .putHeader(HttpHeaders.CONTENT_TYPE, "application/json; charset=utf-8")
        .putHeader(HttpHeaders.CACHE_CONTROL, "no-store")
        .end(json);
  }
}
