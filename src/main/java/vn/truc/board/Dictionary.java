package vn.truc.board;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Texts that recur (sources, agencies, areas, channels …) as small numbers, in the order they were
/// first seen. The numbers are private to one node: nothing that leaves it may depend on them.
final class Dictionary {
  private final Map<String, Integer> ids = new HashMap<>();
  private final List<String> texts = new ArrayList<>();
  private long[] hashes = new long[64];

  /// The number of a text, given now if it has none yet.
  int intern(String text) {
    Integer known = ids.get(text);
    if (known != null) {
      return known;
    }
    int id = texts.size();
    ids.put(text, id);
    texts.add(text);
    if (id == hashes.length) {
      hashes = java.util.Arrays.copyOf(hashes, id * 2);
    }
    hashes[id] = Mix.hash(text.getBytes(StandardCharsets.UTF_8));
    return id;
  }

  /// The number of a text, or -1 when it was never seen.
  int find(String text) {
    Integer known = ids.get(text);
    return known == null ? -1 : known;
  }

  String text(int id) {
    return texts.get(id);
  }

  /// A hash of the text itself: the same on every node.
  long hash(int id) {
    return hashes[id];
  }

  int size() {
    return texts.size();
  }
}
