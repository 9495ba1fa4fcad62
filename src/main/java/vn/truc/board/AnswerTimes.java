package vn.truc.board;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Answer times per scope: by day, and merged for the periods of today.
final class AnswerTimes {
  private final Map<Long, CellCounts> byDay = new HashMap<>();
  private final @Nullable CellCounts[] merged;
  private final int[] mergedFrom;
  private final Today calendar;

  AnswerTimes(int scopes, Today calendar) {
    this.calendar = calendar;
    merged = new CellCounts[scopes * Period.count()];
    mergedFrom = new int[scopes * Period.count()];
  }

  void add(int scope, int day, int cell, int delta) {
    byDay.computeIfAbsent(key(scope, day), _ -> new CellCounts()).add(cell, delta);
    for (int p = 0; p < Period.count(); p++) {
      int at = scope * Period.count() + p;
      CellCounts counts = merged[at];
      if (counts != null && mergedFrom[at] == calendar.start(p) && calendar.covers(p, day)) {
        counts.add(cell, delta);
      }
    }
  }

  /// Nearest-rank percentile of a period in whole minutes; -1 when nothing was answered in it.
  int percentileMinutes(int scope, Period period, int percent) {
    return counts(scope, period).percentileMinutes(percent);
  }

  private CellCounts counts(int scope, Period period) {
    int at = scope * Period.count() + period.ordinal();
    int start = calendar.start(period.ordinal());
    CellCounts known = merged[at];
    if (known != null && mergedFrom[at] == start) {
      return known;
    }
    int[] all = new int[AnswerScale.CELLS];
    for (int day = start; day < calendar.end(period.ordinal()); day++) {
      CellCounts ofDay = byDay.get(key(scope, day));
      if (ofDay != null) {
        ofDay.addTo(all);
      }
    }
    CellCounts counts = CellCounts.of(all);
    merged[at] = counts;
    mergedFrom[at] = start;
    return counts;
  }

  /// Neighbours in number, which a hash map of longs spreads best.
  private long key(int scope, int day) {
    return (long) day * mergedFrom.length + scope;
  }
}
