package vn.truc.push;

import io.vertx.core.buffer.Buffer;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
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
  private static final Logger LOG = LoggerFactory.getLogger(Flush.class);
  private static final int DELIVERIES_BETWEEN_LOOKS = 32;

  /// A channel whose payload could not be made is tried again after so long.
  private static final int RETRY_MILLIS = 1_000;

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
  private boolean renewing;
  private long tick;
  private long lastMillis;
  private long renewedMillis;
  private long nanos;
  private long frames;
  private long deliveries;
  private long conflations;

  Flush(Hub hub) {
    this.hub = hub;
    this.lastMillis = hub.beat().millis() - hub.settings().flushTickMillis();
    this.renewedMillis = hub.beat().millis();
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

  /// Asks for a flush of every watched cache channel when the last such flush is long ago.
  void renew(int everyMillis) {
    long now = hub.beat().millis();
    if (now - renewedMillis >= everyMillis) {
      renewedMillis = now;
      renewing = true;
      request();
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
    hub.subscribing().release();
    guarded(this::begin);
  }

  /// A fault of ours in a flush ends that flush, and the next one begins anew: screens must not
  /// freeze on a node that says it is ready.
  private void guarded(Runnable step) {
    try {
      step.run();
    } catch (RuntimeException fault) {
      LOG.error("flush_failed", fault);
      hub.metrics().payloadFailed();
      encoding = false;
      delivering = false;
      changedCaches.forEach(CacheChannel::clearChanged);
      changedCaches.clear();
      waitingStreams.clear();
      outgoing.forEach(Audience::forget);
      outgoing.clear();
      outgoingAt = 0;
      again = false;
      hub.beat()
          .after(
              RETRY_MILLIS,
              () -> {
                renewing = true;
                request();
              });
    }
  }

  private void begin() {
    scheduled = false;
    lastMillis = hub.beat().millis();
    tick++;
    nanos = 0;
    encoding = true;
    encodedCaches = 0;
    hub.source()
        .drainChanged(
            name -> {
              CacheChannel channel = hub.audiences().watchedCache(name);
              if (channel != null) {
                mark(channel);
              }
            });
    if (renewing) {
      renewing = false;
      hub.audiences().watchedCaches().forEach(this::mark);
    }
    encodeSlice();
  }

  private void mark(CacheChannel channel) {
    if (channel.markChanged()) {
      changedCaches.add(channel);
    }
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
        hub.beat().soon(() -> guarded(this::encodeSlice));
        return;
      }
    }
    encoding = false;
    for (CacheChannel channel : changedCaches) {
      channel.clearChanged();
      Fragment fragment = channel.watched() ? encode(channel) : null;
      if (fragment != null) {
        gather(fragment);
      }
    }
    changedCaches.clear();
    gatherStreams();
    delivering = true;
    nanos += System.nanoTime() - started;
    deliverSlice();
  }

  /// A channel's newest value as a push; null where a fault of ours keeps it from being made. That
  /// channel alone waits then, and is tried again.
  private @Nullable Fragment encode(CacheChannel channel) {
    if (channel.failedAt() == tick) {
      return null;
    }
    try {
      return channel.fragment(hub.source(), tick, lastMillis, hub.settings().flushTickMillis());
    } catch (RuntimeException fault) {
      failed(channel, fault);
      return null;
    }
  }

  private void failed(CacheChannel channel, RuntimeException fault) {
    hub.metrics().payloadFailed();
    if (channel.failedAt() < 0) {
      LOG.error("payload_failed channel={}", channel.name(), fault);
    }
    channel.failedAt(tick);
    hub.beat()
        .after(
            RETRY_MILLIS,
            () -> {
              if (channel.watched()) {
                mark(channel);
                request();
              }
            });
  }

  private void gatherStreams() {
    List<Fragment> fragments = new ArrayList<>();
    for (StreamChannel channel : waitingStreams) {
      if (channel.takeOverrun()) {
        lose(channel);
      }
      try {
        channel.takePending(hub.settings().frameBytesMax(), fragments);
      } catch (RuntimeException fault) {
        // its subscribers come back for what they missed, and are told to try again
        hub.metrics().payloadFailed();
        LOG.error("payload_failed channel={}", channel.name(), fault);
        channel.dropPending();
        lose(channel);
      }
    }
    waitingStreams.clear();
    fragments.forEach(this::gather);
  }

  private static void lose(StreamChannel channel) {
    for (Audience audience : List.copyOf(channel.audiences())) {
      for (Session session : List.copyOf(audience.sessions())) {
        session.lose(channel);
        session.link().flush();
      }
    }
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
          hub.beat().soon(() -> guarded(this::deliverSlice));
          return;
        }
      }
      audience.delivered();
      if (Turns.isOver(started)) {
        nanos += System.nanoTime() - started;
        outgoingAt++;
        hub.beat().soon(() -> guarded(this::deliverSlice));
        return;
      }
    }
    outgoing.clear();
    outgoingAt = 0;
    delivering = false;
    lookAfterLaggards();
    hub.backlog().look();
    hub.backlog().purge();
    nanos += System.nanoTime() - started;
    hub.metrics().flushed(nanos, frames, deliveries, conflations);
    hub.metrics().subscriptions(hub.audiences().subscriptions());
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
    if (session.link().queuedBytes() > 0 || session.counted() > 0) {
      hub.backlog().note(session);
    }
  }

  private void note(Lag lag, Parcel parcel) {
    for (Fragment fragment : parcel.fragments()) {
      if (lag.note(fragment)) {
        conflations++;
      }
    }
  }

  // ---- those that lag

  private void lookAfterLaggards() {
    long now = hub.beat().millis();
    for (Session session : List.copyOf(laggards)) {
      Lag lag = session.lagging();
      if (lag == null || !session.live()) {
        laggards.remove(session);
        continue;
      }
      long bytes = session.link().queuedBytes();
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
  }

  private void makeUp(Session session, Lag lag) {
    session.commands().resume(lag);
    if (!session.live()) {
      return;
    }
    List<Fragment> fragments = new ArrayList<>();
    List<StreamChannel> lost = new ArrayList<>();
    for (Map.Entry<HubChannel, Long> one : lag.missed().entrySet()) {
      switch (one.getKey()) {
        case CacheChannel cache -> {
          Fragment fragment = encode(cache);
          if (fragment != null) {
            fragments.add(fragment);
          }
        }
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
