package vn.truc.intake;

import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Faults of ours while an event was judged. A sender that knows how to make one could fill the log
/// with them, so only one is told in a while, with the count of those that were not.
final class FaultLog {
  private static final Logger LOG = LoggerFactory.getLogger(Door.class);
  private static final long EVERY_MICROS = TimeUnit.SECONDS.toMicros(10);

  private final LongSupplier realMicros;
  private long toldMicros = Long.MIN_VALUE;
  private long untold;

  FaultLog(LongSupplier realMicros) {
    this.realMicros = realMicros;
  }

  void note(RuntimeException cause) {
    long now = realMicros.getAsLong();
    if (toldMicros != Long.MIN_VALUE && now - toldMicros < EVERY_MICROS) {
      untold++;
      return;
    }
    LOG.error("event_unreadable since_last={}", untold, cause);
    toldMicros = now;
    untold = 0;
  }
}
