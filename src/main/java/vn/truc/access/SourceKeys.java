package vn.truc.access;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import vn.truc.event.EventTypes;
import vn.truc.event.LogRecord;
import vn.truc.event.Printable;
import vn.truc.event.SourcePath;
import vn.truc.event.UnreadableRecordException;
import vn.truc.fold.Section;
import vn.truc.fold.SmallProjection;

/// The source keys in force: the fold of `vn.truc.key.added` and `vn.truc.key.revoked`. Touched by
/// one context.
///
/// A key reads `truc_<keyId>_<secret>`: key id of 12 hex digits, secret of 32 random bytes in
/// base64url. The log and this fold hold the SHA-256 of the whole key, never the key. A key is
/// found by its id and compared in constant time.
public final class SourceKeys implements SmallProjection {
  private static final Section SECTION = new Section("access", 1, Section.Kind.BRIEF);

  /// How each key begins.
  public static final String PREFIX = "truc_";

  private static final int KEY_ID_BYTES = 6;
  private static final int SECRET_BYTES = 32;
  private static final int PRESENTED_MAX = 200;
  private static final SecureRandom RANDOM = new SecureRandom();

  private final Map<String, Held> keys = new TreeMap<>();

  /// Key ids that were revoked: an id is never used again.
  private final Map<String, Held> revoked = new TreeMap<>();

  private Runnable onRevoked = () -> {};

  private record Held(SourceKey key, String hash) {}

  /// Who is told, live only, that a key was taken back.
  public void onRevoked(Runnable listener) {
    onRevoked = listener;
  }

  /// A key as it is handed over once.
  ///
  /// @param presented the key itself, for the sender alone
  /// @param data the data of its `vn.truc.key.added` record: the hash, not the key
  public record NewKey(SourceKey key, String presented, String data) {
    public NewKey {
      Objects.requireNonNull(key, "key");
      Objects.requireNonNull(presented, "presented");
      Objects.requireNonNull(data, "data");
    }

    /// The record to append.
    public LogRecord record(long nowMicros) {
      return LogRecord.internal(
          EventTypes.KEY_ADDED, "key-added:" + key.keyId(), null, nowMicros, data);
    }

    /// Without the key itself.
    @Override
    public String toString() {
      return key.toString();
    }
  }

  /// Makes a key; it is in force once its record is folded.
  ///
  /// @param source the source URI-reference it is bound to
  /// @param name what people call it
  /// @param test whether its facts are stored nowhere
  /// @throws IllegalArgumentException when source or name is blank, too long (512, 200 characters)
  /// or source is none a fact may have: white space, characters no URI holds, dot segments
  public static NewKey create(String source, String name, boolean test) {
    if (source.isBlank() || source.length() > 512 || source.chars().anyMatch(SourceKeys::blank)) {
      throw new IllegalArgumentException("source must be 1 to 512 characters without white space");
    }
    if (name.isBlank() || name.length() > 200) {
      throw new IllegalArgumentException("name must be 1 to 200 characters");
    }
    Printable.require("source", source);
    if (!SourcePath.isSound(source)) {
      throw new IllegalArgumentException(
          "source must be a URI reference without dot segments: no fact could come under '"
              + source
              + "'");
    }
    Printable.require("name", name);
    byte[] id = new byte[KEY_ID_BYTES];
    byte[] secret = new byte[SECRET_BYTES];
    RANDOM.nextBytes(id);
    RANDOM.nextBytes(secret);
    String keyId = HexFormat.of().formatHex(id);
    String presented =
        PREFIX + keyId + "_" + Base64.getUrlEncoder().withoutPadding().encodeToString(secret);
    SourceKey key = new SourceKey(keyId, source, name, test);
    return new NewKey(key, presented, json(new Held(key, hash(presented))).encode());
  }

  private static boolean blank(int character) {
    return Character.isWhitespace(character) || Character.isISOControl(character);
  }

  /// The record that takes a key back.
  public static LogRecord revocation(String keyId, long nowMicros) {
    return LogRecord.internal(
        EventTypes.KEY_REVOKED,
        "key-revoked:" + keyId,
        null,
        nowMicros,
        new JsonObject().put("key", keyId).encode());
  }

  /// Folds one record; others than those of keys change nothing. A key id that was there before
  /// stays as it is, revoking an unknown one is nothing.
  ///
  /// @throws UnreadableRecordException when the data does not fit the type
  public void apply(LogRecord record) {
    switch (record.type()) {
      case EventTypes.KEY_ADDED -> add(held(data(record), record.toString()));
      case EventTypes.KEY_REVOKED -> revoke(text(data(record), "key", record.toString()));
      default -> {
        // Not about keys.
      }
    }
  }

