package vn.truc.log;

import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.redis.client.Command;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.zip.CRC32C;

/// What verbs need without the cases, kept in one hash beside the stream: a process that comes by
/// for a verb reads it and the few records behind it. Any node writes it; the newest stays.
///
/// ```
/// position  up to where it was folded
/// checksum  CRC-32C of position and content
/// content   what the fold says
/// ```
final class RedisBrief {
  /// Keys: the hash, the stream. Arguments: position, checksum, content. One that stands where the
  /// stream does not reach is of no use to anybody.
  private static final String WRITE_IF_NEWER =
      "local there = tonumber(redis.call('HGET', KEYS[1], 'position') or '0')"
          + " if there and there >= tonumber(ARGV[1])"
          + " and there <= redis.call('XLEN', KEYS[2]) then return 0 end"
          + " redis.call('HSET', KEYS[1], 'position', ARGV[1], 'checksum', ARGV[2],"
          + " 'content', ARGV[3]) return 1";

  private RedisBrief() {}

  static Future<Void> keep(RedisLink.Session session, RedisKeys keys, EventLog.Brief brief) {
    String position = Long.toString(brief.position());
    return session
        .send(
            RedisReply.command(
                Command.EVAL,
                WRITE_IF_NEWER,
                "2",
                keys.brief(),
                keys.stream(),
                position,
                checksum(position, brief.content()),
                brief.content()))
        .mapEmpty();
  }

  /// The one there is; empty where it is damaged.
  static Future<Optional<EventLog.Brief>> read(RedisLink.Session session, RedisKeys keys) {
    return session
        .send(RedisReply.command(Command.HGETALL, keys.brief()))
        .map(
            hash -> {
              String position = hash.member("position").text().orElse("");
              Buffer content = hash.member("content").bytes().orElse(Buffer.buffer());
              String told = hash.member("checksum").text().orElse("");
              return told.equals(checksum(position, content))
                  ? Optional.of(new EventLog.Brief(Long.parseLong(position), content))
                  : Optional.empty();
            });
  }

  private static String checksum(String position, Buffer content) {
    CRC32C crc = new CRC32C();
    crc.update(position.getBytes(StandardCharsets.UTF_8));
    crc.update(content.getBytes());
    return Long.toHexString(crc.getValue());
  }
}
