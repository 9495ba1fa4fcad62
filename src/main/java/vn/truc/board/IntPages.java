package vn.truc.board;

import java.util.Arrays;

/// A growing array of ints in pages: growing never copies what is there.
final class IntPages {
  private static final int PAGE_BITS = 12;
  private static final int PAGE = 1 << PAGE_BITS;
  private static final int MASK = PAGE - 1;

  private final int filler;
  private int[][] pages = new int[0][];

  /// @param filler what stands where nothing was set
  IntPages(int filler) {
    this.filler = filler;
  }

  int get(int at) {
    int page = at >>> PAGE_BITS;
    return page < pages.length ? pages[page][at & MASK] : filler;
  }

  void set(int at, int value) {
    int page = at >>> PAGE_BITS;
    while (page >= pages.length) {
      int[] made = new int[PAGE];
      Arrays.fill(made, filler);
      pages = Arrays.copyOf(pages, pages.length + 1);
      pages[pages.length - 1] = made;
    }
    pages[page][at & MASK] = value;
  }
}
