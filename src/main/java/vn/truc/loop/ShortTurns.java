package vn.truc.loop;

import io.netty.channel.DefaultSelectStrategyFactory;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.IoEventLoop;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.SingleThreadIoEventLoop;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.util.concurrent.RejectedExecutionHandlers;
import io.vertx.core.Vertx;
import io.vertx.core.VertxBuilder;
import io.vertx.core.impl.transports.EpollTransport;
import io.vertx.core.spi.transport.Transport;
import java.util.concurrent.Executor;
import java.util.concurrent.ThreadFactory;

/// Event loops whose turns are short however much is to be done: in one turn a loop serves at most
/// [#SOCKETS] sockets and works on its queue of tasks for at most [#TASKS_MILLIS].
///
/// Left to themselves, loops take all sockets that are ready in one turn (thousands, when a crowd
/// connects at once) and their tasks for up to a second, and meanwhile no timer runs and nobody
/// else is answered (measured: docs/RATIONALE.md). Where there is no epoll, loops are as they are.
public final class ShortTurns implements io.vertx.core.transport.Transport {
  /// Sockets served between two looks at timers and tasks.
  static final int SOCKETS = 64;

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

  private static final class Loops extends EpollTransport {
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
      return new SingleThreadIoEventLoop(
          this,
          executor,
          ioHandlers,
          Integer.MAX_VALUE,
          RejectedExecutionHandlers.reject(),
          TASKS_MILLIS);
    }
  }
}
