package vn.truc.push;

import com.fasterxml.jackson.core.io.JsonStringEncoder;
import io.vertx.core.buffer.Buffer;
import java.util.Arrays;

/// Grows a message byte by byte: UTF-8 text, numbers, ready JSON.
final class Bytes {
  private static final int KEPT_MAX = 64 * 1024;

  private byte[] array = new byte[256];
  private int length;

  int length() {
    return length;
  }

  byte[] array() {
    return array;
  }

  byte[] copy() {
    return Arrays.copyOf(array, length);
  }

  /// Empties it for the next message.
  Bytes clear() {
    length = 0;
    if (array.length > KEPT_MAX) {
      array = new byte[256];
    }
    return this;
  }

  /// Takes back what was added behind a length.
  void cut(int to) {
    length = Math.min(length, to);
  }

  /// Text of ASCII characters.
  Bytes ascii(String text) {
    int count = text.length();
    room(count);
    for (int i = 0; i < count; i++) {
      array[length + i] = (byte) text.charAt(i);
    }
    length += count;
    return this;
  }

  Bytes raw(byte[] bytes) {
    return raw(bytes, 0, bytes.length);
  }

  Bytes raw(byte[] bytes, int from, int count) {
    room(count);
    System.arraycopy(bytes, from, array, length, count);
    length += count;
    return this;
  }

  Bytes raw(Buffer buffer) {
    int count = buffer.length();
    room(count);
    buffer.getBytes(0, count, array, length);
    length += count;
    return this;
  }

  Bytes raw(int oneByte) {
    room(1);
    array[length++] = (byte) oneByte;
    return this;
  }

  /// A number in decimal digits.
  Bytes number(long value) {
    return ascii(Long.toString(value));
  }

  /// A JSON string with its quotes.
  Bytes quoted(String text) {
    return raw('"').raw(JsonStringEncoder.getInstance().quoteAsUTF8(text)).raw('"');
  }

  /// A number of 1 to 9 bytes, seven bits each, lowest first.
  Bytes varint(long value) {
    long rest = value;
    while ((rest & ~0x7FL) != 0) {
      raw((int) (rest & 0x7F) | 0x80);
      rest >>>= 7;
    }
    return raw((int) rest);
  }

  private void room(int count) {
    if (array.length - length < count) {
      array = Arrays.copyOf(array, Math.max(array.length * 2, length + count));
    }
  }
}
