package vn.truc.board;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/// SipHash-1-3 (Aumasson and Bernstein, 2012): where a text of a sender's choice finds its place in
/// a table. Without the key nobody can choose texts that meet there; the key is made anew by each
/// process, so nothing that leaves it may depend on these values. Not for two threads.
final class KeyedHash {
  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  private final long first;
  private final long second;
  private final int rounds;
  private final int lastRounds;
  private long a;
  private long b;
  private long c;
  private long d;

  /// @param first one half of the key, the other is `second`
  KeyedHash(long first, long second) {
    this(first, second, 1, 3);
  }

  /// The same with other counts of rounds: 2 and 4 are those of the published test vectors.
  KeyedHash(long first, long second, int rounds, int lastRounds) {
    this.first = first;
    this.second = second;
    this.rounds = rounds;
    this.lastRounds = lastRounds;
  }

  /// The hash of a range of bytes.
  long of(byte[] bytes, int from, int to) {
    a = first ^ 0x736f6d6570736575L;
    b = second ^ 0x646f72616e646f6dL;
    c = first ^ 0x6c7967656e657261L;
    d = second ^ 0x7465646279746573L;
    int at = from;
    for (; at + 8 <= to; at += 8) {
      take((long) LONG.get(bytes, at));
    }
    long last = (long) (to - from) << 56;
    for (int shift = 0; at < to; shift += 8) {
      last |= (bytes[at++] & 0xFFL) << shift;
    }
    take(last);
    c ^= 0xFF;
    turn(lastRounds);
    return a ^ b ^ c ^ d;
  }

  private void take(long word) {
    d ^= word;
    turn(rounds);
    a ^= word;
  }

  private void turn(int times) {
    for (int i = 0; i < times; i++) {
      a += b;
      c += d;
      b = Long.rotateLeft(b, 13) ^ a;
      d = Long.rotateLeft(d, 16) ^ c;
      a = Long.rotateLeft(a, 32);
      c += b;
      a += d;
      b = Long.rotateLeft(b, 17) ^ c;
      d = Long.rotateLeft(d, 21) ^ a;
      c = Long.rotateLeft(c, 32);
    }
  }
}
