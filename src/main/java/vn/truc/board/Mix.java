package vn.truc.board;

/// Hashing of 64 bits for tables and the running state sum. Not for secrets. The finaliser is the
/// one of SplittableRandom (Steele, Lea and Flood, 2014).
final class Mix {
  private static final long GOLDEN = 0x9E3779B97F4A7C15L;

  private Mix() {}

  static long mix(long value) {
    long z = value + GOLDEN;
    z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    return z ^ (z >>> 31);
  }

  static long combine(long left, long right) {
    return mix(left * 31 + right);
  }

  static long hash(byte[] bytes) {
    return hash(bytes, 0, bytes.length);
  }

  static long hash(byte[] bytes, int from, int to) {
    long h = GOLDEN ^ (to - from);
    int at = from;
    for (; at + 8 <= to; at += 8) {
      h = (h ^ Bytes.getLong(bytes, at)) * 0xBF58476D1CE4E5B9L;
      h ^= h >>> 32;
    }
    for (; at < to; at++) {
      h = (h ^ (bytes[at] & 0xFF)) * 0x94D049BB133111EBL;
    }
    return mix(h);
  }
}
