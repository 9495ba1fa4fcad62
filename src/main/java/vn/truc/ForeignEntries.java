package vn.truc;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import vn.truc.event.EventTypes;
import vn.truc.event.LogRecord;
import vn.truc.fold.Section;
import vn.truc.fold.SmallProjection;

/// Entries of the log's stream that somebody else wrote: they have their positions and say nothing,
/// on every node. Whoever runs this one is told, since nobody else should write there. Belongs to
/// the fold's context.
final class ForeignEntries implements SmallProjection {
  private static final Section SECTION = new Section("foreign", 1, Section.Kind.BRIEF);
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
  @Override
  public void apply(LogRecord record, boolean live) {
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

  @Override
  public boolean takes(String type) {
    return type.equals(EventTypes.LOG_FOREIGN);
  }

  @Override
  public Section section() {
    return SECTION;
  }

  @Override
  public byte[] exported() {
    return new JsonObject()
        .put("count", count)
        .put("first", first)
        .put("last", last)
        .toBuffer()
        .getBytes();
  }

  @Override
  public void restore(byte[] content) {
    JsonObject held = new JsonObject(Buffer.buffer(content));
    count = held.getLong("count");
    first = held.getLong("first");
    last = held.getLong("last");
  }
}
