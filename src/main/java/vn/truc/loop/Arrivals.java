package vn.truc.loop;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.util.AttributeKey;
import io.vertx.core.Vertx;
import io.vertx.core.internal.VertxInternal;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentNavigableMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Connections on their way in: accepted, and not yet with whoever answers requests, because no
/// turn of a loop has taken them or their TLS handshake has not ended. Nobody else sees them, and
/// each costs an open file and the memory of a handshake.
///
/// One more than may be open is closed where it is accepted. While as many are on their way as may
/// be, no more are accepted, the system keeps them, and those that have been on their way for
/// [#PATIENCE_MILLIS] are closed: a crowd that comes back is let in one after the other, and who
/// opens connections and says nothing keeps nobody out for long. Where there is no epoll, nothing
/// of this holds.
public final class Arrivals {
  /// How long a connection may be on its way in while others wait for its place.
  static final long PATIENCE_MILLIS = 1_000;

  /// Between two looks whether there is room again.
  private static final long LOOK_MILLIS = 20;

  /// How long nothing is accepted after an accept that failed.
  private static final long FAILED_MILLIS = 1_000;

  /// The least time between two lines in the log of accepts that failed.
  private static final long TOLD_MILLIS = 10_000;

  private static final AttributeKey<Arrival> ARRIVAL = AttributeKey.valueOf(Arrivals.class, "own");
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

  private record Arrival(long number, Channel channel, long nanos) {}

  private final ConcurrentNavigableMap<Long, Arrival> coming = new ConcurrentSkipListMap<>();
  private final AtomicInteger comingCount = new AtomicInteger();
  private final AtomicInteger open = new AtomicInteger();
  private final AtomicLong numbers = new AtomicLong();
  private volatile Bounds bounds =
      new Bounds(Integer.MAX_VALUE, Integer.MAX_VALUE, () -> {}, () -> {});

  Arrivals() {}

  /// Those of an instance that [ShortTurns#builder] made; of another one nothing is bounded.
  public static Arrivals of(Vertx vertx) {
    return vertx instanceof VertxInternal inside && inside.transport() instanceof Accepting own
        ? own.arrivals()
        : new Arrivals();
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
    return comingCount.get();
  }

  /// A connection has come to whoever answers its requests.
  public void arrived(Channel channel) {
    Arrival arrival = channel.attr(ARRIVAL).getAndSet(null);
    if (arrival != null) {
      left(arrival);
    }
  }

  private boolean left(Arrival arrival) {
    boolean gone = coming.remove(arrival.number(), arrival);
    if (gone) {
      comingCount.decrementAndGet();
    }
    return gone;
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
      Arrival arrival = new Arrival(numbers.getAndIncrement(), child, System.nanoTime());
      child.attr(ARRIVAL).set(arrival);
      coming.put(arrival.number(), arrival);
      child
          .closeFuture()
          .addListener(
              _ -> {
                open.decrementAndGet();
                left(arrival);
              });
      if (comingCount.incrementAndGet() >= bounds.comingMax()) {
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
      if (comingCount.get() >= bounds.comingMax()) {
        makeRoom();
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

  private void makeRoom() {
    long since = System.nanoTime() - TimeUnit.MILLISECONDS.toNanos(PATIENCE_MILLIS);
    for (Map.Entry<Long, Arrival> one : coming.entrySet()) {
      Arrival arrival = one.getValue();
      if (arrival.nanos() - since > 0) {
        return;
      }
      // one that no loop has taken yet waits for us, and not for its sender
      if (arrival.channel().isRegistered() && left(arrival)) {
        bounds.cut().run();
        var _ = arrival.channel().close();
      }
    }
  }
}
