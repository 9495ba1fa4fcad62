package vn.truc;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.json.JsonObject;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import vn.truc.event.LogRecord;

/// Entries of the log's stream that somebody else wrote: they have their positions and say nothing,
/// on every node. Whoever runs this one is told, since nobody else should write there. Belongs to
/// the fold's context.
final class ForeignEntries {
  private static final Logger LOG = LoggerFactory.getLogger(ForeignEntries.class);

  private long count;
  private long first;
  private long last;
  private boolean told;

  ForeignEntries(MeterRegistry registry) {
    Gauge.builder("truc.log.foreign.entries", this, one -> one.count)
        .description("Entries of the log that somebody else wrote, and that say nothing")
        .strongReference(true)
        .register(registry);
  }

  /// Forgets all: the log is folded from its beginning.
  void clear() {
    count = 0;
    first = 0;
    last = 0;
  }

  /// Meets one. The first of this run is told in the log; each counts.
  void note(LogRecord record) {
    if (count == 0) {
      first = record.position();
    }
    count++;
    last = record.position();
    if (!told) {
      told = true;
      LOG.warn("foreign_entry position={} entry={}", record.position(), record.id());
    }
  }

  /// What `/readyz` says of them; empty when there are none.
  Optional<String> notice() {
    return count == 0
        ? Optional.empty()
        : Optional.of(
            count
                + " entries of the log's stream were not written by a node and count nowhere: first"
                + " at position "
                + first
                + ", last at "
                + last
                + "; find out who writes there, and delete none of them");
  }

  /// For a snapshot.
  JsonObject exported() {
    return new JsonObject().put("count", count).put("first", first).put("last", last);
  }

  /// Takes what a snapshot held; nothing from one of an older version.
  void restore(Optional<JsonObject> held) {
    held.ifPresent(
        one -> {
          count = one.getLong("count");
          first = one.getLong("first");
          last = one.getLong("last");
        });
  }
}
