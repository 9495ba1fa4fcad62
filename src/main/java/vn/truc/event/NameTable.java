package vn.truc.event;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Arrays;
import java.util.List;

/// A fixed set of member names, found by their bytes without making a text.
final class NameTable {
  private final byte[][] names;
  private final int[] slots;

  NameTable(List<String> labels) {
    names = new byte[labels.size()][];
    slots = new int[Integer.highestOneBit(labels.size()) * 8];
    for (int id = 0; id < names.length; id++) {
      byte[] name = labels.get(id).getBytes(UTF_8);
      names[id] = name;
      int slot = (int) ContentHash.bytes(name, 0, name.length) & (slots.length - 1);
      while (slots[slot] != 0) {
        slot = (slot + 1) & (slots.length - 1);
      }
      slots[slot] = id + 1;
    }
  }

  /// The index of the name in the list, or -1.
  int find(byte[] bytes, int from, int to, long hash) {
    int slot = (int) hash & (slots.length - 1);
    while (slots[slot] != 0) {
      byte[] name = names[slots[slot] - 1];
      if (Arrays.equals(name, 0, name.length, bytes, from, to)) {
        return slots[slot] - 1;
      }
      slot = (slot + 1) & (slots.length - 1);
    }
    return -1;
  }
}
