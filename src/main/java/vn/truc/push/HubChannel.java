package vn.truc.push;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/// A channel the hub knows: its name and who watches it.
abstract sealed class HubChannel permits CacheChannel, StreamChannel {
  private final String name;
  private final long serial;
  private final byte[] pushHead;
  private final Set<Audience> audiences = new LinkedHashSet<>(2);
  private List<Fragment> outgoing = List.of();

  HubChannel(String name, long serial) {
    this.name = name;
    this.serial = serial;
    this.pushHead = Replies.pushHead(name);
  }

  String name() {
    return name;
  }

  /// Order of creation: sorts sets of channels.
  long serial() {
    return serial;
  }

  byte[] pushHead() {
    return pushHead;
  }

  /// The audiences that hold this channel; [Audiences] alone changes them.
  Set<Audience> audiences() {
    return audiences;
  }

  /// What the flush under way brings to its audiences.
  List<Fragment> outgoing() {
    return outgoing;
  }

  void outgoing(List<Fragment> fragments) {
    outgoing = fragments;
  }

  boolean watched() {
    return !audiences.isEmpty();
  }
}
