package vn.truc.push;

import io.vertx.core.buffer.Buffer;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import vn.truc.loop.Turns;

/// Brings what changed to the sockets, at most once in a tick.
///
/// 1. Ask the source what changed; encode each watched channel once.
/// 2. Compose the frames of each audience once.
/// 3. Write them to its sockets. One whose queue is full only notes what it missed.
/// 4. Look after those that lag: newest values and the ring's rest once they drained, an
/// unsubscribe when the ring has moved past them, a close when they are stuck.
///
/// All of it in slices short enough for the event loop; whoever comes or goes between two of them
/// is given what waits for its audience first ([#catchUp]).
final class Flush {
  private static final int DELIVERIES_BETWEEN_LOOKS = 32;

  private final Hub hub;
  private final List<CacheChannel> changedCaches = new ArrayList<>();
  private final List<StreamChannel> waitingStreams = new ArrayList<>();
  private final List<Audience> outgoing = new ArrayList<>();
  private final Set<Session> laggards = new LinkedHashSet<>();
  private int encodedCaches;
  private int outgoingAt;
  private boolean encoding;
  private boolean delivering;
  private boolean scheduled;
  private boolean again;
  private long tick;
  private long lastMillis;
  private long nanos;
  private long frames;
  private long deliveries;
  private long conflations;

  Flush(Hub hub) {
    this.hub = hub;
    this.lastMillis = hub.beat().millis() - hub.settings().flushTickMillis();
  }

  /// The number of the newest flush.
  long tick() {
    return tick;
  }

  /// Whether the newest flush still has sockets to serve.
  boolean delivering() {
    return delivering;
  }

  /// Asks for a flush: at once when the last is a tick ago, else at the next tick.
  void request() {
    if (scheduled) {
      return;
    }
    if (encoding || delivering) {
      again = true;
      return;
    }
    scheduled = true;
    long wait = lastMillis + hub.settings().flushTickMillis() - hub.beat().millis();
    if (wait <= 0) {
      hub.beat().soon(this::run);
    } else {
      hub.beat().after(wait, this::run);
    }
  }

  /// A stream channel has something for the next flush.
  void await(StreamChannel channel) {
    waitingStreams.add(channel);
    request();
  }

  /// A session has begun to lag.
  void follow(Session session) {
    laggards.add(session);
    request();
  }

  void forget(Session session) {
    laggards.remove(session);
  }

  /// A cache channel's value as of this tick.
  Buffer value(CacheChannel channel) {
    return channel.value(hub.source(), tick, hub.beat().millis(), hub.settings().flushTickMillis());
  }

  /// Gives a session its part of a delivery under way, before it may change its channels.
  void catchUp(Session session) {
    Audience audience = session.audience();
    if (delivering && audience != null && audience.hasDelivery()) {
      audience.compose(hub.settings().frameBytesMax());
      deliver(session, audience);
    }
  }

  private void run() {
    scheduled = false;
    lastMillis = hub.beat().millis();
    tick++;
    nanos = 0;
    encoding = true;
    encodedCaches = 0;
    hub.subscribing().release();
    hub.source()
        .drainChanged(
            name -> {
              CacheChannel channel = hub.audiences().watchedCache(name);
              if (channel != null && channel.markChanged()) {
                changedCaches.add(channel);
              }
            });
    encodeSlice();
  }

  /// Encodes what changed; nothing is on its way to anybody yet.
  private void encodeSlice() {
    long started = System.nanoTime();
    while (encodedCaches < changedCaches.size()) {
      CacheChannel channel = changedCaches.get(encodedCaches++);
      if (channel.watched()) {
        encode(channel);
      }
      if (Turns.isOver(started)) {
        nanos += System.nanoTime() - started;
        hub.beat().soon(this::encodeSlice);
        return;
      }
    }
    encoding = false;
    for (CacheChannel channel : changedCaches) {
      channel.clearChanged();
      if (channel.watched()) {
        gather(encode(channel));
      }
    }
    changedCaches.clear();
    gatherStreams();
    delivering = true;
    nanos += System.nanoTime() - started;
    deliverSlice();
  }

  private Fragment encode(CacheChannel channel) {
    return channel.fragment(hub.source(), tick, lastMillis, hub.settings().flushTickMillis());
  }

