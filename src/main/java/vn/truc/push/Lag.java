package vn.truc.push;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.Map;

/// What a connection has missed while its queue was full: per channel no more than a number, so a
/// slow reader costs its channels, not its backlog.
final class Lag {
  private static final long CACHE = -1;

  private final Map<HubChannel, Long> missed = new LinkedHashMap<>();
  private final Deque<ClientCommand> deferred = new ArrayDeque<>();
  private long queuedBytes;
  private long drainedMillis;

  Lag(long queuedBytes, long nowMillis) {
    this.queuedBytes = queuedBytes;
    this.drainedMillis = nowMillis;
  }

  /// Notes that a fragment was not sent; true when it replaced an older value not sent either.
  boolean note(Fragment fragment) {
    return switch (fragment.channel()) {
      case CacheChannel cache -> missed.putIfAbsent(cache, CACHE) != null;
      case StreamChannel stream -> {
        missed.putIfAbsent(stream, fragment.before());
        yield false;
      }
    };
  }

  /// Notes that a stream channel was sent up to an offset and no further.
  void sentUpTo(StreamChannel channel, long offset) {
    missed.put(channel, offset);
  }

  /// What was missed: a cache channel, or a stream channel with the offset it was sent up to.
  Map<HubChannel, Long> missed() {
    return missed;
  }

  /// Commands that wait until there is room for their replies.
  Deque<ClientCommand> deferred() {
    return deferred;
  }

  boolean empty() {
    return missed.isEmpty() && deferred.isEmpty();
  }

  /// Watches the queue drain; the milliseconds since it last did.
  long stuckMillis(long queuedNowBytes, long nowMillis) {
    if (queuedNowBytes < queuedBytes) {
      drainedMillis = nowMillis;
    }
    queuedBytes = queuedNowBytes;
    return nowMillis - drainedMillis;
  }
}
