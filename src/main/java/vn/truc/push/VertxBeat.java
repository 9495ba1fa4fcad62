package vn.truc.push;

import io.vertx.core.Context;
import io.vertx.core.Vertx;
import vn.truc.loop.Turns;
import vn.truc.loop.Work;

/// The time of a Vert.x context.
final class VertxBeat implements Beat {
  private final Vertx vertx;
  private final Context context;
  private final long startNanos = System.nanoTime();

  VertxBeat(Vertx vertx) {
    this.vertx = vertx;
    this.context = vertx.getOrCreateContext();
  }

  @Override
  public long millis() {
    return 1 + (System.nanoTime() - startNanos) / 1_000_000;
  }

  @Override
  public long epochSeconds() {
    return System.currentTimeMillis() / 1000;
  }

  @Override
  public void soon(Runnable action) {
    Turns.next(context, Work.PUSH, action);
  }

  @Override
  public void inLine(Runnable action) {
    Turns.next(context, Work.COMMANDS, action);
  }

  @Override
  public boolean isOver(long nanos) {
    return nanos >= Turns.PIECE_NANOS;
  }

  @Override
  public void after(long millis, Runnable action) {
    vertx.setTimer(Math.max(1, millis), _ -> action.run());
  }
}
