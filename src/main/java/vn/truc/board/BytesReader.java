package vn.truc.board;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// Reads back what [Bytes] wrote.
final class BytesReader {
  private final byte[] bytes;
  private int at;

  BytesReader(byte[] bytes) {
    this.bytes = bytes;
  }

  boolean more() {
    return at < bytes.length;
  }

  int readByte() {
    return bytes[at++] & 0xFF;
  }

  long readLong() {
    long value = Bytes.getLong(bytes, at);
    at += 8;
    return value;
  }

  long readVar() {
    long value = 0;
    for (int shift = 0; ; shift += 7) {
      long next = bytes[at++];
      value |= (next & 0x7F) << shift;
      if (next >= 0) {
        return value;
      }
    }
  }

  byte[] readBytes() {
    int length = (int) readVar();
    byte[] read = Arrays.copyOfRange(bytes, at, at + length);
    at += length;
    return read;
  }

  /// Fills an array from a place on, as far as there are bytes; how many there were.
  int readInto(byte[] into, int from) {
    int length = Math.min(into.length - from, bytes.length - at);
    System.arraycopy(bytes, at, into, from, length);
    at += length;
    return length;
  }

  String readText() {
    return new String(readBytes(), StandardCharsets.UTF_8);
  }
}
