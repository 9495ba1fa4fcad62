package vn.truc.board;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Objects;
import vn.truc.event.LogRecord;

/// The order of facts that land in a register: time, sequence, then source, id and subject as UTF-8
/// bytes; the last one wins, in whatever order they arrive. All that a register keeps of a fact
/// beside what it says.
///
/// @param timeMicros when it happened, microseconds since 1970
/// @param sequence the empty text where there is none
/// @param subject the empty text where there is none: an identity holds within its subject only,
/// and a portal's cell may be told under several
record FactPlace(long timeMicros, String sequence, String source, String id, String subject)
    implements Comparable<FactPlace> {
  FactPlace {
    Objects.requireNonNull(sequence, "sequence");
    Objects.requireNonNull(source, "source");
    Objects.requireNonNull(id, "id");
    Objects.requireNonNull(subject, "subject");
  }

  static FactPlace of(LogRecord record) {
    return new FactPlace(
        record.timeMicros(),
        record.sequence().orElse(""),
        record.source(),
        record.id(),
        record.subject().orElse(""));
  }

  @Override
  public int compareTo(FactPlace other) {
    int byTime = Long.compare(timeMicros, other.timeMicros);
    if (byTime != 0) {
      return byTime;
    }
    int bySequence = FactOrder.compareSequence(utf8(sequence), utf8(other.sequence));
    if (bySequence != 0) {
      return bySequence;
    }
    int bySource = Arrays.compareUnsigned(utf8(source), utf8(other.source));
    if (bySource != 0) {
      return bySource;
    }
    int byId = Arrays.compareUnsigned(utf8(id), utf8(other.id));
    return byId != 0 ? byId : Arrays.compareUnsigned(utf8(subject), utf8(other.subject));
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
