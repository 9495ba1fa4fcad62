package vn.truc.intake;

import vn.truc.event.LogRecord;
import vn.truc.intake.UnderWay.Identity;
import vn.truc.log.Draft;

/// An event of a batch that is to go into the log.
///
/// @param index its place in its body, from 0
record Pending(long index, Identity identity, Draft draft) {
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
