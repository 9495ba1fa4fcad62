package vn.truc.board;

import org.jspecify.annotations.Nullable;

/// The days of one scope on which anything counts: open addressing by day, small enough to grow at
/// once.
final class DayRows {
  private int[] days = new int[16];
  private @Nullable DayCounts[] rows = new DayCounts[16];
  private int count;

  /// The counts of a day; null when nothing was ever counted on it.
  @Nullable DayCounts find(int day) {
    return rows[slot(day)];
  }

  /// The counts of a day, made now when there are none.
  DayCounts at(int day) {
    int at = slot(day);
    DayCounts known = rows[at];
    if (known != null) {
      return known;
    }
    if (++count * 2 > rows.length) {
      grow();
      at = slot(day);
    }
    DayCounts made = new DayCounts();
    days[at] = day;
    rows[at] = made;
    return made;
  }

  /// Forgets the quarter hours of all days before one.
  void dropCellsBefore(int floor) {
    for (int at = 0; at < rows.length; at++) {
      DayCounts row = rows[at];
      if (row != null && days[at] < floor) {
        row.dropCells();
      }
    }
  }

  private void grow() {
    int[] oldDays = days;
    @Nullable DayCounts[] oldRows = rows;
    days = new int[oldDays.length * 2];
    rows = new DayCounts[oldRows.length * 2];
    for (int i = 0; i < oldRows.length; i++) {
      if (oldRows[i] != null) {
        int at = slot(oldDays[i]);
        days[at] = oldDays[i];
        rows[at] = oldRows[i];
      }
    }
  }

  /// Days that follow one another lie beside one another.
  private int slot(int day) {
    int mask = rows.length - 1;
    int at = day & mask;
    while (rows[at] != null && days[at] != day) {
      at = (at + 1) & mask;
    }
    return at;
  }
}
