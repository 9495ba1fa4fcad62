package vn.truc.http;

import io.vertx.core.Handler;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;

/// Routes of one method each. What is at a path but not for a method says so: 405, with the methods
/// it knows in `Allow`. `HEAD` is `GET` without the body, done by the same handler: the server
/// leaves the body of its answer away.
public final class Methods {
  private static final String READ = "GET, HEAD";

  private Methods() {}

  /// A path that is read.
  public static void get(Router router, String path, Handler<RoutingContext> handler) {
    router.route(path).method(HttpMethod.GET).method(HttpMethod.HEAD).handler(handler);
    readOnly(router, path);
  }

  /// A path that takes something.
  public static void post(Router router, String path, Handler<RoutingContext> handler) {
    router.post(path).handler(handler);
    router.route(path).handler(context -> notAllowed(context.response(), "POST"));
  }

  /// Refuses every method but `GET` and `HEAD` at a path whose readers stand behind.
  static void readOnly(Router router, String path) {
    router
        .route(path)
        .handler(
            context -> {
              HttpMethod method = context.request().method();
              if (method.equals(HttpMethod.GET) || method.equals(HttpMethod.HEAD)) {
                context.next();
              } else {
                notAllowed(context.response(), READ);
              }
            });
  }

  private static void notAllowed(HttpServerResponse response, String allowed) {
    response.putHeader(HttpHeaders.ALLOW, allowed);
    Problem.of(405, "this address knows " + allowed + " only").send(response);
  }
}
