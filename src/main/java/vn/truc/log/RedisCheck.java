package vn.truc.log;

import io.vertx.core.Future;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Request;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Whether a store keeps what it takes: a master with an append-only file that is flushed before
/// each answer, and that is not thrown out when memory runs short.
final class RedisCheck {
  private static final String PROBE_KEPT_MILLIS = "1000";

  private RedisCheck() {}

  /// What a look found.
  ///
  /// @param trouble the setting or state that is wrong
  /// @param pointer the id of the log the store names
  /// @param length records in the stream
  /// @param gap what the stream lacks
  /// @param noted what of it a restore has noted
  record Seen(
      Optional<String> trouble,
      Optional<String> pointer,
      long length,
      RedisGap gap,
      RedisGap noted) {}

  /// Looks, on the connection that appends: who does not answer there appends nothing either.
  ///
  /// @param probing whether to try a small write as well, and to fail where it is refused
  static Future<Seen> look(RedisLink.Session session, RedisKeys keys, boolean probing) {
    List<Request> commands = commands(keys);
    if (probing) {
      commands.add(RedisReply.command(Command.SET, keys.probe(), "1", "PX", PROBE_KEPT_MILLIS));
    }
    return session
        .append(commands)
        .compose(
            replies -> {
              RedisGap noted = RedisGap.noted(replies.get(9));
              long length = replies.get(8).number();
              return (length == 0 ? Future.succeededFuture(noted) : gap(session, keys))
                  .map(
                      gap -> {
                        Optional<String> pointer = replies.get(7).text();
                        return new Seen(trouble(replies), pointer, length, gap, noted);
                      });
            });
  }

  private static Future<RedisGap> gap(RedisLink.Session session, RedisKeys keys) {
    return session
        .send(RedisReply.command(Command.XINFO, "STREAM", keys.stream()))
        .map(RedisGap::of);
  }

  /// What keeps a store from holding a log.
  static Future<Optional<String>> trouble(RedisLink.Session session) {
    return session.batch(commands(new RedisKeys("none"))).map(RedisCheck::trouble);
  }

  private static List<Request> commands(RedisKeys keys) {
    List<Request> commands = new ArrayList<>();
    commands.add(RedisReply.command(Command.ROLE));
    for (String setting :
        List.of(
            "appendonly",
            "appendfsync",
            "no-appendfsync-on-rewrite",
            "maxmemory",
            "maxmemory-policy")) {
      commands.add(RedisReply.command(Command.CONFIG, "GET", setting));
    }
    commands.add(RedisReply.command(Command.INFO, "persistence"));
    commands.add(RedisReply.command(Command.GET, RedisKeys.POINTER));
    commands.add(RedisReply.command(Command.XLEN, keys.stream()));
    commands.add(RedisGap.question(keys));
    return commands;
  }

  private static Optional<String> trouble(List<RedisReply> replies) {
    String role = replies.get(0).at(0).toString();
    if (!role.equals("master")) {
      return Optional.of("the store is a " + role + ", not a master");
    }
    for (int i = 1; i <= 3; i++) {
      String name = List.of("appendonly", "appendfsync", "no-appendfsync-on-rewrite").get(i - 1);
      String wanted = List.of("yes", "always", "no").get(i - 1);
      String set = setting(replies.get(i), name);
      if (!set.equals(wanted)) {
        return Optional.of("the store has " + name + " " + set + "; it must be " + wanted);
      }
    }
    String policy = setting(replies.get(5), "maxmemory-policy");
    if (!setting(replies.get(4), "maxmemory").equals("0") && !policy.equals("noeviction")) {
      return Optional.of("the store has maxmemory-policy " + policy + "; it must be noeviction");
    }
    String written = replies.get(6).info("aof_last_write_status").orElse("not told");
    return written.equals("ok")
        ? Optional.empty()
        : Optional.of("the store's aof_last_write_status is " + written);
  }

  private static String setting(RedisReply reply, String name) {
    return reply.member(name).text().orElse("hidden");
  }
}
