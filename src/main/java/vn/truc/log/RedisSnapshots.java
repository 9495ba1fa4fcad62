package vn.truc.log;

import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.redis.client.Command;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.zip.CRC32C;
import vn.truc.log.EventLog.SnapshotReader.Section;

/// Snapshots in Redis: one hash of chunks each, and one hash that says which are complete. Who
/// writes holds a lock that expires; every chunk is written only while it is held, so what somebody
/// left half written can be swept away by the next.
///
/// ```
/// chunk   CRC-32C of the data, 4 bytes, most significant first │ data
/// ```
///
/// Belongs to one context.
final class RedisSnapshots {
  private static final int KEPT = 2;
  private static final int CHECKSUM_BYTES = 4;

  /// Keys: lock, hash. Arguments: holder, milliseconds, then names and values of the hash.
  private static final String WRITE_WHILE_HELD =
      "if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end"
          + " redis.call('PEXPIRE', KEYS[1], ARGV[2])"
          + " redis.call('HSET', KEYS[2], ARGV[3], ARGV[4]) return 1";

  /// Keys: lock, hash of contents, then hashes of chunks. Arguments: holder, then the numbers of
  /// those snapshots.
  private static final String DELETE_WHILE_HELD =
      "if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end"
          + " for i = 3, #KEYS do redis.call('UNLINK', KEYS[i])"
          + " redis.call('HDEL', KEYS[2], ARGV[i - 1]) end return 1";

  private static final String LET_GO =
      "if redis.call('GET', KEYS[1]) == ARGV[1] then redis.call('DEL', KEYS[1]) end return 0";

  private final RedisSettings settings;
  private final RedisLink link;

  RedisSnapshots(RedisSettings settings, RedisLink link) {
    this.settings = settings;
    this.link = link;
  }

  private Future<RedisReply> send(Command command, Object... arguments) {
    return link.session()
        .map(session -> session.send(RedisReply.command(command, arguments)))
        .orElseGet(() -> Future.failedFuture(unreachable()))
        .recover(cause -> Future.failedFuture(failure(cause)));
  }

  private static LogException unreachable() {
    return new LogException(LogException.Reason.UNREADABLE, "the store cannot be reached");
  }

  private static LogException failure(Throwable cause) {
    return cause instanceof LogException known
        ? known
        : new LogException(LogException.Reason.UNREADABLE, "the store did not answer", cause);
  }

  /// A snapshot that this node writes, and under what name it holds the lock.
  record Turn(RedisKeys keys, long number, String holder) {}

  /// Takes the lock, sweeps what others left, and begins. Fails where another node writes one.
  Future<Turn> begin(RedisKeys keys) {
    String holder = UUID.randomUUID().toString();
    return send(
            Command.SET,
            keys.snapshotLock(),
            holder,
            "NX",
            "PX",
            Integer.toString(settings.snapshotLockMillis()))
        .compose(taken -> taken.isNil() ? heldBy(keys) : send(Command.INCR, keys.snapshotNumber()))
        .compose(
            number -> {
              Turn turn = new Turn(keys, number.number(), holder);
              return sweep(turn)
                  .compose(_ -> held(turn, keys.snapshots(), "" + turn.number(), Buffer.buffer()))
                  .map(turn);
            });
  }

  /// Why the lock was not to be had. A node's lock expires. One that does not was put there by hand
  /// and would keep all nodes from writing for ever, so it gets an end.
  private Future<RedisReply> heldBy(RedisKeys keys) {
    return send(
            Command.PEXPIRE,
            keys.snapshotLock(),
            Integer.toString(settings.snapshotLockMillis()),
            "LT")
        .compose(
            ended ->
                Future.failedFuture(
                    new IllegalStateException(
                        ended.number() == 1
                            ? "the lock of snapshots had no end, so no node put it; it expires now"
                            : "another node is writing a snapshot")));
  }

  /// The numbers of all there are, half written ones too; none where they cannot be told.
  Future<List<Long>> numbers(RedisKeys keys) {
    return contents(keys).map(found -> List.copyOf(found.keySet())).otherwise(List.of());
  }

  /// Sets one member of a hash while the lock is held.
  private Future<Void> held(Turn turn, String hash, String name, Buffer value) {
    return send(
            Command.EVAL,
            WRITE_WHILE_HELD,
            "2",
            turn.keys().snapshotLock(),
            hash,
            turn.holder(),
            Integer.toString(settings.snapshotLockMillis()),
            name,
            value)
        .compose(
            held ->
                held.number() == 1
                    ? Future.succeededFuture()
                    : Future.failedFuture(
                        new LogException(
                            LogException.Reason.UNWRITABLE,
                            "the snapshot took too long; another node may write one")));
  }

  Future<Void> write(Turn turn, String section, int chunk, Buffer data) {
    Buffer value =
        Buffer.buffer(data.length() + CHECKSUM_BYTES)
            .appendInt((int) checksum(data.getBytes()))
            .appendBuffer(data);
    return held(turn, turn.keys().snapshot(turn.number()), name(section, chunk), value);
  }

