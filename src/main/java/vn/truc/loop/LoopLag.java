package vn.truc.loop;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.vertx.core.Vertx;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Measures how late the turns of an event loop come: a timer asks to be called every few
/// milliseconds and notes by how much it was called too late. What holds the loop shows here,
/// whatever it is: a piece of work that is too long, a pause of the collector, a machine without
/// time for us. How much processor time of its own thread went by meanwhile tells the first from
/// the others.
public final class LoopLag {
  /// How late, in seconds; its `_max` is the worst of the last minutes.
  public static final String METRIC = "truc.loop.lag";

  private static final Logger LOG = LoggerFactory.getLogger(LoopLag.class);
  private static final long EVERY_MILLIS = 10;

  /// A turn that used so much processor time is told: a hundred times what a turn should take.
  private static final long TOLD_NANOS = TimeUnit.MILLISECONDS.toNanos(250);

  private final ThreadMXBean threads = ManagementFactory.getThreadMXBean();

  private final Vertx vertx;
  private final Timer lag;
  private long timer;
  private boolean stopped;
  private boolean serving;
  private long processorNanos;
  private long heldNanosMax;

  /// Begins to measure the current context's loop.
  public LoopLag(Vertx vertx, MeterRegistry registry) {
    this.vertx = vertx;
    lag =
        Timer.builder(METRIC)
            .description("how late a turn of the event loop came")
            .serviceLevelObjectives(
                Duration.ofMillis(1),
                Duration.ofMillis(5),
                Duration.ofMillis(10),
                Duration.ofMillis(25),
                Duration.ofMillis(100))
            .register(registry);
    Gauge.builder("truc.loop.held.max", this, one -> one.heldNanosMax / 1e9)
        .strongReference(true)
        .baseUnit("seconds")
        .description("the most processor time the event loop used while a turn was due")
        .register(registry);
    ask();
  }

  /// Begins to look for turns that hold the loop: what a start does before anything is served holds
  /// nobody up.
  public void served() {
    serving = true;
    heldNanosMax = 0;
    processorNanos = threads.getCurrentThreadCpuTime();
  }

  private void ask() {
    processorNanos = threads.getCurrentThreadCpuTime();
    long due = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(EVERY_MILLIS);
    timer = vertx.setTimer(EVERY_MILLIS, _ -> note(due));
  }

  private void note(long due) {
    lag.record(Math.max(0, System.nanoTime() - due), TimeUnit.NANOSECONDS);
    // what was used before it was due is within the time it was asked for
    long used = threads.getCurrentThreadCpuTime() - processorNanos;
    long held = used - TimeUnit.MILLISECONDS.toNanos(EVERY_MILLIS);
    if (serving && held > TOLD_NANOS && held > heldNanosMax) {
      LOG.warn("loop_held millis={}", TimeUnit.NANOSECONDS.toMillis(held));
    }
    heldNanosMax = Math.max(heldNanosMax, held);
    if (!stopped) {
      ask();
    }
  }

  /// Ends it.
  public void stop() {
    stopped = true;
    vertx.cancelTimer(timer);
  }
}
