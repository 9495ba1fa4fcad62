package vn.truc.intake;

import java.util.Optional;
import vn.truc.event.Decoded;
import vn.truc.event.Event;
import vn.truc.event.LogRecord;
import vn.truc.intake.UnderWay.Identity;
import vn.truc.log.Draft;

/// An event of a batch that is to go into the log.
///
/// @param index its place in its body, from 0
record Pending(long index, Identity identity, Draft draft) {
  /// @param keptUntilMicros when its personal members expire
  static Pending of(Decoded.Accepted event, Identity identity, long keptUntilMicros) {
    LogRecord record = event.record();
    Optional<Draft.Personal> personal =
        event
            .personal()
            .filter(_ -> record.event() instanceof Event.CaseFact)
            .map(
                fields ->
                    new Draft.Personal(
                        identity.kind(), identity.subject(), fields, keptUntilMicros));
    return new Pending(event.index(), identity, new Draft(record, personal));
  }

  LogRecord record() {
    return draft.record();
  }

  /// The hash of what it says.
  long content() {
    return record().event().contentHash();
  }

  /// As the repeat of an event of the same identity.
  Repeat repeat(boolean sameContent) {
    return new Repeat(index, record(), sameContent);
  }
}
