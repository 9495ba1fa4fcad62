package vn.truc.event;

/// Strict UTF-8 (RFC 3629): no overlong forms, no surrogates, nothing above U+10FFFF.
final class Utf8 {
  private Utf8() {}

  /// The length of the multi-byte sequence that begins here; 0 when it is not one.
  static int length(byte[] bytes, int at, int end) {
    int first = bytes[at] & 0xff;
    if (first < 0xC2 || first > 0xF4) {
      return 0;
    }
    int length = first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;
    if (at + length > end) {
      return 0;
    }
    int second = bytes[at + 1] & 0xff;
    int lowest = first == 0xE0 ? 0xA0 : first == 0xF0 ? 0x90 : 0x80;
    int highest = first == 0xED ? 0x9F : first == 0xF4 ? 0x8F : 0xBF;
    if (second < lowest || second > highest) {
      return 0;
    }
    for (int i = at + 2; i < at + length; i++) {
      if ((bytes[i] & 0xC0) != 0x80) {
        return 0;
      }
    }
    return length;
  }

  /// Whether the whole range is valid.
  static boolean valid(byte[] bytes, int from, int to) {
    int at = from;
    while (at < to) {
      int length = bytes[at] >= 0 ? 1 : length(bytes, at, to);
      if (length == 0) {
        return false;
      }
      at += length;
    }
    return true;
  }

  /// Writes a code point; the place behind it.
  static int put(byte[] out, int at, int point) {
    if (point < 0x80) {
      out[at] = (byte) point;
      return at + 1;
    }
    if (point < 0x800) {
      out[at] = (byte) (0xC0 | point >> 6);
      out[at + 1] = (byte) (0x80 | (point & 0x3F));
      return at + 2;
    }
    if (point < 0x10000) {
      out[at] = (byte) (0xE0 | point >> 12);
      out[at + 1] = (byte) (0x80 | (point >> 6 & 0x3F));
      out[at + 2] = (byte) (0x80 | (point & 0x3F));
      return at + 3;
    }
    out[at] = (byte) (0xF0 | point >> 18);
    out[at + 1] = (byte) (0x80 | (point >> 12 & 0x3F));
    out[at + 2] = (byte) (0x80 | (point >> 6 & 0x3F));
    out[at + 3] = (byte) (0x80 | (point & 0x3F));
    return at + 4;
  }
}
