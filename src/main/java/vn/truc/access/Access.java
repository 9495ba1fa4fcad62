package vn.truc.access;

import java.time.Instant;
import java.util.Objects;

/// The verdict on a dashboard token: a closed family.
public sealed interface Access {

  /// A good token.
  ///
  /// @param scope what it may read: `province`, an agency id, an area code, `field:<id>`
  /// @param user whose name signs writes; may be empty
  /// @param expiresAt real time, whole seconds
  record Granted(Role role, String scope, String user, Instant issuedAt, Instant expiresAt)
      implements Access {
    public Granted {
      Objects.requireNonNull(role, "role");
      Objects.requireNonNull(scope, "scope");
      Objects.requireNonNull(user, "user");
      Objects.requireNonNull(issuedAt, "issuedAt");
      Objects.requireNonNull(expiresAt, "expiresAt");
    }
  }

  /// It was good once.
  record Expired() implements Access {}

  /// It never was good: forged, damaged, or of another store.
  record Invalid() implements Access {}
}
