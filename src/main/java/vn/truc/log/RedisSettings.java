package vn.truc.log;

/// Limits and intervals of the log in Redis, beside those of [LogSettings] that both engines share.
///
/// @param writesInFlightMax pipelined writes whose answers may be awaited at once; what comes
/// meanwhile goes out together as the next
/// @param readRecordsMax records asked for in one read of the stream
/// @param checkMillis real time between two looks at the settings and the identity of the store
/// @param answerMillisMax how long the store may be silent before its connections are given up
/// @param connectMillisMax how long one connection may take to be made
/// @param backoffMillisMin upper end of the first random wait before connecting again; it doubles
/// @param backoffMillisMax upper end of every later wait
/// @param openMillisMax how long a start waits for a store that cannot be reached or is loading
/// @param syncMillisMax how long an unknown source key makes the node read on before it
/// answers 503
/// @param snapshotLockMillis after this time without a chunk another node may write a snapshot
/// @param journalRewriteHours the least time between two rewrites of the journal for expired
/// personal fields
/// @param closeMillisMax how long a stop waits for appends under way
public record RedisSettings(
    int writesInFlightMax,
    int readRecordsMax,
    int checkMillis,
    int answerMillisMax,
    int connectMillisMax,
    int backoffMillisMin,
    int backoffMillisMax,
    int openMillisMax,
    int syncMillisMax,
    int snapshotLockMillis,
    int journalRewriteHours,
    int closeMillisMax) {

  public RedisSettings {
    positive(writesInFlightMax, "writesInFlightMax");
    positive(readRecordsMax, "readRecordsMax");
    positive(checkMillis, "checkMillis");
    positive(answerMillisMax, "answerMillisMax");
    positive(connectMillisMax, "connectMillisMax");
    positive(backoffMillisMin, "backoffMillisMin");
    positive(backoffMillisMax, "backoffMillisMax");
    positive(openMillisMax, "openMillisMax");
    positive(syncMillisMax, "syncMillisMax");
    positive(snapshotLockMillis, "snapshotLockMillis");
    positive(journalRewriteHours, "journalRewriteHours");
    positive(closeMillisMax, "closeMillisMax");
    if (answerMillisMax < 2 * checkMillis) {
      throw new IllegalArgumentException("answerMillisMax must be at least twice checkMillis");
    }
  }

  /// What a node uses unless told otherwise.
  public static RedisSettings defaults() {
    return new RedisSettings(
        4, 512, 1_000, 5_000, 2_000, 100, 3_000, 10_000, 1_000, 30_000, 24, 4_000);
  }

  private static void positive(int value, String name) {
    if (value < 1) {
      throw new IllegalArgumentException(name + " must be at least 1, is " + value);
    }
  }
}
