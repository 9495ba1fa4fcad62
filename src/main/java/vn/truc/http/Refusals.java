package vn.truc.http;

import io.vertx.core.http.HttpHeaders;
import io.vertx.ext.web.RoutingContext;

/// The refusals of the routes for dashboards, each as a [Problem].
final class Refusals {
  private Refusals() {}

  static void unauthorized(RoutingContext context, String detail) {
    context.response().putHeader("WWW-Authenticate", "Bearer");
    send(context, Problem.of(401, detail));
  }

  static void forbidden(RoutingContext context, String detail) {
    send(context, Problem.of(403, detail));
  }

  static void notFound(RoutingContext context, String field, String detail) {
    send(context, Problem.of(404, detail).at(field));
  }

  static void unprocessable(RoutingContext context, String field, String detail) {
    send(context, Problem.of(422, field + " " + detail).at(field));
  }

  static void unavailable(RoutingContext context, String detail) {
    context.response().putHeader(HttpHeaders.RETRY_AFTER, "1");
    send(context, Problem.of(503, detail));
  }

  private static void send(RoutingContext context, Problem problem) {
    problem.send(context.response());
  }
}
