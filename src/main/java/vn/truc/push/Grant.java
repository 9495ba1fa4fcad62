package vn.truc.push;

import java.util.Objects;
import java.util.function.Predicate;

/// What a connect token allows.
///
/// @param user the `sub` claim; may be empty
/// @param expiresAtSeconds the `exp` claim in seconds since 1970 (real time); 0 when the token does
/// not expire
/// @param mayRead whether a channel (which exists) may be subscribed
public record Grant(String user, long expiresAtSeconds, Predicate<String> mayRead) {
  public Grant {
    Objects.requireNonNull(user, "user");
    Objects.requireNonNull(mayRead, "mayRead");
  }
}
