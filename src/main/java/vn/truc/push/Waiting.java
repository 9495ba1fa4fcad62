package vn.truc.push;

import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;

/// Subscribes that wait until the fold has reached their position, or long enough. Found by session
/// and channel, by position, and by time: what is asked costs what it answers, not what waits.
final class Waiting {

  /// One that waits. The same session may subscribe the same again: each is one of its own.
  static final class Held {
    private final Session session;
    private final ClientCommand.Subscribe command;
    private final long untilMillis;

    Held(Session session, ClientCommand.Subscribe command, long untilMillis) {
      this.session = session;
      this.command = command;
      this.untilMillis = untilMillis;
    }

    Session session() {
      return session;
    }

    ClientCommand.Subscribe command() {
      return command;
    }

    long untilMillis() {
      return untilMillis;
    }
  }

  private final Map<Session, Map<String, Held>> bySession = new HashMap<>();
  private final PriorityQueue<Held> byOffset =
      new PriorityQueue<>(
          (a, b) -> Long.compareUnsigned(a.command().offset(), b.command().offset()));

  /// By time: all wait equally long, so in the order they came.
  private final Deque<Held> byTime = new ArrayDeque<>();

  private int size;

  /// Adds one; a later one is not to end before an earlier one.
  void add(Session session, ClientCommand.Subscribe command, long untilMillis) {
    Held one = new Held(session, command, untilMillis);
    bySession.computeIfAbsent(session, _ -> new LinkedHashMap<>()).put(command.channel(), one);
    byOffset.add(one);
    byTime.add(one);
    size++;
  }

  int size() {
    return size;
  }

  boolean isEmpty() {
    return size == 0;
  }

  /// How many wait for a session.
  int of(Session session) {
    return bySession.getOrDefault(session, Map.of()).size();
  }

  boolean has(Session session, String channel) {
    return bySession.getOrDefault(session, Map.of()).containsKey(channel);
  }

  /// Takes out one of a session; null where there is none.
  ClientCommand.@Nullable Subscribe remove(Session session, String channel) {
    Map<String, Held> of = bySession.get(session);
    Held one = of == null ? null : of.remove(channel);
    if (of == null || one == null) {
      return null;
    }
    if (of.isEmpty()) {
      bySession.remove(session);
    }
    left(1);
    return one.command();
  }

  /// Forgets what waits for a session.
  void forget(Session session) {
    Map<String, Held> of = bySession.remove(session);
    if (of != null) {
      left(of.size());
    }
  }

  /// All that wait.
  List<Held> all() {
    return bySession.values().stream().map(Map::values).flatMap(Collection::stream).toList();
  }

  /// Takes out one whose position was reached or whose time is over; null where there is none.
  @Nullable Held poll(long position, long nowMillis) {
    for (Held one = byOffset.peek();
        one != null && Long.compareUnsigned(one.command().offset(), position) <= 0;
        one = byOffset.peek()) {
      byOffset.remove();
      if (taken(one)) {
        return one;
      }
    }
    for (Held one = byTime.peek();
        one != null && one.untilMillis() <= nowMillis;
        one = byTime.peek()) {
      byTime.remove();
      if (taken(one)) {
        return one;
      }
    }
    return null;
  }

  /// How many stand in the orders, given up or not.
  int ordered() {
    return Math.max(byOffset.size(), byTime.size());
  }

  /// Whether it still waited.
  private boolean taken(Held one) {
    Map<String, Held> of = bySession.get(one.session());
    return of != null
        && of.get(one.command().channel()) == one
        && remove(one.session(), one.command().channel()) != null;
  }

  /// Those that were given up stay in the orders until their turn comes, or until they are more
  /// than those that wait.
  private void left(int count) {
    size -= count;
    if (byTime.size() > 2 * size + 64) {
      List<Held> waiting = all();
      byTime.removeIf(one -> !waits(one));
      byOffset.clear();
      byOffset.addAll(waiting);
    } else if (byOffset.size() > 2 * size + 64) {
      byOffset.removeIf(one -> !waits(one));
    }
  }

  private boolean waits(Held one) {
    Map<String, Held> of = bySession.get(one.session());
    return of != null && of.get(one.command().channel()) == one;
  }
}
