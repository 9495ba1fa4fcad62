package vn.truc.push;

import java.util.ArrayList;
import java.util.List;

/// The connections that have exactly the same channels. A flush composes for it once, and every one
/// of its sockets gets the very same buffer.
final class Audience {
  private final List<HubChannel> channels;
  private final List<Session> sessions = new ArrayList<>(1);
  private List<Fragment> fragments = List.of();
  private List<Parcel> parcels = List.of();
  private int cursor;

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

  /// Adds to what the coming delivery holds; true when it is the first.
  boolean gather(Fragment fragment) {
    boolean first = fragments.isEmpty();
    if (first) {
      fragments = new ArrayList<>(channels.size());
    }
    fragments.add(fragment);
    return first;
  }

  /// Composes what was gathered, where that has not been done; the walk over the sessions then
  /// begins at the last.
  void compose(int frameBytesMax) {
    if (!fragments.isEmpty()) {
      parcels = sessions.isEmpty() ? List.of() : Parcel.pack(fragments, frameBytesMax);
      fragments = List.of();
      cursor = sessions.size();
    }
  }

  /// Whether something is to be delivered, composed or not.
  boolean hasDelivery() {
    return !fragments.isEmpty() || !parcels.isEmpty();
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

  /// Forgets what was to be delivered.
  void forget() {
    fragments = List.of();
    delivered();
  }

  /// Lets go of the frames.
  void delivered() {
    parcels.forEach(Parcel::release);
    parcels = List.of();
  }
}
