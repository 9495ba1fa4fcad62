package vn.truc.board;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Texts that recur (sources, agencies, areas, channels …) as small numbers, in the order they were
/// first seen. The numbers are private to one node: nothing that leaves it may depend on them.
///
/// A text once in stays for ever, and senders choose the texts; so there are at most so many, none
/// of them long. What is not let in stands in the histories as it came ([#OUTSIDE]), and means the
/// same there. Codes of the configuration and channels that are counted are always let in.
final class Dictionary {
  /// Stands for a text that is not here: it is kept where it came.
  static final int OUTSIDE = -2;

  /// Stands for no text at all.
  static final int NONE = -1;

  /// A text longer than this is no code: sources, the longest of them, are paths of a few names.
  static final int TEXT_CHARS_MAX = 128;

  private final int textsMax;
  private final Map<String, Integer> ids = new HashMap<>();
  private final List<String> texts = new ArrayList<>();
  private final Set<String> trusted = new HashSet<>();
  private long[] hashes = new long[64];

  /// @param textsMax texts of senders' choice that are let in
  Dictionary(int textsMax) {
    this.textsMax = textsMax;
    trusted.addAll(Measure.channels());
  }

  /// Lets codes of a configuration in, however many texts there are.
  void trust(BoardConfig config) {
    config.agencies().forEach(agency -> trusted.add(agency.id()));
    config.areas().forEach(area -> trusted.add(area.code()));
    config.fields().forEach(field -> trusted.add(field.id()));
  }

  /// The number of a text, given now if it has none yet; [#OUTSIDE] where it is not let in.
  int intern(String text) {
    Integer known = ids.get(text);
    if (known != null) {
      return known;
    }
    boolean fits = texts.size() < textsMax && text.length() <= TEXT_CHARS_MAX;
    return fits || trusted.contains(text) ? add(text) : OUTSIDE;
  }

  /// Gives the next number to a text of a snapshot, where it was let in.
  int add(String text) {
    int id = texts.size();
    if (ids.put(text, id) != null) {
      throw new IllegalArgumentException("a text twice in the dictionary");
    }
    texts.add(text);
    if (id == hashes.length) {
      hashes = Arrays.copyOf(hashes, id * 2);
    }
    hashes[id] = hash(text);
    return id;
  }

  /// The number of a text, or [#OUTSIDE] when it has none.
  int find(String text) {
    Integer known = ids.get(text);
    return known == null ? OUTSIDE : known;
  }

  String text(int id) {
    return texts.get(id);
  }

  /// A hash of the text itself: the same on every node.
  long hash(int id) {
    return hashes[id];
  }

  /// The hash of any text, in here or not.
  static long hash(String text) {
    return Mix.hash(text.getBytes(StandardCharsets.UTF_8));
  }

  int size() {
    return texts.size();
  }
}
