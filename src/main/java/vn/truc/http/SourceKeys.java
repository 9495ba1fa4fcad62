package vn.truc.http;

import io.vertx.core.http.HttpServerRequest;
import java.util.Optional;

/// Where a request carries its source key: `X-Truc-Key`, else `Authorization: Bearer`.
final class SourceKeys {
  private static final String BEARER = "Bearer ";

  private SourceKeys() {}

  /// Whether a text looks like a key, whatever it opens.
  static boolean isLikeOne(String presented) {
    return presented.startsWith(vn.truc.access.SourceKeys.PREFIX);
  }

  /// The key as presented; empty when there is none.
  static Optional<String> presented(HttpServerRequest request) {
    String own = request.getHeader("X-Truc-Key");
    if (own != null && !own.isBlank()) {
      return Optional.of(own.strip());
    }
    String authorization = request.getHeader("Authorization");
    if (authorization == null
        || !authorization.regionMatches(true, 0, BEARER, 0, BEARER.length())) {
      return Optional.empty();
    }
    String key = authorization.substring(BEARER.length()).strip();
    return key.isEmpty() ? Optional.empty() : Optional.of(key);
  }
}
