package vn.truc.loop;

import io.netty.channel.Channel;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.ssl.SslHandler;
import io.vertx.core.Vertx;
import io.vertx.core.internal.VertxInternal;
import java.util.Objects;
import java.util.concurrent.ConcurrentNavigableMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Connections on their way in: accepted, and not yet with whoever answers requests, because no
/// turn of a loop has taken them or their TLS handshake has not ended. Nobody else sees them, and
/// each costs an open file and the memory of a handshake.
///
/// One more than may be open is closed where it is accepted. While as many are on their way as may
/// be, no more are accepted, the system keeps them, and those whose sender we have waited for
/// [#PATIENCE_MILLIS] are closed; whoever waits for us is not: a crowd that comes back is let in
/// one after the other, and who opens connections and says nothing keeps nobody out for long.
///
/// Nor are more accepted while [#FRESH_MAX] are new to their loop, which has not heard of them yet:
/// each stands in line with all sockets that have something to say, and whoever connects and leaves
/// by the thousand would hold up those that are there. Where there is no epoll, nothing of this
/// holds.
public final class Arrivals {
  /// How long a sender may be waited for while others wait for its place: the way there and back.
  static final long PATIENCE_MILLIS = 300;

  /// Connections that are new at a time.
  static final int FRESH_MAX = 256;

  /// After so long a connection that has not been heard of is taken for a silent one.
  private static final long FRESH_MILLIS = 50;

  /// Between two looks whether there is room again.
  private static final long LOOK_MILLIS = 20;

  /// How long nothing is accepted after an accept that failed.
  private static final long FAILED_MILLIS = 1_000;

  /// The least time between two lines in the log of accepts that failed.
  private static final long TOLD_MILLIS = 10_000;

  private static final Logger LOG = LoggerFactory.getLogger(Arrivals.class);

  /// What may be at once, and who is told.
  ///
  /// @param openMax connections, those on their way in among them
  /// @param comingMax connections on their way in
  /// @param refused called for each connection that is closed, being too many; on any thread
  /// @param cut called for each one that was on its way too long; on any thread
  public record Bounds(int openMax, int comingMax, Runnable refused, Runnable cut) {
    public Bounds {
      Objects.requireNonNull(refused, "refused");
      Objects.requireNonNull(cut, "cut");
    }
  }

  /// One connection on its way in.
  private final class Arrival extends ChannelDuplexHandler {
    private final long number;
    private final Channel channel;

    /// Since when its sender is waited for: it came, or was sent something.
    private volatile long nanos = System.nanoTime();

    private boolean begun;
    private boolean heard;

    Arrival(long number, Channel channel) {
      this.number = number;
      this.channel = channel;
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
      heard = true;
      settle();
      context.fireChannelRead(message);
    }

    /// The connection is gone. A handshake of it that stands in line is reckoned all the same, and
    /// keeps its place until the workers are past it: the line would grow with whoever connects and
    /// leaves.
    void closed() {
      fresh.remove(number, this);
      if (isInLine()) {
        workers.execute(() -> left(this));
      } else {
        left(this);
      }
    }

    /// Its answers are somebody's now.
    void begin() {
      begun = true;
      left(this);
      if (heard) {
        settle();
      }
    }

    private void settle() {
      fresh.remove(number, this);
      if (begun) {
        channel.pipeline().remove(this);
      }
    }

    @Override
    public void flush(ChannelHandlerContext context) {
      nanos = System.nanoTime();
      context.flush();
    }

    boolean isOlder(long now, long millis) {
      return now - nanos >= TimeUnit.MILLISECONDS.toNanos(millis);
    }

    /// Whether it waits for nobody but its sender: a loop has taken it, and no handshake of it
    /// stands in line to be reckoned.
    boolean waits() {
      return channel.isRegistered() && channel.isOpen() && !isInLine();
    }

    private boolean isInLine() {
      SslHandler tls = channel.pipeline().get(SslHandler.class);
      return tls != null && tls.engine().getHandshakeStatus() == HandshakeStatus.NEED_TASK;
    }

    /// Closes it at once: a farewell would wait for its sender.
    void cut() {
      channel.eventLoop().execute(() -> channel.unsafe().close(channel.voidPromise()));
    }
  }

  private final Numbered coming = new Numbered();
  private final Numbered fresh = new Numbered();
  private final AtomicInteger open = new AtomicInteger();
  private final AtomicLong numbers = new AtomicLong();

  /// Who reckons handshakes, one after the other.
  private volatile Executor workers = Runnable::run;

