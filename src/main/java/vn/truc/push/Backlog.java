package vn.truc.push;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/// What waits for all sockets together, counted where it lies: bytes in the queues of the network,
/// replies included, commands put off until there is room or it is their turn, and what came of
/// messages that have not ended. Above the bound sockets are closed, 3008, until it is kept: first
/// those that have shown no token, which have an eighth of it, then those for whom most waits. One
/// crowd that reads nothing, or ends nothing, must not take the memory of all. A frame that is
/// shared counts for each of its readers, so memory is less.
final class Backlog {
  /// About what a command takes that was put off.
  static final long COMMAND_BYTES = 400;

  /// After a purge there is room for others again.
  private static final double KEPT = 0.9;

  /// So many are counted anew after a flush.
  private static final int LOOKS = 1_000;

  /// The part of the bound there is for those that have shown no token: an honest one says a word
  /// and is answered.
  private static final double STRANGERS = 1 / 8.0;

  /// What messages may take behind our close, which is on its way to their sender.
  private static final int LEFT_BYTES = 4 * 1024;

  private final long bytesMax;
  private final Set<Session> behind = new LinkedHashSet<>();
  private long total;
  private long strangers;

  /// @param bytesMax over all connections
  Backlog(long bytesMax) {
    this.bytesMax = bytesMax;
  }

  /// Counts anew what waits for one.
  void note(Session session) {
    long bytes = session.open() ? waiting(session) : 0;
    boolean stranger = !session.live();
    total += bytes - session.counted();
    if (session.countedStranger()) {
      strangers -= session.counted();
    }
    if (stranger) {
      strangers += bytes;
    }
    session.counted(bytes, stranger);
    if (bytes > 0) {
      behind.add(session);
    } else {
      behind.remove(session);
    }
  }

  /// A socket was read: so much lies there of messages that have not ended.
  void unfinished(Session session, long bytes) {
    boolean changed = bytes != session.unfinishedBytes();
    session.unfinishedBytes(bytes);
    if (!session.open()) {
      if (bytes > LEFT_BYTES) {
        // it has been told, and goes on
        session.link().cut();
      }
    } else if (changed || session.link().queuedBytes() > 0) {
      note(session);
      purge();
    }
  }

  private static long waiting(Session session) {
    Lag lag = session.lagging();
    long putOff = lag == null ? 0 : lag.deferred().size() * COMMAND_BYTES;
    return session.link().queuedBytes()
        + putOff
        + session.commands().waitingBytes()
        + session.unfinishedBytes();
  }

  /// Counts anew some of those that had something waiting, those first that were looked at longest
  /// ago: the network takes its bytes without a word.
  void look() {
    List<Session> next = new ArrayList<>(Math.min(behind.size(), LOOKS));
    for (Session session : behind) {
      if (next.size() == LOOKS) {
        break;
      }
      next.add(session);
    }
    next.forEach(behind::remove);
    next.forEach(this::note);
  }

  /// Closes the worst where too much waits.
  void purge() {
    if (kept(1)) {
      return;
    }
    List.copyOf(behind).forEach(this::note);
    if (kept(1)) {
      return;
    }
    // strangers that go make room; then nobody else need go
    boolean liveAlone = total - strangers > bytesMax;
    List<Session> worst = new ArrayList<>(behind);
    worst.sort(
        Comparator.comparing(Session::live)
            .thenComparing(Session::counted, Comparator.reverseOrder()));
    for (Session session : worst) {
      if (kept(KEPT) || (session.live() && kept(1) && !liveAlone)) {
        return;
      }
      boolean unfinished = session.unfinishedBytes() > 0;
      session.close(CloseCode.SLOW);
      if (unfinished) {
        // a close handshake would leave it where it lies
        session.link().cut();
      }
    }
  }

  private boolean kept(double share) {
    return total <= bytesMax * share && strangers <= bytesMax * STRANGERS * share;
  }

  /// Bytes that wait.
  long total() {
    return total;
  }
}
