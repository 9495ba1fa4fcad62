package vn.truc.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.URLDecoder;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import vn.truc.access.SourceKey;
import vn.truc.event.Rfc3339;
import vn.truc.intake.Keyring;
import vn.truc.intake.SourceLedger;

/// `GET /api/v1/sources/{id}`: how the facts of one source arrive, and its last refusals with their
/// reasons. The id is the source URI of its key, percent-encoded as one segment. Open to the
/// source's own key and to whom the readers allow.
public final class SourceHandler implements Handler<HttpServerRequest> {

  /// Who but the source itself may read.
  @FunctionalInterface
  public interface Readers {

    /// What is said to a request without the source's own key.
    enum Decision {
      ALLOWED,
      /// 403.
      FORBIDDEN,
      /// 401: it brings nothing we know.
      UNKNOWN
    }

    /// Judges a request; completes on the calling context.
    Future<Decision> mayRead(HttpServerRequest request, String source);
  }

  private static final long MILLI = 1_000;

  private final SourceLedger ledger;
  private final Keyring keyring;
  private final Readers readers;
  private final LongSupplier domainMicros;

  /// @param domainMicros the domain clock, microseconds since 1970
  public SourceHandler(
      SourceLedger ledger, Keyring keyring, Readers readers, LongSupplier domainMicros) {
    this.ledger = ledger;
    this.keyring = keyring;
    this.readers = readers;
    this.domainMicros = domainMicros;
  }

  @Override
  public void handle(HttpServerRequest request) {
    String requested = request.path();
    String path = requested == null ? "" : requested;
    Optional<String> source = decoded(path.substring(path.lastIndexOf('/') + 1));
    if (source.isEmpty() || source.get().isEmpty()) {
      Problem.of(400, "the source is not percent-encoded UTF-8").at("id").send(request.response());
      return;
    }
    Future<Optional<SourceKey>> key =
        SourceKeys.presented(request)
            .map(keyring::find)
            .orElseGet(() -> Future.succeededFuture(Optional.empty()));
    key.compose(found -> decide(request, found, source.get()))
        .onSuccess(decision -> answer(request, source.get(), decision))
        .onFailure(
            _ -> Problem.of(503, "the access cannot be judged now").send(request.response()));
  }

  private static Optional<String> decoded(String segment) {
    try {
      return Optional.of(URLDecoder.decode(segment.replace("+", "%2B"), UTF_8));
    } catch (IllegalArgumentException _) {
      return Optional.empty();
    }
  }

  /// What is to be done, with whether the source is known to exist by its very key.
  private Future<Access> decide(HttpServerRequest request, Optional<SourceKey> key, String source) {
    if (key.isPresent()) {
      boolean own = key.get().covers(source);
      return Future.succeededFuture(
          new Access(own ? Readers.Decision.ALLOWED : Readers.Decision.FORBIDDEN, own));
    }
    return readers.mayRead(request, source).map(decision -> new Access(decision, false));
  }

  private record Access(Readers.Decision decision, boolean own) {}

  private void answer(HttpServerRequest request, String source, Access access) {
    switch (access.decision()) {
      case UNKNOWN -> {
        request.response().putHeader("WWW-Authenticate", "Bearer");
        Problem.of(401, "the source's own key or a dashboard token is required")
            .send(request.response());
      }
      case FORBIDDEN ->
          Problem.of(403, "neither this key nor this token covers the source")
              .send(request.response());
      case ALLOWED -> {
        Optional<SourceLedger.Arrival> arrival = ledger.arrival(source, domainMicros.getAsLong());
        if (arrival.isEmpty() && !access.own()) {
          Problem.of(404, "nothing came from this source since the start").send(request.response());
        } else {
          request
              .response()
              .putHeader(HttpHeaders.CONTENT_TYPE, "application/json")
              .end(json(source, arrival).toBuffer());
        }
      }
    }
  }

  private JsonArray quarantine(String source) {
    JsonArray codes = new JsonArray();
    ledger
        .quarantine(source)
        .forEach(
            (unknown, count) ->
                codes.add(
                    new JsonObject()
                        .put("what", unknown.what())
                        .put("code", unknown.code())
                        .put("facts", count)));
    return codes;
  }

  private JsonObject json(String source, Optional<SourceLedger.Arrival> arrival) {
    JsonArray refusals = new JsonArray();
    for (SourceLedger.Refusal refusal : ledger.refusals(source)) {
      JsonObject at = new JsonObject().put("at", Rfc3339.format(refusal.atMicros()));
      refusals.add(at.mergeIn(Receipts.json(refusal.rejection())));
    }
    JsonObject told =
        new JsonObject()
            .put("source", source)
            .put("events", arrival.map(SourceLedger.Arrival::events).orElse(0L))
            .put("rejected", arrival.map(SourceLedger.Arrival::rejected).orElse(0L))
            .put("lastFactAt", time(arrival.flatMap(SourceLedger.Arrival::lastTimeMicros)))
            .put(
                "lastRecordedAt", time(arrival.flatMap(SourceLedger.Arrival::lastRecordedAtMicros)))
            .put("lagMillis", millis(arrival.flatMap(SourceLedger.Arrival::lagMicros)))
            .put("silenceMillis", millis(arrival.flatMap(SourceLedger.Arrival::silenceMicros)))
            .put("refusals", refusals)
            .put("quarantine", quarantine(source));
    long unlisted = ledger.unlisted(source);
    return unlisted == 0 ? told : told.put("quarantineUnlisted", unlisted);
  }

  private static @Nullable String time(Optional<Long> micros) {
    return micros.map(Rfc3339::format).orElse(null);
  }

  private static @Nullable Long millis(Optional<Long> micros) {
    return micros.map(value -> value / MILLI).orElse(null);
  }
}
