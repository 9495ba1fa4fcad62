package vn.truc.log;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/// The time by which personal fields expire: the machine's clock, but for one that steps ahead.
/// What is deleted does not come back when such a clock is set right, so it is believed only after
/// it has stood so for a day of this process; until then time passes from where it was before the
/// step. A step is more than an hour that did not pass. A start goes on from the newest record, and
/// so waits for a day too where nothing was recorded for more than an hour. A clock that steps back
/// is believed at once.
///
/// For one thread.
final class ExpiryClock {
  private static final Logger LOG = LoggerFactory.getLogger(ExpiryClock.class);

  /// How far the clock may run ahead of what has passed.
  static final long STEP_MICROS = TimeUnit.HOURS.toMicros(1);

  /// How long it has to stand ahead to be believed.
  static final long HELD_NANOS = TimeUnit.DAYS.toNanos(1);

  private long atMicros;
  private long atNanos;

  /// When the clock was first seen ahead; null while it is not.
  private @Nullable Long aheadSinceNanos;

  private boolean started;
  private volatile boolean held;

  /// @param newestMicros when the newest record was recorded
  /// @param nowNanos of a clock that never steps
  ExpiryClock(long newestMicros, long nowNanos) {
    atMicros = newestMicros;
    atNanos = nowNanos;
  }

  /// One that goes from here.
  static ExpiryClock from(long newestMicros) {
    ExpiryClock clock = new ExpiryClock(newestMicros, System.nanoTime());
    clock.now();
    return clock;
  }

  /// The time now, by the machine's clock and the one that never steps.
  long now() {
    return now(SqliteStore.micros(Instant.now()), System.nanoTime());
  }

  /// The time now.
  ///
  /// @param clockMicros what the machine's clock says
  long now(long clockMicros, long nowNanos) {
    long passed = atMicros + TimeUnit.NANOSECONDS.toMicros(nowNanos - atNanos);
    Long since = aheadSinceNanos;
    boolean ahead = clockMicros - STEP_MICROS > passed;
    if (ahead && since == null) {
      since = nowNanos;
      // After a pause, and on the log of a virtual clock, a start is nothing to worry about.
      LOG.atLevel(started ? Level.WARN : Level.INFO)
          .log("expiry_held clock={} passed={} for=1d", instant(clockMicros), instant(passed));
    }
    started = true;
    boolean believed = !ahead || (since != null && nowNanos - since >= HELD_NANOS);
    if (believed && since != null) {
      LOG.info("expiry_goes_on clock={}", instant(clockMicros));
    }
    atMicros = believed ? clockMicros : passed;
    atNanos = nowNanos;
    aheadSinceNanos = believed ? null : since;
    held = !believed;
    return atMicros;
  }

  private static Instant instant(long micros) {
    return Instant.EPOCH.plus(micros, ChronoUnit.MICROS);
  }

  /// Whether the clock is not believed now; may be asked from any thread.
  boolean held() {
    return held;
  }
}
