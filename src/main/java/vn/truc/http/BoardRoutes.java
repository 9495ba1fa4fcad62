package vn.truc.http;

import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.util.Optional;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import vn.truc.access.Access;
import vn.truc.board.Board;
import vn.truc.board.DigestJob;
import vn.truc.intake.SourceLedger;

/// What dashboards ask of the board: values, digest, series, catalogue. On the board's context.
public final class BoardRoutes {
  private static final int DIGEST_SCOPES = 4;
  private static final String SOURCE = "source:";

  private final HeavyReads reads;
  private final Board board;
  private final Authority authority;
  private final Supplier<String> configHash;
  private final SourceLedger ledger;
  private final LongSupplier domainMicros;
  private final UnaryOperator<String> marked;

  /// @param configHash hash of the configuration the values stand under
  /// @param ledger how facts of each source arrive, for the scopes `source:<id>`
  /// @param domainMicros the domain clock, microseconds since 1970
  /// @param marked adds to the JSON of a board what must be said of its age
  public BoardRoutes(
      HeavyReads reads,
      Board board,
      Authority authority,
      Supplier<String> configHash,
      SourceLedger ledger,
      LongSupplier domainMicros,
      UnaryOperator<String> marked) {
    this.reads = reads;
    this.board = board;
    this.authority = authority;
    this.configHash = configHash;
    this.ledger = ledger;
    this.domainMicros = domainMicros;
    this.marked = marked;
  }

  /// Adds the routes.
  public void mount(Router router) {
    Methods.get(router, "/api/v1/board/:scope", this::values);
    Methods.get(router, "/api/v1/digest", this::digest);
    Methods.get(router, "/api/v1/series", this::series);
    Methods.get(router, "/api/v1/metrics-catalogue", this::catalogue);
  }

  private void values(RoutingContext context) {
    String scope = Parameters.path(context, "scope");
    if (scope.startsWith(SOURCE)) {
      source(context, scope);
    } else if (authority.granted(context, scope).isPresent()) {
      Answer.json(context, marked.apply(board.boardJson(scope).orElseThrow()));
    }
  }

  private void source(RoutingContext context, String scope) {
    Optional<Access.Granted> granted = authority.granted(context);
    if (granted.isEmpty()) {
      return;
    }
    if (!authority.rules().mayRead(granted.get(), scope)) {
      Refusals.forbidden(context, "the token does not reach scope '" + scope + "'");
      return;
    }
    long now = domainMicros.getAsLong();
    Optional<SourceLedger.Arrival> arrival = ledger.arrival(scope.substring(SOURCE.length()), now);
    if (arrival.isEmpty()) {
      Refusals.notFound(context, "scope", "nothing came from this source since the start");
      return;
    }
    SourceLedger.Arrival seen = arrival.get();
    JsonObject missing = new JsonObject();
    JsonObject values =
        new JsonObject()
            .put("source.events", seen.events())
            .put("source.rejected", seen.rejected())
            .put("source.lag", seconds(seen.lagMicros(), "source.lag", missing))
            .put("source.silence", seconds(seen.silenceMicros(), "source.silence", missing));
    Answer.json(
        context,
        new JsonObject()
            .put("scope", scope)
            .put("asOf", Board.timeText(now))
            .put("position", Long.toString(board.position()))
            .put("values", values)
            .put("missing", missing)
            .encode());
  }

  private static @Nullable Double seconds(Optional<Long> micros, String id, JsonObject missing) {
    if (micros.isEmpty()) {
      missing.put(id, "no-data");
      return null;
    }
    return micros.get() / 1_000 / 1_000.0;
  }

  private void digest(RoutingContext context) {
    authority
        .granted(context)
        .ifPresent(granted -> reads.answer(context, granted.user(), _ -> digestRead(context)));
  }

  private HeavyReads.Read digestRead(RoutingContext context) {
    DigestJob job = board.digest();
    String config = configHash.get();
    return new HeavyReads.Read() {
      @Override
      public HeavyReads.Next step() {
        if (job.step(DIGEST_SCOPES)) {
          Answer.json(context, job.json(config));
          return HeavyReads.Next.DONE;
        }
        return HeavyReads.Next.MORE;
      }

      @Override
      public void abandon() {
        job.abandon();
      }
    };
  }

  private void catalogue(RoutingContext context) {
    if (authority.granted(context).isPresent()) {
      Answer.json(context, board.catalogueJson());
    }
  }

  private void series(RoutingContext context) {
    String scope = Parameters.text(context, "scope").orElse("province");
    Optional<Access.Granted> granted = authority.granted(context, scope);
    if (granted.isEmpty()) {
      return;
    }
    try {
      Parameters.only(context, "metric", "scope", "from", "to", "step");
      String metric = Parameters.required(context, "metric");
      long from = Parameters.instant(context, "from");
      long to = Parameters.instant(context, "to");
      String step = Parameters.text(context, "step").orElse("day");
      reads.answer(
          context,
          granted.get().user(),
          _ -> new SeriesRead(context, board.series(metric, scope, from, to, step)));
    } catch (Parameters.FaultException e) {
      e.answer(context);
    }
  }
}
