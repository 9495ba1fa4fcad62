package vn.truc.push;

import io.vertx.core.buffer.Buffer;
import org.jspecify.annotations.Nullable;

/// A channel whose newest value wins. It exists while somebody watches it.
final class CacheChannel extends HubChannel {
  private boolean changed;
  private @Nullable Buffer value;
  private @Nullable Fragment fragment;
  private long valueTick = -1;
  private long valueMillis;
  private long failedAt = -1;

  CacheChannel(String name, long serial) {
    super(name, serial);
  }

  /// The tick in which its payload could not be made; negative once it was made again.
  long failedAt() {
    return failedAt;
  }

  void failedAt(long tick) {
    failedAt = tick;
  }

  /// Marks it for the next flush; false when it was marked already.
  boolean markChanged() {
    boolean first = !changed;
    changed = true;
    return first;
  }

  void clearChanged() {
    changed = false;
  }

  /// The value, asked from the source at most once in a flush tick.
  Buffer value(ChannelSource source, long tick, long nowMillis, int keptMillis) {
    Buffer kept = value;
    if (kept != null && valueTick == tick && nowMillis - valueMillis < keptMillis) {
      return kept;
    }
    Buffer fresh = source.current(name());
    value = fresh;
    failedAt = -1;
    fragment = null;
    valueTick = tick;
    valueMillis = nowMillis;
    return fresh;
  }

  /// The value as a push.
  Fragment fragment(ChannelSource source, long tick, long nowMillis, int keptMillis) {
    Buffer data = value(source, tick, nowMillis, keptMillis);
    Fragment ready = fragment;
    if (ready == null) {
      Bytes bytes = new Bytes().raw(pushHead()).raw(data);
      Replies.pushTail(bytes, 0);
      ready = new Fragment(this, bytes.copy(), 1, 0, 0);
      fragment = ready;
    }
    return ready;
  }
}
