package vn.truc.event;

import java.util.Locale;

/// What a `source` may look like, so that binding it to a key by path segments means something.
public final class SourcePath {
  private SourcePath() {}

  /// Whether it is a URI reference without white space, characters no URI holds, and the segments
  /// `.` and `..`, plain or encoded.
  public static boolean isSound(String source) {
    for (int i = 0; i < source.length(); i++) {
      char next = source.charAt(i);
      if (next <= ' ' || "\"<>\\^`{|}".indexOf(next) >= 0) {
        return false;
      }
    }
    return (source.indexOf('.') < 0 && source.indexOf('%') < 0) || withoutDotSegments(source);
  }

  private static boolean withoutDotSegments(String source) {
    String plain = source.toLowerCase(Locale.ROOT).replace("%2e", ".");
    for (String segment : plain.split("/", -1)) {
      if (segment.equals(".") || segment.equals("..")) {
        return false;
      }
    }
    return !plain.contains("%2f");
  }
}
