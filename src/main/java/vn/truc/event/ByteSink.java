package vn.truc.event;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Arrays;

/// A growing byte array, reused from event to event.
final class ByteSink {
  private byte[] bytes = new byte[1_024];
  private int length;

  void clear() {
    length = 0;
  }

  int length() {
    return length;
  }

  void put(char ascii) {
    room(1);
    bytes[length++] = (byte) ascii;
  }

  void put(byte[] source, int from, int to) {
    room(to - from);
    System.arraycopy(source, from, bytes, length, to - from);
    length += to - from;
  }

  /// Writes sound JSON without the white space between its tokens.
  void putCompact(byte[] source, int from, int to) {
    room(to - from);
    boolean inText = false;
    for (int at = from; at < to; at++) {
      byte next = source[at];
      if (inText) {
        if (next == '\\') {
          bytes[length++] = next;
          next = source[++at];
        } else if (next == '"') {
          inText = false;
        }
      } else if (next == '"') {
        inText = true;
      } else if (next <= ' ' && next >= 0) {
        continue;
      }
      bytes[length++] = next;
    }
  }

  /// Writes a text as a JSON string.
  void putQuoted(String text) {
    put('"');
    for (int i = 0; i < text.length(); i++) {
      char next = text.charAt(i);
      if (next == '"' || next == '\\') {
        put('\\');
        put(next);
      } else if (next < 0x20) {
        byte[] escape = String.format("\\u%04x", (int) next).getBytes(UTF_8);
        put(escape, 0, escape.length);
      } else if (next < 0x80) {
        put(next);
      } else {
        int end = text.offsetByCodePoints(i, 1);
        byte[] encoded = text.substring(i, end).getBytes(UTF_8);
        put(encoded, 0, encoded.length);
        i = end - 1;
      }
    }
    put('"');
  }

  private void room(int more) {
    if (length + more > bytes.length) {
      bytes = Arrays.copyOf(bytes, Math.max(length + more, bytes.length * 2));
    }
  }

  String text() {
    return new String(bytes, 0, length, UTF_8);
  }
}
