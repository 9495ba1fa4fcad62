package vn.truc.log;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/// A machine whose clock stood in another year for a minute had all personal fields deleted by the
/// next sweep, and setting the clock right brought none of them back.
class ExpiryClockTest {
  private static final long START = 1_795_000_000_000_000L;

  private long nanos = -5;
  private final ExpiryClock clock = new ExpiryClock(START, nanos);

  /// Time passes, and the machine's clock then stands so far from the start.
  private long now(long passedMinutes, long clockMinutes) {
    nanos += TimeUnit.MINUTES.toNanos(passedMinutes);
    long now = clock.now(START + TimeUnit.MINUTES.toMicros(clockMinutes), nanos);
    return TimeUnit.MICROSECONDS.toMinutes(now - START);
  }

  @Test
  void aClockThatGoesIsFollowed() {
    assertEquals(0, now(0, 0));
    assertEquals(1, now(1, 1));
    assertEquals(61, now(2, 61), "an hour ahead and no more");
    assertEquals(30, now(1, 30), "back at once");
    assertFalse(clock.held());
  }

  @Test
  void aStepAheadExpiresNothingUntilItHasStoodForADay() {
    long year = TimeUnit.DAYS.toMinutes(365);
    assertEquals(1, now(1, 1));
    assertEquals(2, now(1, year));
    assertTrue(clock.held());
    assertEquals(12 * 60 + 2, now(12 * 60, year + 12 * 60), "time passes as it did");
    assertEquals(12 * 60 + 3, now(1, 12 * 60 + 3), "it was set right");
    assertFalse(clock.held());
    assertEquals(12 * 60 + 4, now(1, year), "the next step begins its own day");
    assertEquals(24 * 60 + 12 * 60 + 3, now(24 * 60 - 1, year));
    assertTrue(clock.held());
    assertEquals(year + 1, now(1, year + 1), "a day");
    assertFalse(clock.held());
    assertEquals(year + 2, now(1, year + 2));
  }

  @Test
  void aStartGoesOnFromTheNewestRecord() {
    long year = TimeUnit.DAYS.toMinutes(365);
    assertEquals(0, now(0, year));
    assertTrue(clock.held());
    assertEquals(year, now(24 * 60, year));
  }

  /// Records of a virtual clock may stand in the future; that makes nothing expire earlier.
  @Test
  void recordsAheadOfTheClockAreNoReason() {
    assertEquals(-1_000, now(0, -1_000));
    assertFalse(clock.held());
  }
}
