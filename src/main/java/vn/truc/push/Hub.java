package vn.truc.push;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import vn.truc.push.ChannelSource.ChannelClass;

/// The hub: channels, their rings, and the connections that watch them.
///
/// A plain object of one Vert.x context: every call comes from there. It speaks a subset of the
/// Centrifuge client protocol (`docs/PROTOCOL.md`) to sockets that [WebSocketEndpoint] hands it.
public final class Hub {
  /// What the server calls itself in a connect reply.
  static final String VERSION = "truc";

  private static final int STOP_STEP_MILLIS = 50;

  private final Beat beat;
  private final PushSettings settings;
  private final ChannelSource source;
  private final Tokens tokens;
  private final PushMetrics metrics;
  private final Audiences audiences = new Audiences();
  private final Map<String, StreamChannel> streams = new HashMap<>();
  private final List<Session> roster = new ArrayList<>();
  private final Bytes out = new Bytes();
  private final SplittableRandom random = new SplittableRandom();
  private final ByteBuf ping;
  private final Subscribing subscribing;
  private final Desk desk;
  private final Flush flush;
  private final Backlog backlog;
  private long floor;
  private boolean sweeping;
  private boolean stopping;

  /// A hub on the current context of a Vert.x instance.
  public Hub(
      Vertx vertx,
      PushSettings settings,
      ChannelSource source,
      Tokens tokens,
      PushMetrics metrics) {
    this(new VertxBeat(vertx), settings, source, tokens, metrics);
  }

  Hub(Beat beat, PushSettings settings, ChannelSource source, Tokens tokens, PushMetrics metrics) {
    this.beat = Objects.requireNonNull(beat, "beat");
    this.settings = Objects.requireNonNull(settings, "settings");
    this.source = Objects.requireNonNull(source, "source");
    this.tokens = Objects.requireNonNull(tokens, "tokens");
    this.metrics = Objects.requireNonNull(metrics, "metrics");
    ByteBuf frame = TextFrame.of(Replies.ping(), Replies.PING.length());
    this.ping = Unpooled.unreleasableBuffer(Unpooled.wrappedBuffer(ByteBufUtil.getBytes(frame)));
    frame.release();
    this.subscribing = new Subscribing(this);
    this.desk = new Desk(beat);
    this.flush = new Flush(this);
    this.backlog = new Backlog(settings.queueBytesTotalMax());
    metrics.queued(backlog::total);
  }

  /// Publishes on a stream channel. The offset is the position of the record that caused it; one
  /// that is not above the channel's newest is a repeat and does nothing. Cheap when nobody
  /// watches.
  public void publish(String streamChannel, long offset, StreamItem item) {
    StreamChannel channel = stream(streamChannel);
    if (channel.ring().add(offset, item) && channel.await(offset, item, settings.pendingMax())) {
      flush.await(channel);
    }
  }

  /// Says that something in the source may have changed: the folded position or a cache channel.
  /// Cheap; may be called for every record.
  public void changed() {
    flush.request();
  }

  /// Says that the source's values hold as of now. Where it is said again and again and nothing
  /// changes, every watched cache channel is published anew each `renewMillis`, so that a reader
  /// sees its `asOf` go on; where the source stands still, readers get nothing and can tell. Cheap.
  public void upToDate() {
    flush.renew(settings.renewMillis());
  }

  /// Says that other channels exist, or that others may read them: a configuration has come into
  /// force. Subscriptions that have lost their channel or their right end with an unsubscribe push,
  /// in turns of the event loop.
  ///
  /// @param missed whether there may have been publications by now: then recovery does not reach
  /// back over this moment where a channel has no ring
  public void reconfigured(boolean missed) {
    streams.keySet().removeIf(name -> source.classOf(name) == ChannelClass.UNKNOWN);
    if (missed) {
      recoverableFrom(source.position());
    }
    subscribing.reconsider();
    each(List.copyOf(roster), 0, Session::reconsider);
  }

  /// Does something with sessions from one on, in turns of the event loop; a fault of ours with one
  /// is the end of that alone.
  private void each(List<Session> sessions, int from, Consumer<Session> what) {
    long began = System.nanoTime();
    for (int i = from; i < sessions.size(); i++) {
      Session session = sessions.get(i);
      try {
        what.accept(session);
      } catch (RuntimeException fault) {
        flush.broken(session, fault);
      }
      if (beat.isOver(System.nanoTime() - began)) {
        int next = i + 1;
        beat.soon(() -> each(sessions, next, what));
        return;
      }
    }
  }

  /// Says that tokens were ended before their time: connections that show one are closed with 3500,
  /// in turns of the event loop.
  public void recheck() {
    each(List.copyOf(roster), 0, Session::recheck);
  }

  /// Says that publications up to a position are not in the rings, because they were lost or never
  /// made: positions below it cannot be recovered. For channels without a ring as yet.
  public void recoverableFrom(long position) {
    floor = Math.max(floor, position);
  }

