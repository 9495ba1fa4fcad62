package vn.truc.board;

/// Counts by a 64-bit key other than 0, open addressing with linear probing. Keys stay once they
/// came, with a count of 0 at last; a map that is no longer wanted is dropped whole.
final class LongIntMap {
  private long[] keys = new long[1024];
  private int[] values = new int[1024];
  private int size;

  int get(long key) {
    int mask = keys.length - 1;
    int slot = (int) Mix.mix(key) & mask;
    while (keys[slot] != 0) {
      if (keys[slot] == key) {
        return values[slot];
      }
      slot = (slot + 1) & mask;
    }
    return 0;
  }

  void add(long key, int delta) {
    int mask = keys.length - 1;
    int slot = (int) Mix.mix(key) & mask;
    while (keys[slot] != 0) {
      if (keys[slot] == key) {
        values[slot] += delta;
        return;
      }
      slot = (slot + 1) & mask;
    }
    keys[slot] = key;
    values[slot] = delta;
    if (++size * 5 > keys.length * 3) {
      grow();
    }
  }

  private void grow() {
    long[] oldKeys = keys;
    int[] oldValues = values;
    keys = new long[oldKeys.length * 2];
    values = new int[keys.length];
    int mask = keys.length - 1;
    for (int i = 0; i < oldKeys.length; i++) {
      if (oldKeys[i] != 0) {
        int slot = (int) Mix.mix(oldKeys[i]) & mask;
        while (keys[slot] != 0) {
          slot = (slot + 1) & mask;
        }
        keys[slot] = oldKeys[i];
        values[slot] = oldValues[i];
      }
    }
  }

  int size() {
    return size;
  }
}
