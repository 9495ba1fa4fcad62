package vn.truc.board;

/// What one scope counts on one day: a number per measure, and the same split by quarter hour as
/// long as those are kept.
///
/// Quarter hours stand in an open table of longs, `(measure * 96 + quarter + 1) << 32 | count`; a
/// key that came stays, with a count of 0 at last.
final class DayCounts {
  private static final long[] NO_CELLS = new long[0];
  private static final int CELLS_A_DAY = 96;

  private final int[] counts = new int[Measure.count()];
  private long[] cells = NO_CELLS;
  private int used;

  int get(Measure measure) {
    return counts[measure.ordinal()];
  }

  int get(int measure) {
    return counts[measure];
  }

  void add(Measure measure, int delta) {
    counts[measure.ordinal()] += delta;
  }

  /// Adds to a quarter hour of the day, 0 to 95.
  void addCell(Measure measure, int quarter, int delta) {
    if (used * 3 >= cells.length * 2) {
      grow();
    }
    int key = key(measure, quarter);
    int at = slot(cells, key);
    if (cells[at] == 0) {
      used++;
    }
    cells[at] = ((long) key << 32) | ((count(cells[at]) + delta) & 0xFFFFFFFFL);
  }

  int inCell(Measure measure, int quarter) {
    return used == 0 ? 0 : count(cells[slot(cells, key(measure, quarter))]);
  }

  void dropCells() {
    cells = NO_CELLS;
    used = 0;
  }

  private void grow() {
    long[] larger = new long[Math.max(8, cells.length * 2)];
    for (long cell : cells) {
      if (cell != 0) {
        larger[slot(larger, (int) (cell >>> 32))] = cell;
      }
    }
    cells = larger;
  }

  private static int count(long cell) {
    return (int) cell;
  }

  private static int key(Measure measure, int quarter) {
    return measure.ordinal() * CELLS_A_DAY + quarter + 1;
  }

  private static int slot(long[] cells, int key) {
    int mask = cells.length - 1;
    int at = ((key * 0x9E3779B9) >>> 16) & mask;
    while (cells[at] != 0 && (int) (cells[at] >>> 32) != key) {
      at = (at + 1) & mask;
    }
    return at;
  }
}
