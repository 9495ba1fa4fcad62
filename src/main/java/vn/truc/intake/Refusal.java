package vn.truc.intake;

import java.util.Optional;
import vn.truc.access.SourceKey;
import vn.truc.event.LogRecord;
import vn.truc.event.Rejection;
import vn.truc.event.Rejection.Reason;

/// What the door says of an event that can be read and is refused all the same.
final class Refusal {
  private Refusal() {}

  /// Of an event whose source the key does not cover; whoever holds the key may know what it does.
  ///
  /// @param index place of the event in its body, from 0
  static Rejection notBound(long index, LogRecord record, SourceKey key) {
    return new Rejection(
        index,
        Optional.of(record.id()),
        Reason.SOURCE_NOT_BOUND,
        "source",
        "the key covers '" + key.source() + "' and what lies below it");
  }

  /// @param index place of the event in its body, from 0
  static Rejection of(long index, LogRecord record, Reason reason) {
    String field =
        switch (reason) {
          case CASE_TOO_LONG -> "subject";
          case UNREADABLE, FOLD_FAILED -> "";
          default -> "id";
        };
    String message =
        switch (reason) {
          case CASE_TOO_LONG -> "the case has as many facts, or bytes of them, as it may have";
          case UNREADABLE -> "a fault of this server; nothing of the event was stored";
          case FOLD_FAILED ->
              "stored, and kept out of the numbers by a fault of this server; do not send it again";
          default -> "another content came under this source and id before; the first stands";
        };
    return new Rejection(index, Optional.of(record.id()), reason, field, message);
  }
}
