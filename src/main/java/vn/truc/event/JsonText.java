package vn.truc.event;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

/// One JSON string, checked and decoded: in place where it holds no escapes. Reusable.
final class JsonText {
  private static final long ONES = 0x0101010101010101L;
  private static final long HIGHS = 0x8080808080808080L;
  private static final Flaw NONE = Flaw.of(Rejection.Reason.MALFORMED_JSON, "", "not a text");

  private byte[] bytes = new byte[0];
  private byte[] scratch = new byte[256];
  private int from;
  private int to;
  private boolean isAscii;
  private boolean isEscaped;
  private Flaw flaw = NONE;

  /// What was wrong when [#read] answered -1.
  Flaw flaw() {
    return flaw;
  }

  /// Where the decoded bytes lie: in the source, or in scratch that the next text overwrites.
  byte[] bytes() {
    return bytes;
  }

  int from() {
    return from;
  }

  int to() {
    return to;
  }

  boolean isAscii() {
    return isAscii;
  }

  boolean isEscaped() {
    return isEscaped;
  }

  String text() {
    return new String(bytes, from, to - from, isAscii ? ISO_8859_1 : UTF_8);
  }

  /// Reads the text whose quote stands there, eight bytes at a time while they are plain ASCII.
  /// The place behind its closing quote, or -1: [#flaw()] then tells why.
  int read(byte[] source, int quote, int end) {
    int at = quote + 1;
    boolean ascii = true;
    while (at < end) {
      if (at + 8 <= end) {
        long word = (long) ContentHash.LONGS.get(source, at);
        long quotes = word ^ (ONES * '"');
        long escape = word ^ (ONES * '\\');
        long stops =
            (((quotes - ONES) & ~quotes)
                    | ((escape - ONES) & ~escape)
                    | ((word - ONES * 0x20) & ~word)
                    | word)
                & HIGHS;
        if (stops == 0) {
          at += 8;
          continue;
        }
        at += Long.numberOfTrailingZeros(stops) >>> 3;
      }
      int next = source[at];
      if (next == '"') {
        bytes = source;
        from = quote + 1;
        to = at;
        isAscii = ascii;
        isEscaped = false;
        return at + 1;
      }
      if (next == '\\') {
        return readEscaped(source, quote, at, end, ascii);
      }
      if (next < 0) {
        int length = Utf8.length(source, at, end);
        if (length == 0) {
          return notUtf8();
        }
        ascii = false;
        at += length;
      } else if (next < 0x20) {
        return malformed("a control character stands in a text");
      } else {
        at++;
      }
    }
    return malformed("a text does not end");
  }

  private int readEscaped(byte[] buf, int quoteAt, int firstEscape, int end, boolean asciiBefore) {
    if (scratch.length < end - quoteAt) {
      scratch = new byte[Math.max(end - quoteAt, scratch.length * 2)];
    }
    int at = firstEscape;
    int out = firstEscape - quoteAt - 1;
    System.arraycopy(buf, quoteAt + 1, scratch, 0, out);
    boolean ascii = asciiBefore;
    while (at < end) {
      int next = buf[at];
      if (next == '"') {
        bytes = scratch;
        from = 0;
        to = out;
        isAscii = ascii;
        isEscaped = true;
        return at + 1;
      }
      if (next == '\\') {
        int point = at + 1 < end ? escape(buf, at, end) : -1;
        if (point == -2) {
          return fail(
              Flaw.of(
                  Rejection.Reason.INVALID_UTF8, "", "a lone surrogate escape is no character"));
        }
        if (point < 0) {
          return malformed("not an escape");
        }
        at += buf[at + 1] != 'u' ? 2 : point >= 0x10000 ? 12 : 6;
        out = Utf8.put(scratch, out, point);
        ascii &= point < 0x80;
      } else if (next < 0) {
        int length = Utf8.length(buf, at, end);
        if (length == 0) {
          return notUtf8();
        }
        System.arraycopy(buf, at, scratch, out, length);
        at += length;
        out += length;
        ascii = false;
      } else if (next < 0x20) {
        return malformed("a control character stands in a text");
      } else {
        scratch[out++] = (byte) next;
        at++;
      }
    }
    return malformed("a text does not end");
  }

  /// The code point of the escape at a backslash; -1 when it is none, -2 for a lone surrogate.
  private static int escape(byte[] buf, int at, int end) {
    return switch (buf[at + 1]) {
      case '"' -> '"';
      case '\\' -> '\\';
      case '/' -> '/';
      case 'b' -> '\b';
      case 'f' -> '\f';
      case 'n' -> '\n';
      case 'r' -> '\r';
      case 't' -> '\t';
      case 'u' -> unicode(buf, at, end);
      default -> -1;
    };
  }

  private static int unicode(byte[] buf, int at, int end) {
    int first = hex4(buf, at + 2, end);
    if (first < 0 || first < 0xD800 || first > 0xDFFF) {
      return first;
    }
    boolean paired = first < 0xDC00 && at + 7 < end && buf[at + 6] == '\\' && buf[at + 7] == 'u';
    int second = paired ? hex4(buf, at + 8, end) : -1;
    if (second < 0xDC00 || second > 0xDFFF) {
      return -2;
    }
    return Character.toCodePoint((char) first, (char) second);
  }

  private static int hex4(byte[] buf, int at, int end) {
    if (at + 4 > end) {
      return -1;
    }
    int value = 0;
    for (int i = at; i < at + 4; i++) {
      int digit = Character.digit(buf[i], 16);
      if (digit < 0) {
        return -1;
      }
      value = value << 4 | digit;
    }
    return value;
  }

  private int notUtf8() {
    return fail(
        new Flaw(Rejection.Reason.INVALID_UTF8, "", "the bytes are not valid UTF-8", false));
  }

  private int malformed(String message) {
    return fail(new Flaw(Rejection.Reason.MALFORMED_JSON, "", message, false));
  }

  private int fail(Flaw found) {
    flaw = found;
    return -1;
  }
}
