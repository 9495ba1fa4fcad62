package vn.truc.push;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;

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
  private long queuedBytes;

  /// Registers the meters.
  public PushMetrics(MeterRegistry registry) {
    opened = registry.counter("truc.push.opened");
    deliveries = registry.counter("truc.push.deliveries");
    conflated = registry.counter("truc.push.conflated");
    frames = registry.counter("truc.push.frames");
    recoveryHits = registry.counter("truc.push.recoveries", "result", "hit");
    recoveryMisses = registry.counter("truc.push.recoveries", "result", "miss");
    refusedUpgrades = registry.counter("truc.push.upgrades.refused");
    flushes = registry.timer("truc.push.flush");
    Gauge.builder("truc.push.connections", this, metrics -> metrics.connections).register(registry);
    Gauge.builder("truc.push.subscriptions", this, metrics -> metrics.subscriptions)
        .register(registry);
    Gauge.builder("truc.push.queued", this, metrics -> metrics.queuedBytes)
        .baseUnit("bytes")
        .description("bytes queued for connections that lag")
        .register(registry);
    for (CloseCode code : CloseCode.values()) {
      closes.put(code, coded(registry, "truc.push.closes", code.code()));
    }
    for (UnsubscribeCode code : UnsubscribeCode.values()) {
      unsubscribes.put(code, coded(registry, "truc.push.unsubscribes", code.code()));
    }
    for (ErrorCode code : ErrorCode.values()) {
      errors.put(code, coded(registry, "truc.push.errors", code.code()));
    }
  }

  private static Counter coded(MeterRegistry registry, String name, int code) {
    return registry.counter(name, "code", Integer.toString(code));
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

  void queued(long bytesNow) {
    queuedBytes = bytesNow;
  }
}
