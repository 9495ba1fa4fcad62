package vn.truc.access;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Objects;
import java.util.Optional;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import vn.truc.event.Printable;

/// Issues and judges dashboard tokens: JSON Web Tokens (RFC 7519) signed with HMAC-SHA-256 by a
/// secret of the store, so every node on the store judges alike. Claims: `sub` (user), `role`,
/// `scope`, `iat`, `exp`, `jti`, and `orig_iat`, the first issue of what was renewed. Only that one
/// algorithm is known here. Times are real time. Touched by one context.
public final class DashboardTokens {
  /// How long a token lives unless told otherwise.
  public static final Duration TTL_DEFAULT = Duration.ofHours(12);

  /// The longest life of a token.
  public static final Duration TTL_MAX = Duration.ofDays(366);

  private static final int TOKEN_LENGTH_MAX = 4096;
  private static final Base64.Encoder ENCODER = Base64.getUrlEncoder().withoutPadding();
  private static final Base64.Decoder DECODER = Base64.getUrlDecoder();
  private static final String HEADER =
      encode(new JsonObject().put("alg", "HS256").put("typ", "JWT"));

  private static final int ID_BYTES = 6;
  private static final int USER_MAX = 200;
  private static final SecureRandom RANDOM = new SecureRandom();

  private final InstantSource clock;
  private final TokenRegister register;
  private final AccessSettings settings;
  private SecretKeySpec secret;
  private long generation;

  /// @param secret at least 32 bytes, the store's secret `tokens`
  /// @param clock real time
  /// @param register what was ended before its time
  public DashboardTokens(
      Buffer secret, InstantSource clock, TokenRegister register, AccessSettings settings) {
    this.secret = key(secret);
    this.clock = clock;
    this.register = register;
    this.settings = settings;
  }

  private static SecretKeySpec key(Buffer secret) {
    if (secret.length() < 32) {
      throw new IllegalArgumentException("the secret must have at least 32 bytes");
    }
    return new SecretKeySpec(secret.getBytes(), "HmacSHA256");
  }

  /// Signs with the secret of a later generation from here on. Until that of the generation the
  /// register names is here, no token is good and none is issued.
  public void use(long ofGeneration, Buffer itsSecret) {
    secret = key(itsSecret);
    generation = ofGeneration;
  }

  /// Whether the secret in use is that of the generation in force.
  public boolean current() {
    return generation == register.generation();
  }

  /// A token as it is handed over once.
  ///
  /// @param token the token itself
  /// @param issue what of it may be written down
  public record Issued(String token, TokenRegister.Issue issue) {
    public Issued {
      Objects.requireNonNull(token, "token");
      Objects.requireNonNull(issue, "issue");
    }

    /// Without the token itself.
    @Override
    public String toString() {
      return issue.toString();
    }
  }

  /// A new token.
  ///
  /// @param ttl from one second to [#TTL_MAX]
  /// @param by who issues it
  /// @throws IllegalArgumentException when the ttl is out of range, the scope is blank, or a name
  /// is too long or holds control characters
  /// @throws IllegalStateException while the secret in force is not here yet
  public Issued issue(Role role, String scope, String user, Duration ttl, String by) {
    if (ttl.compareTo(Duration.ofSeconds(1)) < 0 || ttl.compareTo(TTL_MAX) > 0) {
      throw new IllegalArgumentException("ttl must be from 1s to 366d");
    }
    if (scope.isBlank()) {
      throw new IllegalArgumentException("scope is empty");
    }
    judgeName("user", user);
    judgeName("by", by);
    if (!current()) {
      throw new IllegalStateException("the secret of the tokens is being changed; try again");
    }
    byte[] id = new byte[ID_BYTES];
    RANDOM.nextBytes(id);
    // whoever ended all tokens of a user can issue the next one in that very second
    long now = Math.max(clock.instant().getEpochSecond(), register.revokedUpTo(user) + 1);
    TokenRegister.Issue issue =
        new TokenRegister.Issue(
            HexFormat.of().formatHex(id), user, role, scope, now, now + ttl.toSeconds(), by);
    return new Issued(
        signed(role, scope, user, now, now + ttl.toSeconds(), Optional.of(issue.id()), now), issue);
  }

