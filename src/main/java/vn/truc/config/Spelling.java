package vn.truc.config;

import java.util.Collection;
import java.util.Comparator;

/// Guesses what a misspelt key meant.
final class Spelling {
  private static final int EDITS_MAX = 2;

  private Spelling() {}

  /// `; did you mean 'x'?`, or nothing when no known key is near.
  static String suggestion(String key, Collection<String> known) {
    return known.stream()
        .filter(candidate -> edits(key, candidate) <= EDITS_MAX)
        .min(Comparator.comparingInt(candidate -> edits(key, candidate)))
        .map(candidate -> "; did you mean '" + candidate + "'?")
        .orElse("");
  }

  /// Levenshtein distance, two rows at a time.
  static int edits(String left, String right) {
    int[] above = new int[right.length() + 1];
    for (int column = 0; column <= right.length(); column++) {
      above[column] = column;
    }
    for (int row = 1; row <= left.length(); row++) {
      int[] current = new int[right.length() + 1];
      current[0] = row;
      for (int column = 1; column <= right.length(); column++) {
        int replaced =
            above[column - 1] + (left.charAt(row - 1) == right.charAt(column - 1) ? 0 : 1);
        current[column] = Math.min(replaced, Math.min(above[column], current[column - 1]) + 1);
      }
      above = current;
    }
    return above[right.length()];
  }
}
