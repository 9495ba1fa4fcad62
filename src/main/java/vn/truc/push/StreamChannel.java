package vn.truc.push;

import java.util.ArrayList;
import java.util.List;

/// A channel of which every publication counts: its ring, and what waits for the next flush.
final class StreamChannel extends HubChannel {
  private final Ring ring;
  private final List<Publication> pending = new ArrayList<>(0);
  private boolean overrun;

  /// A publication that waits for the flush.
  private record Publication(long offset, StreamItem item) {}

  StreamChannel(String name, long serial, Ring ring) {
    super(name, serial);
    this.ring = ring;
  }

  Ring ring() {
    return ring;
  }

  /// Keeps a publication for the next flush, when somebody watches; true when it is the first.
  boolean await(long offset, StreamItem item, int pendingMax) {
    if (!watched() || overrun) {
      return false;
    }
    boolean first = pending.isEmpty();
    if (pending.size() == pendingMax) {
      overrun();
    } else {
      pending.add(new Publication(offset, item));
    }
    return first;
  }

  /// Whether a flush has something for this channel and is not yet bringing it to anybody.
  boolean waiting() {
    return overrun || !pending.isEmpty() || !outgoing().isEmpty();
  }

  /// Whether there came more between two flushes than is kept. Reading it forgets it.
  boolean takeOverrun() {
    boolean was = overrun;
    overrun = false;
    return was;
  }

  /// Forgets what waits: its subscribers must come back for it.
  void overrun() {
    pending.clear();
    overrun = true;
  }

  /// What waits, as fragments of about a frame each, and forgets it.
  void takePending(int frameBytesMax, List<Fragment> to) {
    Pack pack = new Pack(frameBytesMax, to);
    for (Publication publication : pending) {
      pack.add(publication.offset(), publication.item());
    }
    pack.end();
    pending.clear();
  }

  /// What the ring holds above an offset, as fragments of about a frame each.
  void since(long offset, int frameBytesMax, List<Fragment> to) {
    Pack pack = new Pack(frameBytesMax, to);
    for (int i = ring.indexAfter(offset); i < ring.size(); i++) {
      pack.add(ring.offset(i), ring.item(i));
    }
    pack.end();
  }

  /// Packs publications into fragments.
  private final class Pack {
    private final int frameBytesMax;
    private final List<Fragment> to;
    private final Bytes bytes = new Bytes();
    private int count;
    private long before;
    private long last;

    Pack(int frameBytesMax, List<Fragment> to) {
      this.frameBytesMax = frameBytesMax;
      this.to = to;
    }

    void add(long offset, StreamItem item) {
      if (count > 0 && bytes.length() + item.json().length() + pushHead().length > frameBytesMax) {
        end();
      }
      if (count == 0) {
        before = offset - 1;
      } else {
        bytes.raw('\n');
      }
      bytes.raw(pushHead()).raw(item.json());
      Replies.pushTail(bytes, offset);
      count++;
      last = offset;
    }

    void end() {
      if (count > 0) {
        to.add(new Fragment(StreamChannel.this, bytes.copy(), count, before, last));
        bytes.clear();
        count = 0;
      }
    }
  }
}
