package vn.truc.send;

import java.util.concurrent.ThreadLocalRandom;

/// Waits between attempts: doubling, bounded, with full jitter above a half so that many senders do
/// not come back in step.
public final class Backoff {
  private Backoff() {}

  /// Milliseconds to wait after the attempt of this number, from 1.
  public static long millis(long min, long max, int attempt) {
    long ceiling = Math.min(max, min << Math.min(attempt - 1, 20));
    return Math.max(1, ceiling / 2 + ThreadLocalRandom.current().nextLong(ceiling / 2 + 1));
  }
}
