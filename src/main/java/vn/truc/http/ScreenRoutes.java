package vn.truc.http;

import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.StaticHandler;
import java.util.function.Supplier;
import vn.truc.board.Board;
import vn.truc.board.BoardConfig;

/// The dashboards: the page's files, and `GET /api/v1/screen` with the names and places it draws.
public final class ScreenRoutes {
  private static final String POLICY =
      "default-src 'self'; img-src 'self' data:; style-src 'self'; object-src 'none';"
          + " base-uri 'none'; form-action 'none'; frame-ancestors 'self'";

  private final Board board;
  private final Authority authority;
  private final boolean simulated;
  private final Supplier<JsonObject> clock;

  /// @param simulated whether the facts are made up, which every screen must say
  /// @param clock the domain clock: `domain` (RFC 3339), `speed`
  public ScreenRoutes(
      Board board, Authority authority, boolean simulated, Supplier<JsonObject> clock) {
    this.board = board;
    this.authority = authority;
    this.simulated = simulated;
    this.clock = clock;
  }

  /// Adds the routes; the page's come last, since they take what nobody else took.
  public void mount(Router router) {
    Methods.get(router, "/api/v1/screen", this::screen);
    router.route("/api/*").handler(ScreenRoutes::absent);
    Methods.readOnly(router, "/");
    router
        .route("/*")
        .method(HttpMethod.GET)
        .method(HttpMethod.HEAD)
        .handler(ScreenRoutes::headers)
        .handler(
            StaticHandler.create("web")
                .setCachingEnabled(true)
                .setMaxAgeSeconds(31_536_000)
                .setIncludeHidden(false));
    router.route().handler(ScreenRoutes::absent);
  }

  private static void headers(RoutingContext context) {
    context
        .response()
        .putHeader("Content-Security-Policy", POLICY)
        .putHeader("X-Content-Type-Options", "nosniff")
        .putHeader("Referrer-Policy", "no-referrer");
    if (!context.normalizedPath().startsWith("/assets/")) {
      context.addHeadersEndHandler(
          _ -> context.response().putHeader(HttpHeaders.CACHE_CONTROL, "no-cache"));
    }
    context.next();
  }

  private static void absent(RoutingContext context) {
    Refusals.notFound(context, "path", "nothing is at " + context.request().path());
  }

  private void screen(RoutingContext context) {
    if (authority.granted(context).isEmpty()) {
      return;
    }
    BoardConfig config = board.config();
    JsonArray areas = new JsonArray();
    for (BoardConfig.Area area : config.areas()) {
      areas.add(
          new JsonObject()
              .put("code", area.code())
              .put("name", area.name())
              .put("kind", area.kind())
              .put("hexRow", area.hexRow())
              .put("hexCol", area.hexCol()));
    }
    JsonArray agencies = new JsonArray();
    for (BoardConfig.Agency agency : config.agencies()) {
      agencies.add(
          named(agency.id(), agency.name(), agency.nameEn())
              .put("parent", agency.parent().orElse(null))
              .put("kind", agency.kind()));
    }
    JsonArray fields = new JsonArray();
    config.fields().forEach(field -> fields.add(named(field.id(), field.name(), field.nameEn())));
    JsonArray indicators = new JsonArray();
    config
        .indicators()
        .forEach(
            spec ->
                indicators.add(
                    named(spec.id(), spec.name(), spec.nameEn())
                        .put("unit", spec.unit())
                        .put("unitEn", spec.unitEn())));
    Answer.json(
        context,
        new JsonObject()
            .put("simulated", simulated)
            .put("clock", clock.get())
            .put(
                "province",
                new JsonObject().put("name", "Tuyên Quang").put("nameEn", "Tuyen Quang"))
            .put("areas", areas)
            .put("agencies", agencies)
            .put("fields", fields)
            .put("indicators", indicators)
            .encode());
  }

  private static JsonObject named(String id, String name, String nameEn) {
    return new JsonObject().put("id", id).put("name", name).put("nameEn", nameEn);
  }
}
