package vn.truc;

import java.util.Optional;
import vn.truc.board.Board;

/// What a payload says while the log is out of reach: `"staleSince"`, the instant of real time up
/// to which nothing is missing in its numbers.
final class Staleness {
  private Staleness() {}

  /// A JSON object with the mark as its last member; as it was where nothing may be missing.
  ///
  /// @param sinceMicros microseconds since 1970
  static String marked(String object, Optional<Long> sinceMicros) {
    return sinceMicros
        .map(
            since ->
                object.substring(0, object.length() - 1)
                    + ",\"staleSince\":\""
                    + Board.timeText(since)
                    + "\"}")
        .orElse(object);
  }
}
