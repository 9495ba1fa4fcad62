package vn.truc.intake;

import io.vertx.core.Future;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import vn.truc.event.Event;
import vn.truc.event.LogRecord;

/// What the door has handed to the log and has no answer for yet: how many bytes of which case, and
/// which facts. The fold judges by what it has, and knows neither. Holds as much as the log's
/// queue.
final class UnderWay {
  private final Map<CaseName, Long> bytes = new HashMap<>();
  private final Map<Identity, Taking> facts = new HashMap<>();
  private long answeredBatches;

  /// About how many bytes of facts are on their way into a case.
  long bytes(CaseName name) {
    return bytes.getOrDefault(name, 0L);
  }

  /// About what a fact takes in the history of its case.
  static long bytesOf(LogRecord record) {
    return 64L + record.id().length() + record.data().length();
  }

  /// About what a record takes in memory while its batch waits.
  static long heldBytes(LogRecord record) {
    return 512 + bytesOf(record);
  }

  void add(Map<CaseName, Long> ofBatch) {
    ofBatch.forEach((name, count) -> bytes.merge(name, count, Long::sum));
  }

  void remove(Map<CaseName, Long> ofBatch) {
    ofBatch.forEach(
        (name, count) ->
            bytes.computeIfPresent(
                name, (_, all) -> all.equals(count) ? null : Long.valueOf(all - count)));
  }

  /// Notes that a fact is on its way.
  ///
  /// @return what is on its way under this identity already, and stays; null when nothing is
  @Nullable Taking take(Identity identity, Taking taking) {
    return facts.putIfAbsent(identity, taking);
  }

  /// Forgets facts whose batch has its answer.
  void forget(List<Identity> answered) {
    answeredBatches++;
    answered.forEach(facts::remove);
  }

  /// How many batches had their answer: where it has moved on, the fold may know facts that it did
  /// not know before.
  long answeredBatches() {
    return answeredBatches;
  }

  /// A fact on its way.
  ///
  /// @param content the hash of what it says
  /// @param done completes with whether its batch stands in the log and is folded; never fails
  record Taking(long content, Future<Boolean> done) {}

  /// What bytes of a case are counted by.
  record CaseName(String kind, String code) implements Comparable<CaseName> {
    static Optional<CaseName> of(LogRecord record) {
      return record.event() instanceof Event.CaseFact fact
          ? Optional.of(new CaseName(fact.kind().label(), record.subject().orElse("")))
          : Optional.empty();
    }

    @Override
    public int compareTo(CaseName other) {
      int byCode = code.compareTo(other.code);
      return byCode != 0 ? byCode : kind.compareTo(other.kind);
    }
  }

  /// What the fold tells facts apart by: within their case, or their type where they have none.
  /// Ordered, so that a table of them stays quick where somebody chooses those that meet in it.
  record Identity(String kind, String subject, String source, String id)
      implements Comparable<Identity> {
    private static final Comparator<Identity> ORDER =
        Comparator.comparing(Identity::id)
            .thenComparing(Identity::subject)
            .thenComparing(Identity::source)
            .thenComparing(Identity::kind);

    @Override
    public int compareTo(Identity other) {
      return ORDER.compare(this, other);
    }

    static Identity of(LogRecord record) {
      String kind =
          record.event() instanceof Event.CaseFact fact ? fact.kind().label() : record.type();
      return new Identity(kind, record.subject().orElse(""), record.source(), record.id());
    }
  }
}
