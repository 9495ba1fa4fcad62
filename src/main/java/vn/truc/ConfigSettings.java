package vn.truc;

/// How the configuration folder is looked after.
///
/// @param checkMillis real time between two looks whether its files are the configuration in force
public record ConfigSettings(int checkMillis) {
  public ConfigSettings {
    if (checkMillis < 1) {
      throw new IllegalArgumentException("checkMillis must be at least 1: " + checkMillis);
    }
  }

  /// Every ten seconds.
  public static ConfigSettings defaults() {
    return new ConfigSettings(10_000);
  }
}
