package vn.truc.log;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/// What a log counts. These hold whenever the engine is at rest, whatever failed:
///
/// ```
/// truc.log.records.taken    = truc.log.records.appended + truc.log.records.failed
/// records offered by append = taken + truc.log.records.refused
/// head                      = head at open + truc.log.records.appended + those of other nodes
///                             + in Redis: failed ones that are in the log all the same
/// ```
///
/// and at any moment `taken = appended + failed + truc.log.queue.records + records in the running
/// commit` (in Redis the queue holds these too). `taken` entered the queue, `refused` found it
/// full or closed, or the store out of reach, `failed` were answered with an error after they had
/// been taken, `appended` are durable.
public final class LogMetrics {
  private final MeterRegistry registry;
  private final List<Meter> own = new ArrayList<>();
  private final Counter taken;
  private final Counter refused;
  private final Counter appended;
  private final Counter failed;
  private final Timer commit;
  private final DistributionSummary group;
  private final Timer checkpoint;
  private final Counter expired;
  private final Counter erased;
  private final Counter rewritten;
  private final Counter diskReads;
  private final Counter fellBehind;
  private @Nullable Counter connects;

  /// Registers the meters; [#close()] takes them out again.
  public LogMetrics(MeterRegistry registry) {
    this.registry = registry;
    taken = counter("truc.log.records.taken", "Records that entered the append queue");
    refused = counter("truc.log.records.refused", "Records not taken: queue full or log closed");
    appended = counter("truc.log.records.appended", "Records made durable");
    failed = counter("truc.log.records.failed", "Records taken and then answered with an error");
    expired = counter("truc.log.personal.expired", "Records whose personal fields expired");
    erased = counter("truc.log.personal.erased", "Records whose personal fields were erased");
    rewritten =
        counter(
            "truc.log.records.rewritten", "Records of older versions written anew at the start");
    diskReads = counter("truc.log.follow.reads", "Batches that followers read from disk");
    fellBehind = counter("truc.log.follow.behind", "Times a slow follower went back to disk");
    commit =
        own(
            Timer.builder("truc.log.commit")
                .description("Time of one group commit, inserts and fsync")
                .serviceLevelObjectives(
                    Duration.ofMillis(1),
                    Duration.ofMillis(2),
                    Duration.ofMillis(5),
                    Duration.ofMillis(10),
                    Duration.ofMillis(20),
                    Duration.ofMillis(50),
                    Duration.ofMillis(100),
                    Duration.ofMillis(500),
                    Duration.ofSeconds(2))
                .register(registry));
    checkpoint =
        own(
            Timer.builder("truc.log.checkpoint")
                .description("Time of copying the write-ahead log back, between two commits")
                .register(registry));
    group =
        own(
            DistributionSummary.builder("truc.log.group")
                .description("Records in one group commit")
                .baseUnit("records")
                .register(registry));
  }

  /// What the gauges of an engine show; read from any thread.
  interface Watched {
    int queued();

    long queuedBytes();

    long head();

    double writableFlag();

    /// 1 while the machine's clock is not believed.
    double expiryHeldFlag();
  }

  void watch(Watched log) {
    gauge("truc.log.queue.records", "Records waiting for their commit", log, l -> l.queued());
    gauge("truc.log.queue.bytes", "Their estimated bytes", log, l -> l.queuedBytes());
    gauge("truc.log.head", "Position of the newest durable record", log, l -> l.head());
    gauge(
        "truc.log.personal.held",
        "1 while the clock is not believed, and nothing expires by it",
        log,
        l -> l.expiryHeldFlag());
    gauge("truc.log.writable", "1 when appends are expected to work", log, l -> l.writableFlag());
  }

  void taken(int records) {
    taken.increment(records);
  }

  void refused(int records) {
    refused.increment(records);
  }

  void committed(int records, long nanos) {
    appended(records);
    grouped(records, nanos);
  }

  /// A group that was written; which of its appends count is told apart.
  void grouped(int records, long nanos) {
    group.record(records);
    commit.record(nanos, TimeUnit.NANOSECONDS);
  }

  void appended(int records) {
    appended.increment(records);
  }

  void connected() {
    Counter known = connects;
    if (known != null) {
      known.increment();
    }
  }

  void failed(int records) {
    failed.increment(records);
  }

  void checkpointed(long nanos) {
    checkpoint.record(nanos, TimeUnit.NANOSECONDS);
  }

  void expired(int records) {
    expired.increment(records);
  }

  void erased(int records) {
    erased.increment(records);
  }

  void rewritten(long records) {
    rewritten.increment((double) records);
  }

  void readForFollower() {
    diskReads.increment();
  }

  void followerFellBehind() {
    fellBehind.increment();
  }

  void close() {
    own.forEach(registry::remove);
    own.clear();
  }

  private Counter counter(String name, String description) {
    return own(Counter.builder(name).description(description).register(registry));
  }

  /// Meters of a store that is another process.
  <T> void watchStore(T store, ToDoubleFunction<T> behind, ToDoubleFunction<T> refused) {
    connects = counter("truc.log.store.connects", "Verified connections to the store");
    gauge("truc.log.store.behind", "Seconds since the store was heard; 0 in touch", store, behind);
    gauge("truc.log.store.refused", "1 while the store holds another log", store, refused);
  }

  private <T> void gauge(String name, String description, T watched, ToDoubleFunction<T> value) {
    own(Gauge.builder(name, watched, value).description(description).register(registry));
  }

  private <M extends Meter> M own(M meter) {
    own.add(meter);
    return meter;
  }
}
