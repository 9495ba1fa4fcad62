package vn.truc.intake;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import vn.truc.event.Rejection;

/// What came through the door. At rest this holds, after faults too:
///
/// ```
/// truc_intake_received_total = truc_intake_accepted_total + truc_intake_duplicates_total
///                            + sum over reason of truc_intake_refused_total
///                            + sum over reason of truc_intake_failed_total
/// ```
///
/// Events of validating requests and test keys count in `truc_intake_checked_total` alone; bodies
/// that were not taken as such in `truc_intake_bodies_refused_total` by status. With no request
/// under way `truc_intake_buffered_bytes` is 0.
public final class IntakeMetrics {
  /// What whole bodies are refused with; 503 while the door is shut.
  private static final List<Integer> BODY_STATUSES = List.of(400, 401, 408, 413, 415, 429, 503);

  private final MeterRegistry registry;
  private final Counter received;
  private final Counter accepted;
  private final Counter duplicates;
  private final Counter checked;
  private final Map<Rejection.Reason, Counter> refused = new EnumMap<>(Rejection.Reason.class);
  private final Map<IntakeException.Reason, Counter> failed =
      new EnumMap<>(IntakeException.Reason.class);

  private final Counter dropped;
  private long bufferedBytes;

  public IntakeMetrics(MeterRegistry registry) {
    this.registry = registry;
    Gauge.builder("truc.intake.buffered", this, metrics -> metrics.bufferedBytes)
        .baseUnit("bytes")
        .description("bytes of bodies held now")
        .register(registry);
    received = counter("truc.intake.received", "events of requests that store").register(registry);
    accepted = counter("truc.intake.accepted", "facts taken").register(registry);
    duplicates = counter("truc.intake.duplicates", "repeats of what was known").register(registry);
    checked =
        counter("truc.intake.checked", "events of validating requests and of test keys")
            .register(registry);
    dropped =
        counter(
                "truc.intake.members.dropped",
                "members and extensions no type knows, of facts without a case: kept nowhere")
            .register(registry);
    for (Rejection.Reason reason : Rejection.Reason.values()) {
      refused.put(
          reason,
          counter("truc.intake.refused", "events refused, by the reason senders see")
              .tag("reason", reason.label())
              .register(registry));
    }
    for (IntakeException.Reason reason : IntakeException.Reason.values()) {
      if (reason == IntakeException.Reason.BODY_STALLED) {
        continue; // no facts, but a body
      }
      failed.put(
          reason,
          counter("truc.intake.failed", "facts the log did not take; senders try again")
              .tag("reason", reason.label())
              .register(registry));
    }
    BODY_STATUSES.forEach(this::bodyCounter);
  }

  private static Counter.Builder counter(String name, String description) {
    return Counter.builder(name).description(description);
  }

  void received(long events) {
    received.increment((double) events);
  }

  void dropped(int members) {
    dropped.increment(members);
  }

  void accepted(long events) {
    accepted.increment((double) events);
  }

  void duplicates(long events) {
    duplicates.increment((double) events);
  }

  void checked(long events) {
    checked.increment((double) events);
  }

  void refused(Rejection.Reason reason) {
    Counter counter = refused.get(reason);
    if (counter != null) {
      counter.increment();
    }
  }

  void failed(IntakeException.Reason reason, long events) {
    Counter counter = failed.get(reason);
    if (counter != null) {
      counter.increment((double) events);
    }
  }

  void buffered(long bytes) {
    bufferedBytes = bytes;
  }

  /// A body answered with one of [#BODY_STATUSES] as a whole.
  public void bodyRefused(int status) {
    bodyCounter(status).increment();
  }

  private Counter bodyCounter(int status) {
    return counter("truc.intake.bodies.refused", "whole bodies refused")
        .tag("status", Integer.toString(status))
        .register(registry);
  }
}
