package vn.truc.server;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/// Waiting for what must come, however long that takes on this machine; a test that waits in vain
/// fails.
final class Patience {
  private static final long SECONDS = 60;
  private static final long BETWEEN_MILLIS = 20;

  private Patience() {}

  /// A question about the server.
  interface Question {
    boolean ask() throws Exception;
  }

  /// Returns once the answer is yes.
  static void until(String what, Question question) throws Exception {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(SECONDS);
    while (!question.ask()) {
      if (System.nanoTime() - deadline > 0) {
        throw new AssertionError("in vain: " + what);
      }
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(BETWEEN_MILLIS));
    }
  }
}
