package vn.truc.board;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// A growing array of bytes with the few forms the case histories are written in: bytes, variable
/// length numbers (seven bits a byte, low first), longs (big endian), texts with their length.
final class Bytes {
  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

  private byte[] array;
  private int size;

  Bytes(int capacity) {
    array = new byte[capacity];
  }

  static long getLong(byte[] bytes, int at) {
    return (long) LONG.get(bytes, at);
  }

  byte[] array() {
    return array;
  }

  int size() {
    return size;
  }

  void clear() {
    size = 0;
  }

  byte[] toArray() {
    return Arrays.copyOf(array, size);
  }

  void putByte(int value) {
    room(1);
    array[size++] = (byte) value;
  }

  void putLong(long value) {
    room(8);
    LONG.set(array, size, value);
    size += 8;
  }

  void putVar(long value) {
    room(10);
    size = putVar(array, size, value);
  }

  /// How many bytes a variable length number takes.
  static int varLength(long value) {
    int length = 1;
    for (long rest = value >>> 7; rest != 0; rest >>>= 7) {
      length++;
    }
    return length;
  }

  /// Writes a variable length number into an array; where it ends.
  static int putVar(byte[] into, int from, long value) {
    int at = from;
    long rest = value;
    while ((rest & ~0x7FL) != 0) {
      into[at++] = (byte) (rest | 0x80);
      rest >>>= 7;
    }
    into[at++] = (byte) rest;
    return at;
  }

  /// A signed number, small when near zero.
  void putSigned(long value) {
    putVar((value << 1) ^ (value >> 63));
  }

  void putText(String text) {
    int length = text.length();
    room(length * 3 + 10);
    int start = size;
    putVar(length);
    int at = size;
    for (int i = 0; i < length; i++) {
      char c = text.charAt(i);
      if (c >= 0x80) {
        size = start;
        byte[] encoded = text.getBytes(StandardCharsets.UTF_8);
        putVar(encoded.length);
        put(encoded, 0, encoded.length);
        return;
      }
      array[at++] = (byte) c;
    }
    size = at;
  }

  void put(byte[] from, int start, int length) {
    room(length);
    System.arraycopy(from, start, array, size, length);
    size += length;
  }

  private void room(int more) {
    if (size + more > array.length) {
      array = Arrays.copyOf(array, Math.max(array.length * 2, size + more));
    }
  }
}
