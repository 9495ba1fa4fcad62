package vn.truc.log;

import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Request;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import vn.truc.event.EventTypes;
import vn.truc.event.LogRecord;

/// Finds out which log a store holds, and whether it is still the one this node knows; begins one
/// in an empty store. Whatever is wrong with it is `CORRUPT`, and nothing is written then.
final class RedisIdentity {
  private static final Logger LOG = LoggerFactory.getLogger(RedisIdentity.class);
  private static final SecureRandom RANDOM = new SecureRandom();

  /// The newest record this node has seen.
  ///
  /// @param logId the id in record 1
  /// @param ids every id the log had as far as this node knows: that one, and those of restores
  /// @param streamId the record's place in the stream
  record Known(String logId, Set<String> ids, long position, String streamId) {
    Known {
      ids = Set.copyOf(ids);
    }
  }

  /// What a node that looks brings along.
  ///
  /// @param known the newest record it has seen; empty where it has seen none, or cannot tell
  /// @param folded whether it holds the fold up to there, and not just the note
  /// @param mayBegin whether it may begin a log in an empty store
  /// @param lost entries that were missing from the stream when the fold began
  record Memory(Optional<Known> known, boolean folded, boolean mayBegin, long lost) {}

  /// What a store holds.
  ///
  /// @param logId the id in record 1
  /// @param newestId the same, or what the newest restore put in its place
  /// @param length records in the stream
  /// @param lastStreamId where the newest of them stands
  /// @param old whether the stream is one of an older version, to be written anew
  /// @param lost entries that are missing, and known to be
  record Found(
      String logId, String newestId, long length, String lastStreamId, boolean old, long lost) {}

  private final RedisAddress address;
  private final List<LogRecord> birth;
  private final boolean restoring;

  /// @param birth what follows record 1 in a log that is begun here
  /// @param restoring whether a stream that lacks entries is taken for what it is
  RedisIdentity(RedisAddress address, List<LogRecord> birth, boolean restoring) {
    this.address = address;
    this.birth = List.copyOf(birth);
    this.restoring = restoring;
  }

  /// Looks at the store behind a session.
  Future<Found> look(RedisLink.Session session, Memory memory) {
    return session
        .send(RedisReply.command(Command.GET, RedisKeys.POINTER))
        .compose(
            pointer -> {
              if (!pointer.isNil()) {
                return inspect(session, pointer.toString(), memory);
              }
              return memory.mayBegin()
                  ? createWhereKept(session).compose(_ -> look(session, memory))
                  : refused(
                      "is empty; this node has seen "
                          + memory.known().map(RedisIdentity::told).orElse("a log"));
            });
  }

  private static String told(Known known) {
    return "log " + known.logId() + " up to position " + known.position();
  }

  private <T> Future<T> refused(String what) {
    return Future.failedFuture(
        new LogException(LogException.Reason.CORRUPT, "the store " + address + " " + what));
  }

  private Future<Void> createWhereKept(RedisLink.Session session) {
    return RedisCheck.trouble(session)
        .compose(
            trouble ->
                trouble
                    .map(
                        what ->
                            Future.<Void>failedFuture(
                                new LogException(LogException.Reason.UNWRITABLE, what)))
                    .orElseGet(() -> create(session)));
  }

  /// Who is first writes the pointer and the first records at once; who comes second finds them.
  private Future<Void> create(RedisLink.Session session) {
    byte[] bytes = new byte[16];
    RANDOM.nextBytes(bytes);
    String id = HexFormat.of().formatHex(bytes);
    RedisKeys keys = new RedisKeys(id);
    LogRecord first =
        LogRecord.internal(
            EventTypes.LOG_CREATED,
            "log:" + id,
            null,
            SqliteStore.micros(Instant.now()),
            new JsonObject().put("id", id).encode());
    List<Request> commands = new ArrayList<>();
    commands.add(RedisReply.command(Command.MULTI));
    commands.add(RedisReply.command(Command.SET, RedisKeys.POINTER, id));
    commands.add(RedisRecords.birth(keys, first, 1));
    for (int i = 0; i < birth.size(); i++) {
      commands.add(RedisRecords.birth(keys, birth.get(i), i + 2L));
    }
    commands.add(RedisReply.command(Command.EXEC));
    return session
        .send(RedisReply.command(Command.WATCH, RedisKeys.POINTER))
        .compose(_ -> session.send(RedisReply.command(Command.GET, RedisKeys.POINTER)))
        .compose(
            pointer ->
                pointer.isNil()
                    ? session.batch(commands).mapEmpty()
                    : session.send(RedisReply.command(Command.UNWATCH)).mapEmpty());
  }

