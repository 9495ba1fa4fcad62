package vn.truc.push;

import java.util.LinkedHashSet;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What all clients ask for takes one piece of time a turn, however many they are. Who has more to
/// say, or comes when that is used up, waits in one line: each connection in it gets a piece, and
/// stands at its end again when that was not enough.
final class Desk {
  private static final Logger LOG = LoggerFactory.getLogger(Desk.class);

  private final Beat beat;
  private final Set<Commands> line = new LinkedHashSet<>();
  private long usedNanos;
  private long beganNanos;
  private boolean asked;

  Desk(Beat beat) {
    this.beat = beat;
  }

  /// Whether commands may be handled at once.
  boolean free() {
    return line.isEmpty() && !beat.isOver(usedNanos);
  }

  /// Commands begin to be handled.
  void begin() {
    beganNanos = System.nanoTime();
  }

  /// Whether those at hand should go on in another turn.
  boolean isOver() {
    return beat.isOver(usedNanos + System.nanoTime() - beganNanos);
  }

  /// Commands were handled, or will be.
  ///
  /// @param waits whether some are left
  void end(Commands of, boolean waits) {
    usedNanos += System.nanoTime() - beganNanos;
    if (waits) {
      line(of);
    }
    ask();
  }

  /// Puts a connection that waits for its turn at the end of the line, unless it stands in it.
  void line(Commands waiting) {
    line.add(waiting);
    ask();
  }

  /// One left.
  void forget(Commands gone) {
    line.remove(gone);
  }

  private void ask() {
    if (!asked) {
      asked = true;
      beat.inLine(this::turn);
    }
  }

  private void turn() {
    asked = false;
    usedNanos = 0;
    while (!line.isEmpty() && !beat.isOver(usedNanos)) {
      Commands first = line.iterator().next();
      line.remove(first);
      try {
        first.goOn();
      } catch (RuntimeException fault) {
        LOG.error("command_failed", fault);
        first.failed();
      }
    }
    if (line.isEmpty()) {
      usedNanos = 0;
    } else {
      ask();
    }
  }
}
