package vn.truc.log;

import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.redis.client.Redis;
import io.vertx.redis.client.RedisConnection;
import io.vertx.redis.client.Request;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/// The connections to Redis: one that appends, one that follows, one for everything else. They live
/// and die together: whatever breaks one, or refuses the store behind them, ends the session, and a
/// new one is made after a random wait. A session is handed out only after it was verified.
///
/// Belongs to one context.
final class RedisLink {
  private static final int WAITING_MAX = 8_192;
  private static final String WRONG_TYPE = "WRONGTYPE";

  /// Who looks at a session before it is used, and hears of its life.
  interface Watcher {

    /// Judges the store; a failure with `CORRUPT` means that it is not ours.
    Future<Void> verify(Session session);

    /// The session may be used from here on.
    void up(Session session);

    /// There is none any more, or no new one could be made.
    void down(Throwable cause);
  }

  /// Three verified connections.
  static final class Session {
    private final List<Redis> clients;
    private final RedisConnection writer;
    private final RedisConnection tail;
    private final RedisConnection side;
    private final Runnable whenLong;
    private boolean over;

    Session(List<Redis> clients, List<RedisConnection> connections, Runnable whenLong) {
      this.clients = clients;
      this.whenLong = whenLong;
      this.writer = connections.get(0);
      this.tail = connections.get(1);
      this.side = connections.get(2);
    }

    /// Commands on the connection that appends, in order; fails when one does.
    Future<List<RedisReply>> append(List<Request> commands) {
      return told(writer.batch(commands).map(RedisReply::all), commands);
    }

    /// A command on the connection that follows.
    Future<RedisReply> follow(Request command) {
      return told(tail.send(command).map(RedisReply::of), List.of(command));
    }

    /// Verifying it takes longer than an answer may: whoever does so bounds each of its own steps.
    void takesLong() {
      whenLong.run();
    }

    /// Whether it ended.
    boolean over() {
      return over;
    }

    /// One command beside the log.
    Future<RedisReply> send(Request command) {
      return told(side.send(command).map(RedisReply::of), List.of(command));
    }

    /// Several commands beside the log, in order; fails when one does.
    Future<List<RedisReply>> batch(List<Request> commands) {
      return told(side.batch(commands).map(RedisReply::all), commands);
    }

    /// A store that holds something else under a name of ours is not ours.
    private <T> Future<T> told(Future<T> answer, List<Request> commands) {
      return answer.recover(
          cause ->
              String.valueOf(cause.getMessage()).contains(WRONG_TYPE)
                  ? Future.failedFuture(
                      new LogException(
                          LogException.Reason.CORRUPT,
                          "the store holds something of another type under a name of this log: "
                              + RedisReply.keysOf(commands),
                          cause))
                  : Future.failedFuture(cause));
    }
  }

  private final Vertx vertx;
  private final Context owner;
  private final RedisAddress address;
  private final RedisSettings settings;
  private final int appendsWaitingMax;
  private final Watcher watcher;
  private final List<Promise<Session>> waiting = new ArrayList<>();
  private @Nullable Session session;
  private int failures;
  private boolean closed;

  /// @param appendsWaitingMax commands that may wait for their answers on the appending connection
  RedisLink(
      Vertx vertx,
      Context owner,
      RedisAddress address,
      RedisSettings settings,
      int appendsWaitingMax,
      Watcher watcher) {
    this.vertx = vertx;
    this.owner = owner;
    this.address = address;
    this.settings = settings;
    this.appendsWaitingMax = appendsWaitingMax;
    this.watcher = watcher;
  }

  /// Begins to connect, and goes on until it is closed.
  void begin() {
    owner.runOnContext(_ -> connect());
  }

  /// The session in use; empty while there is none.
  Optional<Session> session() {
    return Optional.ofNullable(session);
  }

  /// The session in use, or the next one; fails when the link is closed.
  Future<Session> nextSession() {
    Session now = session;
    if (now != null) {
      return Future.succeededFuture(now);
    }
    if (closed) {
      return Future.failedFuture(closedFailure());
    }
    Promise<Session> promise = Promise.promise();
    waiting.add(promise);
    return promise.future();
  }

  static LogException closedFailure() {
    return new LogException(LogException.Reason.CLOSED, "the log is closed");
  }

  private void connect() {
    if (closed || session != null) {
      return;
    }
    List<Redis> clients = new ArrayList<>();
    List<Future<RedisConnection>> connecting = new ArrayList<>();
    for (int waitingMax : List.of(appendsWaitingMax, WAITING_MAX, WAITING_MAX)) {
      Redis client = Redis.createClient(vertx, address.options(settings, waitingMax));
      clients.add(client);
      connecting.add(client.connect());
    }
    long tooLong = vertx.setTimer(settings.answerMillisMax(), _ -> close(clients));
    Future.all(connecting)
        .map(all -> new Session(clients, all.list(), () -> vertx.cancelTimer(tooLong)))
        .compose(made -> watched(made).map(made))
        .onComplete(
            made -> {
              vertx.cancelTimer(tooLong);
              take(made);
            },
            cause -> {
              vertx.cancelTimer(tooLong);
              close(clients);
              again(cause);
            });
  }

  private Future<Void> watched(Session made) {
    for (RedisConnection connection : List.of(made.writer, made.tail, made.side)) {
      connection.endHandler(_ -> lost(made, new IllegalStateException("the connection ended")));
      connection.exceptionHandler(cause -> lost(made, cause));
    }
    return Future.succeededFuture().compose(_ -> watcher.verify(made));
  }

  private void take(Session made) {
    if (closed || made.over) {
      close(made.clients);
      again(new IllegalStateException("the connection ended while it was verified"));
      return;
    }
    session = made;
    watcher.up(made);
    List<Promise<Session>> ready = new ArrayList<>(waiting);
    waiting.clear();
    ready.forEach(promise -> promise.complete(made));
  }

  /// The store has proved to be as it should be: the next wait is a short one again. A session that
  /// was verified and then fails before that, again and again, makes the waits longer.
  void steady() {
    failures = 0;
  }

  /// Upper end of the next wait before connecting again, in milliseconds.
  int waitMillisMax() {
    return (int)
        Math.min(
            settings.backoffMillisMax(),
            (long) settings.backoffMillisMin() << Math.min(failures, 20));
  }

  /// Ends a session; a new one is made after a wait.
  void lost(Session which, Throwable cause) {
    owner.runOnContext(_ -> end(which, cause));
  }

  private void end(Session which, Throwable cause) {
    which.over = true;
    if (which == session) {
      session = null;
      close(which.clients);
      again(cause);
    }
  }

  private void again(Throwable cause) {
    if (closed) {
      return;
    }
    watcher.down(cause);
    int upper = waitMillisMax();
    failures++;
    vertx.setTimer(1 + ThreadLocalRandom.current().nextInt(upper), _ -> connect());
  }

  private static void close(List<Redis> clients) {
    clients.forEach(Redis::close);
  }

  /// Ends it for good.
  void close() {
    closed = true;
    Session now = session;
    session = null;
    if (now != null) {
      now.over = true;
      close(now.clients);
    }
    List<Promise<Session>> left = new ArrayList<>(waiting);
    waiting.clear();
    left.forEach(promise -> promise.fail(closedFailure()));
  }
}
