package vn.truc.intake;

import java.util.Arrays;

/// Finds the items of a JSON array while its bytes arrive, by brackets and quotes alone; what
/// stands inside an item is for the codec. Feed it the same growing buffer, ever further.
public final class ArraySplitter {
  private enum Phase {
    BEFORE_ARRAY,
    BEFORE_FIRST,
    BEFORE_ITEM,
    IN_ITEM,
    AFTER_ARRAY,
    BROKEN
  }

  private final int itemsMax;
  private Phase phase = Phase.BEFORE_ARRAY;
  private int at;
  private int depth;
  private boolean inText;
  private boolean escaped;
  private int itemFrom;
  private int count;
  private int[] spans = new int[16];

  public ArraySplitter(int itemsMax) {
    this.itemsMax = itemsMax;
  }

  /// Goes on to the end of what arrived.
  public void scan(byte[] buf, int end) {
    while (at < end && phase != Phase.BROKEN && count <= itemsMax) {
      if (phase == Phase.IN_ITEM) {
        item(buf[at]);
      } else {
        between(buf[at]);
      }
      at++;
    }
  }

  private void between(byte next) {
    if (next == ' ' || next == '\n' || next == '\r' || next == '\t') {
      return;
    }
    if (phase == Phase.BEFORE_ARRAY) {
      boolean mark = at < 3 && next == (byte) (at == 0 ? 0xEF : at == 1 ? 0xBB : 0xBF);
      if (!mark) {
        phase = next == '[' ? Phase.BEFORE_FIRST : Phase.BROKEN;
      }
    } else if (phase == Phase.AFTER_ARRAY || next == ',') {
      phase = Phase.BROKEN;
    } else if (next == ']') {
      phase = phase == Phase.BEFORE_FIRST ? Phase.AFTER_ARRAY : Phase.BROKEN;
    } else {
      phase = Phase.IN_ITEM;
      itemFrom = at;
      depth = 0;
      inText = false;
      escaped = false;
      item(next);
    }
  }

  private void item(byte next) {
    if (inText) {
      if (escaped) {
        escaped = false;
      } else if (next == '\\') {
        escaped = true;
      } else if (next == '"') {
        inText = false;
      }
      return;
    }
    switch (next) {
      case '"' -> inText = true;
      case '{', '[' -> depth++;
      case '}' -> close();
      case ']' -> {
        if (depth == 0) {
          end(Phase.AFTER_ARRAY);
        } else {
          close();
        }
      }
      case ',' -> {
        if (depth == 0) {
          end(Phase.BEFORE_ITEM);
        }
      }
      default -> {}
    }
  }

  private void close() {
    depth--;
    if (depth < 0) {
      phase = Phase.BROKEN;
    }
  }

  private void end(Phase next) {
    phase = next;
    if (count < itemsMax) {
      if (count * 2 == spans.length) {
        spans = Arrays.copyOf(spans, spans.length * 2);
      }
      spans[count * 2] = itemFrom;
      spans[count * 2 + 1] = at;
    }
    count++;
  }

  /// Whether it is a whole array, so far as brackets and quotes tell.
  public boolean isWhole() {
    return phase == Phase.AFTER_ARRAY;
  }

  /// Whether it can be none any more.
  public boolean isBroken() {
    return phase == Phase.BROKEN;
  }

  /// Whether there are more items than allowed.
  public boolean tooMany() {
    return count > itemsMax;
  }

  public int count() {
    return count;
  }

  public int from(int item) {
    return spans[item * 2];
  }

  public int to(int item) {
    return spans[item * 2 + 1];
  }
}
