package vn.truc.log;

import io.vertx.core.Future;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Request;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// What a stream lacks of the entries it ever got: somebody deleted or trimmed some. Positions
/// count entries, so a log with a gap is followed by nobody; until a restore takes it for what it
/// is, and notes what is missing in the hash `truc:{id}:gap`:
///
/// ```
/// lost     entries that were taken from the stream, and are known to be lost
/// deleted  the newest entry that XDEL took, as Redis tells it
/// ```
///
/// @param lost entries that are missing
/// @param deleted the newest that was deleted one by one; `0-0` where none was
record RedisGap(long lost, String deleted) {
  private static final String NO_ENTRY = "0-0";

  /// What Redis tells of a stream: how much of it is missing.
  static RedisGap of(RedisReply stream) {
    long length = stream.member("length").number();
    RedisReply added = stream.member("entries-added");
    String deleted = stream.member("max-deleted-entry-id").text().orElse(NO_ENTRY);
    String first = stream.member("first-entry").at(0).toString();
    long lost = added.isNil() ? 0 : added.number() - length;
    // A store that does not count what it got shows at least where the stream begins.
    boolean cut = added.isNil() && !first.equals(RedisRecords.birthId(1));
    return new RedisGap(cut ? 1 : lost, deleted);
  }

  /// What a restore has noted; nothing where there was none.
  static RedisGap noted(RedisReply note) {
    return new RedisGap(
        note.member("lost").number(), note.member("deleted").text().orElse(NO_ENTRY));
  }

  /// Asks for the note.
  static Request question(RedisKeys keys) {
    return RedisReply.command(Command.HGETALL, keys.gap());
  }

  /// What is missing beyond what a restore has noted; empty where nothing is.
  ///
  /// @param logId the log's id, to be told
  Optional<String> beyond(RedisGap noted, String logId) {
    if (equals(noted)) {
      return Optional.empty();
    }
    long more = lost - noted.lost();
    return Optional.of(
        "has lost "
            + (more > 0 ? Long.toString(more) : "some")
            + " records of log "
            + logId
            + ": its stream was trimmed, or entries of it deleted, by hand. Put a copy back; or,"
            + " to go on without them, stop all nodes, run `truc restore --store` with this"
            + " address and start them again (docs/OPERATIONS.md)");
  }

  /// The same, and what is missing although a restore knows of it, since this node counted it.
  ///
  /// @param counted entries that were missing when this node began to count
  Optional<String> missing(RedisGap noted, long counted, String logId) {
    return beyond(noted, logId)
        .or(
            () ->
                lost == counted
                    ? Optional.empty()
                    : Optional.of(RedisIdentity.lostMeanwhile(logId)));
  }

  /// Takes a stream for what it is: notes what is missing, and drops what counted the positions
  /// there were, all at once.
  static Future<RedisGap> accept(RedisLink.Session session, RedisKeys keys, List<Long> snapshots) {
    return session
        .send(RedisReply.command(Command.XINFO, "STREAM", keys.stream()))
        .map(RedisGap::of)
        .compose(
            gap -> {
              List<Request> commands = new ArrayList<>();
              commands.add(RedisReply.command(Command.MULTI));
              commands.add(
                  RedisReply.command(
                      Command.HSET,
                      keys.gap(),
                      "lost",
                      Long.toString(gap.lost()),
                      "deleted",
                      gap.deleted()));
              commands.add(RedisReply.command(Command.UNLINK, keys.index()));
              commands.add(RedisReply.command(Command.UNLINK, keys.brief()));
              commands.add(RedisReply.command(Command.UNLINK, keys.snapshots()));
              for (long number : snapshots) {
                commands.add(RedisReply.command(Command.UNLINK, keys.snapshot(number)));
              }
              commands.add(RedisReply.command(Command.EXEC));
              return session.batch(commands).map(gap);
            });
  }
}
