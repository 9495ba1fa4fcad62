package vn.truc.board;

import java.util.Arrays;

/// A growing array of longs in pages: growing never copies what is there.
final class LongPages {
  private static final int PAGE_BITS = 12;
  private static final int PAGE = 1 << PAGE_BITS;
  private static final int MASK = PAGE - 1;

  private final long filler;
  private long[][] pages = new long[0][];

  /// @param filler what stands where nothing was set
  LongPages(long filler) {
    this.filler = filler;
  }

  long get(int at) {
    int page = at >>> PAGE_BITS;
    return page < pages.length ? pages[page][at & MASK] : filler;
  }

  void set(int at, long value) {
    int page = at >>> PAGE_BITS;
    while (page >= pages.length) {
      long[] made = new long[PAGE];
      Arrays.fill(made, filler);
      pages = Arrays.copyOf(pages, pages.length + 1);
      pages[pages.length - 1] = made;
    }
    pages[page][at & MASK] = value;
  }
}
