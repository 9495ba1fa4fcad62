package vn.truc.access;

import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import vn.truc.event.LogRecord;

/// The administrative verbs about keys and tokens, for the process that owns the store: served over
/// the socket, or called where the command line opens the store itself.
///
/// ```
/// key.add     {"source","name","test"}               → {"key","presented"}
/// key.list    {}                                     → {"keys":[{"key","source","name","test"}]}
/// key.revoke  {"key"}                                → {}
/// token       {"role","scope","user","ttlSeconds"}   → {"token"}
/// ```
public final class AdminVerbs {
  private final SourceKeys keys;
  private final DashboardTokens tokens;
  private final Predicate<String> scopeExists;
  private final Predicate<String> isAgency;
  private final Function<LogRecord, Future<?>> appendAndFold;
  private final LongSupplier nowMicros;

  /// @param scopeExists asked before a token is issued
  /// @param isAgency asked of the scope before a token of the role `agency` is issued
  /// @param appendAndFold completes when the record is durable and folded here
  /// @param nowMicros domain time
  public AdminVerbs(
      SourceKeys keys,
      DashboardTokens tokens,
      Predicate<String> scopeExists,
      Predicate<String> isAgency,
      Function<LogRecord, Future<?>> appendAndFold,
      LongSupplier nowMicros) {
    this.keys = keys;
    this.tokens = tokens;
    this.scopeExists = scopeExists;
    this.isAgency = isAgency;
    this.appendAndFold = appendAndFold;
    this.nowMicros = nowMicros;
  }

  /// The handlers by verb; to be called on the context that owns the keys. A refusal is a failed
  /// future whose message is for people.
  public Map<String, Function<JsonObject, Future<JsonObject>>> handlers() {
    Map<String, Function<JsonObject, Future<JsonObject>>> handlers = new HashMap<>();
    handlers.put("key.add", this::addKey);
    handlers.put("key.list", arguments -> Future.succeededFuture(listed()));
    handlers.put("key.revoke", this::revokeKey);
    handlers.put("token", this::issueToken);
    return handlers;
  }

  private Future<JsonObject> addKey(JsonObject arguments) {
    SourceKeys.NewKey made;
    try {
      made =
          SourceKeys.create(
              arguments.getString("source", ""),
              arguments.getString("name", ""),
              arguments.getBoolean("test", false));
    } catch (IllegalArgumentException e) {
      return Future.failedFuture(e);
    }
    JsonObject result =
        new JsonObject().put("key", made.key().keyId()).put("presented", made.presented());
    return appendAndFold.apply(made.record(nowMicros.getAsLong())).map(appended -> result);
  }

  private JsonObject listed() {
    JsonArray array = new JsonArray();
    for (SourceKey key : keys.list()) {
      array.add(
          new JsonObject()
              .put("key", key.keyId())
              .put("source", key.source())
              .put("name", key.name())
              .put("test", key.test()));
    }
    return new JsonObject().put("keys", array);
  }

  private Future<JsonObject> revokeKey(JsonObject arguments) {
    String keyId = arguments.getString("key", "");
    if (keys.wasRevoked(keyId)) {
      return Future.succeededFuture(new JsonObject());
    }
    if (keys.byId(keyId).isEmpty()) {
      return Future.failedFuture(new IllegalArgumentException("no key '" + keyId + "'"));
    }
    return appendAndFold
        .apply(SourceKeys.revocation(keyId, nowMicros.getAsLong()))
        .map(appended -> new JsonObject());
  }

  private Future<JsonObject> issueToken(JsonObject arguments) {
    Optional<Role> role = Role.of(arguments.getString("role", ""));
    String scope = arguments.getString("scope", "");
    if (role.isEmpty()) {
      return Future.failedFuture(new IllegalArgumentException("no such role"));
    }
    if (!scopeExists.test(scope)) {
      return Future.failedFuture(
          new IllegalArgumentException("no scope '" + scope + "' in the configuration"));
    }
    if (role.get() == Role.AGENCY && !isAgency.test(scope)) {
      return Future.failedFuture(
          new IllegalArgumentException(
              "the role agency is for an agency's own people: '" + scope + "' is no agency"));
    }
    try {
      String token =
          tokens.issue(
              role.get(),
              scope,
              arguments.getString("user", ""),
              Duration.ofSeconds(
                  arguments.getLong("ttlSeconds", DashboardTokens.TTL_DEFAULT.toSeconds())));
      return Future.succeededFuture(new JsonObject().put("token", token));
    } catch (IllegalArgumentException e) {
      return Future.failedFuture(e);
    }
  }
}
