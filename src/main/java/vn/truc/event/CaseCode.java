package vn.truc.event;

import java.text.Normalizer;
import org.jspecify.annotations.Nullable;

/// The one form of a case code: NFC, without white space around it.
final class CaseCode {
  private CaseCode() {}

  static @Nullable String normal(@Nullable String code) {
    if (code == null) {
      return null;
    }
    int from = 0;
    int to = code.length();
    while (from < to && isSpace(code.charAt(from))) {
      from++;
    }
    while (to > from && isSpace(code.charAt(to - 1))) {
      to--;
    }
    String trimmed = code.substring(from, to);
    for (int i = 0; i < trimmed.length(); i++) {
      if (trimmed.charAt(i) >= 0x80) {
        return Normalizer.normalize(trimmed, Normalizer.Form.NFC);
      }
    }
    return trimmed;
  }

  private static boolean isSpace(char character) {
    return Character.isWhitespace(character) || Character.isSpaceChar(character);
  }
}
