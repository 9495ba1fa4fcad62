package vn.truc.log;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Instant;
import java.util.List;

/// Says that the copy of a log which a Redis holds was put back on purpose, though nodes have seen
/// more: appends `vn.truc.log.restored` with a new id. Nodes that start follow it from then on, and
/// screens that have seen later positions of the lost log begin anew.
///
/// Where entries of the stream are missing it says that the log goes on without them: positions
/// count what is left, so snapshots and whatever else told older positions are dropped.
public final class RedisRestore {
  private RedisRestore() {}

  /// A log that goes on.
  ///
  /// @param from the id it had
  /// @param id its new one
  /// @param head the position of its newest record, the `vn.truc.log.restored`
  /// @param lost records that are missing, those of earlier restores among them
  public record Restored(String from, String id, long head, long lost) {}

  /// Declares it. Completes when the record is durable. Fails with [LogException]: `CORRUPT` (the
  /// store holds no log), `UNWRITABLE` (it cannot be reached, or would lose
  /// records).
  ///
  /// @param plan with `RESTORING`, so that no note is heeded and no log begun
  public static Future<Restored> declare(Vertx vertx, RedisEventLog.Plan plan) {
    return RedisEventLog.open(vertx, plan, new SimpleMeterRegistry())
        .compose(log -> append(log).eventually(log::close));
  }

  private static Future<Restored> append(RedisEventLog log) {
    String from = log.id();
    String id = SqliteRestore.newId();
    Draft draft = Draft.of(SqliteRestore.record(id, from, log.head(), Instant.now()));
    return log.append(List.of(draft))
        .compose(
            position ->
                log.lost() == 0
                    ? Future.succeededFuture(new Restored(from, id, position, 0))
                    : log.acceptLoss().map(gap -> new Restored(from, id, position, gap.lost())));
  }
}
