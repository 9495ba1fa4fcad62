package vn.truc.event;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// Texts that come again and again (sources, types, agencies, areas), shared: a direct-mapped table
/// of 1,024 places, a newcomer takes the place of the old. Not for two threads.
public final class TextCache {
  private static final int SIZE = 1_024;
  private static final int BYTES_MAX = 96;

  private final byte[][] bytes = new byte[SIZE][];
  private final @Nullable String[] texts = new String[SIZE];

  /// The text of a range of UTF-8.
  public String text(byte[] source, int from, int to) {
    int length = to - from;
    if (length > BYTES_MAX) {
      return new String(source, from, length, UTF_8);
    }
    int slot = (int) (ContentHash.bytes(source, from, to) & (SIZE - 1));
    String known = texts[slot];
    if (known != null && Arrays.equals(bytes[slot], 0, bytes[slot].length, source, from, to)) {
      return known;
    }
    String fresh = new String(source, from, length, UTF_8);
    bytes[slot] = Arrays.copyOfRange(source, from, to);
    texts[slot] = fresh;
    return fresh;
  }
}
