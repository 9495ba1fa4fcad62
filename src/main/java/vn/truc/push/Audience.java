package vn.truc.push;

import java.util.ArrayList;
import java.util.List;

/// The connections that have exactly the same channels. A flush composes for it once, and every one
/// of its sockets gets the very same buffer.
final class Audience {
  private final List<HubChannel> channels;
  private final List<Session> sessions = new ArrayList<>(1);
  private List<Parcel> parcels = List.of();
  private int cursor;
  private long composedIn = -1;

  Audience(List<HubChannel> channels) {
    this.channels = channels;
  }

  List<HubChannel> channels() {
    return channels;
  }

  List<Session> sessions() {
    return sessions;
  }

  /// Adds a session at the end, so that a walk from the end does not meet it.
  void add(Session session) {
    session.seat(sessions.size());
    sessions.add(session);
  }

  /// Removes a session; the last one takes its seat.
  void remove(Session session) {
    Session last = sessions.removeLast();
    if (last != session) {
      sessions.set(session.seat(), last);
      last.seat(session.seat());
    }
  }

  /// Composes what its channels bring, once in a flush; the walk over the sessions then begins at
  /// the last. True where there are frames to let go of later.
  boolean compose(long flush, int frameBytesMax) {
    if (composedIn == flush) {
      return false;
    }
    composedIn = flush;
    cursor = sessions.size();
    if (sessions.isEmpty()) {
      return false;
    }
    List<Fragment> fragments = new ArrayList<>();
    for (HubChannel channel : channels) {
      if (channel instanceof CacheChannel) {
        fragments.addAll(channel.outgoing());
      }
    }
    for (HubChannel channel : channels) {
      if (channel instanceof StreamChannel) {
        fragments.addAll(channel.outgoing());
      }
    }
    parcels = Parcel.pack(fragments, frameBytesMax);
    return !parcels.isEmpty();
  }

  /// The frames under delivery; empty when there are none.
  List<Parcel> parcels() {
    return parcels;
  }

  /// Moves the walk on; false at its end.
  boolean step() {
    cursor = Math.min(cursor, sessions.size()) - 1;
    return cursor >= 0;
  }

  /// The session the walk stands at.
  Session reached() {
    return sessions.get(cursor);
  }

  /// Lets go of the frames.
  void delivered() {
    parcels.forEach(Parcel::release);
    parcels = List.of();
  }
}