  Future<Void> commit(Turn turn, List<Section> sections) {
    JsonArray told = new JsonArray();
    for (Section section : sections) {
      told.add(
          new JsonObject()
              .put("name", section.name())
              .put("version", section.version())
              .put("position", section.position())
              .put("chunks", section.chunks()));
    }
    Buffer content = new JsonObject().put("sections", told).toBuffer();
    return held(turn, turn.keys().snapshots(), "" + turn.number(), content)
        .compose(_ -> sweep(turn))
        .compose(_ -> letGo(turn));
  }

  Future<Void> discard(Turn turn) {
    return send(Command.HDEL, turn.keys().snapshots(), Long.toString(turn.number()))
        .compose(_ -> send(Command.UNLINK, turn.keys().snapshot(turn.number())))
        .compose(_ -> letGo(turn));
  }

  private Future<Void> letGo(Turn turn) {
    return send(Command.EVAL, LET_GO, "1", turn.keys().snapshotLock(), turn.holder()).mapEmpty();
  }

  /// Deletes what was left half written and all but the newest two; the second as well where it is
  /// of another form, and so of no use to the program that wrote the first. Only while the lock is
  /// held: nothing where it is another's by now, who may be writing what looks half written.
  Future<Void> sweep(Turn turn) {
    RedisKeys keys = turn.keys();
    return contents(keys)
        .compose(
            contents -> {
              List<Object> chunks = new ArrayList<>();
              List<Object> numbers = new ArrayList<>();
              int complete = 0;
              Set<String> newest = Set.of();
              for (Map.Entry<Long, String> one : contents.descendingMap().entrySet()) {
                if (!one.getValue().isEmpty() && ++complete <= KEPT) {
                  Set<String> forms = forms(one.getValue());
                  newest = complete == 1 ? forms : newest;
                  if (forms.equals(newest)) {
                    continue;
                  }
                }
                chunks.add(keys.snapshot(one.getKey()));
                numbers.add(Long.toString(one.getKey()));
              }
              List<Object> arguments = new ArrayList<>();
              arguments.add(DELETE_WHILE_HELD);
              arguments.add(Integer.toString(2 + chunks.size()));
              arguments.add(keys.snapshotLock());
              arguments.add(keys.snapshots());
              arguments.addAll(chunks);
              arguments.add(turn.holder());
              arguments.addAll(numbers);
              return send(Command.EVAL, arguments.toArray()).mapEmpty();
            });
  }

  /// What each snapshot consists of, by number; empty text for one being written.
  private Future<NavigableMap<Long, String>> contents(RedisKeys keys) {
    return send(Command.HGETALL, keys.snapshots())
        .map(
            reply -> {
              TreeMap<Long, String> contents = new TreeMap<>();
              List<RedisReply> members = reply.list();
              for (int i = 0; i + 1 < members.size(); i += 2) {
                contents.put(members.get(i).number(), members.get(i + 1).toString());
              }
              return contents;
            });
  }

  /// A complete snapshot.
  record Complete(RedisKeys keys, long number, List<Section> sections) {}

  Future<Optional<Complete>> newest(RedisKeys keys) {
    return contents(keys)
        .map(
            contents ->
                contents.descendingMap().entrySet().stream()
                    .filter(one -> !one.getValue().isEmpty())
                    .findFirst()
                    .map(one -> new Complete(keys, one.getKey(), sections(one.getValue()))));
  }

  private static Set<String> forms(String content) {
    return sections(content).stream()
        .map(section -> section.name() + ":" + section.version())
        .collect(Collectors.toSet());
  }

  private static List<Section> sections(String content) {
    try {
      List<Section> sections = new ArrayList<>();
      JsonArray told = new JsonObject(content).getJsonArray("sections", new JsonArray());
      for (int i = 0; i < told.size(); i++) {
        JsonObject section = told.getJsonObject(i);
        sections.add(
            new Section(
                section.getString("name"),
                section.getInteger("version"),
                section.getLong("position"),
                section.getInteger("chunks")));
      }
      return sections;
    } catch (DecodeException | ClassCastException | NullPointerException e) {
      throw new LogException(
          LogException.Reason.CORRUPT, "the newest snapshot does not say what it holds", e);
    }
  }

  /// One chunk. Fails with `CORRUPT`, or `UNREADABLE` when it is not there.
  Future<Buffer> chunk(Complete snapshot, String section, int chunk) {
    String told = "chunk " + chunk + " of section " + section + " of snapshot " + snapshot.number();
    return send(Command.HGET, snapshot.keys().snapshot(snapshot.number()), name(section, chunk))
        .map(
            reply -> {
              Buffer value =
                  reply
                      .bytes()
                      .orElseThrow(
                          () ->
                              new LogException(
                                  LogException.Reason.UNREADABLE, told + " is not there"));
              if (value.length() < CHECKSUM_BYTES) {
                throw new LogException(LogException.Reason.CORRUPT, told + " is cut");
              }
              Buffer data = value.getBuffer(CHECKSUM_BYTES, value.length());
              if ((int) checksum(data.getBytes()) != value.getInt(0)) {
                throw new LogException(LogException.Reason.CORRUPT, told + " has a wrong checksum");
              }
              return data;
            });
  }

  private static String name(String section, int chunk) {
    return section + ":" + chunk;
  }

  private static long checksum(byte[] data) {
    CRC32C crc = new CRC32C();
    crc.update(data);
    return crc.getValue();
  }
}
