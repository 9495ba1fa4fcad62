package vn.truc.push;

import io.vertx.core.buffer.Buffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Brings what changed to the sockets, at most once in a tick.
///
/// 1. Ask the source what changed; encode each watched channel once, and what waits in streams.
/// 2. Compose the frames of each audience once.
/// 3. Write them to its sockets. One whose queue is full only notes what it missed.
/// 4. Tell those whose stream has moved past what is kept to come back.
/// 5. Look after those that lag: newest values and the ring's rest once they drained, an
/// unsubscribe when the ring has moved past them, a close when they are stuck.
///
/// All of it in slices short enough for the event loop; whoever comes or goes between two of them
/// is given what waits for its audience first ([#catchUp]).
final class Flush {
  private static final Logger LOG = LoggerFactory.getLogger(Flush.class);
  private static final int DELIVERIES_BETWEEN_LOOKS = 32;

  /// A channel whose payload could not be made is tried again after so long.
  private static final int RETRY_MILLIS = 1_000;

  /// What a flush is at.
  private enum Phase {
    CACHES,
    STREAMS,
    DELIVERIES,
    LOSSES,
    LAGGARDS,
    NONE
  }

  private final Hub hub;
  private final List<CacheChannel> changedCaches = new ArrayList<>();
  private final List<StreamChannel> waitingStreams = new ArrayList<>();

  /// The streams whose publications this flush brings.
  private List<StreamChannel> taken = List.of();

  private final List<HubChannel> carriers = new ArrayList<>();
  private final List<Audience> composed = new ArrayList<>();
  private final Laggards laggards;
  private Phase phase = Phase.NONE;

  /// How far the phase is in its list.
  private int at;

  /// The audiences of the carrier that is reached, and how far that is.
  private List<Audience> reached = List.of();

