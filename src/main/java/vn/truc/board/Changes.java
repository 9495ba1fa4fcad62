package vn.truc.board;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import vn.truc.event.LogRecord;

/// Makes changes of what a tally has prepared or turned.
final class Changes {
  private final Summaries summaries;
  private final int[] keys = new int[Scopes.KEYS_MAX];

  Changes(Summaries summaries) {
    this.summaries = summaries;
  }

  /// The change a fact makes, prepared and not in force yet.
  ///
  /// @param known whether the case was there before
  Change byFact(Tally tally, boolean known, LogRecord record) {
    String code = record.subject().orElseThrow();
    Optional<CaseSummary> was =
        known
            ? Optional.of(summaries.of(tally.before(), code, tally.phaseBefore()))
            : Optional.empty();
    return new Change(
        was,
        summaries.of(tally.after(), code, tally.phase()),
        scopes(tally),
        Change.Cause.FACT,
        record.position(),
        record.timeMicros());
  }

  /// The change the clock made.
  Change byClock(Tally tally, String code) {
    return new Change(
        Optional.empty(),
        summaries.of(tally.after(), code, tally.phase()),
        scopes(tally),
        Change.Cause.CLOCK,
        0,
        tally.turnedAt());
  }

  private List<String> scopes(Tally tally) {
    if (tally.after().voided()) {
      return List.of();
    }
    int count = tally.afterKeys(keys);
    List<String> names = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      names.add(tally.scopes().name(keys[i]));
    }
    return names;
  }
}
