package vn.truc.board;

import java.util.Arrays;

/// The numbers of every scope: counts by day for ever, by quarter hour for [#CELL_DAYS], sums of
/// the five periods that hold today, levels of now with their changes by day.
///
/// The sums of a scope are made anew from the days when the first question or change of a new day
/// comes, one scope at a time.
final class Counters {
  /// Quarter hours and hours are kept this many days.
  static final int CELL_DAYS = 60;

  private static final int CELLS_A_DAY = 96;

  private final Today today;

  /// By scope: a case touches few days in few scopes, and all its measures of a day lie together.
  private final DayRows[] rows;

  /// By scope: the five sums of a measure lie together.
  private final int[][] sums;

  private final int[] summedOn;

  /// By scope and period: the first day of the period its sum stands for.
  private final int[][] summedFrom;

  private final int[] lastDay;
  private final int[][] levels;
  private int cellFloor = Integer.MIN_VALUE;
  private int firstDay = Integer.MAX_VALUE;
  private int lastCountedDay = Integer.MIN_VALUE;
  private int lastLevelDay = Integer.MIN_VALUE;

  Counters(int scopes, Today today) {
    this.today = today;
    rows = new DayRows[scopes];
    Arrays.setAll(rows, _ -> new DayRows());
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
    if ((long) floor - cellFloor > CELL_DAYS) {
      for (DayRows own : rows) {
        own.dropCellsBefore(floor);
      }
    } else {
      for (int day = cellFloor; day < floor; day++) {
        for (DayRows own : rows) {
          DayCounts row = own.find(day);
          if (row != null) {
            row.dropCells();
          }
        }
      }
    }
    cellFloor = floor;
  }

  /// Adds to a measure of some scopes at its place: a quarter hour for a counted one, a day for a
  /// level.
  void add(int[] scopes, int count, Measure measure, int place, int delta) {
    if (measure.level()) {
      firstDay = Math.min(firstDay, place);
      lastLevelDay = Math.max(lastLevelDay, place);
      for (int i = 0; i < count; i++) {
        rows[scopes[i]].at(place).add(measure, delta);
        levels[scopes[i]][measure.ordinal()] += delta;
      }
      return;
    }
    int day = Math.floorDiv(place, CELLS_A_DAY);
    firstDay = Math.min(firstDay, day);
    lastCountedDay = Math.max(lastCountedDay, day);
    int quarter = day >= cellFloor ? place - day * CELLS_A_DAY : -1;
    for (int i = 0; i < count; i++) {
      count(scopes[i], measure, day, quarter, delta);
    }
  }

  private void count(int scope, Measure measure, int day, int quarter, int delta) {
    lastDay[scope] = Math.max(lastDay[scope], day);
    sumUp(scope);
    int[] own = sums[scope];
    int first = measure.ordinal() * Period.count();
    for (int p = 0; p < Period.count(); p++) {
      if (today.covers(p, day)) {
        own[first + p] += delta;
      }
    }
    DayCounts row = rows[scope].at(day);
    row.add(measure, delta);
    if (quarter >= 0) {
      row.addCell(measure, quarter, delta);
    }
  }

  int level(int scope, Measure measure) {
    return levels[scope][measure.ordinal()];
  }

  int sum(int scope, Measure measure, Period period) {
    sumUp(scope);
    return sums[scope][measure.ordinal() * Period.count() + period.ordinal()];
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
    int[] own = sums[scope];
    for (int m = 0; m < Measure.counted(); m++) {
      own[m * Period.count() + period] = 0;
    }
    for (int day = today.start(period); day < end; day++) {
      DayCounts row = rows[scope].find(day);
      if (row != null) {
        for (int m = 0; m < Measure.counted(); m++) {
          own[m * Period.count() + period] += row.get(m);
        }
      }
    }
  }

  /// A copy of all sums, period by period, and levels of a scope, for a digest.
  int[] copy(int scope) {
    sumUp(scope);
    int[] own = sums[scope];
    int[] copy = new int[own.length + levels[scope].length];
    int at = 0;
    for (int p = 0; p < Period.count(); p++) {
      for (int m = 0; m < Measure.count(); m++) {
        copy[at++] = own[m * Period.count() + p];
      }
    }
    System.arraycopy(levels[scope], 0, copy, at, levels[scope].length);
    return copy;
  }

  int onDay(int scope, Measure measure, int day) {
    DayCounts row = rows[scope].find(day);
    return row == null ? 0 : row.get(measure);
  }

  /// The first day whose quarter hours are all kept.
  int firstCellDay() {
    return today.day() - CELL_DAYS;
  }

  int inCell(int scope, Measure measure, int cell) {
    int day = Math.floorDiv(cell, CELLS_A_DAY);
    DayCounts row = rows[scope].find(day);
    return row == null ? 0 : row.inCell(measure, cell - day * CELLS_A_DAY);
  }

  /// The days on which anything counts anywhere lie between this one and [#lastDay()].
  int firstDay() {
    return firstDay;
  }

  int lastDay() {
    return Math.max(lastLevelDay, lastCountedDay);
  }

  /// The last day on which a level changed.
  int lastLevelDay() {
    return lastLevelDay;
  }
}
