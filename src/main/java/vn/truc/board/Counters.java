package vn.truc.board;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/// The numbers of every scope: counts by day for ever, by quarter hour for [#CELL_DAYS], sums of
/// the five periods that hold today, levels of now with their changes by day.
///
/// The sums of a scope are made anew from the days when the first question or change of a new day
/// comes, one scope at a time.
final class Counters {
  /// Quarter hours and hours are kept this many days.
  static final int CELL_DAYS = 60;

  private static final int BLOCK_DAYS = 8;

  private final Today today;
  private final LongIntMap days = new LongIntMap();
  private final Map<Integer, LongIntMap> cellBlocks = new HashMap<>();
  private final int[][] sums;
  private final int[] summedOn;

  /// By scope and period: the first day of the period its sum stands for.
  private final int[][] summedFrom;

  private final int[] lastDay;
  private final int[][] levels;
  private int blockFloor = Integer.MIN_VALUE;
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
    int floor = Math.floorDiv(today.day() - CELL_DAYS, BLOCK_DAYS);
    if (floor > blockFloor) {
      blockFloor = floor;
      cellBlocks.keySet().removeIf(block -> block < floor);
    }
  }

  /// Adds to a measure of a scope at its place: a quarter hour for a counted one, a day for a
  /// level.
  void add(int scope, Measure measure, int place, int delta) {
    if (measure.level()) {
      days.add(key(scope, measure, place), delta);
      levels[scope][measure.ordinal()] += delta;
      lastLevelDay = Math.max(lastLevelDay, place);
      return;
    }
    int day = Math.floorDiv(place, 96);
    lastDay[scope] = Math.max(lastDay[scope], day);
    sumUp(scope);
    int[] own = sums[scope];
    for (int p = 0; p < Period.count(); p++) {
      if (today.covers(p, day)) {
        own[p * Measure.count() + measure.ordinal()] += delta;
      }
    }
    days.add(key(scope, measure, day), delta);
    int block = Math.floorDiv(day, BLOCK_DAYS);
    if (block >= blockFloor) {
      cellBlocks
          .computeIfAbsent(block, _ -> new LongIntMap())
          .add(key(scope, measure, place), delta);
    }
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
    for (int m = 0; m < Measure.count(); m++) {
      Measure measure = Measure.at(m);
      int sum = 0;
      if (!measure.level()) {
        for (int day = today.start(period); day < end; day++) {
          sum += days.get(key(scope, measure, day));
        }
      }
      sums[scope][period * Measure.count() + m] = sum;
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
    return days.get(key(scope, measure, day));
  }

  /// The first day whose quarter hours are all kept.
  int firstCellDay() {
    return today.day() - CELL_DAYS;
  }

  int inCell(int scope, Measure measure, int cell) {
    LongIntMap block = cellBlocks.get(Math.floorDiv(Math.floorDiv(cell, 96), BLOCK_DAYS));
    return block == null ? 0 : block.get(key(scope, measure, cell));
  }

  /// A level at the end of a day, as known now.
  int levelAtEnd(int scope, Measure measure, int day) {
    int value = level(scope, measure);
    for (int later = day + 1; later <= lastLevelDay; later++) {
      value -= days.get(key(scope, measure, later));
    }
    return value;
  }

  private static long key(int scope, Measure measure, int place) {
    return ((long) (scope + 1) << 48) | ((long) measure.ordinal() << 40) | (place & 0xFFFFFFFFL);
  }
}