  private void gatherStreams() {
    List<Fragment> fragments = new ArrayList<>();
    for (StreamChannel channel : waitingStreams) {
      if (channel.takeOverrun()) {
        for (Audience audience : List.copyOf(channel.audiences())) {
          for (Session session : List.copyOf(audience.sessions())) {
            session.lose(channel);
            session.link().flush();
          }
        }
      }
      channel.takePending(hub.settings().frameBytesMax(), fragments);
    }
    waitingStreams.clear();
    fragments.forEach(this::gather);
  }

  private void gather(Fragment fragment) {
    for (Audience audience : fragment.channel().audiences()) {
      if (audience.gather(fragment)) {
        outgoing.add(audience);
      }
    }
  }

  private void deliverSlice() {
    long started = System.nanoTime();
    int count = 0;
    for (; outgoingAt < outgoing.size(); outgoingAt++) {
      Audience audience = outgoing.get(outgoingAt);
      audience.compose(hub.settings().frameBytesMax());
      while (audience.step()) {
        deliver(audience.reached(), audience);
        if (++count % DELIVERIES_BETWEEN_LOOKS == 0 && Turns.isOver(started)) {
          nanos += System.nanoTime() - started;
          hub.beat().soon(this::deliverSlice);
          return;
        }
      }
      audience.delivered();
      if (Turns.isOver(started)) {
        nanos += System.nanoTime() - started;
        outgoingAt++;
        hub.beat().soon(this::deliverSlice);
        return;
      }
    }
    outgoing.clear();
    outgoingAt = 0;
    delivering = false;
    long queued = lookAfterLaggards();
    nanos += System.nanoTime() - started;
    hub.metrics().flushed(nanos, frames, deliveries, conflations);
    hub.metrics().subscriptions(hub.audiences().subscriptions());
    hub.metrics().queued(queued);
    frames = 0;
    deliveries = 0;
    conflations = 0;
    if (again || !laggards.isEmpty() || hub.subscribing().holding()) {
      again = false;
      request();
    }
  }

  private void deliver(Session session, Audience audience) {
    if (!session.markDelivered(tick)) {
      return;
    }
    Lag lag = session.lagging();
    for (Parcel parcel : audience.parcels()) {
      if (lag == null && session.offer(parcel)) {
        frames++;
        deliveries += parcel.publications();
      } else {
        lag = session.lag();
        note(lag, parcel);
      }
    }
    session.link().flush();
  }

  private void note(Lag lag, Parcel parcel) {
    for (Fragment fragment : parcel.fragments()) {
      if (lag.note(fragment)) {
        conflations++;
      }
    }
  }

  // ---- those that lag

  private long lookAfterLaggards() {
    long queued = 0;
    long now = hub.beat().millis();
    for (Session session : List.copyOf(laggards)) {
      Lag lag = session.lagging();
      if (lag == null || !session.live()) {
        laggards.remove(session);
        continue;
      }
      long bytes = session.link().queuedBytes();
      queued += bytes;
      if (bytes > hub.settings().queueBytesMax() / 2) {
        if (lag.stuckMillis(bytes, now) >= hub.settings().slowMillis()) {
          session.close(CloseCode.SLOW);
        }
        continue;
      }
      lag.stuckMillis(0, now);
      makeUp(session, lag);
      session.link().flush();
    }
    return queued;
  }

  private void makeUp(Session session, Lag lag) {
    session.resume(lag);
    if (!session.live()) {
      return;
    }
    List<Fragment> fragments = new ArrayList<>();
    List<StreamChannel> lost = new ArrayList<>();
    for (Map.Entry<HubChannel, Long> one : lag.missed().entrySet()) {
      switch (one.getKey()) {
        case CacheChannel cache ->
            fragments.add(
                cache.fragment(
                    hub.source(), tick, hub.beat().millis(), hub.settings().flushTickMillis()));
        case StreamChannel stream -> {
          if (stream.ring().floor() > one.getValue()) {
            lost.add(stream);
          } else {
            stream.since(one.getValue(), hub.settings().frameBytesMax(), fragments);
          }
        }
      }
    }
    lost.forEach(session::lose);
    lag.missed().clear();
    for (Parcel parcel : Parcel.pack(fragments, hub.settings().frameBytesMax())) {
      if (lag.missed().isEmpty() && session.offer(parcel)) {
        frames++;
        deliveries += parcel.publications();
      } else {
        note(lag, parcel);
      }
      parcel.release();
    }
    if (lag.empty()) {
      session.caughtUp();
      laggards.remove(session);
    }
  }
}
