package vn.truc.push;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// The connections that do not keep up, looked after at the end of each flush, in slices of its
/// turns: those whose stream has moved past what is kept are told to come back, those that drained
/// get what they missed, those that are stuck are closed.
final class Laggards {
  /// Somebody to be told that a stream has moved past what is kept.
  private record Loss(Session session, StreamChannel channel) {}

  private final Hub hub;
  private final Flush flush;
  private final Deque<Loss> losses = new ArrayDeque<>();
  private final Set<Session> lagging = new LinkedHashSet<>();
  private List<Session> looked = List.of();
  private int at;

  Laggards(Hub hub, Flush flush) {
    this.hub = hub;
    this.flush = flush;
  }

  /// A session has begun to lag.
  void follow(Session session) {
    lagging.add(session);
    flush.request();
  }

  void forget(Session session) {
    lagging.remove(session);
  }

  boolean none() {
    return lagging.isEmpty();
  }

  /// Whoever watches a stream now has lost some of it.
  void lose(StreamChannel channel) {
    for (Audience audience : channel.audiences()) {
      for (Session session : audience.sessions()) {
        losses.add(new Loss(session, channel));
      }
    }
  }

  /// Tells those that have lost something; false where the turn was over first.
  boolean losses(long started) {
    while (!losses.isEmpty()) {
      Loss loss = losses.remove();
      try {
        if (loss.session().live()) {
          loss.session().lose(loss.channel());
          loss.session().link().flush();
        }
      } catch (RuntimeException fault) {
        flush.broken(loss.session(), fault);
      }
      if (flush.isOver(started)) {
        return false;
      }
    }
    return true;
  }

  /// Those that lag now are looked after next.
  void begin() {
    looked = List.copyOf(lagging);
    at = 0;
  }

  /// Looks after those that lag; false where the turn was over first.
  boolean look(long started) {
    while (at < looked.size()) {
      Session session = looked.get(at++);
      try {
        lookAfter(session);
      } catch (RuntimeException fault) {
        flush.broken(session, fault);
      }
      if (flush.isOver(started)) {
        return false;
      }
    }
    return true;
  }

  private void lookAfter(Session session) {
    Lag lag = session.lagging();
    if (lag == null || !session.live()) {
      lagging.remove(session);
      return;
    }
    long now = hub.beat().millis();
    long bytes = session.link().queuedBytes();
    if (bytes > hub.settings().queueBytesMax() / 2) {
      if (lag.stuckMillis(bytes, now) >= hub.settings().slowMillis()) {
        session.close(CloseCode.SLOW);
      }
      return;
    }
    lag.stuckMillis(0, now);
    makeUp(session, lag);
    session.link().flush();
  }

  private void makeUp(Session session, Lag lag) {
    session.commands().resume(lag);
    if (!session.live()) {
      return;
    }
    List<Fragment> fragments = new ArrayList<>();
    List<StreamChannel> lost = new ArrayList<>();
    List<StreamChannel> ahead = new ArrayList<>();
    for (Map.Entry<HubChannel, Long> one : lag.missed().entrySet()) {
      switch (one.getKey()) {
        case CacheChannel cache -> {
          Fragment fragment = flush.encode(cache);
          if (fragment != null) {
            fragments.add(fragment);
          }
        }
        case StreamChannel stream -> {
          if (stream.ring().floor() > one.getValue()) {
            lost.add(stream);
          } else {
            stream.since(one.getValue(), hub.settings().frameBytesMax(), fragments);
            if (stream.waiting()) {
              ahead.add(stream);
            }
          }
        }
      }
    }
    lost.forEach(session::lose);
    lag.missed().clear();
    for (Parcel parcel : Parcel.pack(fragments, hub.settings().frameBytesMax())) {
      if (lag.missed().isEmpty() && session.offer(parcel)) {
        flush.sent(parcel);
      } else {
        flush.note(lag, parcel);
      }
      parcel.release();
    }
    for (StreamChannel stream : ahead) {
      // what waits for the next flush is in the ring already: it must not come here again
      lag.missed().putIfAbsent(stream, stream.ring().newest());
    }
    if (lag.empty()) {
      session.caughtUp();
      lagging.remove(session);
    }
  }
}
