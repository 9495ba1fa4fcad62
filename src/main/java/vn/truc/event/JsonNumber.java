package vn.truc.event;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

/// One JSON number, held so that `1`, `1.0` and `1e0` are the same: significant digits without
/// leading and trailing zeros, and the power of ten of the last of them.
final class JsonNumber {
  private static final double[] POWERS = {
    1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16,
    1e17, 1e18, 1e19, 1e20, 1e21, 1e22
  };
  private static final int EXPONENT_MAX = 1_000_000;

  private byte[] source = new byte[0];
  private int from;
  private int to;
  private boolean negative;
  private int digits;
  private int zeros;
  private long significand;
  private int exponent;
  private long hash;

  /// Reads the number that begins here. The place behind it, or -1 when it is none.
  int read(byte[] bytes, int start, int end) {
    source = bytes;
    from = start;
    digits = 0;
    zeros = 0;
    significand = 0;
    hash = 0;
    int at = start;
    negative = bytes[at] == '-';
    if (negative) {
      at++;
    }
    int whole = at;
    while (at < end && isDigit(bytes[at])) {
      digit(bytes[at++] - '0');
    }
    if (at == whole || (bytes[whole] == '0' && at > whole + 1)) {
      return -1;
    }
    int fraction = 0;
    if (at < end && bytes[at] == '.') {
      int first = ++at;
      while (at < end && isDigit(bytes[at])) {
        digit(bytes[at++] - '0');
      }
      fraction = at - first;
      if (fraction == 0) {
        return -1;
      }
    }
    int power = 0;
    if (at < end && (bytes[at] | 0x20) == 'e') {
      at++;
      boolean down = at < end && bytes[at] == '-';
      if (at < end && (bytes[at] == '-' || bytes[at] == '+')) {
        at++;
      }
      int first = at;
      while (at < end && isDigit(bytes[at])) {
        power = Math.min(EXPONENT_MAX, power * 10 + (bytes[at++] - '0'));
      }
      if (at == first) {
        return -1;
      }
      power = down ? -power : power;
    }
    to = at;
    exponent = digits == 0 ? 0 : power - fraction + zeros;
    negative &= digits != 0;
    hash = ContentHash.pair(hash, (exponent << 1) | (negative ? 1 : 0));
    return at;
  }

  private static boolean isDigit(byte value) {
    return value >= '0' && value <= '9';
  }

  private void digit(int value) {
    if (value == 0) {
      zeros += digits > 0 ? 1 : 0;
      return;
    }
    for (; zeros > 0; zeros--) {
      push(0);
    }
    push(value);
  }

  private void push(int value) {
    digits++;
    if (digits <= 18) {
      significand = significand * 10 + value;
    }
    hash = ContentHash.mix(hash + value + 1);
  }

  long hash() {
    return hash;
  }

  /// Whether it is a whole number of at most 18 digits.
  boolean isWhole() {
    return exponent >= 0 && digits + exponent <= 18;
  }

  /// The whole number. Ask [#isWhole()] first.
  long whole() {
    long value = significand;
    for (int i = 0; i < exponent; i++) {
      value *= 10;
    }
    return negative ? -value : value;
  }

  /// The nearest double; infinite where the number is beyond all doubles.
  double value() {
    if (digits <= 15 && exponent >= -22 && exponent <= 22) {
      double exact =
          exponent < 0 ? significand / POWERS[-exponent] : significand * POWERS[exponent];
      return negative ? -exact : exact;
    }
    return Double.parseDouble(new String(source, from, to - from, ISO_8859_1));
  }
}
