package vn.truc.table;

import java.text.Normalizer;

/// Texts of tables and mappings: in one Unicode form, without blanks around them, and shown so that
/// what the eye does not see is seen.
final class Texts {
  private static final int SHOWN_MAX = 80;

  private Texts() {}

  /// In NFC, without blanks of any kind around it: no-break and zero-width ones, marks of direction
  /// and byte order too.
  static String clean(String text) {
    int from = 0;
    int to = text.length();
    while (from < to && blank(text.charAt(from))) {
      from++;
    }
    while (to > from && blank(text.charAt(to - 1))) {
      to--;
    }
    String inner = text.substring(from, to);
    return Normalizer.isNormalized(inner, Normalizer.Form.NFC)
        ? inner
        : Normalizer.normalize(inner, Normalizer.Form.NFC);
  }

  static boolean blank(int c) {
    return c == ' '
        || Character.isWhitespace(c)
        || Character.isSpaceChar(c)
        || Character.getType(c) == Character.FORMAT;
  }

  /// For messages: short, on one line, with `\u00A0` and the like where a character has no shape or
  /// joins the one before it.
  static String shown(String text) {
    StringBuilder shown = new StringBuilder();
    text.codePoints()
        .limit(SHOWN_MAX)
        .forEach(
            c -> {
              if (hidden(c)) {
                shown.append(c > 0xFFFF ? "\\U%08X".formatted(c) : "\\u%04X".formatted(c));
              } else {
                shown.appendCodePoint(c);
              }
            });
    return text.codePointCount(0, text.length()) > SHOWN_MAX ? shown + "…" : shown.toString();
  }

  private static boolean hidden(int c) {
    return c != ' '
        && switch (Character.getType(c)) {
          case Character.CONTROL,
              Character.FORMAT,
              Character.SPACE_SEPARATOR,
              Character.LINE_SEPARATOR,
              Character.PARAGRAPH_SEPARATOR,
              Character.NON_SPACING_MARK,
              Character.PRIVATE_USE,
              Character.UNASSIGNED,
              Character.SURROGATE ->
              true;
          default -> false;
        };
  }
}
