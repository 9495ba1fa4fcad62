package vn.truc;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import vn.truc.event.LogRecord;
import vn.truc.fold.Section;
import vn.truc.fold.SmallProjection;

/// The facts of the log that this program could not fold: a fault of its own, each of them. They
/// count nowhere, are told in `/readyz`, log and metrics, lie in the snapshot, and are tried again
/// at each start. Of more than can be listed only the first are, and the next start folds the whole
/// log. Belongs to the fold's context.
final class FailedFacts implements SmallProjection {
  private static final Section SECTION = new Section("failed", 1, Section.Kind.WHOLE);
  private static final int CAUSE_CHARS_MAX = 200;

  private record Failed(String identity, String cause) {
    Failed {
      Objects.requireNonNull(identity, "identity");
      Objects.requireNonNull(cause, "cause");
    }
  }

  private final int max;
  private final TreeMap<Long, Failed> byPosition = new TreeMap<>();

  /// How many stand under an identity.
  private final Map<String, Integer> identities = new HashMap<>();

  private final Counter failures;
  private final Counter listenerFailures;
  private boolean more;

  /// @param max how many are listed
  FailedFacts(int max, MeterRegistry registry) {
    this.max = max;
    Gauge.builder("truc.fold.failed.facts", byPosition, TreeMap::size)
        .description("Facts of the log that could not be folded and count nowhere")
        .strongReference(true)
        .register(registry);
    failures =
        Counter.builder("truc.fold.failures")
            .description("Times a fact could not be folded, in starts too")
            .register(registry);
    listenerFailures =
        Counter.builder("truc.fold.listener.failures")
            .description("Times somebody who was told of a change, or a case's moment, failed")
            .register(registry);
  }

  private static String identity(LogRecord record) {
    return record.type()
        + "\0"
        + record.subject().orElse("")
        + "\0"
        + record.source()
        + "\0"
        + record.id();
  }

  /// Forgets all: the log is folded from its beginning.
  void clear() {
    byPosition.clear();
    identities.clear();
    more = false;
  }

  void note(LogRecord record, RuntimeException cause) {
    failures.increment();
    forget(record.position());
    if (byPosition.size() >= max) {
      more = true;
      return;
    }
    String text = cause.toString();
    put(
        record.position(),
        new Failed(
            identity(record),
            text.length() <= CAUSE_CHARS_MAX ? text : text.substring(0, CAUSE_CHARS_MAX)));
  }

  private void put(long position, Failed failed) {
    byPosition.put(position, failed);
    identities.merge(failed.identity(), 1, Integer::sum);
  }

  /// It is folded now.
  void forget(long position) {
    if (byPosition.isEmpty()) {
      return;
    }
    Failed known = byPosition.remove(position);
    if (known != null) {
      identities.computeIfPresent(known.identity(), (_, count) -> count == 1 ? null : count - 1);
    }
  }

  /// A listener failed, or the turn of a case.
  void listenerFailed() {
    listenerFailures.increment();
  }

  /// Whether a fact under the identity of this one stands in the list.
  boolean holds(LogRecord record) {
    return !identities.isEmpty() && identities.containsKey(identity(record));
  }

  boolean holds(long position) {
    return byPosition.containsKey(position);
  }

  List<Long> positions() {
    return List.copyOf(byPosition.keySet());
  }

  /// What `/readyz` says of them; empty when there are none.
  Optional<String> notice() {
    if (byPosition.isEmpty()) {
      return Optional.empty();
    }
    List<String> shown = new ArrayList<>();
    byPosition.keySet().stream().limit(10).forEach(at -> shown.add(Long.toString(at)));
    String rest = more || byPosition.size() > shown.size() ? " and others" : "";
    return Optional.of(
        (more ? "more than " : "")
            + byPosition.size()
            + " facts could not be folded and count nowhere: at "
            + String.join(", ", shown)
            + rest
            + "; they are tried again at the next start");
  }

  @Override
  public Section section() {
    return SECTION;
  }

  @Override
  public byte[] exported() {
    JsonArray facts = new JsonArray();
    byPosition.forEach(
        (at, failed) ->
            facts.add(
                new JsonObject()
                    .put("position", at)
                    .put("identity", failed.identity())
                    .put("cause", failed.cause())));
    return new JsonObject().put("more", more).put("facts", facts).toBuffer().getBytes();
  }

  /// Takes the list of a snapshot.
  ///
  /// @throws IllegalStateException when there were more than it lists: the log is to be folded anew
  @Override
  public void restore(byte[] content) {
    JsonObject list = new JsonObject(Buffer.buffer(content));
    if (list.getBoolean("more")) {
      throw new IllegalStateException("more facts could not be folded than the snapshot lists");
    }
    for (Object entry : list.getJsonArray("facts")) {
      JsonObject failed = (JsonObject) entry;
      put(
          failed.getLong("position"),
          new Failed(failed.getString("identity"), failed.getString("cause")));
    }
  }
}
