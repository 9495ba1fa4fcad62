package vn.truc.board;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import vn.truc.event.LogRecord;

/// The order of facts that land in a register: time, sequence, then source and id as UTF-8 bytes;
/// the last one wins, in whatever order they arrive.
final class RegisterOrder {
  private RegisterOrder() {}

  static int compare(LogRecord left, LogRecord right) {
    int byTime = Long.compare(left.timeMicros(), right.timeMicros());
    if (byTime != 0) {
      return byTime;
    }
    int bySequence = FactOrder.compareSequence(sequence(left), sequence(right));
    if (bySequence != 0) {
      return bySequence;
    }
    int bySource = Arrays.compareUnsigned(utf8(left.source()), utf8(right.source()));
    if (bySource != 0) {
      return bySource;
    }
    int byId = Arrays.compareUnsigned(utf8(left.id()), utf8(right.id()));
    // an identity holds within its subject only, and a portal's cell may be told under several
    return byId != 0
        ? byId
        : Arrays.compareUnsigned(utf8(left.subject().orElse("")), utf8(right.subject().orElse("")));
  }

  private static byte[] sequence(LogRecord record) {
    return record.sequence().map(RegisterOrder::utf8).orElse(new byte[0]);
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
