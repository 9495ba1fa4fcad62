package vn.truc.board;

import java.util.Arrays;

/// The next due moment of every case that has one: a binary heap whose entries may be stale. A
/// case's own entry is the one that equals its moment.
final class DueQueue {
  static final long NEVER = Long.MAX_VALUE;

  private long[] heapMoments = new long[256];
  private int[] heapCases = new int[256];
  private int size;
  private long[] moments = new long[1024];

  DueQueue() {
    Arrays.fill(moments, NEVER);
  }

  /// Sets when a case is next to be looked at; [#NEVER] for not at all.
  void set(int number, long moment) {
    if (number >= moments.length) {
      int old = moments.length;
      moments = Arrays.copyOf(moments, Math.max(number + 1, old + (old >> 1)));
      Arrays.fill(moments, old, moments.length, NEVER);
    }
    if (moments[number] == moment) {
      return;
    }
    moments[number] = moment;
    if (moment != NEVER) {
      push(moment, number);
    }
  }

  /// The earliest moment, or [#NEVER]; stale entries before it are thrown away.
  long first() {
    while (size > 0 && moments[heapCases[0]] != heapMoments[0]) {
      removeFirst();
    }
    return size == 0 ? NEVER : heapMoments[0];
  }

  /// Takes the case of the earliest moment; its moment is then [#NEVER]. Call [#first()] before.
  int take() {
    int number = heapCases[0];
    moments[number] = NEVER;
    removeFirst();
    return number;
  }

  private void push(long moment, int number) {
    if (size == heapMoments.length) {
      heapMoments = Arrays.copyOf(heapMoments, size * 2);
      heapCases = Arrays.copyOf(heapCases, size * 2);
    }
    int at = size++;
    while (at > 0) {
      int parent = (at - 1) >>> 1;
      if (heapMoments[parent] <= moment) {
        break;
      }
      heapMoments[at] = heapMoments[parent];
      heapCases[at] = heapCases[parent];
      at = parent;
    }
    heapMoments[at] = moment;
    heapCases[at] = number;
  }

  private void removeFirst() {
    size--;
    if (size == 0) {
      return;
    }
    long moment = heapMoments[size];
    int number = heapCases[size];
    int at = 0;
    while (true) {
      int child = 2 * at + 1;
      if (child >= size) {
        break;
      }
      if (child + 1 < size && heapMoments[child + 1] < heapMoments[child]) {
        child++;
      }
      if (heapMoments[child] >= moment) {
        break;
      }
      heapMoments[at] = heapMoments[child];
      heapCases[at] = heapCases[child];
      at = child;
    }
    heapMoments[at] = moment;
    heapCases[at] = number;
  }
}
