package vn.truc.push;

import java.util.Objects;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;

/// What a connect token allows.
///
/// @param user the `sub` claim; may be empty
/// @param expiresAtSeconds the `exp` claim in seconds since 1970 (real time); 0 when the token does
/// not expire
/// @param mayRead whether a channel (which exists) may be subscribed
/// @param ended whether the token was ended before its time; asked when [Hub#recheck] is called
public record Grant(
    String user, long expiresAtSeconds, Predicate<String> mayRead, BooleanSupplier ended) {
  /// What a client that trades its token for a fresh one needs before the end: the answer of a slow
  /// network, or a second try after a failed one.
  private static final long RENEWAL_SECONDS = 30;

  public Grant {
    Objects.requireNonNull(user, "user");
    Objects.requireNonNull(mayRead, "mayRead");
    Objects.requireNonNull(ended, "ended");
  }

  /// Whether it has ended at an instant of real time.
  boolean expired(long nowSeconds) {
    return expiresAtSeconds > 0 && nowSeconds >= expiresAtSeconds;
  }

  /// The `ttl` a client is told: when to bring a new token. A fresh one is given for one that is
  /// still good, so this is before the end: by a tenth of what is left, by 30 s at least, by half
  /// at most. 0 when it does not expire.
  long renewInSeconds(long nowSeconds) {
    if (expiresAtSeconds == 0) {
      return 0;
    }
    long rest = expiresAtSeconds - nowSeconds;
    long ahead = Math.min(Math.max(RENEWAL_SECONDS, rest / 10), (rest + 1) / 2);
    return Math.max(1, rest - ahead);
  }
}
