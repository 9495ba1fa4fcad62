package vn.truc.log;

import io.vertx.core.buffer.Buffer;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;
import io.vertx.redis.client.ResponseType;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// What Redis answers to one command, nil included.
final class RedisReply {
  private static final int KEYS_TOLD = 4;

  private final @Nullable Response response;

  private RedisReply(@Nullable Response response) {
    this.response = response;
  }

  static RedisReply of(@Nullable Response response) {
    return new RedisReply(response);
  }

  static List<RedisReply> all(List<@Nullable Response> responses) {
    List<RedisReply> replies = new ArrayList<>(responses.size());
    for (Response response : responses) {
      replies.add(new RedisReply(response));
    }
    return replies;
  }

  /// A command; arguments are texts, numbers or bytes.
  static Request command(Command command, Object... arguments) {
    return Request.cmd(command, arguments);
  }

  /// The first few of the keys that commands ask for; values are never told.
  static String keysOf(List<Request> commands) {
    List<String> keys = new ArrayList<>();
    for (Request command : commands) {
      // *2 $3 GET $8 KEY, or *3 $5 XINFO $6 STREAM $8 KEY
      command
          .toString()
          .lines()
          .limit(7)
          .filter(word -> word.startsWith(RedisKeys.PREFIX))
          .filter(key -> !keys.contains(key) && keys.size() < KEYS_TOLD)
          .findFirst()
          .ifPresent(keys::add);
    }
    return String.join(" or ", keys);
  }

  boolean isNil() {
    return response == null;
  }

  boolean isError() {
    return response != null && response.type() == ResponseType.ERROR;
  }

  /// Empty for nil.
  Optional<String> text() {
    return response == null ? Optional.empty() : Optional.of(response.toString());
  }

  /// Empty for nil.
  Optional<Buffer> bytes() {
    return response == null ? Optional.empty() : Optional.of(response.toBuffer());
  }

  /// 0 for nil.
  long number() {
    if (response == null) {
      return 0;
    }
    try {
      return Long.parseLong(response.toString());
    } catch (NumberFormatException e) {
      throw new LogException(
          LogException.Reason.UNREADABLE, "the store answered no number: " + response, e);
    }
  }

  /// The members of an array; none of nil.
  List<RedisReply> list() {
    List<RedisReply> members = new ArrayList<>();
    if (response != null) {
      for (int i = 0; i < response.size(); i++) {
        members.add(new RedisReply(response.get(i)));
      }
    }
    return members;
  }

  /// The entries of a stream; none of nil.
  List<RedisEntry> entries() {
    int size = response == null ? 0 : response.size();
    List<RedisEntry> entries = new ArrayList<>(size);
    for (int i = 0; i < size && response != null; i++) {
      entries.add(new RedisEntry(response.get(i)));
    }
    return entries;
  }

  /// A member of an array; nil where it has none there.
  RedisReply at(int index) {
    return new RedisReply(
        response == null || index >= response.size() ? null : response.get(index));
  }

  /// The value behind a name in a flat array of names and values; nil where there is none.
  RedisReply member(String name) {
    if (response != null) {
      for (int i = 0; i + 1 < response.size(); i += 2) {
        if (name.equals(String.valueOf(response.get(i)))) {
          return new RedisReply(response.get(i + 1));
        }
      }
    }
    return new RedisReply(null);
  }

  /// The value of a line `name:value` of INFO.
  Optional<String> info(String name) {
    return text()
        .flatMap(
            whole ->
                whole
                    .lines()
                    .filter(line -> line.startsWith(name + ":"))
                    .map(line -> line.substring(name.length() + 1).strip())
                    .findFirst());
  }

  @Override
  public String toString() {
    return String.valueOf(response);
  }
}
