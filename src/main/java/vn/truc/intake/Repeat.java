package vn.truc.intake;

import vn.truc.event.LogRecord;

/// An event under an identity that stands earlier in its batch, or in one still on its way.
record Repeat(long index, LogRecord record, boolean sameContent) {
  /// What the fold will say where the first counts.
  Fold.Verdict verdict() {
    return sameContent ? Fold.Verdict.DUPLICATE : Fold.Verdict.CONFLICT;
  }
}
