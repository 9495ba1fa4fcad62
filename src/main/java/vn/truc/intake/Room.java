package vn.truc.intake;

/// Room for what senders' bodies hold in memory, all together. What the log's own queue counts is
/// not counted here.
final class Room {
  private final long bytesMax;
  private final IntakeMetrics metrics;
  private long held;

  Room(long bytesMax, IntakeMetrics metrics) {
    this.bytesMax = bytesMax;
    this.metrics = metrics;
  }

  /// Reserves room; false when there is none, and what asks for it is to be refused.
  boolean reserve(long bytes) {
    if (held + bytes > bytesMax) {
      metrics.bodyRefused(IntakeException.Reason.QUEUE_FULL.status());
      return false;
    }
    held += bytes;
    metrics.buffered(held);
    return true;
  }

  /// Gives reserved room back.
  void release(long bytes) {
    held -= bytes;
    metrics.buffered(held);
  }

  /// Bytes reserved now.
  long held() {
    return held;
  }
}
