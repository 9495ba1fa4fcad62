package vn.truc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import vn.truc.event.EventTypes;
import vn.truc.event.LogRecord;
import vn.truc.event.UnreadableRecordException;

class DomainClockTest {
  private static final long SECOND = 1_000_000;
  private static final long REAL = 1_800_000_000L * SECOND;
  private static final long DOMAIN = 1_700_000_000L * SECOND;
  private final DomainClock clock = new DomainClock();

  private void set(long domain, long real, double speed) {
    clock.apply(clock.setting(domain, real, speed).orElseThrow());
  }

  @Test
  void domainTimeIsRealTimeUntilAClockIsSet() {
    assertFalse(clock.virtual());
    assertEquals(REAL, clock.domainMicros(REAL));
  }

  @Test
  void timeRunsAtItsSpeedFromWhereItWasSet() {
    set(DOMAIN, REAL, 20);
    assertEquals(DOMAIN, clock.domainMicros(REAL));
    assertEquals(DOMAIN + 20 * SECOND, clock.domainMicros(REAL + SECOND));
    assertEquals(DOMAIN, clock.domainMicros(REAL - SECOND), "a real clock stepping back");
  }

  /// A clock set beyond the year 9999 wrote times of five digits, in boards and in exports that
  /// could not be replayed.
  @Test
  void timeEndsWithTheYearsThatCanBeWritten() {
    long end = DomainClock.micros(Instant.parse("9999-12-31T00:00:00Z"));
    set(end - 5 * SECOND, REAL, 10_000);
    assertEquals(end, clock.domainMicros(REAL + SECOND));
    assertEquals(end, clock.domainMicros(Long.MAX_VALUE));
    DomainClock beyond = new DomainClock();
    beyond.apply(new DomainClock().setting(end + SECOND, REAL, 1).orElseThrow());
    assertEquals(end, beyond.domainMicros(REAL), "a record of an older version");
  }

  @Test
  void speedZeroStandsStillAndCanBeMoved() {
    set(DOMAIN, REAL, 0);
    assertEquals(DOMAIN, clock.domainMicros(REAL + 100 * SECOND));
    set(DOMAIN + 5, REAL + SECOND, 0);
    assertEquals(DOMAIN + 5, clock.domainMicros(REAL + 200 * SECOND));
  }

  @Test
  void clockNeverGoesBack() {
    set(DOMAIN, REAL, 1);
    LogRecord late = clock.setting(DOMAIN + 10 * SECOND, REAL, 3).orElseThrow();
    assertEquals(Optional.empty(), clock.setting(DOMAIN, REAL, 1), "equal appends nothing");
    assertEquals(Optional.empty(), clock.setting(DOMAIN - 1, REAL + SECOND, 1));
    clock.apply(late);
    long shown = clock.domainMicros(REAL + SECOND);
    DomainClock other = new DomainClock();
    clock.apply(other.setting(DOMAIN, REAL + SECOND, 1).orElseThrow());
    assertEquals(shown, clock.domainMicros(REAL + SECOND), "an earlier record changes nothing");
    assertEquals(3, clock.speed());
  }

  @Test
  void replayGivesTheSameClock() {
    LogRecord first = clock.setting(DOMAIN, REAL, 20).orElseThrow();
    clock.apply(first);
    LogRecord second = clock.setting(DOMAIN + 3600 * SECOND, REAL + SECOND, 20).orElseThrow();
    clock.apply(second);
    DomainClock replayed = new DomainClock();
    replayed.apply(first);
    replayed.apply(second);
    assertEquals(clock.domainMicros(REAL + 7 * SECOND), replayed.domainMicros(REAL + 7 * SECOND));
    assertTrue(replayed.virtual());
  }

  @Test
  void unreadableRecordStopsTheFold() {
    for (String data : List.of("{", "{}", "{\"domain\":\"x\",\"real\":\"y\"}")) {
      assertThrows(
          UnreadableRecordException.class,
          () -> clock.apply(LogRecord.internal(EventTypes.CLOCK_SET, "c", null, 1, data)));
    }
  }

  /// A log whose clock was virtual stayed so for ever.
  @Test
  void aRecordEndsAVirtualClock() {
    DomainClock clock = new DomainClock();
    clock.apply(clock.setting(5_000_000, 1_000_000, 20).orElseThrow());
    assertTrue(clock.virtual());
    assertEquals(25_000_000, clock.domainMicros(2_000_000));
    clock.apply(DomainClock.real(2_000_000));
    assertFalse(clock.virtual());
    assertEquals(1, clock.speed());
    assertEquals(2_000_000, clock.domainMicros(2_000_000));
    assertEquals("{}", new String(clock.exported(), StandardCharsets.UTF_8));
    clock.apply(clock.setting(7_000_000, 3_000_000, 0).orElseThrow());
    assertEquals(7_000_000, clock.domainMicros(9_000_000), "and another may begin");
  }
}
