package vn.truc.log;

import java.time.Duration;

/// Limits and intervals of a log engine. Every queue named here has a metric in [LogMetrics].
///
/// @param queueRecordsMax records that may wait for their commit; one more is refused `QUEUE_FULL`
/// @param queueBytesMax estimated heap bytes of the records that may wait
/// @param groupRecordsMax records after which a group commit takes no further append; one append
/// is never cut, so a larger one is a group of its own
/// @param followBatchRecordsMax records in one batch handed to a follower
/// @param followBufferBatchesMax batches kept in memory for a paused follower; behind that it reads
/// from disk again
/// @param readQueueMax reads (`read`, `personal`, snapshot chunks) that may wait; one more is
/// refused `QUEUE_FULL`
/// @param jobQueueMax writes beside records (erasures, secrets, snapshot chunks) that may wait
/// @param snapshotQueueBytesMax bytes of snapshot chunks that may wait
/// @param personalSweepMillis real time between two searches for expired personal fields
/// @param checkpointBytesMax estimated bytes in the write-ahead log after which it is copied back
/// @param probeMillis real time between two looks whether a full disk has room again
/// @param busyMillisMax how long a write waits for another program that holds the database's lock
public record LogSettings(
    int queueRecordsMax,
    long queueBytesMax,
    int groupRecordsMax,
    int followBatchRecordsMax,
    int followBufferBatchesMax,
    int readQueueMax,
    int jobQueueMax,
    long snapshotQueueBytesMax,
    long personalSweepMillis,
    long checkpointBytesMax,
    long probeMillis,
    int busyMillisMax) {

  /// How long personal fields are kept unless told otherwise, from the arrival of their fact.
  public static final Duration PERSONAL_KEPT = Duration.ofDays(365);

  public LogSettings {
    positive(queueRecordsMax, "queueRecordsMax");
    positive(queueBytesMax, "queueBytesMax");
    positive(groupRecordsMax, "groupRecordsMax");
    positive(followBatchRecordsMax, "followBatchRecordsMax");
    positive(followBufferBatchesMax, "followBufferBatchesMax");
    positive(readQueueMax, "readQueueMax");
    positive(jobQueueMax, "jobQueueMax");
    positive(snapshotQueueBytesMax, "snapshotQueueBytesMax");
    positive(personalSweepMillis, "personalSweepMillis");
    positive(checkpointBytesMax, "checkpointBytesMax");
    positive(probeMillis, "probeMillis");
    positive(busyMillisMax, "busyMillisMax");
  }

  /// What a node uses unless told otherwise.
  public static LogSettings defaults() {
    return new LogSettings(
        65_536,
        128L << 20,
        2_048,
        1_024,
        16,
        1_024,
        1_024,
        32L << 20,
        60_000,
        32L << 20,
        1_000,
        5_000);
  }

  /// The same with other bounds of the append queue.
  public LogSettings withQueue(int recordsMax, long bytesMax) {
    return new LogSettings(
        recordsMax,
        bytesMax,
        groupRecordsMax,
        followBatchRecordsMax,
        followBufferBatchesMax,
        readQueueMax,
        jobQueueMax,
        snapshotQueueBytesMax,
        personalSweepMillis,
        checkpointBytesMax,
        probeMillis,
        busyMillisMax);
  }

  /// The same with other sizes of a group commit and of what followers are handed.
  public LogSettings withBatches(int groupRecords, int followRecords, int followBatches) {
    return new LogSettings(
        queueRecordsMax,
        queueBytesMax,
        groupRecords,
        followRecords,
        followBatches,
        readQueueMax,
        jobQueueMax,
        snapshotQueueBytesMax,
        personalSweepMillis,
        checkpointBytesMax,
        probeMillis,
        busyMillisMax);
  }

  /// The same with other intervals.
  public LogSettings withIntervals(long sweepMillis, long fullDiskProbeMillis) {
    return new LogSettings(
        queueRecordsMax,
        queueBytesMax,
        groupRecordsMax,
        followBatchRecordsMax,
        followBufferBatchesMax,
        readQueueMax,
        jobQueueMax,
        snapshotQueueBytesMax,
        sweepMillis,
        checkpointBytesMax,
        fullDiskProbeMillis,
        busyMillisMax);
  }

  private static void positive(long value, String name) {
    if (value < 1) {
      throw new IllegalArgumentException(name + " must be at least 1, is " + value);
    }
  }
}
