package vn.truc.board;

/// Finds the numbers of cases by a hash: open addressing in many small tables, so that none takes
/// long to grow, however many cases there are.
///
/// ```
/// slot := upper half of the hash:32  case number + 1:32        0 when empty
/// ```
///
/// The first bits of the half choose the table, the last ones the place in it: a table grows
/// without a look at the cases.
final class CaseIndex {
  private static final int TABLE_BITS = 10;
  private static final int FIRST_SLOTS = 8;

  private final long[][] tables = new long[1 << TABLE_BITS][FIRST_SLOTS];
  private final int[] used = new int[1 << TABLE_BITS];
  private final Cases cases;

  /// What lies behind the numbers.
  @FunctionalInterface
  interface Cases {
    /// Whether a case is the one looked for.
    boolean matches(int number);
  }

  CaseIndex(Cases cases) {
    this.cases = cases;
  }

  /// The number of the case that matches, or -1.
  int find(long hash) {
    int half = half(hash);
    long[] table = tables[tableOf(half)];
    int mask = table.length - 1;
    for (int at = half & mask; ; at = (at + 1) & mask) {
      long slot = table[at];
      if (slot == 0) {
        return -1;
      }
      if (half(slot) == half && cases.matches((int) slot - 1)) {
        return (int) slot - 1;
      }
    }
  }

  /// Adds a case that is not there.
  void add(long hash, int number) {
    int half = half(hash);
    int own = tableOf(half);
    if (++used[own] * 4 > tables[own].length * 3) {
      tables[own] = larger(tables[own]);
    }
    place(tables[own], (long) half << 32 | (number + 1));
  }

  private static long[] larger(long[] table) {
    long[] made = new long[table.length * 2];
    for (long slot : table) {
      if (slot != 0) {
        place(made, slot);
      }
    }
    return made;
  }

  private static void place(long[] table, long slot) {
    int mask = table.length - 1;
    int at = half(slot) & mask;
    while (table[at] != 0) {
      at = (at + 1) & mask;
    }
    table[at] = slot;
  }

  private static int half(long hash) {
    return (int) (hash >>> 32);
  }

  private static int tableOf(int half) {
    return half >>> (32 - TABLE_BITS);
  }
}
