package vn.truc.loop;

import io.netty.channel.EventLoop;
import io.vertx.core.Context;
import io.vertx.core.internal.ContextInternal;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

/// Turns of an event loop: a piece of long work runs in one, and lets sockets and timers have
/// theirs before the next piece.
///
/// `Context.runOnContext` does not do that: the loop empties its queue of tasks, those added
/// meanwhile included, before it looks at a socket again (measured: docs/RATIONALE.md). On our own
/// loops ([ShortTurns]) pieces stand in lines of their own, one for each kind of [Work], so that
/// however many there are, timers and sockets come in between; on others they are tasks that are
/// due at once, which are looked for after the sockets.
public final class Turns {
  /// How long a piece of work may hold the loop, in nanoseconds: well below the five milliseconds
  /// nothing may exceed, so that what began just below it may end.
  public static final long PIECE_NANOS = 2_500_000;

  private Turns() {}

  /// Runs something on a context's event loop, in its next turn. May be called on any thread.
  public static void next(Context context, Work kind, Runnable action) {
    ContextInternal own = (ContextInternal) context;
    EventLoop loop = own.nettyEventLoop();
    if (loop instanceof ShortTurns.Loop ours) {
      ours.line(kind, () -> own.dispatch(action));
    } else {
      ScheduledFuture<?> _ = loop.schedule(() -> own.dispatch(action), 0, TimeUnit.NANOSECONDS);
    }
  }

  /// Whether a piece of work that began at an instant of `System.nanoTime()` should end here.
  public static boolean isOver(long beganNanos) {
    return System.nanoTime() - beganNanos >= PIECE_NANOS;
  }
}