  private volatile Bounds bounds =
      new Bounds(Integer.MAX_VALUE, Integer.MAX_VALUE, () -> {}, () -> {});

  Arrivals() {}

  /// Those of an instance that [ShortTurns#builder] made; of another one nothing is bounded.
  public static Arrivals of(Vertx vertx) {
    if (vertx instanceof VertxInternal inside && inside.transport() instanceof Accepting own) {
      own.arrivals().workers = inside.internalWorkerPool().executor();
      return own.arrivals();
    }
    return new Arrivals();
  }

  /// A transport that lets connections in.
  interface Accepting {
    Arrivals arrivals();
  }

  /// Sets the bounds of all servers of the instance together.
  public void bound(Bounds most) {
    bounds = most;
  }

  /// Connections on their way in.
  public int coming() {
    return coming.size();
  }

  /// A connection has come to whoever answers its requests.
  public void arrived(Channel channel) {
    Arrival arrival = channel.pipeline().get(Arrival.class);
    if (arrival != null) {
      arrival.begin();
    }
  }

  private boolean left(Arrival arrival) {
    return coming.remove(arrival.number, arrival);
  }

  /// Some arrivals, those that came first before the others; how many is known without going
  /// through them. On any thread.
  private static final class Numbered {
    private final ConcurrentNavigableMap<Long, Arrival> byNumber = new ConcurrentSkipListMap<>();
    private final AtomicInteger size = new AtomicInteger();

    void add(Arrival arrival) {
      byNumber.put(arrival.number, arrival);
      size.incrementAndGet();
    }

    boolean remove(long number, Arrival arrival) {
      boolean gone = byNumber.remove(number, arrival);
      if (gone) {
        size.decrementAndGet();
      }
      return gone;
    }

    int size() {
      return size.get();
    }
  }

  /// Watches who comes to a server that is about to listen.
  void watch(Channel server) {
    server.pipeline().addFirst(new Entrance());
  }

  private final class Entrance extends ChannelInboundHandlerAdapter {
    private boolean paused;
    private long failures;
    private long toldAt = System.nanoTime() - TimeUnit.MILLISECONDS.toNanos(TOLD_MILLIS);

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
      if (!(message instanceof Channel child)) {
        context.fireChannelRead(message);
        return;
      }
      if (open.incrementAndGet() > bounds.openMax()) {
        open.decrementAndGet();
        child.unsafe().closeForcibly();
        bounds.refused().run();
        return;
      }
      Arrival arrival = new Arrival(numbers.getAndIncrement(), child);
      child.pipeline().addFirst(arrival);
      coming.add(arrival);
      fresh.add(arrival);
      child
          .closeFuture()
          .addListener(
              _ -> {
                open.decrementAndGet();
                arrival.closed();
              });
      if (isFull()) {
        pause(context, LOOK_MILLIS);
      }
      context.fireChannelRead(child);
    }

    private void pause(ChannelHandlerContext context, long millis) {
      if (!paused) {
        paused = true;
        context.channel().config().setAutoRead(false);
        var _ = context.executor().schedule(() -> look(context), millis, TimeUnit.MILLISECONDS);
      }
    }

    private void look(ChannelHandlerContext context) {
      paused = false;
      if (isFull()) {
        makeRoom();
      }
      if (isFull()) {
        pause(context, LOOK_MILLIS);
      } else {
        context.channel().config().setAutoRead(true);
      }
    }

    /// Files that cannot be opened are no fault of one connection: without a pause the loop would
    /// try for ever, and with a line each the log would be full.
    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
      failures++;
      long now = System.nanoTime();
      if (now - toldAt >= TimeUnit.MILLISECONDS.toNanos(TOLD_MILLIS)) {
        toldAt = now;
        LOG.warn("accept_failed times={} cause={}", failures, String.valueOf(cause.getMessage()));
        failures = 0;
      }
      pause(context, FAILED_MILLIS);
    }
  }

  private boolean isFull() {
    return coming.size() >= bounds.comingMax() || fresh.size() >= FRESH_MAX;
  }

  private void makeRoom() {
    long now = System.nanoTime();
    for (Arrival one : fresh.byNumber.values()) {
      if (one.isOlder(now, FRESH_MILLIS) && one.channel.isRegistered()) {
        fresh.remove(one.number, one);
      }
    }
    if (coming.size() < bounds.comingMax()) {
      return;
    }
    for (Arrival one : coming.byNumber.values()) {
      if (one.isOlder(now, PATIENCE_MILLIS) && one.waits() && left(one)) {
        bounds.cut().run();
        one.cut();
      }
    }
  }
}
