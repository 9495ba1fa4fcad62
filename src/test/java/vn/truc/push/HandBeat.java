package vn.truc.push;

import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.Deque;
import java.util.PriorityQueue;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/// Time moved by hand.
final class HandBeat implements Beat {
  private record Timer(long at, long serial, Runnable action) {}

  private final PriorityQueue<Timer> timers =
      new PriorityQueue<>(Comparator.comparingLong(Timer::at).thenComparingLong(Timer::serial));
  private final Deque<Runnable> turn = new ArrayDeque<>();
  private long millis = 1000;
  private long serial;
  private boolean shortTurns;
  private @Nullable Random lazy;

  @Override
  public long millis() {
    return millis;
  }

  @Override
  public long epochSeconds() {
    return 1_700_000_000L + millis / 1000;
  }

  @Override
  public void soon(Runnable action) {
    turn.add(action);
  }

  @Override
  public void inLine(Runnable action) {
    turn.add(action);
  }

  @Override
  public boolean isOver(long nanos) {
    Random how = lazy;
    return nanos > 0 && (how == null ? shortTurns : how.nextInt(3) == 0);
  }

  @Override
  public void after(long delayMillis, Runnable action) {
    timers.add(new Timer(millis + delayMillis, serial++, action));
  }

  /// From now on each piece of work takes longer than a turn has for it.
  void shortTurns() {
    shortTurns = true;
  }

  /// Runs the next thing that waits for the end of this turn.
  void one() {
    turn.remove().run();
  }

  /// Runs what waits, one after the other; how many there were.
  int count() {
    int ran = 0;
    for (; !turn.isEmpty(); ran++) {
      one();
    }
    return ran;
  }

  /// Runs the timers that are due in some time, and nothing else.
  void ring(long inMillis) {
    millis += inMillis;
    while (!timers.isEmpty() && timers.peek().at() <= millis) {
      timers.remove().action().run();
    }
  }

  /// Forgets what was to come, as the end of a process does.
  void die() {
    turn.clear();
    timers.clear();
  }

  /// From now on some pieces of work take longer than a turn has for them, and only some of what
  /// waits for the end of a turn runs at it; null ends that.
  void lazy(@Nullable Random how) {
    lazy = how;
  }

  /// Runs what waits for the end of this turn.
  void turn() {
    Random how = lazy;
    if (how != null) {
      for (int i = how.nextInt(4); i > 0 && !turn.isEmpty(); i--) {
        one();
      }
      return;
    }
    for (Runnable action = turn.poll(); action != null; action = turn.poll()) {
      action.run();
    }
  }

  /// Lets time pass, timers and turns included.
  void pass(long forMillis) {
    long until = millis + forMillis;
    turn();
    while (!timers.isEmpty() && timers.peek().at() <= until) {
      Timer next = timers.remove();
      millis = Math.max(millis, next.at());
      next.action().run();
      turn();
    }
    millis = until;
  }
}
