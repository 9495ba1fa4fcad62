package vn.truc.http;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.impl.HttpServerConnection;
import java.lang.ref.WeakReference;
import java.util.Map;
import java.util.WeakHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Answers requests whose handling threw: 500 with the one error body, counted and logged once, and
/// nothing else suffers. Where an answer was under way it is cut: nobody takes it for whole then.
/// Belongs to one event loop.
public final class RequestFaults {
  private static final Logger LOG = LoggerFactory.getLogger(RequestFaults.class);

  private final Counter failed;

  /// Requests under way, by the context each of them has to itself: what throws in a callback is
  /// found by it. Nothing is kept for standing here: a request reaches its context, and one whose
  /// client goes away may never be said to have ended.
  private final Map<Context, WeakReference<HttpServerRequest>> open = new WeakHashMap<>();

  public RequestFaults(MeterRegistry registry) {
    failed =
        Counter.builder("truc.http.requests.failed")
            .description("requests that met a fault of ours")
            .register(registry);
  }

  /// Follows a request until what is returned is run: it is answered then, wherever that is said.
  Runnable begin(HttpServerRequest request) {
    Context own = Vertx.currentContext();
    if (own == null) {
      return () -> {};
    }
    open.put(own, new WeakReference<>(request));
    return () -> open.remove(own);
  }

  /// Requests that are followed.
  int followed() {
    return open.size();
  }

  /// Whether a client has gone: that is no fault, and nobody is there to be answered. Its own
  /// connection says so, not the cause: one to a store may break in the same way.
  private static boolean gone(HttpServerRequest request) {
    return request.response().closed()
        || (request.connection() instanceof HttpServerConnection inside
            && !inside.channelHandlerContext().channel().isActive());
  }

  /// Tells of a fault and answers the request that met it.
  public void answer(HttpServerRequest request, @Nullable Throwable cause) {
    if (gone(request)) {
      return;
    }
    failed.increment();
    LOG.error("request_failed method={} path={}", request.method(), request.path(), cause);
    if (request.response().headWritten()) {
      if (!request.response().ended()) {
        var _ = request.response().reset();
      }
    } else {
      // what a route had said of another answer, its length above all: the rest of this connection
      // would be read as part of it
      request.response().headers().clear();
      Problem.of(500, "this request met a fault of the server; it is in its log")
          .send(request.response());
    }
  }

  /// What nobody caught on this loop: a request's callback, or something of our own.
  public void uncaught(Throwable cause) {
    Context current = Vertx.currentContext();
    WeakReference<HttpServerRequest> found = current == null ? null : open.get(current);
    HttpServerRequest request = found == null ? null : found.get();
    if (request == null) {
      LOG.error("uncaught", cause);
    } else {
      answer(request, cause);
    }
  }
}
