package vn.truc;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonObject;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import vn.truc.event.EventTypes;
import vn.truc.event.LogRecord;
import vn.truc.event.UnreadableRecordException;
import vn.truc.fold.Section;
import vn.truc.fold.SmallProjection;

/// Domain time: the clock of periods, `asOf`, `recordedAt` and `time-in-future`. Real time until a
/// `vn.truc.clock.set` record is folded; from then on it runs at that record's speed from the point
/// where the record set it. No record turns it back but the one that ends it: then it is real time
/// again, which may stand before what was shown. And the machine's own clock may step back. Pure;
/// touched by one context.
///
/// ```
/// domain(real) = domainStart + (real − realStart) × speed
/// ```
public final class DomainClock implements SmallProjection {
  private static final Section SECTION = new Section("domain-clock", 1, Section.Kind.BRIEF);

  /// Where domain time stands still: the last day that can be written with four digits of the year.
  private static final long END_MICROS = micros("9999-12-31T00:00:00Z");

  private boolean virtual;
  private long domainStartMicros;
  private long realStartMicros;
  private double speed = 1;

  /// Domain time at an instant of real time, both in microseconds since 1970. A real clock that
  /// steps back to before the last setting does not turn domain time back beyond it.
  public long domainMicros(long realMicros) {
    if (!virtual) {
      return realMicros;
    }
    long passed = Math.max(0, realMicros - realStartMicros);
    long ran = speed == 1 ? passed : (long) (passed * speed);
    return domainStartMicros < END_MICROS && ran < END_MICROS - domainStartMicros
        ? domainStartMicros + ran
        : END_MICROS;
  }

  @Override
  public Section section() {
    return SECTION;
  }

  /// The setting in force, as the data of its record; without members while time is real.
  @Override
  public byte[] exported() {
    JsonObject setting =
        virtual ? data(domainStartMicros, realStartMicros, speed) : new JsonObject();
    return setting.toBuffer().getBytes();
  }

  @Override
  public void restore(byte[] content) {
    JsonObject setting = new JsonObject(Buffer.buffer(content));
    if (!setting.isEmpty()) {
      virtual = true;
      domainStartMicros = micros(setting.getString("domain", ""));
      realStartMicros = micros(setting.getString("real", ""));
      speed = setting.getDouble("speed", 1.0);
    }
  }

  @Override
  public boolean takes(String type) {
    return type.equals(EventTypes.CLOCK_SET);
  }

  @Override
  public void apply(LogRecord record, boolean live) {
    apply(record);
  }

  private static JsonObject data(long domainMicros, long realMicros, double speed) {
    return new JsonObject()
        .put("domain", instant(domainMicros).toString())
        .put("real", instant(realMicros).toString())
        .put("speed", speed);
  }

  /// Whether a virtual clock is set: without one, it cannot be moved.
  public boolean virtual() {
    return virtual;
  }

  /// Domain seconds in a real second.
  public double speed() {
    return speed;
  }

  /// The record that sets the clock, where it would move forward; empty where `domainMicros` is
  /// equal to or earlier than what the virtual clock shows already.
  ///
  /// @param newSpeed 0 or more
  public Optional<LogRecord> setting(long domainMicros, long realMicros, double newSpeed) {
    if (virtual && domainMicros <= domainMicros(realMicros)) {
      return Optional.empty();
    }
    return Optional.of(
        LogRecord.internal(
            EventTypes.CLOCK_SET,
            "clock-set:" + domainMicros,
            null,
            domainMicros,
            data(domainMicros, realMicros, newSpeed).encode()));
  }

  /// The record that ends a virtual clock.
  public static LogRecord real(long realMicros) {
    return LogRecord.internal(
        EventTypes.CLOCK_SET,
        "clock-real:" + realMicros,
        null,
        realMicros,
        new JsonObject()
            .put("virtual", false)
            .put("real", instant(realMicros).toString())
            .encode());
  }

  /// Folds one record; others than `vn.truc.clock.set` change nothing.
  ///
  /// @throws UnreadableRecordException when the data does not fit
  public void apply(LogRecord record) {
    if (!record.type().equals(EventTypes.CLOCK_SET)) {
      return;
    }
    try {
      JsonObject data = new JsonObject(record.data());
      if (!data.getBoolean("virtual", true)) {
        virtual = false;
        speed = 1;
        return;
      }
      long domain = micros(data.getString("domain", ""));
      long real = micros(data.getString("real", ""));
      double newSpeed = data.getDouble("speed", 1.0);
      if (newSpeed >= 0 && (!virtual || domain > domainMicros(real))) {
        virtual = true;
        domainStartMicros = domain;
        realStartMicros = real;
        speed = newSpeed;
      }
    } catch (DecodeException | ClassCastException | DateTimeException e) {
      throw new UnreadableRecordException("clock cannot be read: " + record, e);
    }
  }

  private static Instant instant(long micros) {
    return Instant.EPOCH.plus(micros, ChronoUnit.MICROS);
  }

  private static long micros(String text) {
    return micros(Instant.parse(text));
  }

  /// An instant in microseconds since 1970.
  static long micros(Instant instant) {
    return ChronoUnit.MICROS.between(Instant.EPOCH, instant);
  }
}