  /// Refuses names that would not stand on one line of a list.
  static void judgeName(String what, String name) {
    if (name.length() > USER_MAX || !Printable.is(name)) {
      throw new IllegalArgumentException(
          what + " must be up to " + USER_MAX + " characters without control characters");
    }
  }

  private String signed(
      Role role,
      String scope,
      String user,
      long issuedAt,
      long expiresAt,
      Optional<String> id,
      long firstIssuedAt) {
    JsonObject claims =
        new JsonObject()
            .put("sub", user)
            .put("role", role.label())
            .put("scope", scope)
            .put("iat", issuedAt)
            .put("exp", expiresAt);
    id.ifPresent(jti -> claims.put("jti", jti));
    String signed = HEADER + "." + encode(claims.put("orig_iat", firstIssuedAt));
    return signed + "." + ENCODER.encodeToString(signature(signed));
  }

  /// A fresh token with the rights, the id and the length of life of a good one; empty when that
  /// one
  /// is not good, or no longer. It ends when what its role may be renewed for after the first issue
  /// is over, but never before the one it is traded for.
  public Optional<String> renew(String token) {
    if (!(judge(token) instanceof Access.Granted granted)) {
      return Optional.empty();
    }
    long now = clock.instant().getEpochSecond();
    long first = granted.firstIssuedAt().getEpochSecond();
    long life = Duration.between(granted.issuedAt(), granted.expiresAt()).toSeconds();
    long most = settings.renewedSeconds(granted.role());
    long wanted = most == Long.MAX_VALUE ? now + life : Math.min(now + life, first + most);
    long expiresAt = Math.max(wanted, granted.expiresAt().getEpochSecond());
    return Optional.of(
        signed(
            granted.role(), granted.scope(), granted.user(), now, expiresAt, granted.id(), first));
  }

  /// The verdict on a token, at once. Never throws for what the token holds.
  public Access judge(String token) {
    int second = token.lastIndexOf('.');
    int first = token.indexOf('.');
    if (first <= 0 || second <= first || token.length() > TOKEN_LENGTH_MAX || !current()) {
      return new Access.Invalid();
    }
    try {
      // as texts: one signature has many spellings in Base64, and only ours was issued
      byte[] presented = token.substring(second + 1).getBytes(StandardCharsets.UTF_8);
      byte[] wanted = ENCODER.encode(signature(token.substring(0, second)));
      if (!token.substring(0, first).equals(HEADER) || !MessageDigest.isEqual(presented, wanted)) {
        return new Access.Invalid();
      }
      return granted(
          new JsonObject(Buffer.buffer(DECODER.decode(token.substring(first + 1, second)))));
    } catch (IllegalArgumentException | DecodeException | ClassCastException e) {
      return new Access.Invalid();
    }
  }

  private Access granted(JsonObject claims) {
    Optional<Role> role = Role.of(claims.getString("role", ""));
    String scope = claims.getString("scope", "");
    long issuedAt = claims.getLong("iat", 0L);
    long expiresAt = claims.getLong("exp", 0L);
    if (role.isEmpty() || scope.isEmpty() || expiresAt <= issuedAt) {
      return new Access.Invalid();
    }
    Access.Granted granted =
        new Access.Granted(
            role.get(),
            scope,
            claims.getString("sub", ""),
            Instant.ofEpochSecond(issuedAt),
            Instant.ofEpochSecond(expiresAt),
            Optional.ofNullable(claims.getString("jti")),
            Instant.ofEpochSecond(claims.getLong("orig_iat", issuedAt)));
    if (register.revoked(granted)) {
      return new Access.Revoked();
    }
    if (clock.instant().getEpochSecond() >= expiresAt) {
      return new Access.Expired();
    }
    return granted;
  }

  private byte[] signature(String signed) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(secret);
      return mac.doFinal(signed.getBytes(StandardCharsets.US_ASCII));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java has HmacSHA256", e);
    }
  }

  private static String encode(JsonObject json) {
    return ENCODER.encodeToString(json.encode().getBytes(StandardCharsets.UTF_8));
  }
}
