package vn.truc.push;

/// A piece of a frame: one or more whole pushes of one channel, joined by line breaks, encoded once
/// for everybody.
final class Fragment {
  private final HubChannel channel;
  private final byte[] bytes;
  private final int publications;
  private final long before;
  private final long last;

  /// @param publications how many pushes it holds
  /// @param before a stream position that lies before its first publication and after the one
  /// ahead of it; 0 for a cache channel
  /// @param last the offset of its last publication; 0 for a cache channel
  Fragment(HubChannel channel, byte[] bytes, int publications, long before, long last) {
    this.channel = channel;
    this.bytes = bytes;
    this.publications = publications;
    this.before = before;
    this.last = last;
  }

  HubChannel channel() {
    return channel;
  }

  byte[] bytes() {
    return bytes;
  }

  int publications() {
    return publications;
  }

  long before() {
    return before;
  }

  long last() {
    return last;
  }
}
