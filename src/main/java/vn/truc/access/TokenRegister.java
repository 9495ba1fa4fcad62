package vn.truc.access;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.ToLongFunction;
import vn.truc.event.EventTypes;
import vn.truc.event.LogRecord;
import vn.truc.event.UnreadableRecordException;
import vn.truc.fold.Section;
import vn.truc.fold.SmallProjection;

/// The dashboard tokens that were issued by hand, and what ended before its time: the fold of
/// `vn.truc.token.issued`, `.revoked` and `.rotated`. Touched by one context. Times are real time
/// in seconds since 1970.
///
/// A token that was renewed keeps its id and the instant of its first issue, so both ways to end
/// one reach what came of it: by id, or by user, which ends all of that user's whose first issue
/// was not after it. What was ended stays ended for ever, whatever a clock says: each is somebody's
/// act, and there are few.
public final class TokenRegister implements SmallProjection {
  private static final Section SECTION = new Section("tokens", 1, Section.Kind.BRIEF);

  /// Tokens that stand in the list; one more is not issued.
  public static final int LISTED_MAX = 10_000;

  private final Map<String, Issue> issued = new TreeMap<>();
  private final Map<String, Long> revokedIds = new TreeMap<>();
  private final Map<String, Long> revokedUsers = new TreeMap<>();
  private long generation;
  private Runnable onRevoked = () -> {};

  /// Who is told, live only, that tokens were ended.
  public void onRevoked(Runnable listener) {
    onRevoked = listener;
  }

  /// One token as it was issued by hand.
  ///
  /// @param id its `jti`
  /// @param issuedAt when it was issued first
  /// @param expiresAt the end it was issued with; a renewal ends later
  /// @param by who issued it, as far as the machine knew; may be empty
  public record Issue(
      String id, String user, Role role, String scope, long issuedAt, long expiresAt, String by) {
    public Issue {
      Objects.requireNonNull(id, "id");
      Objects.requireNonNull(user, "user");
      Objects.requireNonNull(role, "role");
      Objects.requireNonNull(scope, "scope");
      Objects.requireNonNull(by, "by");
    }

    JsonObject json() {
      return new JsonObject()
          .put("id", id)
          .put("user", user)
          .put("role", role.label())
          .put("scope", scope)
          .put("issuedAt", issuedAt)
          .put("expiresAt", expiresAt)
          .put("by", by);
    }

    private static Issue of(JsonObject data, String where) {
      return new Issue(
          text(data, "id", where),
          text(data, "user", where),
          Role.of(text(data, "role", where))
              .orElseThrow(() -> new UnreadableRecordException("no such role in " + where)),
          text(data, "scope", where),
          number(data, "issuedAt", where),
          number(data, "expiresAt", where),
          text(data, "by", where));
    }

    /// The record to append.
    public LogRecord record(long nowMicros) {
      return LogRecord.internal(
          EventTypes.TOKEN_ISSUED, "token-issued:" + id, null, nowMicros, json().encode());
    }
  }

  /// The record that ends a token.
  ///
  /// @param at when, real time in seconds
  public static LogRecord revocation(String id, long at, String by, long nowMicros) {
    return LogRecord.internal(
        EventTypes.TOKEN_REVOKED,
        "token-revoked:" + id,
        null,
        nowMicros,
        new JsonObject().put("id", id).put("at", at).put("by", by).encode());
  }

  /// The record that ends all tokens of a user which were first issued by an instant.
  public static LogRecord revocationOfUser(String user, long at, String by, long nowMicros) {
    return LogRecord.internal(
        EventTypes.TOKEN_REVOKED,
        "tokens-revoked:" + at + ":" + user,
        null,
        nowMicros,
        new JsonObject().put("user", user).put("at", at).put("by", by).encode());
  }

  /// The record that ends every token there is: from it on another secret signs.
  ///
  /// @param generation of the secret, one above that in force
  public static LogRecord rotation(long generation, String by, long nowMicros) {
    return LogRecord.internal(
        EventTypes.TOKEN_ROTATED,
        "token-rotated:" + generation,
        null,
        nowMicros,
        new JsonObject().put("generation", generation).put("by", by).encode());
  }

  /// Folds one record; others than those of tokens change nothing.
  ///
  /// @return whether a token that was good may not be any more
  /// @throws UnreadableRecordException when the data does not fit the type
  public boolean apply(LogRecord record) {
    String where = record.toString();
    return switch (record.type()) {
      case EventTypes.TOKEN_ISSUED -> {
        Issue issue = Issue.of(data(record), where);
        issued.putIfAbsent(issue.id(), issue);
        yield false;
      }
      case EventTypes.TOKEN_REVOKED -> {
        JsonObject data = data(record);
        long at = number(data, "at", where);
        if (data.containsKey("user")) {
          revokedUsers.merge(text(data, "user", where), at, Math::max);
        } else {
          revokedIds.merge(text(data, "id", where), at, Math::max);
        }
        yield true;
      }
      case EventTypes.TOKEN_ROTATED -> {
        long next = number(data(record), "generation", where);
        if (next > generation) {
          generation = next;
          issued.clear();
        }
        yield true;
      }
      default -> false;
    };
  }

  @Override
  public boolean takes(String type) {
    return switch (type) {
      case EventTypes.TOKEN_ISSUED, EventTypes.TOKEN_REVOKED, EventTypes.TOKEN_ROTATED -> true;
      default -> false;
    };
  }

  @Override
  public void apply(LogRecord record, boolean live) {
    if (apply(record) && live) {
      onRevoked.run();
    }
  }

