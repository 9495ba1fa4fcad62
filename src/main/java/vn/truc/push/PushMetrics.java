package vn.truc.push;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.function.LongSupplier;

/// What push counts, under `truc.push.*`. Labels are bounded: codes and names of this package.
///
/// These hold once every socket is closed, and within one connection's work before:
///
/// - opened = sum of `closes` over all codes + `connections`
/// - `recoveries` hit + miss = subscribe replies with `was_recovering` on stream channels, or their
/// refusals with 112
/// - `deliveries` + `conflated` + publications lost to unsubscribes 2500 = publications flushed,
/// times their subscribers
/// - `frames` ≤ `deliveries` + replies + pings
public final class PushMetrics {
  private final Counter opened;
  private final Counter deliveries;
  private final Counter conflated;
  private final Counter frames;
  private final Counter recoveryHits;
  private final Counter recoveryMisses;
  private final Counter refusedUpgrades;
  private final Timer flushes;
  private final Map<CloseCode, Counter> closes = new EnumMap<>(CloseCode.class);
  private final Map<UnsubscribeCode, Counter> unsubscribes = new EnumMap<>(UnsubscribeCode.class);
  private final Map<ErrorCode, Counter> errors = new EnumMap<>(ErrorCode.class);
  private long connections;
  private long subscriptions;
  private LongSupplier queuedBytes = () -> 0;
  private final Counter payloadFailures;

  /// Registers the meters.
  public PushMetrics(MeterRegistry registry) {
    opened = counter("truc.push.opened", "sockets taken in").register(registry);
    deliveries =
        counter("truc.push.deliveries", "publications written to a socket").register(registry);
    conflated =
        counter("truc.push.conflated", "publications skipped for a newer one").register(registry);
    frames = counter("truc.push.frames", "frames written").register(registry);
    recoveryHits = recoveries("hit").register(registry);
    recoveryMisses = recoveries("miss").register(registry);
    refusedUpgrades =
        counter("truc.push.upgrades.refused", "upgrades answered with an HTTP error")
            .register(registry);
    flushes =
        Timer.builder("truc.push.flush")
            .description("time of one flush on the event loop")
            .register(registry);
    Gauge.builder("truc.push.connections", this, metrics -> metrics.connections)
        .description("sockets open now")
        .register(registry);
    Gauge.builder("truc.push.subscriptions", this, metrics -> metrics.subscriptions)
        .description("subscriptions open now")
        .register(registry);
    payloadFailures =
        counter("truc.push.payload.failures", "payloads a fault of ours kept from being made")
            .register(registry);
    Gauge.builder("truc.push.queued", this, metrics -> metrics.queuedBytes.getAsLong())
        .baseUnit("bytes")
        .description("bytes queued for all connections, commands put off included")
        .register(registry);
    for (CloseCode code : CloseCode.values()) {
      closes.put(code, coded("truc.push.closes", "sockets ended", code.code()).register(registry));
    }
    for (UnsubscribeCode code : UnsubscribeCode.values()) {
      unsubscribes.put(
          code,
          coded("truc.push.unsubscribes", "channels taken from a subscriber", code.code())
              .register(registry));
    }
    for (ErrorCode code : ErrorCode.values()) {
      errors.put(code, coded("truc.push.errors", "error replies", code.code()).register(registry));
    }
  }

  private static Counter.Builder counter(String name, String description) {
    return Counter.builder(name).description(description);
  }

  private static Counter.Builder recoveries(String result) {
    return counter("truc.push.recoveries", "resumptions of stream channels").tag("result", result);
  }

  private static Counter.Builder coded(String name, String description, int code) {
    return counter(name, description).tag("code", Integer.toString(code));
  }

  private static void add(Map<?, Counter> counters, Object key) {
    Counter counter = counters.get(key);
    if (counter != null) {
      counter.increment();
    }
  }

  void opened() {
    opened.increment();
    connections++;
  }

  void closed(CloseCode code) {
    connections--;
    add(closes, code);
  }

  void unsubscribed(UnsubscribeCode code) {
    add(unsubscribes, code);
  }

  void refused(ErrorCode code) {
    add(errors, code);
  }

  void upgradeRefused() {
    refusedUpgrades.increment();
  }

  void recovered(boolean hit) {
    (hit ? recoveryHits : recoveryMisses).increment();
  }

  /// Adds what a flush did; called once per flush, not once per socket.
  void flushed(long nanos, long framesSent, long delivered, long conflations) {
    flushes.record(Duration.ofNanos(nanos));
    frames.increment((double) framesSent);
    deliveries.increment((double) delivered);
    conflated.increment((double) conflations);
  }

  void subscriptions(long now) {
    subscriptions = now;
  }

  /// Where the bytes that wait are counted.
  void queued(LongSupplier bytes) {
    queuedBytes = bytes;
  }

  void payloadFailed() {
    payloadFailures.increment();
  }
}
