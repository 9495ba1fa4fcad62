package vn.truc.board;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// The numbers of every scope: counts by day for ever, by quarter hour for [#CELL_DAYS], sums of
/// the five periods that hold today, levels of now with their changes by day.
///
/// The sums of a scope are made anew from the days when the first question or change of a new day
/// comes, one scope at a time.
final class Counters {
  /// Quarter hours and hours are kept this many days.
  static final int CELL_DAYS = 60;

  private static final int CELLS_A_DAY = 96;

  /// Counted measures come first, levels behind them.
  private static final int COUNTED = Measure.FEEDBACK_OPEN.ordinal();

  private final Today today;

  /// Rows by scope and day, open addressing; a case touches few days in few scopes, and all its
  /// measures of a day lie together.
  private long[] rowKeys = new long[1024];

  private @Nullable DayCounts[] rows = new DayCounts[1024];
  private int rowCount;

  /// The row last added to: the measures of a case mostly fall on few days.
  private long latestKey;

  private DayCounts latest = new DayCounts();
  private final int[][] sums;
  private final int[] summedOn;

  /// By scope and period: the first day of the period its sum stands for.
  private final int[][] summedFrom;

  private final int[] lastDay;
  private final int[][] levels;
  private int cellFloor = Integer.MIN_VALUE;
  private int lastLevelDay = Integer.MIN_VALUE;

  Counters(int scopes, Today today) {
    this.today = today;
    sums = new int[scopes][Period.count() * Measure.count()];
    summedOn = new int[scopes];
    Arrays.fill(summedOn, Integer.MIN_VALUE);
    summedFrom = new int[scopes][Period.count()];
    for (int[] starts : summedFrom) {
      Arrays.fill(starts, Integer.MIN_VALUE);
    }
    lastDay = new int[scopes];
    Arrays.fill(lastDay, Integer.MIN_VALUE);
    levels = new int[scopes][Measure.count()];
  }

  /// Forgets the quarter hours that are too old on a new day.
  void dayChanged() {
    int floor = today.day() - CELL_DAYS;
    long gone = ((long) floor - cellFloor) * levels.length;
    if (gone <= rowCount) {
      for (int day = cellFloor; day < floor; day++) {
        for (int scope = 0; scope < levels.length; scope++) {
          dropCells(rows[slot(key(scope, day))]);
        }
      }
    } else {
      for (int at = 0; at < rows.length; at++) {
        if ((int) rowKeys[at] < floor) {
          dropCells(rows[at]);
        }
      }
    }
    cellFloor = floor;
  }

  private static void dropCells(@Nullable DayCounts row) {
    if (row != null) {
      row.dropCells();
    }
  }

  /// Adds to a measure of a scope at its place: a quarter hour for a counted one, a day for a
  /// level.
  void add(int scope, Measure measure, int place, int delta) {
    if (measure.level()) {
      row(scope, place).add(measure, delta);
      levels[scope][measure.ordinal()] += delta;
      lastLevelDay = Math.max(lastLevelDay, place);
      return;
    }
    int day = Math.floorDiv(place, CELLS_A_DAY);
    lastDay[scope] = Math.max(lastDay[scope], day);
    sumUp(scope);
    int[] own = sums[scope];
    for (int p = 0; p < Period.count(); p++) {
      if (today.covers(p, day)) {
        own[p * Measure.count() + measure.ordinal()] += delta;
      }
    }
    DayCounts row = row(scope, day);
    row.add(measure, delta);
    if (day >= cellFloor) {
      row.addCell(measure, place - day * CELLS_A_DAY, delta);
    }
  }

  private DayCounts row(int scope, int day) {
    long key = key(scope, day);
    if (key == latestKey) {
      return latest;
    }
    DayCounts row = rowAt(key);
    latestKey = key;
    latest = row;
    return row;
  }

  private DayCounts rowAt(long key) {
    int at = slot(key);
    DayCounts known = rows[at];
    if (known != null) {
      return known;
    }
    if (rowCount * 2 >= rows.length) {
      growRows();
      at = slot(key);
    }
    DayCounts made = new DayCounts();
    rowKeys[at] = key;
    rows[at] = made;
    rowCount++;
    return made;
  }

  private void growRows() {
    long[] oldKeys = rowKeys;
    @Nullable DayCounts[] oldRows = rows;
    rowKeys = new long[oldKeys.length * 2];
    rows = new DayCounts[oldKeys.length * 2];
    for (int i = 0; i < oldKeys.length; i++) {
      if (oldRows[i] != null) {
        int at = slot(oldKeys[i]);
        rowKeys[at] = oldKeys[i];
        rows[at] = oldRows[i];
      }
    }
  }

  private int slot(long key) {
    int mask = rowKeys.length - 1;
    int at = (int) Mix.mix(key) & mask;
    while (rowKeys[at] != 0 && rowKeys[at] != key) {
      at = (at + 1) & mask;
    }
    return at;
  }

  int level(int scope, Measure measure) {
    return levels[scope][measure.ordinal()];
  }

  int sum(int scope, Measure measure, Period period) {
    sumUp(scope);
    return sums[scope][period.ordinal() * Measure.count() + measure.ordinal()];
  }

  /// Brings the sums of a scope to the day of today: only periods that began anew are added up.
  private void sumUp(int scope) {
    if (summedOn[scope] == today.day()) {
      return;
    }
    summedOn[scope] = today.day();
    for (int p = 0; p < Period.count(); p++) {
      if (summedFrom[scope][p] != today.start(p)) {
        summedFrom[scope][p] = today.start(p);
        sumUp(scope, p);
      }
    }
  }

  private void sumUp(int scope, int period) {
    int end = Math.min(today.end(period), lastDay[scope] + 1);
    int from = period * Measure.count();
    int[] own = sums[scope];
    Arrays.fill(own, from, from + Measure.count(), 0);
    for (int day = today.start(period); day < end; day++) {
      DayCounts row = rows[slot(key(scope, day))];
      if (row != null) {
        for (int m = 0; m < COUNTED; m++) {
          own[from + m] += row.get(m);
        }
      }
    }
  }

  /// A copy of all sums and levels of a scope, for a digest.
  int[] copy(int scope) {
    sumUp(scope);
    int[] copy = Arrays.copyOf(sums[scope], sums[scope].length + levels[scope].length);
    System.arraycopy(levels[scope], 0, copy, sums[scope].length, levels[scope].length);
    return copy;
  }

  int onDay(int scope, Measure measure, int day) {
    DayCounts row = rows[slot(key(scope, day))];
    return row == null ? 0 : row.get(measure);
  }

  /// The first day whose quarter hours are all kept.
  int firstCellDay() {
    return today.day() - CELL_DAYS;
  }

  int inCell(int scope, Measure measure, int cell) {
    int day = Math.floorDiv(cell, CELLS_A_DAY);
    DayCounts row = rows[slot(key(scope, day))];
    return row == null ? 0 : row.inCell(measure, cell - day * CELLS_A_DAY);
  }

  /// A level at the end of a day, as known now.
  int levelAtEnd(int scope, Measure measure, int day) {
    int value = level(scope, measure);
    for (int later = day + 1; later <= lastLevelDay; later++) {
      value -= onDay(scope, measure, later);
    }
    return value;
  }

  private static long key(int scope, int day) {
    return ((long) (scope + 1) << 32) | (day & 0xFFFFFFFFL);
  }
}