  private Future<Found> inspect(RedisLink.Session session, String logId, Memory memory) {
    Optional<Known> known = memory.known();
    if (known.isPresent() && !known.get().logId().equals(logId)) {
      return refused("holds log " + logId + "; this node follows " + told(known.get()));
    }
    RedisKeys keys = new RedisKeys(logId);
    return session
        .batch(
            List.of(
                RedisReply.command(Command.EXISTS, keys.stream()),
                RedisReply.command(Command.EXISTS, keys.oldStream())))
        .compose(
            there -> {
              boolean old = there.get(1).number() == 1;
              if (old && there.get(0).number() == 1) {
                return refused("holds two streams of log " + logId + ": of today and of before");
              }
              return old || there.get(0).number() == 1
                  ? inspect(session, keys, old, memory)
                  : refused(
                      "has lost the stream of log "
                          + logId
                          + ": put a copy back, or name an empty database");
            });
  }

  private Future<Found> inspect(
      RedisLink.Session session, RedisKeys keys, boolean old, Memory memory) {
    String stream = old ? keys.oldStream() : keys.stream();
    return session
        .batch(
            List.of(
                RedisReply.command(Command.XINFO, "STREAM", stream),
                RedisReply.command(Command.GET, keys.newestId()),
                RedisGap.question(keys)))
        .compose(said -> judge(keys.logId(), said, old, memory))
        .compose(found -> compare(session, stream, found, memory));
  }

  private Future<Found> judge(String logId, List<RedisReply> said, boolean old, Memory memory) {
    RedisReply stream = said.get(0);
    RedisGap gap = RedisGap.of(stream);
    Optional<String> missing = gap.beyond(RedisGap.noted(said.get(2)), logId);
    if (missing.isPresent() && !restoring) {
      return refused(missing.get());
    }
    if (memory.folded() && gap.lost() != memory.lost()) {
      return refused(lostMeanwhile(logId));
    }
    long length = stream.member("length").number();
    String last = stream.member("last-entry").at(0).text().orElse("0-0");
    String newest = said.get(1).text().orElse(logId);
    return Future.succeededFuture(new Found(logId, newest, length, last, old, gap.lost()));
  }

  /// What a node says that counted records which are missing now, and known to be.
  static String lostMeanwhile(String logId) {
    return "has lost records of log "
        + logId
        + ", and a restore said that it goes on without them, so start this node again";
  }

  private Future<Found> compare(
      RedisLink.Session session, String stream, Found found, Memory memory) {
    if (memory.known().isEmpty()) {
      return Future.succeededFuture(found);
    }
    Known seen = memory.known().get();
    if (found.length() < seen.position()) {
      return older(
          found,
          memory,
          "is shorter than it was: it ends at position "
              + found.length()
              + ", this node has seen "
              + told(seen));
    }
    return session
        .send(RedisReply.command(Command.XRANGE, stream, seen.streamId(), seen.streamId()))
        .compose(
            there ->
                there.list().isEmpty()
                    ? older(found, memory, "holds another course of events: without " + told(seen))
                    : Future.succeededFuture(found));
  }

  /// A copy that lacks what this node has seen is followed where it has an id this node has never
  /// heard of: then it was put back on purpose. A node that holds the fold of what is lost now has
  /// to begin anew.
  private Future<Found> older(Found found, Memory memory, String what) {
    Known seen = memory.known().orElseThrow();
    if (seen.ids().contains(found.newestId())) {
      return refused(what);
    }
    if (memory.folded()) {
      return refused(what + "; it was put back on purpose, so start this node again");
    }
    LOG.warn(
        "older_copy_followed log={} id={} position={} seen={}",
        found.logId(),
        found.newestId(),
        found.length(),
        seen.position());
    return Future.succeededFuture(found);
  }
}
