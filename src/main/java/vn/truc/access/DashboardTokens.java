package vn.truc.access;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.Base64;
import java.util.Optional;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/// Issues and judges dashboard tokens: JSON Web Tokens (RFC 7519) signed with HMAC-SHA-256 by a
/// secret of the store, so every node on the store judges alike. Claims: `sub` (user), `role`,
/// `scope`, `iat`, `exp`. Only that one algorithm is known here. Times are real time.
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

  private final SecretKeySpec secret;
  private final InstantSource clock;

  /// @param secret at least 32 bytes, the store's secret `tokens`
  /// @param clock real time
  public DashboardTokens(Buffer secret, InstantSource clock) {
    if (secret.length() < 32) {
      throw new IllegalArgumentException("the secret must have at least 32 bytes");
    }
    this.secret = new SecretKeySpec(secret.getBytes(), "HmacSHA256");
    this.clock = clock;
  }

  /// A new token.
  ///
  /// @param ttl from one second to [#TTL_MAX]
  /// @throws IllegalArgumentException when the ttl is out of range or the scope is blank
  public String issue(Role role, String scope, String user, Duration ttl) {
    if (ttl.compareTo(Duration.ofSeconds(1)) < 0 || ttl.compareTo(TTL_MAX) > 0) {
      throw new IllegalArgumentException("ttl must be from 1s to 366d");
    }
    if (scope.isBlank()) {
      throw new IllegalArgumentException("scope is empty");
    }
    Instant now = clock.instant().truncatedTo(ChronoUnit.SECONDS);
    String signed =
        HEADER
            + "."
            + encode(
                new JsonObject()
                    .put("sub", user)
                    .put("role", role.label())
                    .put("scope", scope)
                    .put("iat", now.getEpochSecond())
                    .put("exp", now.plus(ttl).getEpochSecond()));
    return signed + "." + ENCODER.encodeToString(signature(signed));
  }

  /// A fresh token with the rights and the length of life of a good one; empty when that one is not
  /// good, or no longer.
  public Optional<String> renew(String token) {
    return judge(token) instanceof Access.Granted granted
        ? Optional.of(
            issue(
                granted.role(),
                granted.scope(),
                granted.user(),
                Duration.between(granted.issuedAt(), granted.expiresAt())))
        : Optional.empty();
  }

  /// The verdict on a token, at once. Never throws for what the token holds.
  public Access judge(String token) {
    int second = token.lastIndexOf('.');
    int first = token.indexOf('.');
    if (first <= 0 || second <= first || token.length() > TOKEN_LENGTH_MAX) {
      return new Access.Invalid();
    }
    try {
      byte[] presented = DECODER.decode(token.substring(second + 1));
      if (!token.substring(0, first).equals(HEADER)
          || !MessageDigest.isEqual(presented, signature(token.substring(0, second)))) {
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
    if (clock.instant().getEpochSecond() >= expiresAt) {
      return new Access.Expired();
    }
    return new Access.Granted(
        role.get(),
        scope,
        claims.getString("sub", ""),
        Instant.ofEpochSecond(issuedAt),
        Instant.ofEpochSecond(expiresAt));
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
