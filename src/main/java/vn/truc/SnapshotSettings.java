package vn.truc;

/// When snapshots are made.
///
/// @param recordsMin records since the last snapshot below which none is made while running
/// @param checkSeconds how often that is looked at
public record SnapshotSettings(long recordsMin, int checkSeconds) {
  public SnapshotSettings {
    if (recordsMin < 1 || checkSeconds < 1) {
      throw new IllegalArgumentException("recordsMin and checkSeconds are at least 1");
    }
  }

  /// Every 200,000 records, looked at each minute.
  public static SnapshotSettings defaults() {
    return new SnapshotSettings(200_000, 60);
  }
}
