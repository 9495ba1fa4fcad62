package vn.truc.push;

import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.Deque;
import java.util.PriorityQueue;

/// Time moved by hand.
final class HandBeat implements Beat {
  private record Timer(long at, long serial, Runnable action) {}

  private final PriorityQueue<Timer> timers =
      new PriorityQueue<>(Comparator.comparingLong(Timer::at).thenComparingLong(Timer::serial));
  private final Deque<Runnable> turn = new ArrayDeque<>();
  private long millis = 1000;
  private long serial;
  private boolean shortTurns;

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
    return nanos > 0 && shortTurns;
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

  /// Forgets what was to come, as the end of a process does.
  void die() {
    turn.clear();
    timers.clear();
  }

  /// Runs what waits for the end of this turn.
  void turn() {
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
