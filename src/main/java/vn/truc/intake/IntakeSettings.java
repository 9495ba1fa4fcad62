package vn.truc.intake;

import java.util.Objects;
import vn.truc.event.CodecLimits;

/// Bounds of the door.
///
/// @param codec bounds of one event
/// @param batchItemsMax events of a JSON batch; more is 413
/// @param batchBytesMax bytes of a JSON batch; more is 413
/// @param bufferedBytesMax bytes of bodies held at one time, all senders together; more is 429
/// @param bodyStallMillis how long a body may be without a byte before 408
/// @param bodyMillisMax how long a body, or one line of NDJSON, may take before 408
/// @param ndjsonBatchRecords NDJSON lines appended together, at most
/// @param ndjsonBatchesInFlightMax NDJSON batches of one request that wait for the log; the body is
/// paused while there are as many
/// @param sliceMillis how long decoding may hold the event loop before it lets others run
/// @param rejectedListedMax refusals listed in one answer; all are counted
/// @param refusalsKeptPerSource refusals a source can read back
/// @param sourcesKeptMax sources of which arrival is remembered; the longest silent goes first
public record IntakeSettings(
    CodecLimits codec,
    int batchItemsMax,
    int batchBytesMax,
    long bufferedBytesMax,
    int bodyStallMillis,
    int bodyMillisMax,
    int ndjsonBatchRecords,
    int ndjsonBatchesInFlightMax,
    int sliceMillis,
    int rejectedListedMax,
    int refusalsKeptPerSource,
    int sourcesKeptMax) {
  public IntakeSettings {
    Objects.requireNonNull(codec, "codec");
    require(batchItemsMax, "batchItemsMax");
    require(batchBytesMax, "batchBytesMax");
    require(bufferedBytesMax, "bufferedBytesMax");
    require(bodyStallMillis, "bodyStallMillis");
    require(bodyMillisMax, "bodyMillisMax");
    require(ndjsonBatchRecords, "ndjsonBatchRecords");
    require(ndjsonBatchesInFlightMax, "ndjsonBatchesInFlightMax");
    require(sliceMillis, "sliceMillis");
    require(rejectedListedMax, "rejectedListedMax");
    require(refusalsKeptPerSource, "refusalsKeptPerSource");
    require(sourcesKeptMax, "sourcesKeptMax");
  }

  /// What is right for nearly everyone.
  public static IntakeSettings defaults() {
    return new IntakeSettings(
        CodecLimits.defaults(),
        5_000,
        8_388_608,
        134_217_728L,
        30_000,
        120_000,
        512,
        4,
        3,
        1_000,
        100,
        10_000);
  }

  private static void require(long value, String name) {
    if (value < 1) {
      throw new IllegalArgumentException(name + " must be at least 1: " + value);
    }
  }
}
