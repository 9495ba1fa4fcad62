package vn.truc.access;

import java.time.Duration;
import java.util.Objects;

/// How long the rights of dashboards last.
///
/// @param tokenMaxAge by role
public record AccessSettings(TokenMaxAge tokenMaxAge) {
  public AccessSettings {
    Objects.requireNonNull(tokenMaxAge, "tokenMaxAge");
  }

  /// How long after its first issue a token can be renewed, real time; zero without an end.
  public record TokenMaxAge(Duration viewer, Duration operator, Duration agency, Duration admin) {
    public TokenMaxAge {
      Objects.requireNonNull(viewer, "viewer");
      Objects.requireNonNull(operator, "operator");
      Objects.requireNonNull(agency, "agency");
      Objects.requireNonNull(admin, "admin");
      if (viewer.isNegative()
          || operator.isNegative()
          || agency.isNegative()
          || admin.isNegative()) {
        throw new IllegalArgumentException("tokenMaxAge must not be negative");
      }
    }

    private Duration of(Role role) {
      return switch (role) {
        case VIEWER -> viewer;
        case OPERATOR -> operator;
        case AGENCY -> agency;
        case ADMIN -> admin;
      };
    }
  }

  /// Walls for ever, duty and agencies for 90 days, administrators for half a day.
  public static AccessSettings defaults() {
    return new AccessSettings(
        new TokenMaxAge(
            Duration.ZERO, Duration.ofDays(90), Duration.ofDays(90), Duration.ofHours(12)));
  }

  /// How long after its first issue a token of a role can be renewed, in seconds; `Long.MAX_VALUE`
  /// where there is no end.
  public long renewedSeconds(Role role) {
    Duration age = tokenMaxAge.of(role);
    return age.isZero() ? Long.MAX_VALUE : age.toSeconds();
  }
}
