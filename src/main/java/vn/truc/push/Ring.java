package vn.truc.push;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// The last publications of one stream channel, oldest first.
///
/// ```
///  dropped …  floor │ oldest … newest
///                   └ everything above the floor is here
/// ```
///
/// Offsets rise strictly but have gaps. Memory grows with use up to the capacity.
final class Ring {
  private static final int LEAST = 8;

  private final int capacity;
  private long[] offsets = new long[LEAST];
  private @Nullable StreamItem[] items = new StreamItem[LEAST];
  private int first;
  private int size;
  private long floor;

  Ring(int capacity, long floor) {
    this.capacity = capacity;
    this.floor = floor;
  }

  /// Adds the newest publication; false, and nothing done, when its offset is not above the last.
  boolean add(long offset, StreamItem item) {
    if (offset <= newest()) {
      return false;
    }
    if (size == capacity) {
      floor = offsets[first];
      items[first] = null;
      first = (first + 1) % offsets.length;
      size--;
    } else if (size == offsets.length) {
      grow();
    }
    int at = (first + size) % offsets.length;
    offsets[at] = offset;
    items[at] = item;
    size++;
    return true;
  }

  /// Offset of the newest publication ever dropped; what is above it is complete.
  long floor() {
    return floor;
  }

  /// Offset of the newest publication; the floor when there is none.
  long newest() {
    return size == 0 ? floor : offset(size - 1);
  }

  int size() {
    return size;
  }

  /// The offset at an index, 0 the oldest.
  long offset(int index) {
    return offsets[(first + index) % offsets.length];
  }

  /// The item at an index, 0 the oldest.
  StreamItem item(int index) {
    StreamItem item = items[(first + index) % items.length];
    if (item == null) {
      throw new IndexOutOfBoundsException(index);
    }
    return item;
  }

  /// The index of the first publication above an offset; the size when there is none.
  int indexAfter(long offset) {
    int low = 0;
    int high = size;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (offset(middle) <= offset) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }

  private void grow() {
    int length = Math.min(capacity, offsets.length * 2);
    long[] offsetsGrown = new long[length];
    @Nullable StreamItem[] itemsGrown = Arrays.copyOf(items, length);
    for (int i = 0; i < size; i++) {
      offsetsGrown[i] = offset(i);
      itemsGrown[i] = items[(first + i) % items.length];
    }
    offsets = offsetsGrown;
    items = itemsGrown;
    first = 0;
  }
}