  /// The rings as of now, in chunks of at most about 512 KiB, each encoded when it is asked for and
  /// each readable by itself. At least one.
  public Iterator<Buffer> exportRings() {
    return RingCodec.encode(source.epoch(), floor, streams);
  }

  /// Takes over one chunk of [#exportRings]. False, and nothing is changed, when it is damaged,
  /// of a newer version, or of another epoch; the caller then says so and calls
  /// [#recoverableFrom].
  public boolean importRings(Buffer chunk) {
    Optional<RingCodec.Rings> rings = RingCodec.decode(chunk, source.epoch(), settings.ringMax());
    rings.ifPresent(
        found -> {
          recoverableFrom(found.floor());
          found
              .byChannel()
              .forEach(
                  (name, ring) ->
                      streams.put(name, new StreamChannel(name, audiences.nextSerial(), ring)));
        });
    return rings.isPresent();
  }

  /// Open connections.
  public int connections() {
    return roster.size();
  }

  /// Closes every connection with 3001, spread over the time the settings give. Completes when the
  /// last close was sent. New connections are refused from the first call on.
  public Future<Void> stop() {
    stopping = true;
    Promise<Void> stopped = Promise.promise();
    Collections.shuffle(roster);
    for (int i = 0; i < roster.size(); i++) {
      roster.get(i).rosterSeat(i);
    }
    int steps = Math.max(1, settings.shutdownMillis() / STOP_STEP_MILLIS);
    stopStep(Math.max(50, (roster.size() + steps - 1) / steps), stopped);
    return stopped.future();
  }

  private void stopStep(int atOnce, Promise<Void> stopped) {
    for (int i = 0; i < atOnce && !roster.isEmpty(); i++) {
      roster.getLast().close(CloseCode.SHUTDOWN);
    }
    if (roster.isEmpty()) {
      stopped.tryComplete();
    } else {
      beat.after(STOP_STEP_MILLIS, () -> stopStep(atOnce, stopped));
    }
  }

  // ---- for this package

  /// Takes a socket in.
  Session open(Link link) {
    Session session = new Session(this, link, beat.millis());
    session.rosterSeat(roster.size());
    roster.add(session);
    metrics.opened();
    sweepLater();
    return session;
  }

  /// The open sessions.
  List<Session> sessions() {
    return roster;
  }

  boolean stopping() {
    return stopping;
  }

  /// A session has ended.
  void leave(Session session, CloseCode code) {
    Session last = roster.removeLast();
    if (last != session) {
      roster.set(session.rosterSeat(), last);
      last.rosterSeat(session.rosterSeat());
    }
    audiences.move(session, List.of());
    flush.laggards().forget(session);
    subscribing.forget(session);
    desk.forget(session.commands());
    backlog.note(session);
    metrics.closed(code);
    metrics.subscriptions(audiences.subscriptions());
  }

  /// The stream channel of a name.
  StreamChannel stream(String name) {
    StreamChannel known = streams.get(name);
    if (known == null) {
      known = new StreamChannel(name, audiences.nextSerial(), new Ring(settings.ringMax(), floor));
      streams.put(name, known);
    }
    return known;
  }

  /// A number from 0 up to, not including, a bound (at least 1).
  int random(int bound) {
    return random.nextInt(Math.max(1, bound));
  }

  Beat beat() {
    return beat;
  }

  PushSettings settings() {
    return settings;
  }

  ChannelSource source() {
    return source;
  }

  Tokens tokens() {
    return tokens;
  }

  PushMetrics metrics() {
    return metrics;
  }

  Audiences audiences() {
    return audiences;
  }

  Flush flush() {
    return flush;
  }

  Backlog backlog() {
    return backlog;
  }

  Subscribing subscribing() {
    return subscribing;
  }

  Desk desk() {
    return desk;
  }

  /// The one buffer replies are built in; its user empties it first.
  Bytes out() {
    return out;
  }

  private void sweepLater() {
    if (!sweeping) {
      sweeping = true;
      beat.after(Math.min(1000, settings.pingMillis() / 5), () -> sweep(roster.size() - 1));
    }
  }

  /// Looks at the clocks of those that stand at a place of the roster or before it, in turns. Who
  /// takes the place of one that left meanwhile is looked at the next time.
  private void sweep(int from) {
    long began = System.nanoTime();
    long millis = beat.millis();
    long seconds = beat.epochSeconds();
    for (int i = from; i >= 0; i--) {
      if (i < roster.size()) {
        Session session = roster.get(i);
        try {
          session.sweep(millis, seconds, ping);
        } catch (RuntimeException fault) {
          flush.broken(session, fault);
        }
      }
      if (i > 0 && beat.isOver(System.nanoTime() - began)) {
        int next = i - 1;
        beat.soon(() -> sweep(next));
        return;
      }
    }
    sweeping = false;
    if (!roster.isEmpty()) {
      sweepLater();
    }
  }
}
