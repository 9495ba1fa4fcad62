package vn.truc.log;

import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.redis.client.RedisConnection;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;
import io.vertx.redis.client.impl.types.BulkType;
import io.vertx.redis.client.impl.types.MultiType;
import io.vertx.redis.client.impl.types.NumberType;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// A store whose answers a test makes up, each given in a task of its own: for what would take a
/// real one hours.
final class ScriptedStore implements RedisConnection {
  private final Context context;
  private final Function<List<String>, @Nullable Response> answers;

  /// @param answers by the words of a command; null is nil, an exception fails it
  ScriptedStore(Context context, Function<List<String>, @Nullable Response> answers) {
    this.context = context;
    this.answers = answers;
  }

  RedisLink.Session session() {
    return new RedisLink.Session(List.of(), List.of(this, this, this), () -> {});
  }

  /// Completes in a task of its own.
  Future<Void> later() {
    Promise<Void> promise = Promise.promise();
    context.runOnContext(_ -> promise.complete());
    return promise.future();
  }

  static Response number(long number) {
    return NumberType.create(number);
  }

  static Response text(String text) {
    return BulkType.create(Buffer.buffer(text), false);
  }

  static Response array(Response... members) {
    MultiType array = MultiType.create(members.length, false);
    for (Response member : members) {
      array.add(member);
    }
    return array;
  }

  /// So many times the same.
  static Response repeated(int count, Response member) {
    MultiType array = MultiType.create(count, false);
    for (int i = 0; i < count; i++) {
      array.add(member);
    }
    return array;
  }

  /// An entry of a stream that somebody else wrote.
  static Response entry(long number) {
    return array(text(number + "-0"), array(text("nobody"), text("ours")));
  }

  /// A command on the wire is the count of its words, then the length of each and the word; the
  /// first, its name, in capitals here.
  private static List<String> words(Request command) {
    List<String> lines = command.toString().lines().toList();
    List<String> words = new ArrayList<>();
    for (int i = 2; i < lines.size(); i += 2) {
      words.add(i == 2 ? lines.get(i).toUpperCase(Locale.ROOT) : lines.get(i));
    }
    return words;
  }

  @Override
  public Future<@Nullable Response> send(Request command) {
    return later().map(_ -> answers.apply(words(command)));
  }

  @Override
  public Future<List<@Nullable Response>> batch(List<Request> commands) {
    return later()
        .map(
            _ -> {
              List<@Nullable Response> all = new ArrayList<>();
              commands.forEach(command -> all.add(answers.apply(words(command))));
              return all;
            });
  }

  @Override
  public RedisConnection exceptionHandler(@Nullable Handler<Throwable> handler) {
    return this;
  }

  @Override
  public RedisConnection handler(@Nullable Handler<Response> handler) {
    return this;
  }

  @Override
  public RedisConnection pause() {
    return this;
  }

  @Override
  public RedisConnection resume() {
    return this;
  }

  @Override
  public RedisConnection fetch(long amount) {
    return this;
  }

  @Override
  public RedisConnection endHandler(@Nullable Handler<Void> handler) {
    return this;
  }

  @Override
  public Future<Void> close() {
    return Future.succeededFuture();
  }

  @Override
  public boolean pendingQueueFull() {
    return false;
  }
}
