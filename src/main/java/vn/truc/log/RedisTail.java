package vn.truc.log;

import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.redis.client.Command;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import vn.truc.event.LogRecord;
import vn.truc.loop.Turns;
import vn.truc.loop.Work;

/// Follows the end of the stream: counts positions, hands records to the followers, and answers
/// this node's appends when they have come back. The next read begins when all of the last one was
/// handed over; what is read is decoded in slices.
///
/// Belongs to one context; the head may be read from any.
final class RedisTail {
  private static final int RECORDS_BETWEEN_LOOKS = 32;

  /// What the tail tells.
  interface Listener {

    /// The store answered.
    void heard();

    /// Everything up to here is with the followers.
    void reached(long position);

    /// A restored log told its new id.
    void record(LogRecord record);

    /// An entry cannot be read.
    void broken(RedisLink.Session session, LogException cause);
  }

  private final Context owner;
  private final RedisSettings settings;
  private final RedisWriter writer;
  private final RedisReader reader;
  private final Followers followers;
  private final Listener listener;
  private RedisLink.@Nullable Session session;
  private volatile long head;
  private String streamId = "0-0";
  private long readNanos;

  RedisTail(
      Context owner,
      RedisSettings settings,
      RedisWriter writer,
      RedisReader reader,
      Followers followers,
      Listener listener) {
    this.owner = owner;
    this.settings = settings;
    this.writer = writer;
    this.reader = reader;
    this.followers = followers;
    this.listener = listener;
  }

  /// Where following begins, before anything was read.
  void startAt(long position, String place) {
    head = position;
    streamId = place;
    reader.remember(position, place);
  }

  /// The newest position handed to followers.
  long head() {
    return head;
  }

  /// Where it stands in the stream.
  String streamId() {
    return streamId;
  }

  /// Nanoseconds the present read has been waiting for its answer.
  long silentNanos() {
    return System.nanoTime() - readNanos;
  }

  /// Goes on over a session.
  void follow(RedisLink.Session now, RedisKeys keys) {
    session = now;
    read(now, keys);
  }

  private void read(RedisLink.Session now, RedisKeys keys) {
    if (now != session || now.over()) {
      return;
    }
    readNanos = System.nanoTime();
    now.follow(
            RedisReply.command(
                Command.XREAD,
                "COUNT",
                settings.readRecordsMax(),
                "BLOCK",
                settings.checkMillis(),
                "STREAMS",
                keys.stream(),
                streamId))
        .onSuccess(
            reply -> {
              listener.heard();
              take(now, keys, reply.at(0).at(1).entries(), 0);
            });
  }

  private void take(RedisLink.Session now, RedisKeys keys, List<RedisEntry> entries, int from) {
    if (now != session || now.over()) {
      return;
    }
    long began = System.nanoTime();
    List<LogRecord> records = new ArrayList<>(entries.size() - from);
    List<Followers.Settled> settled = new ArrayList<>();
    int next = from;
    while (next < entries.size()
        && (next == from || next % RECORDS_BETWEEN_LOOKS != 0 || !Turns.isOver(began))) {
      try {
        records.add(record(now, keys, entries.get(next), settled));
      } catch (LogException e) {
        publish(records, settled).onComplete(_ -> listener.broken(now, e));
        return;
      }
      next++;
    }
    int then = next;
    if (then < entries.size()) {
      var _ = publish(records, settled);
      Turns.next(owner, Work.FOLD, () -> take(now, keys, entries, then));
    } else {
      publish(records, settled).onComplete(_ -> read(now, keys));
    }
  }

  @SuppressWarnings("NonAtomicVolatileUpdate") // written on one context only
  private LogRecord record(
      RedisLink.Session now, RedisKeys keys, RedisEntry entry, List<Followers.Settled> settled) {
    long position = head + 1;
    LogRecord record =
        writer.cameBack(entry.by(), position, settled).orElseGet(() -> entry.record(position));
    head = position;
    streamId = entry.id();
    reader.passed(now, keys, position, streamId);
    listener.record(record);
    return record;
  }

  /// Followers first, then the appends, then whoever waits for this position. Completes when all is
  /// handed over.
  private Future<Long> publish(List<LogRecord> records, List<Followers.Settled> settled) {
    long last = head;
    Promise<Long> delivered = Promise.promise();
    if (records.isEmpty()) {
      delivered.complete(last);
    } else {
      WorkQueue.Append all = new WorkQueue.Append(List.of(), 0, owner, delivered);
      settled.add(new Followers.Settled(all, last + 1));
      followers.publish(records, settled);
    }
    return delivered.future().onSuccess(_ -> listener.reached(last));
  }
}
