package vn.truc.board;

/// Finds the numbers of cases by a hash: open addressing in many small tables, so that none takes
/// long to grow, however many cases there are.
///
/// ```
/// slot := tag:6 case number + 1:26               0 when empty; the tag is part of the hash
/// ```
final class CaseIndex {
  /// More cases than this have no number.
  static final int CASES_MAX = (1 << 26) - 2;

  private static final int TABLE_BITS = 10;
  private static final int NUMBER_MASK = (1 << 26) - 1;
  private static final int FIRST_SLOTS = 8;

  private final int[][] tables = new int[1 << TABLE_BITS][FIRST_SLOTS];
  private final int[] used = new int[1 << TABLE_BITS];
  private final Cases cases;

  /// What lies behind the numbers.
  interface Cases {
    /// The hash a case was added under.
    long hash(int number);

    /// Whether a case is the one looked for.
    boolean matches(int number);
  }

  CaseIndex(Cases cases) {
    this.cases = cases;
  }

  /// The number of the case that matches, or -1.
  int find(long hash) {
    int[] table = tables[tableOf(hash)];
    int mask = table.length - 1;
    int tag = tagOf(hash);
    for (int at = (int) hash & mask; ; at = (at + 1) & mask) {
      int slot = table[at];
      if (slot == 0) {
        return -1;
      }
      if ((slot & ~NUMBER_MASK) == tag && cases.matches((slot & NUMBER_MASK) - 1)) {
        return (slot & NUMBER_MASK) - 1;
      }
    }
  }

  /// Adds a case that is not there.
  void add(long hash, int number) {
    if (number >= CASES_MAX) {
      throw new IllegalStateException("more than " + CASES_MAX + " cases");
    }
    int own = tableOf(hash);
    if (++used[own] * 4 > tables[own].length * 3) {
      tables[own] = larger(tables[own]);
    }
    place(tables[own], hash, number);
  }

  private int[] larger(int[] table) {
    int[] made = new int[table.length * 2];
    for (int slot : table) {
      if (slot != 0) {
        int number = (slot & NUMBER_MASK) - 1;
        place(made, cases.hash(number), number);
      }
    }
    return made;
  }

  private static void place(int[] table, long hash, int number) {
    int mask = table.length - 1;
    int at = (int) hash & mask;
    while (table[at] != 0) {
      at = (at + 1) & mask;
    }
    table[at] = tagOf(hash) | (number + 1);
  }

  private static int tableOf(long hash) {
    return (int) (hash >>> (64 - TABLE_BITS));
  }

  private static int tagOf(long hash) {
    return (int) (hash >>> 32) << 26;
  }
}
