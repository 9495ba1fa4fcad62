package vn.truc.board;

/// The day the board stands at, with the bounds of its five periods.
final class Today {
  private final int[] starts = new int[Period.count()];
  private final int[] ends = new int[Period.count()];
  private int day = Integer.MIN_VALUE;

  void moveTo(int newDay) {
    day = newDay;
    for (int p = 0; p < starts.length; p++) {
      starts[p] = Period.at(p).start(newDay);
      ends[p] = Period.at(p).end(newDay);
    }
  }

  int day() {
    return day;
  }

  int start(int period) {
    return starts[period];
  }

  int end(int period) {
    return ends[period];
  }

  boolean covers(int period, int someDay) {
    return someDay >= starts[period] && someDay < ends[period];
  }
}