  private int reachedAt;
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
    this.laggards = new Laggards(hub, this);
    this.lastMillis = hub.beat().millis() - hub.settings().flushTickMillis();
    this.renewedMillis = hub.beat().millis();
  }

  /// The number of the newest flush.
  long tick() {
    return tick;
  }

  /// Whether the newest flush still has sockets to serve.
  boolean delivering() {
    return phase == Phase.DELIVERIES;
  }

  /// Asks for a flush: at once when the last is a tick ago, else at the next tick.
  void request() {
    if (scheduled) {
      return;
    }
    if (phase != Phase.NONE) {
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

  /// Those that lag.
  Laggards laggards() {
    return laggards;
  }

  /// A cache channel's value as of this tick.
  Buffer value(CacheChannel channel) {
    return channel.value(hub.source(), tick, hub.beat().millis(), hub.settings().flushTickMillis());
  }

  /// Gives a session its part of a delivery under way, before it may change its channels.
  void catchUp(Session session) {
    Audience audience = session.audience();
    if (delivering() && audience != null && !session.delivered(tick)) {
      compose(audience);
      deliver(session, audience);
    }
  }

  private void run() {
    scheduled = false;
    guarded(
        () -> {
          hub.subscribing().release();
          begin();
        });
  }

  /// A fault of ours in a flush ends that flush, and the next one begins anew: screens must not
  /// freeze on a node that says it is ready. What streams had for it counts: their subscribers come
  /// back for it.
  private void guarded(Runnable step) {
    try {
      step.run();
    } catch (RuntimeException fault) {
      LOG.error("flush_failed", fault);
      hub.metrics().payloadFailed();
      changedCaches.forEach(CacheChannel::clearChanged);
      changedCaches.clear();
      waitingStreams.removeAll(taken);
      waitingStreams.addAll(taken);
      taken.forEach(StreamChannel::overrun);
      endOfDeliveries();
      phase = Phase.NONE;
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
    lastMillis = hub.beat().millis();
    tick++;
    nanos = 0;
    to(Phase.CACHES);
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
    slice();
  }

  private void mark(CacheChannel channel) {
    if (channel.markChanged()) {
      changedCaches.add(channel);
    }
  }

  private void to(Phase next) {
    phase = next;
    at = 0;
    if (next == Phase.STREAMS) {
      taken = List.copyOf(waitingStreams);
      waitingStreams.clear();
    }
    if (next == Phase.LAGGARDS) {
      laggards.begin();
    }
  }

  /// Goes on until all is done or the turn is over.
  private void slice() {
    long started = System.nanoTime();
    while (phase != Phase.NONE) {
      boolean done =
          switch (phase) {
            case CACHES -> caches(started);
            case STREAMS -> streams(started);
            case DELIVERIES -> deliveries(started);
            case LOSSES -> laggards.losses(started);
            case LAGGARDS -> laggards.look(started);
            case NONE -> true;
          };
      if (!done) {
        nanos += System.nanoTime() - started;
        hub.beat().soon(() -> guarded(this::slice));
        return;
      }
      to(Phase.values()[phase.ordinal() + 1]);
    }
    nanos += System.nanoTime() - started;
    end();
  }

  boolean isOver(long started) {
    return hub.beat().isOver(System.nanoTime() - started);
  }

  private void end() {
    hub.backlog().look();
    hub.backlog().purge();
    hub.metrics().flushed(nanos, frames, deliveries, conflations);
    hub.metrics().subscriptions(hub.audiences().subscriptions());
    frames = 0;
    deliveries = 0;
    conflations = 0;
    if (again || !laggards.none() || hub.subscribing().holding()) {
      again = false;
      request();
    }
  }

  /// Encodes what changed; nothing is on its way to anybody yet. Who subscribes meanwhile gets the
  /// value of this flush, so what is encoded is gathered when all is.
  private boolean caches(long started) {
    while (at < changedCaches.size()) {
      CacheChannel channel = changedCaches.get(at++);
      if (channel.watched()) {
        encode(channel);
      }
      if (isOver(started)) {
        return false;
      }
    }
    for (CacheChannel channel : changedCaches) {
      channel.clearChanged();
      Fragment fragment = channel.watched() ? encode(channel) : null;
      if (fragment != null) {
        carry(channel, List.of(fragment));
      }
    }
    changedCaches.clear();
    return true;
  }

  private void carry(HubChannel channel, List<Fragment> fragments) {
    channel.outgoing(fragments);
    carriers.add(channel);
  }

  /// A channel's newest value as a push; null where a fault of ours keeps it from being made. That
  /// channel alone waits then, and is tried again.
  @Nullable Fragment encode(CacheChannel channel) {
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

  /// Encodes what waits in streams. What comes meanwhile is for the next flush.
  private boolean streams(long started) {
    while (at < taken.size()) {
      StreamChannel channel = taken.get(at++);
      if (channel.takeOverrun()) {
        laggards.lose(channel);
      }
      try {
        List<Fragment> fragments = new ArrayList<>();
        channel.takePending(hub.settings().frameBytesMax(), fragments);
        if (!fragments.isEmpty()) {
          carry(channel, fragments);
        }
      } catch (RuntimeException fault) {
        // its subscribers come back for what they missed, and are told to try again
        hub.metrics().payloadFailed();
        LOG.error("payload_failed channel={}", channel.name(), fault);
        channel.overrun();
        channel.takeOverrun();
        laggards.lose(channel);
      }
      if (isOver(started)) {
        return false;
      }
    }
    return true;
  }

  private boolean deliveries(long started) {
    int count = 0;
    while (true) {
      for (; reachedAt < reached.size(); reachedAt++) {
        Audience audience = reached.get(reachedAt);
        compose(audience);
        while (audience.step()) {
          deliver(audience.reached(), audience);
          if (++count % DELIVERIES_BETWEEN_LOOKS == 0 && isOver(started)) {
            return false;
          }
        }
        audience.delivered();
        if (++count % DELIVERIES_BETWEEN_LOOKS == 0 && isOver(started)) {
          reachedAt++;
          return false;
        }
      }
      if (at == carriers.size()) {
        endOfDeliveries();
        return true;
      }
      reached = List.copyOf(carriers.get(at++).audiences());
      reachedAt = 0;
    }
  }

  private void compose(Audience audience) {
    if (audience.compose(tick, hub.settings().frameBytesMax())) {
      composed.add(audience);
    }
  }

  private void endOfDeliveries() {
    carriers.forEach(carrier -> carrier.outgoing(List.of()));
    carriers.clear();
    composed.forEach(Audience::delivered);
    composed.clear();
    taken = List.of();
    reached = List.of();
    reachedAt = 0;
  }

  private void deliver(Session session, Audience audience) {
    if (!session.markDelivered(tick)) {
      return;
    }
    try {
      Lag lag = session.lagging();
      for (Parcel parcel : audience.parcels()) {
        if (lag == null && session.offer(parcel)) {
          sent(parcel);
        } else {
          lag = session.lag();
          note(lag, parcel);
        }
      }
      session.link().flush();
      if (session.link().queuedBytes() > 0 || session.counted() > 0) {
        hub.backlog().note(session);
      }
    } catch (RuntimeException fault) {
      broken(session, fault);
    }
  }

  /// A fault of ours with one connection is the end of that alone.
  void broken(Session session, RuntimeException fault) {
    hub.metrics().payloadFailed();
    LOG.error("session_failed", fault);
    session.close(CloseCode.SERVER_ERROR);
  }

  /// A frame was written.
  void sent(Parcel parcel) {
    frames++;
    deliveries += parcel.publications();
  }

  /// A frame was not written: what it holds was missed.
  void note(Lag lag, Parcel parcel) {
    for (Fragment fragment : parcel.fragments()) {
      if (lag.note(fragment)) {
        conflations++;
      }
    }
  }
}
