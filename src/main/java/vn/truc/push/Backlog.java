package vn.truc.push;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/// What waits for all readers together, counted where it lies: bytes in the queues of the network,
/// replies included, and commands put off until there is room or it is their turn. Above the bound
/// the readers for whom most waits are closed, 3008, until it is kept: one crowd that reads nothing
/// must not take the memory of all. A frame that is shared counts for each of its readers, so
/// memory is less.
final class Backlog {
  /// About what a command takes that was put off.
  static final long COMMAND_BYTES = 400;

  /// After a purge there is room for others again.
  private static final double KEPT = 0.9;

  private final long bytesMax;
  private final Set<Session> behind = new LinkedHashSet<>();
  private long total;

  /// @param bytesMax over all connections
  Backlog(long bytesMax) {
    this.bytesMax = bytesMax;
  }

  /// Counts anew what waits for one.
  void note(Session session) {
    long bytes = session.open() ? waiting(session) : 0;
    total += bytes - session.counted();
    session.counted(bytes);
    if (bytes > 0) {
      behind.add(session);
    } else {
      behind.remove(session);
    }
  }

  private static long waiting(Session session) {
    Lag lag = session.lagging();
    long putOff = lag == null ? 0 : lag.deferred().size() * COMMAND_BYTES;
    return session.link().queuedBytes() + putOff + session.commands().waitingBytes();
  }

  /// Counts anew all that had something waiting.
  void look() {
    for (Session session : List.copyOf(behind)) {
      note(session);
    }
  }

  /// Closes the worst readers where too much waits.
  void purge() {
    if (total <= bytesMax) {
      return;
    }
    look();
    if (total <= bytesMax) {
      return;
    }
    List<Session> worst = new ArrayList<>(behind);
    worst.sort((a, b) -> Long.compare(b.counted(), a.counted()));
    for (Session session : worst) {
      if (total <= bytesMax * KEPT) {
        return;
      }
      session.close(CloseCode.SLOW);
    }
  }

  /// Bytes that wait.
  long total() {
    return total;
  }
}
