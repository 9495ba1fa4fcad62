package vn.truc.log;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.redis.client.Command;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import vn.truc.event.LogRecord;
import vn.truc.loop.Steps;

/// Reads of the past. A position is found from the nearest one below it whose place in the stream
/// is known: from what was read lately, or from the sparse index in the store, which any node may
/// write since all count alike.
///
/// Belongs to one context.
final class RedisReader {
  /// Positions between two entries of the index.
  static final long STRIDE = 1_024;

  private static final int REMEMBERED_MAX = 512;
  private static final int SKIP_MAX = 1_024;
  private static final int PAUSE_MILLIS = 50;

  private static final Logger LOG = LoggerFactory.getLogger(RedisReader.class);
  private static final Pattern STREAM_ID = Pattern.compile("[0-9]{1,20}-[0-9]{1,20}");
  private static final Place BEGINNING = new Place(0, "0-0");

  /// A position and where it stands in the stream.
  private record Place(long position, String streamId) {}

  private final LogSettings settings;
  private final RedisSettings redis;
  private final Supplier<Future<RedisLink.Session>> nextSession;
  private final Supplier<Future<Void>> pause;
  private final Map<Long, String> remembered =
      new LinkedHashMap<>(64, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Long, String> eldest) {
          return size() > REMEMBERED_MAX;
        }
      };
  private int waiting;
  private boolean indexTold;

  RedisReader(Vertx vertx, LogSettings settings, RedisSettings redis, RedisLink link) {
    this(
        settings,
        redis,
        link::nextSession,
        () -> vertx.timer(PAUSE_MILLIS, TimeUnit.MILLISECONDS).mapEmpty());
  }

  /// @param nextSession the session in use, or the next one
  /// @param pause after a session that broke
  RedisReader(
      LogSettings settings,
      RedisSettings redis,
      Supplier<Future<RedisLink.Session>> nextSession,
      Supplier<Future<Void>> pause) {
    this.settings = settings;
    this.redis = redis;
    this.nextSession = nextSession;
    this.pause = pause;
  }

  /// Notes where a position stands.
  void remember(long position, String streamId) {
    remembered.put(position, streamId);
  }

  /// Notes a position that was just passed, in the store too where it belongs into the index.
  void passed(RedisLink.Session session, RedisKeys keys, long position, String streamId) {
    if (position % STRIDE == 0) {
      remember(position, streamId);
      var _ =
          session.send(
              RedisReply.command(
                  Command.ZADD, keys.index(), "NX", Long.toString(position), streamId));
    }
  }

  /// The records behind a position, for a follower. While the store is out of reach it waits; each
  /// follower has one read under way at most.
  Future<List<LogRecord>> after(RedisKeys keys, long position) {
    return Steps.until(
        () -> nextSession.get().compose(session -> readOrPause(session, keys, position)));
  }

  /// Empty where the connection broke; after a pause, since it fails what it owed before it is seen
  /// to be over.
  private Future<Optional<List<LogRecord>>> readOrPause(
      RedisLink.Session session, RedisKeys keys, long position) {
    return entriesAfter(session, keys, position)
        .map(entries -> Optional.of(records(session, keys, entries, position)))
        .recover(
            cause ->
                cause instanceof LogException || refusal(cause)
                    ? Future.failedFuture(unreadable(cause))
                    : pause.get().map(Optional.empty()));
  }

  /// Whether the store understood and would not: asking again is of no use.
  private static boolean refusal(Throwable cause) {
    return String.valueOf(cause.getMessage()).startsWith("ERR ");
  }

  private List<LogRecord> records(
      RedisLink.Session session, RedisKeys keys, List<RedisEntry> entries, long position) {
    List<LogRecord> records = new ArrayList<>(entries.size());
    long at = position;
    for (RedisEntry entry : entries) {
      at++;
      records.add(entry.record(at));
      passed(session, keys, at, entry.id());
    }
    if (!entries.isEmpty()) {
      remember(at, entries.getLast().id());
    }
    return records;
  }

  private Future<List<RedisEntry>> entriesAfter(
      RedisLink.Session session, RedisKeys keys, long position) {
    int count = Math.min(settings.followBatchRecordsMax(), redis.readRecordsMax());
    return place(session, keys, position)
        .compose(place -> walk(session, keys, place, position))
        .compose(place -> range(session, keys, place.streamId(), count));
  }

  /// The entry at a position; empty when there is none.
  Future<Optional<RedisEntry>> entry(RedisLink.Session session, RedisKeys keys, long position) {
    if (position < 1) {
      return Future.succeededFuture(Optional.empty());
    }
    if (waiting >= settings.readQueueMax()) {
      return Future.failedFuture(
          new LogException(
              LogException.Reason.QUEUE_FULL, "read queue full: " + settings.readQueueMax()));
    }
    waiting++;
    return place(session, keys, position - 1)
        .compose(place -> walk(session, keys, place, position - 1))
        .compose(place -> range(session, keys, place.streamId(), 1))
        .map(entries -> entries.stream().findFirst())
        .recover(cause -> Future.failedFuture(unreadable(cause)))
        .eventually(
            () -> {
              waiting--;
              return Future.succeededFuture();
            });
  }

  private static LogException unreadable(Throwable cause) {
    return cause instanceof LogException known
        ? known
        : new LogException(LogException.Reason.UNREADABLE, "reading the log failed", cause);
  }

  /// The nearest known place at or below a position.
  private Future<Place> place(RedisLink.Session session, RedisKeys keys, long position) {
    if (position <= 0) {
      return Future.succeededFuture(BEGINNING);
    }
    String exact = remembered.get(position);
    if (exact != null) {
      return Future.succeededFuture(new Place(position, exact));
    }
    return session
        .send(
            RedisReply.command(
                Command.ZRANGE,
                keys.index(),
                Long.toString(position),
                "-inf",
                "BYSCORE",
                "REV",
                "LIMIT",
                "0",
                "1",
                "WITHSCORES"))
        .map(RedisReader::placeIn)
        .recover(
            cause -> {
              if (cause instanceof LogException) {
                return Future.succeededFuture(withoutIndex(keys, cause));
              }
              return Future.failedFuture(cause);
            });
  }

  private static Place placeIn(RedisReply reply) {
    List<RedisReply> found = reply.list();
    if (found.size() < 2) {
      return BEGINNING;
    }
    String streamId = found.get(0).toString();
    if (!STREAM_ID.matcher(streamId).matches()) {
      throw new LogException(LogException.Reason.CORRUPT, "'" + streamId + "' is no stream id");
    }
    return new Place(found.get(1).number(), streamId);
  }

  /// The index only spares reading. Where it cannot be used the stream is read from its beginning.
  private Place withoutIndex(RedisKeys keys, Throwable cause) {
    if (!indexTold) {
      indexTold = true;
      LOG.warn("log_index_ignored key={} cause={}", keys.index(), cause.getMessage());
    }
    return BEGINNING;
  }

  /// Goes on from a place to a position behind it; ends early where the log ends.
  private Future<Place> walk(RedisLink.Session session, RedisKeys keys, Place from, long position) {
    AtomicReference<Place> reached = new AtomicReference<>(from);
    return Steps.whileTrue(() -> stride(session, keys, reached, position)).map(_ -> reached.get());
  }

  /// Whether it came further.
  private Future<Boolean> stride(
      RedisLink.Session session, RedisKeys keys, AtomicReference<Place> reached, long position) {
    Place from = reached.get();
    long left = position - from.position();
    if (left == 0) {
      return Future.succeededFuture(false);
    }
    return range(session, keys, from.streamId(), (int) Math.min(left, SKIP_MAX))
        .map(
            entries -> {
              if (entries.isEmpty()) {
                return false;
              }
              Place now = new Place(from.position() + entries.size(), entries.getLast().id());
              remember(now.position(), now.streamId());
              reached.set(now);
              return true;
            });
  }

  private static Future<List<RedisEntry>> range(
      RedisLink.Session session, RedisKeys keys, String after, int count) {
    return session
        .send(RedisReply.command(Command.XRANGE, keys.stream(), "(" + after, "+", "COUNT", count))
        .map(RedisReply::entries);
  }
}
