package vn.truc.access;

import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import vn.truc.event.LogRecord;

/// The administrative verbs about keys and tokens, for the process that owns the store: served over
/// the socket, or called where the command line opens the store itself.
///
/// ```
/// key.add     {"source","name","test"}               → {"key","presented"}
/// key.list    {}                                     → {"keys":[{"key","source","name","test"}]}
/// key.revoke  {"key"}                                → {}
/// token       {"role","scope","user","ttlSeconds","by"} → {"token","id"}
/// token.list  {}                                     → {"tokens":[as recorded]}
/// token.revoke {"id","by"} or {"user","by"}          → {"listed"}
/// token.rotate-secret {"by"}                         → {"generation"}
/// ```
public final class AdminVerbs {
  private static final Pattern ID = Pattern.compile("[0-9a-f]{12}");

  private final SourceKeys keys;
  private final DashboardTokens tokens;
  private final TokenRegister register;
  private final AccessSettings settings;
  private final Predicate<String> scopeExists;
  private final Predicate<String> isAgency;
  private final Function<LogRecord, Future<?>> appendAndFold;
  private final Supplier<Future<?>> revocationsKept;
  private final LongSupplier nowMicros;
  private final InstantSource real;

  /// @param scopeExists asked before a token is issued
  /// @param isAgency asked of the scope before a token of the role `agency` is issued
  /// @param appendAndFold completes when the record is durable and folded here
  /// @param revocationsKept completes when what was revoked is in force here and kept beside the
  /// log @param nowMicros domain time
  public AdminVerbs(
      SourceKeys keys,
      DashboardTokens tokens,
      TokenRegister register,
      AccessSettings settings,
      Predicate<String> scopeExists,
      Predicate<String> isAgency,
      Function<LogRecord, Future<?>> appendAndFold,
      Supplier<Future<?>> revocationsKept,
      LongSupplier nowMicros,
      InstantSource real) {
    this.keys = keys;
    this.tokens = tokens;
    this.register = register;
    this.settings = settings;
    this.revocationsKept = revocationsKept;
    this.real = real;
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
    handlers.put("token.list", _ -> Future.succeededFuture(tokensListed()));
    handlers.put("token.revoke", this::revokeToken);
    handlers.put("token.rotate-secret", this::rotateSecret);
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
        .compose(_ -> revocationsKept.get())
        .map(_ -> new JsonObject());
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
    register.forget(real.instant().getEpochSecond(), settings::renewedSeconds);
    if (register.list().size() >= TokenRegister.LISTED_MAX) {
      return Future.failedFuture(
          new IllegalArgumentException(
              TokenRegister.LISTED_MAX + " tokens are in force; revoke some first"));
    }
    DashboardTokens.Issued issued;
    try {
      issued =
          tokens.issue(
              role.get(),
              scope,
              arguments.getString("user", ""),
              Duration.ofSeconds(
                  arguments.getLong("ttlSeconds", DashboardTokens.TTL_DEFAULT.toSeconds())),
              arguments.getString("by", ""));
    } catch (IllegalArgumentException | IllegalStateException e) {
      return Future.failedFuture(e);
    }
    JsonObject result =
        new JsonObject().put("token", issued.token()).put("id", issued.issue().id());
    return appendAndFold.apply(issued.issue().record(nowMicros.getAsLong())).map(_ -> result);
  }

  private JsonObject tokensListed() {
    register.forget(real.instant().getEpochSecond(), settings::renewedSeconds);
    JsonArray array = new JsonArray();
    register.list().forEach(issue -> array.add(issue.json()));
    return new JsonObject().put("tokens", array);
  }

  private Future<JsonObject> revokeToken(JsonObject arguments) {
    String id = arguments.getString("id", "");
    String user = arguments.getString("user", "");
    String by = arguments.getString("by", "");
    if (id.isEmpty() == user.isEmpty()) {
      return Future.failedFuture(new IllegalArgumentException("name an id, or a user"));
    }
    if (!id.isEmpty() && !ID.matcher(id).matches()) {
      return Future.failedFuture(
          new IllegalArgumentException("'" + id + "' is no id of a token: 12 hex digits"));
    }
    try {
      DashboardTokens.judgeName("by", by);
      DashboardTokens.judgeName("user", user);
    } catch (IllegalArgumentException e) {
      return Future.failedFuture(e);
    }
    JsonObject result =
        new JsonObject()
            .put(
                "listed",
                register.list().stream()
                    .filter(issue -> issue.id().equals(id) || issue.user().equals(user))
                    .count());
    long now = real.instant().getEpochSecond();
    if (!id.isEmpty() && register.wasRevoked(id)) {
      return revocationsKept.get().map(_ -> result);
    }
    LogRecord record =
        id.isEmpty()
            ? TokenRegister.revocationOfUser(user, issuedUpTo(user, now), by, nowMicros.getAsLong())
            : TokenRegister.revocation(id, now, by, nowMicros.getAsLong());
    return appendAndFold.apply(record).compose(_ -> revocationsKept.get()).map(_ -> result);
  }

  /// The instant up to which tokens of a user are ended: now, and later where a node whose clock
  /// was ahead issued one.
  private long issuedUpTo(String user, long now) {
    return register.list().stream()
        .filter(issue -> issue.user().equals(user))
        .mapToLong(TokenRegister.Issue::issuedAt)
        .reduce(now, Math::max);
  }

  private Future<JsonObject> rotateSecret(JsonObject arguments) {
    String by = arguments.getString("by", "");
    try {
      DashboardTokens.judgeName("by", by);
    } catch (IllegalArgumentException e) {
      return Future.failedFuture(e);
    }
    long next = register.generation() + 1;
    return appendAndFold
        .apply(TokenRegister.rotation(next, by, nowMicros.getAsLong()))
        .compose(_ -> revocationsKept.get())
        .map(_ -> new JsonObject().put("generation", next));
  }
}
