package vn.truc.board;

import java.util.Arrays;

/// Counts by cell of [AnswerScale], sorted by cell; only cells that count something are held.
final class CellCounts {
  private int[] cells = new int[4];
  private int[] counts = new int[4];
  private int size;
  private int total;

  void add(int cell, int delta) {
    total += delta;
    int at = Arrays.binarySearch(cells, 0, size, cell);
    if (at >= 0) {
      counts[at] += delta;
      if (counts[at] == 0) {
        remove(at);
      }
      return;
    }
    insert(-at - 1, cell, delta);
  }

  /// Adds these to counts that have a place for every cell.
  void addTo(int[] all) {
    for (int i = 0; i < size; i++) {
      all[cells[i]] += counts[i];
    }
  }

  /// What counts that have a place for every cell hold.
  static CellCounts of(int[] all) {
    CellCounts made = new CellCounts();
    for (int cell = 0; cell < all.length; cell++) {
      if (all[cell] != 0) {
        made.insert(made.size, cell, all[cell]);
        made.total += all[cell];
      }
    }
    return made;
  }

  /// The upper bound, in minutes, of the cell that holds the value of nearest rank; -1 when nothing
  /// was counted.
  int percentileMinutes(int percent) {
    if (total <= 0) {
      return -1;
    }
    long rank = Math.max(1, Math.ceilDiv((long) total * percent, 100));
    long seen = 0;
    for (int i = 0; i < size; i++) {
      seen += counts[i];
      if (seen >= rank) {
        return AnswerScale.upperMinutes(cells[i]);
      }
    }
    return AnswerScale.LONGEST_MINUTES;
  }

  private void insert(int at, int cell, int delta) {
    if (size == cells.length) {
      cells = Arrays.copyOf(cells, size * 2);
      counts = Arrays.copyOf(counts, size * 2);
    }
    System.arraycopy(cells, at, cells, at + 1, size - at);
    System.arraycopy(counts, at, counts, at + 1, size - at);
    cells[at] = cell;
    counts[at] = delta;
    size++;
  }

  private void remove(int at) {
    size--;
    System.arraycopy(cells, at + 1, cells, at, size - at);
    System.arraycopy(counts, at + 1, counts, at, size - at);
  }
}
