package vn.truc.event;

import java.text.Normalizer;
import org.jspecify.annotations.Nullable;

/// The one form of a case code: NFC, without white space around it. Every code that comes from
/// outside, with a fact or to ask for its case, is brought into it.
public final class CaseCode {
  private CaseCode() {}

  static @Nullable String normalOrAbsent(@Nullable String code) {
    return code == null ? null : normal(code);
  }

  /// The form under which a code is kept.
  public static String normal(String code) {
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
