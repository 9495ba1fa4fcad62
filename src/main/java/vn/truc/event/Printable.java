package vn.truc.event;

/// Text that people read in lists, logs and notices. Characters that change how what stands around
/// them is read have no place in it: controls, line separators, and those that turn the direction
/// of writing or show nothing. New text with one is refused, old text is shown with it escaped.
public final class Printable {
  private Printable() {}

  /// Whether all of a text can be shown as it is.
  public static boolean is(String text) {
    return text.codePoints().noneMatch(Printable::hidden);
  }

  /// Refuses a text that cannot be shown as it is.
  ///
  /// @throws IllegalArgumentException naming the first character that cannot be shown
  public static void require(String what, String text) {
    text.codePoints()
        .filter(Printable::hidden)
        .findFirst()
        .ifPresent(
            found -> {
              throw new IllegalArgumentException(
                  "%s must hold no control character; this holds U+%04X".formatted(what, found));
            });
  }

  /// The text with each character that cannot be shown as `\ u` and its number.
  public static String escaped(String text) {
    if (is(text)) {
      return text;
    }
    StringBuilder shown = new StringBuilder();
    text.codePoints()
        .forEach(
            c -> {
              if (hidden(c)) {
                shown.append("\\u%04x".formatted(c));
              } else {
                shown.appendCodePoint(c);
              }
            });
    return shown.toString();
  }

  private static boolean hidden(int c) {
    return switch (Character.getType(c)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR,
          Character.SURROGATE ->
          true;
      default -> false;
    };
  }
}