  /// Whether a token was ended before its time.
  public boolean revoked(Access.Granted token) {
    if (token.id().filter(revokedIds::containsKey).isPresent()) {
      return true;
    }
    Long at = revokedUsers.get(token.user());
    return at != null && token.firstIssuedAt().getEpochSecond() <= at;
  }

  /// The instant after which a user's token must have been issued first to be good, in seconds;
  /// `Long.MIN_VALUE` where any is.
  long revokedUpTo(String user) {
    return revokedUsers.getOrDefault(user, Long.MIN_VALUE);
  }

  /// Which secret signs: 0 the first, one more with each rotation.
  public long generation() {
    return generation;
  }

  /// Name of the store's secret of the generation in force.
  public String secretName() {
    return generation == 0 ? "tokens" : "tokens." + generation;
  }

  /// The tokens issued by hand that may be good still, by id.
  public Collection<Issue> list() {
    return issued.values().stream().filter(issue -> !ended(issue)).toList();
  }

  /// The token issued under an id, ended or not.
  public Optional<Issue> find(String id) {
    return Optional.ofNullable(issued.get(id));
  }

  /// Whether a token of this id was ended by id.
  public boolean wasRevoked(String id) {
    return revokedIds.containsKey(id);
  }

  private boolean ended(Issue issue) {
    Long at = revokedUsers.get(issue.user());
    return revokedIds.containsKey(issue.id()) || (at != null && issue.issuedAt() <= at);
  }

  /// Takes those out of the list that nobody can present any more.
  ///
  /// @param now real time, in seconds
  /// @param ends until when the tokens of a role can be renewed after their first issue, in seconds
  /// from there; `Long.MAX_VALUE` for ever
  public void forget(long now, ToLongFunction<Role> ends) {
    issued
        .values()
        .removeIf(
            issue -> {
              long renewed = ends.applyAsLong(issue.role());
              boolean over =
                  renewed != Long.MAX_VALUE
                      && now > Math.max(issue.expiresAt(), issue.issuedAt() + renewed);
              return over || ended(issue);
            });
  }

  /// What must not be undone by an older copy of the log.
  public JsonObject revocations() {
    JsonObject ids = new JsonObject();
    revokedIds.forEach(ids::put);
    JsonObject users = new JsonObject();
    revokedUsers.forEach(users::put);
    return new JsonObject().put("ids", ids).put("users", users).put("generation", generation);
  }

  /// The records by which this log learns of revocations it does not hold: of an older copy that
  /// was put back.
  ///
  /// @throws UnreadableRecordException where they cannot be read
  public List<LogRecord> missing(JsonObject revocations, long nowMicros) {
    String where = "the list of revocations";
    List<LogRecord> records = new ArrayList<>();
    each(
        revocations,
        "ids",
        where,
        (id, at) -> {
          if (!revokedIds.containsKey(id)) {
            records.add(revocation(id, at, "", nowMicros));
          }
        });
    each(
        revocations,
        "users",
        where,
        (user, at) -> {
          if (revokedUpTo(user) < at) {
            records.add(revocationOfUser(user, at, "", nowMicros));
          }
        });
    long known = number(revocations, "generation", where);
    if (known > generation) {
      records.add(rotation(known, "", nowMicros));
    }
    return records;
  }

  private interface Each {
    void take(String name, long at);
  }

  private static void each(JsonObject whole, String member, String where, Each each) {
    if (!(whole.getValue(member) instanceof JsonObject names)) {
      throw new UnreadableRecordException("no " + member + " in " + where);
    }
    for (String name : names.fieldNames()) {
      each.take(name, number(names, name, where));
    }
  }

  @Override
  public Section section() {
    return SECTION;
  }

  @Override
  public byte[] exported() {
    JsonArray array = new JsonArray();
    issued.values().forEach(issue -> array.add(issue.json()));
    return revocations().put("issued", array).toBuffer().getBytes();
  }

  @Override
  public void restore(byte[] content) {
    TokenRegister read = new TokenRegister();
    String where = "the snapshot";
    JsonObject whole = new JsonObject(Buffer.buffer(content));
    if (!(whole.getValue("issued") instanceof JsonArray array)) {
      throw new UnreadableRecordException("no list of tokens in " + where);
    }
    for (Object item : array) {
      if (!(item instanceof JsonObject data)) {
        throw new UnreadableRecordException("a token of " + where + " is not an object");
      }
      Issue issue = Issue.of(data, where);
      read.issued.put(issue.id(), issue);
    }
    each(whole, "ids", where, read.revokedIds::put);
    each(whole, "users", where, read.revokedUsers::put);
    generation = number(whole, "generation", where);
    issued.clear();
    issued.putAll(read.issued);
    revokedIds.clear();
    revokedIds.putAll(read.revokedIds);
    revokedUsers.clear();
    revokedUsers.putAll(read.revokedUsers);
  }

  private static JsonObject data(LogRecord record) {
    try {
      return new JsonObject(record.data());
    } catch (DecodeException e) {
      throw new UnreadableRecordException("data is not JSON: " + record, e);
    }
  }

  private static String text(JsonObject data, String member, String where) {
    if (data.getValue(member) instanceof String text) {
      return text;
    }
    throw new UnreadableRecordException("no " + member + " in " + where);
  }

  private static long number(JsonObject data, String member, String where) {
    Object value = data.getValue(member);
    if (value instanceof Integer || value instanceof Long) {
      return ((Number) value).longValue();
    }
    throw new UnreadableRecordException("no " + member + " in " + where);
  }
}
