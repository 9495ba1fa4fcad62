package vn.truc.http;

import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.util.List;
import java.util.function.Supplier;
import vn.truc.event.Printable;

/// What machines ask about the process: `/healthz` (alive), `/readyz` (log writable and fold caught
/// up), `/metrics` (Prometheus text; open on loopback, else for dashboard tokens).
public final class SystemRoutes {
  private final PrometheusMeterRegistry registry;
  private final Authority authority;
  private final Clients clients;
  private final Supplier<List<String>> unready;
  private final Supplier<List<String>> notices;

  /// @param unready what keeps this node from being ready; empty when it is
  /// @param notices what should be known but does not make it unready
  public SystemRoutes(
      PrometheusMeterRegistry registry,
      Authority authority,
      Clients clients,
      Supplier<List<String>> unready,
      Supplier<List<String>> notices) {
    this.registry = registry;
    this.authority = authority;
    this.clients = clients;
    this.unready = unready;
    this.notices = notices;
  }

  /// Adds the routes.
  public void mount(Router router) {
    Methods.get(router, "/healthz", context -> Answer.json(context, "{\"alive\":true}"));
    Methods.get(router, "/readyz", this::ready);
    Methods.get(router, "/metrics", this::metrics);
  }

  private void ready(RoutingContext context) {
    List<String> reasons = unready.get();
    JsonObject body =
        new JsonObject()
            .put("ready", reasons.isEmpty())
            .put("reasons", shown(reasons))
            .put("notices", shown(notices.get()));
    if (!reasons.isEmpty()) {
      context.response().setStatusCode(503).putHeader(HttpHeaders.RETRY_AFTER, "1");
    }
    Answer.json(context, body.encode());
  }

  private static JsonArray shown(List<String> lines) {
    return new JsonArray(lines.stream().map(Printable::escaped).toList());
  }

  private void metrics(RoutingContext context) {
    if (clients.of(context.request()).local() || authority.granted(context).isPresent()) {
      context
          .response()
          .putHeader(HttpHeaders.CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")
          .end(registry.scrape());
    }
  }
}