  @Override
  public boolean takes(String type) {
    return type.equals(EventTypes.KEY_ADDED) || type.equals(EventTypes.KEY_REVOKED);
  }

  @Override
  public void apply(LogRecord record, boolean live) {
    apply(record);
    if (live && record.type().equals(EventTypes.KEY_REVOKED)) {
      onRevoked.run();
    }
  }

  private void add(Held held) {
    String keyId = held.key().keyId();
    if (!revoked.containsKey(keyId)) {
      keys.putIfAbsent(keyId, held);
    }
  }

  private void revoke(String keyId) {
    Held held = keys.remove(keyId);
    if (held != null) {
      revoked.put(keyId, held);
    }
  }

  /// The key somebody presents; empty when it is not in force.
  public Optional<SourceKey> authenticate(String presented) {
    return keyId(presented)
        .map(keys::get)
        .filter(
            held ->
                MessageDigest.isEqual(
                    held.hash().getBytes(StandardCharsets.US_ASCII),
                    hash(presented).getBytes(StandardCharsets.US_ASCII)))
        .map(Held::key);
  }

  /// Whether a text has the form of a key of this house; only then is it worth folding to the
  /// log's head before it is refused.
  public static boolean wellFormed(String presented) {
    return keyId(presented).isPresent();
  }

  private static Optional<String> keyId(String presented) {
    if (!presented.startsWith(PREFIX) || presented.length() > PRESENTED_MAX) {
      return Optional.empty();
    }
    int end = presented.indexOf('_', PREFIX.length());
    return end != PREFIX.length() + 2 * KEY_ID_BYTES || end + 1 == presented.length()
        ? Optional.empty()
        : Optional.of(presented.substring(PREFIX.length(), end));
  }

  /// Whether any key was ever revoked under this id.
  public boolean wasRevoked(String keyId) {
    return revoked.containsKey(keyId);
  }

  /// The ids of keys that were revoked.
  public Set<String> revokedIds() {
    return Set.copyOf(revoked.keySet());
  }

  public Optional<SourceKey> byId(String keyId) {
    return Optional.ofNullable(keys.get(keyId)).map(Held::key);
  }

  /// The keys in force, by key id.
  public List<SourceKey> list() {
    return keys.values().stream().map(Held::key).toList();
  }

  @Override
  public Section section() {
    return SECTION;
  }

  @Override
  public byte[] exported() {
    return new JsonObject()
        .put("keys", array(keys))
        .put("revoked", array(revoked))
        .toBuffer()
        .getBytes();
  }

  private static JsonArray array(Map<String, Held> held) {
    JsonArray array = new JsonArray();
    held.values().forEach(one -> array.add(json(one)));
    return array;
  }

  @Override
  public void restore(byte[] content) {
    JsonObject whole = new JsonObject(Buffer.buffer(content));
    List<Held> inForce = new ArrayList<>();
    List<Held> gone = new ArrayList<>();
    read(whole, "keys", inForce);
    read(whole, "revoked", gone);
    keys.clear();
    revoked.clear();
    inForce.forEach(held -> keys.put(held.key().keyId(), held));
    gone.forEach(held -> revoked.put(held.key().keyId(), held));
  }

  private static void read(JsonObject whole, String member, List<Held> into) {
    if (!(whole.getValue(member) instanceof JsonArray array)) {
      throw new UnreadableRecordException("no " + member + " in the snapshot");
    }
    for (Object item : array) {
      if (!(item instanceof JsonObject held)) {
        throw new UnreadableRecordException("a key of the snapshot is not an object");
      }
      into.add(held(held, "the snapshot"));
    }
  }

  private static JsonObject data(LogRecord record) {
    try {
      return new JsonObject(record.data());
    } catch (DecodeException e) {
      throw new UnreadableRecordException("data is not JSON: " + record, e);
    }
  }

  private static Held held(JsonObject data, String where) {
    SourceKey key =
        new SourceKey(
            text(data, "key", where),
            text(data, "source", where),
            text(data, "name", where),
            Boolean.TRUE.equals(data.getValue("test")));
    return new Held(key, text(data, "hash", where));
  }

  private static String text(JsonObject data, String member, String where) {
    if (data.getValue(member) instanceof String text) {
      return text;
    }
    throw new UnreadableRecordException("no " + member + " in " + where);
  }

  private static JsonObject json(Held held) {
    return new JsonObject()
        .put("key", held.key().keyId())
        .put("hash", held.hash())
        .put("source", held.key().source())
        .put("name", held.key().name())
        .put("test", held.key().test());
  }

  private static String hash(String presented) {
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256").digest(presented.getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(digest);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }
}
