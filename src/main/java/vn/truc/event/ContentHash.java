package vn.truc.event;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/// The 64-bit hashing below [Event#contentHash()]. It tells a repeat from another content; it is no
/// protection against a sender who wants two of its own contents to look alike.
///
/// Every step is a bijection of the running value, so two texts of equal length that differ in one
/// block of eight bytes never collide.
final class ContentHash {
  static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  private static final long STEP = 0x9E3779B97F4A7C15L;

  private ContentHash() {}

  static long bytes(byte[] bytes, int from, int to) {
    long hash = (to - from) * STEP;
    int at = from;
    for (; at + 8 <= to; at += 8) {
      hash = (hash ^ (long) LONGS.get(bytes, at)) * STEP;
      hash ^= hash >>> 32;
    }
    return at == to ? mix(hash) : mix(hash ^ tail(bytes, at, to));
  }

  private static long tail(byte[] bytes, int from, int to) {
    if (from + 8 <= bytes.length) {
      return (long) LONGS.get(bytes, from) & ((1L << ((to - from) << 3)) - 1);
    }
    long tail = 0;
    for (int i = to - 1; i >= from; i--) {
      tail = tail << 8 | (bytes[i] & 0xffL);
    }
    return tail;
  }

  static long text(String text) {
    long hash = text.length() * STEP;
    for (int i = 0; i < text.length(); i++) {
      hash = (hash ^ text.charAt(i)) * STEP;
      hash ^= hash >>> 32;
    }
    return mix(hash);
  }

  /// Two values in order.
  static long pair(long first, long second) {
    return mix(first * STEP + second);
  }

  static long mix(long value) {
    long mixed = (value ^ (value >>> 33)) * 0xff51afd7ed558ccdL;
    mixed = (mixed ^ (mixed >>> 33)) * 0xc4ceb9fe1a85ec53L;
    return mixed ^ (mixed >>> 33);
  }
}
