package vn.truc.loop;

import io.netty.channel.ChannelFactory;
import io.netty.channel.DefaultSelectStrategyFactory;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.IoEventLoop;
import io.netty.channel.IoEventLoopGroup;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.ServerChannel;
import io.netty.channel.SingleThreadIoEventLoop;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.util.concurrent.RejectedExecutionHandlers;
import io.netty.util.concurrent.ScheduledFuture;
import io.vertx.core.Vertx;
import io.vertx.core.VertxBuilder;
import io.vertx.core.impl.transports.EpollTransport;
import io.vertx.core.spi.transport.Transport;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/// Event loops whose turns are short however much is to be done: in one turn a loop serves at most
/// [#SOCKETS] sockets, then the timers that are due, then pieces of long work ([Turns]) for a
/// piece's time, and its queue of tasks for at most [#TASKS_MILLIS].
///
/// Left to themselves, loops take all sockets that are ready in one turn (thousands, when a crowd
/// connects at once) and their tasks for up to a second, timers that are due behind all of them,
/// and meanwhile nobody else is answered (measured: docs/RATIONALE.md). Where there is no epoll,
/// loops are as they are.
public final class ShortTurns implements io.vertx.core.transport.Transport {
  /// Sockets served between two looks at timers and tasks.
  static final int SOCKETS = 16;

  /// Time for tasks between two looks at the sockets.
  static final long TASKS_MILLIS = 5;

  private final Transport loops = new Loops();

  private ShortTurns() {}

  /// A builder whose loops have short turns.
  public static VertxBuilder builder() {
    io.vertx.core.transport.Transport own = new ShortTurns();
    return own.available() ? Vertx.builder().withTransport(own) : Vertx.builder();
  }

  @Override
  public String name() {
    return "epoll, short turns";
  }

  @Override
  public boolean available() {
    return loops.isAvailable();
  }

  @Override
  public Throwable unavailabilityCause() {
    return loops.unavailabilityCause();
  }

  @Override
  public Transport implementation() {
    return loops;
  }

  private static final class Loops extends EpollTransport implements Arrivals.Accepting {
    private final Arrivals arrivals = new Arrivals();

    @Override
    public Arrivals arrivals() {
      return arrivals;
    }

    @Override
    public ChannelFactory<? extends ServerChannel> serverChannelFactory(boolean domainSocket) {
      return domainSocket ? super.serverChannelFactory(true) : this::server;
    }

    private ServerChannel server() {
      EpollServerSocketChannel server = new EpollServerSocketChannel();
      arrivals.watch(server);
      return server;
    }

    @Override
    public IoHandlerFactory ioHandlerFactory() {
      return EpollIoHandler.newFactory(SOCKETS, DefaultSelectStrategyFactory.INSTANCE);
    }

    @Override
    public EventLoopGroup eventLoopGroup(
        int type, int threads, ThreadFactory threadFactory, int ioRatio) {
      return new Group(threads, threadFactory, ioHandlerFactory());
    }
  }

  private static final class Group extends MultiThreadIoEventLoopGroup {
    Group(int threads, ThreadFactory threadFactory, IoHandlerFactory ioHandlers) {
      super(threads, threadFactory, ioHandlers);
    }

    @Override
    protected IoEventLoop newChild(
        Executor executor, IoHandlerFactory ioHandlers, Object... arguments) {
      return new Loop(this, executor, ioHandlers);
    }
  }

  /// One event loop.
  static final class Loop extends SingleThreadIoEventLoop {
    /// Every other turn is for facts and counters, which the others wait for in the end.
    private static final Work[] ORDER = {
      Work.FOLD, Work.PUSH, Work.COMMANDS,
      Work.FOLD, Work.PUSH, Work.BODIES,
      Work.FOLD, Work.PUSH, Work.READS
    };

    private final List<Queue<Runnable>> lines = new ArrayList<>();
    private final AtomicInteger waiting = new AtomicInteger();
    private int turn;

    Loop(IoEventLoopGroup group, Executor executor, IoHandlerFactory ioHandlers) {
      super(
          group,
          executor,
          ioHandlers,
          Integer.MAX_VALUE,
          RejectedExecutionHandlers.reject(),
          TASKS_MILLIS);
      for (Work _ : Work.values()) {
        lines.add(new ConcurrentLinkedQueue<>());
      }
    }

    /// Runs a piece of long work when those that were in its line before have had their turn.
    /// However many wait, a timer waits for one or two of them. May be called on any thread.
    ///
    /// @param piece throws nothing
    void line(Work kind, Runnable piece) {
      lines.get(kind.ordinal()).add(piece);
      if (waiting.getAndIncrement() == 0) {
        ask();
      }
    }

    private void ask() {
      ScheduledFuture<?> _ = schedule(this::serve, 0, TimeUnit.NANOSECONDS);
    }

    private void serve() {
      long began = System.nanoTime();
      int left;
      do {
        piece().run();
        left = waiting.decrementAndGet();
      } while (left > 0 && !Turns.isOver(began));
      if (left > 0) {
        ask();
      }
    }

    /// The piece whose turn it is; there is one.
    private Runnable piece() {
      Runnable piece = null;
      while (piece == null) {
        turn = (turn + 1) % ORDER.length;
        piece = lines.get(ORDER[turn].ordinal()).poll();
      }
      return piece;
    }

    /// Timers that are due come before the tasks that wait, which may be thousands.
    @Override
    protected boolean runAllTasks(long timeoutNanos) {
      long began = ticker().nanoTime();
      boolean ran = false;
      Runnable due = pollScheduledTask(began);
      while (due != null) {
        safeExecute(due);
        ran = true;
        boolean over = ticker().nanoTime() - began >= timeoutNanos;
        due = over ? null : pollScheduledTask(began);
      }
      return super.runAllTasks(timeoutNanos) || ran;
    }
  }
}
