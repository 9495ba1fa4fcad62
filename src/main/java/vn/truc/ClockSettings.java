package vn.truc;

import java.time.Duration;
import java.util.Objects;

/// What is made of a clock that steps.
///
/// @param backwardsMax how far the clock may stand behind what the board has reached before the
/// board is set back; at least a second. Less is waited for: clocks are corrected all the time
public record ClockSettings(Duration backwardsMax) {
  public ClockSettings {
    Objects.requireNonNull(backwardsMax, "backwardsMax");
    if (backwardsMax.compareTo(Duration.ofSeconds(1)) < 0) {
      throw new IllegalArgumentException("backwardsMax must be at least 1s");
    }
  }

  /// A minute.
  public static ClockSettings defaults() {
    return new ClockSettings(Duration.ofMinutes(1));
  }
}
