package vn.truc.intake;

import java.time.Duration;
import java.util.Objects;
import vn.truc.log.LogSettings;

/// How long what must not be kept for ever is kept.
///
/// @param personal real time after which the personal members of a fact are deleted, from its
/// arrival; at least a day
public record RetentionSettings(Duration personal) {
  public RetentionSettings {
    Objects.requireNonNull(personal, "personal");
    if (personal.compareTo(Duration.ofDays(1)) < 0) {
      throw new IllegalArgumentException("personal must be at least 1d");
    }
  }

  /// A year.
  public static RetentionSettings defaults() {
    return new RetentionSettings(LogSettings.PERSONAL_KEPT);
  }
}
