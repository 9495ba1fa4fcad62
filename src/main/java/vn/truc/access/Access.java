package vn.truc.access;

import java.time.Instant;
import java.util.Objects;
import java.util.Optional;

/// The verdict on a dashboard token: a closed family.
public sealed interface Access {

  /// A good token.
  ///
  /// @param scope what it may read: `province`, an agency id, an area code, `field:<id>`
  /// @param user whose name signs writes; may be empty
  /// @param issuedAt real time, whole seconds, as all times here
  /// @param id what it is revoked by, kept by its renewals; none in tokens of older versions
  /// @param firstIssuedAt when the token it was renewed from was issued
  record Granted(
      Role role,
      String scope,
      String user,
      Instant issuedAt,
      Instant expiresAt,
      Optional<String> id,
      Instant firstIssuedAt)
      implements Access {
    public Granted {
      Objects.requireNonNull(role, "role");
      Objects.requireNonNull(scope, "scope");
      Objects.requireNonNull(user, "user");
      Objects.requireNonNull(issuedAt, "issuedAt");
      Objects.requireNonNull(expiresAt, "expiresAt");
      Objects.requireNonNull(id, "id");
      Objects.requireNonNull(firstIssuedAt, "firstIssuedAt");
    }
  }

  /// It was good once.
  record Expired() implements Access {}

  /// It was ended before its time.
  record Revoked() implements Access {}

  /// It never was good: forged, damaged, or of another store.
  record Invalid() implements Access {}
}
