package vn.truc.log;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.redis.client.Command;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Who waits until followers have what the store holds at a moment. Those who ask while a question
/// is under way share the next.
///
/// Belongs to one context.
final class RedisReach {
  private final Vertx vertx;
  private final int millisMax;
  private final List<Waiter> waiters = new ArrayList<>();
  private long delivered;
  private @Nullable Future<Void> now;
  private @Nullable Future<Void> next;

  /// Who waits for a position.
  private record Waiter(long position, Promise<Void> promise) {}

  RedisReach(Vertx vertx, int millisMax) {
    this.vertx = vertx;
    this.millisMax = millisMax;
  }

  /// Followers have everything up to here.
  void reached(long position) {
    delivered = position;
    if (!waiters.isEmpty()) {
      List<Waiter> there =
          waiters.stream().filter(waiter -> waiter.position() <= delivered).toList();
      waiters.removeAll(there);
      there.forEach(waiter -> waiter.promise().tryComplete());
    }
  }

  /// Completes when followers have everything the store holds now; fails where the store does not
  /// tell, or that takes too long.
  Future<Void> head(RedisLink.Session session, RedisKeys keys) {
    Future<Void> asked = now;
    if (asked == null || asked.isComplete()) {
      return ask(session, keys);
    }
    Future<Void> shared = next;
    if (shared == null) {
      shared = asked.transform(_ -> ask(session, keys));
      next = shared;
    }
    return shared;
  }

  private Future<Void> ask(RedisLink.Session session, RedisKeys keys) {
    next = null;
    Promise<Void> reached = Promise.promise();
    long timer = vertx.setTimer(millisMax, _ -> reached.tryFail(tooLong()));
    session
        .send(RedisReply.command(Command.XLEN, keys.stream()))
        .onSuccess(
            length -> {
              long wanted = length.number();
              if (wanted <= delivered) {
                reached.tryComplete();
              } else {
                waiters.add(new Waiter(wanted, reached));
              }
            })
        .onFailure(reached::tryFail);
    Future<Void> answered =
        reached
            .future()
            .eventually(
                () -> {
                  vertx.cancelTimer(timer);
                  waiters.removeIf(waiter -> waiter.promise().equals(reached));
                  return Future.succeededFuture();
                });
    now = answered;
    return answered;
  }

  private LogException tooLong() {
    return new LogException(
        LogException.Reason.UNREADABLE, "the log was not read to its end in " + millisMax + " ms");
  }
}
