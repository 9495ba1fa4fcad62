package vn.truc.send;

import java.util.function.LongSupplier;

/// Lets a stream pass at a rate. A sender that fell behind catches up by at most one second's
/// worth.
public final class PacedStream implements FactStream {
  private static final long TICK_MILLIS = 10;

  private final FactStream stream;
  private final double factsPerSecond;
  private final LongSupplier nanos;
  private double allowed;
  private long measured;

  public PacedStream(FactStream stream, double factsPerSecond, LongSupplier nanos) {
    this.stream = stream;
    this.factsPerSecond = factsPerSecond;
    this.nanos = nanos;
    this.measured = nanos.getAsLong();
  }

  @Override
  public Next next(int max) {
    long now = nanos.getAsLong();
    double earned = (now - measured) * factsPerSecond / 1e9;
    allowed = Math.min(allowed + earned, Math.max(1, factsPerSecond));
    measured = now;
    if (allowed < 1) {
      return new Pause(TICK_MILLIS);
    }
    Next next = stream.next((int) Math.min(max, allowed));
    if (next instanceof Batch batch) {
      allowed -= batch.facts().size();
    }
    return next;
  }
}
