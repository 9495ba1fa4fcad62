package vn.truc.board;

/// The next due moment of every case that has one: a binary heap of case numbers, each of which
/// knows its place, so that a moment that moves is moved and nothing stale stays behind.
final class DueQueue {
  static final long NEVER = Long.MAX_VALUE;

  /// By case: its moment, [#NEVER] when it is not in the heap.
  private final LongPages moments = new LongPages(NEVER);

  /// By case: its place in the heap, when it is in it.
  private final IntPages places = new IntPages(0);

  private final IntPages heap = new IntPages(0);
  private int size;

  /// Sets when a case is next to be looked at; [#NEVER] for not at all.
  void set(int number, long moment) {
    long before = moments.get(number);
    if (before == moment) {
      return;
    }
    moments.set(number, moment);
    if (moment == NEVER) {
      leave(places.get(number));
    } else if (before == NEVER) {
      rise(size++, number, moment);
    } else if (moment < before) {
      rise(places.get(number), number, moment);
    } else {
      sink(places.get(number), number, moment);
    }
  }

  /// The earliest moment, or [#NEVER].
  long first() {
    return size == 0 ? NEVER : moments.get(heap.get(0));
  }

  /// Takes the case of the earliest moment; its moment is then [#NEVER]. There must be one.
  int take() {
    int number = heap.get(0);
    set(number, NEVER);
    return number;
  }

  private void leave(int place) {
    size--;
    if (place == size) {
      return;
    }
    int last = heap.get(size);
    long moment = moments.get(last);
    if (place > 0 && moments.get(heap.get((place - 1) >>> 1)) > moment) {
      rise(place, last, moment);
    } else {
      sink(place, last, moment);
    }
  }

  private void rise(int from, int number, long moment) {
    int at = from;
    while (at > 0) {
      int parent = (at - 1) >>> 1;
      int above = heap.get(parent);
      if (moments.get(above) <= moment) {
        break;
      }
      put(at, above);
      at = parent;
    }
    put(at, number);
  }

  private void sink(int from, int number, long moment) {
    int at = from;
    while (true) {
      int child = 2 * at + 1;
      if (child >= size) {
        break;
      }
      int below = heap.get(child);
      long least = moments.get(below);
      if (child + 1 < size) {
        int other = heap.get(child + 1);
        long moved = moments.get(other);
        if (moved < least) {
          child++;
          below = other;
          least = moved;
        }
      }
      if (least >= moment) {
        break;
      }
      put(at, below);
      at = child;
    }
    put(at, number);
  }

  private void put(int place, int number) {
    heap.set(place, number);
    places.set(number, place);
  }
}
