package vn.truc.log;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Request;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import vn.truc.loop.Steps;

/// Writes the stream of an older version anew, under another name, so that nothing stands in its
/// records that is not part of their types ([OldRecords]). The first node that starts does it,
/// before it serves; others wait.
///
/// ```
/// 1. a lock that expires says who does it
/// 2. a slice of entries is copied under their own stream ids, with what goes beside them, in one
///    script that does nothing where the lock is another's or the copy ends elsewhere
/// 3. when the copy ends where the old stream ends it takes its name, the old stream and all
///    snapshots go: one script
/// 4. the append-only file is written anew
/// ```
///
/// Whoever comes after one who was killed goes on where the copy ends. Nodes of the older version
/// find no stream any more and write nothing. Belongs to one context.
final class RedisScrub {
  private static final Logger LOG = LoggerFactory.getLogger(RedisScrub.class);
  private static final int SLICE_RECORDS = 256;

  /// Of one script; the rest of a slice is read again.
  private static final long SLICE_BYTES = 8 << 20;

  private static final int PAUSE_MILLIS = 200;
  private static final long TOLD_EVERY_NANOS = TimeUnit.SECONDS.toNanos(10);

  /// Keys: lock, copy. Arguments: holder, milliseconds, the stream id the copy ends with, then
  /// commands, each the count of its words and the words.
  private static final String COPY_WHILE_HELD =
      "if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end"
          + " redis.call('PEXPIRE', KEYS[1], ARGV[2])"
          + " local last = redis.call('XREVRANGE', KEYS[2], '+', '-', 'COUNT', 1)"
          + " if (last[1] and last[1][1] or '0-0') ~= ARGV[3] then return 0 end"
          + " local at = 4 while at <= #ARGV do local words = tonumber(ARGV[at])"
          + " redis.call(unpack(ARGV, at + 1, at + words)) at = at + words + 1 end return 1";

  /// Keys: lock, copy, old stream, stream, journal owed, journal done, snapshots. Arguments:
  /// holder, what the names of single snapshots begin with.
  private static final String SWITCH_WHILE_HELD =
      "if redis.call('GET', KEYS[1]) ~= ARGV[1] then return -1 end"
          + " local from = redis.call('XREVRANGE', KEYS[3], '+', '-', 'COUNT', 1)"
          + " local to = redis.call('XREVRANGE', KEYS[2], '+', '-', 'COUNT', 1)"
          + " if not to[1] or from[1][1] ~= to[1][1]"
          + " or redis.call('XLEN', KEYS[2]) ~= redis.call('XLEN', KEYS[3]) then return 0 end"
          + " redis.call('SET', KEYS[5], '1') redis.call('DEL', KEYS[6])"
          + " for _, number in ipairs(redis.call('HKEYS', KEYS[7])) do"
          + " redis.call('UNLINK', ARGV[2] .. number) end"
          + " redis.call('DEL', KEYS[7])"
          + " redis.call('RENAME', KEYS[2], KEYS[4]) redis.call('UNLINK', KEYS[3])"
          + " redis.call('DEL', KEYS[1]) return 1";

  private final RedisSettings settings;
  private final RedisPersonal personal;
  private final long keptMicros;
  private final Supplier<Future<Void>> pause;

  RedisScrub(Vertx vertx, RedisSettings settings, RedisPersonal personal, long keptMicros) {
    this(
        settings,
        personal,
        keptMicros,
        () -> vertx.timer(PAUSE_MILLIS, TimeUnit.MILLISECONDS).mapEmpty());
  }

  /// @param pause between two looks at whether another node has done it
  RedisScrub(
      RedisSettings settings,
      RedisPersonal personal,
      long keptMicros,
      Supplier<Future<Void>> pause) {
    this.settings = settings;
    this.personal = personal;
    this.keptMicros = keptMicros;
    this.pause = pause;
  }

  /// One who holds the lock, and how far it came.
  private static final class Turn {
    private final RedisLink.Session session;
    private final RedisKeys keys;
    private final String holder;
    private final OldRecords old;
    private String last;
    private long position;
    private long records;
    private long moved;
    private long told = System.nanoTime();

    Turn(
        RedisLink.Session session,
        RedisKeys keys,
        String holder,
        OldRecords old,
        String last,
        long position) {
      this.session = session;
      this.keys = keys;
      this.holder = holder;
      this.old = old;
      this.last = last;
      this.position = position;
    }
  }

  /// An entry on its way.
  ///
  /// @param cleaned empty where it goes as it is
  /// @param reference of what lies beside it already
  private record Copied(
      RedisEntry entry, Optional<OldRecords.Cleaned> cleaned, Optional<String> reference) {

    /// Whether something comes to what lies there.
    boolean adds() {
      return reference.isPresent() && fields().isPresent();
    }

    Optional<Draft.Personal> fields() {
      return cleaned.flatMap(OldRecords.Cleaned::beside);
    }
  }

  /// Does it where the store takes writes. A verb that comes by does not begin what takes long, and
  /// its answer would not be true before.
  Future<OldRecords.Done> runFor(
      RedisEventLog.Plan plan, RedisLink.Session session, RedisKeys keys) {
    if (plan.visit() == RedisEventLog.Visit.PASSING) {
      return Future.failedFuture(
          new LogException(
              LogException.Reason.CORRUPT,
              "the store "
                  + plan.address()
                  + " was written by an older version; start a server of this version on it"));
    }
    return RedisCheck.trouble(session)
        .compose(
            trouble ->
                trouble.isEmpty()
                    ? run(session, keys)
                    : Future.failedFuture(
                        new LogException(LogException.Reason.UNWRITABLE, trouble.get())));
  }

  /// Does it, or waits until another node has. Completes when the old stream is gone. Fails where
  /// the store does; then it can be begun again.
  Future<OldRecords.Done> run(RedisLink.Session session, RedisKeys keys) {
    return Steps.until(() -> runOrWait(session, keys));
  }

  private Future<Optional<OldRecords.Done>> runOrWait(RedisLink.Session session, RedisKeys keys) {
    String holder = UUID.randomUUID().toString();
    return send(
            session,
            RedisReply.command(
                Command.SET,
                keys.copyLock(),
                holder,
                "NX",
                "PX",
                Integer.toString(settings.snapshotLockMillis())))
        .compose(
            taken ->
                taken.isNil()
                    ? others(session, keys)
                    : begin(session, keys, holder).compose(this::copy).map(Optional::of));
  }

  private Future<Optional<OldRecords.Done>> others(RedisLink.Session session, RedisKeys keys) {
    LOG.debug("old_records_waiting for=another_node");
    return pause
        .get()
        .compose(_ -> send(session, RedisReply.command(Command.EXISTS, keys.oldStream())))
        .map(
            there -> there.number() == 0 ? Optional.of(OldRecords.Done.NOTHING) : Optional.empty());
  }

  private Future<Turn> begin(RedisLink.Session session, RedisKeys keys, String holder) {
    return batch(
            session,
            List.of(
                RedisReply.command(Command.XLEN, keys.oldStream()),
                RedisReply.command(Command.XLEN, keys.copy()),
                RedisReply.command(Command.XREVRANGE, keys.copy(), "+", "-", "COUNT", "1"),
                RedisReply.command(Command.SMEMBERS, keys.erased()),
                RedisReply.command(Command.XREVRANGE, keys.oldStream(), "+", "-", "COUNT", "1")))
        .map(
            found -> {
              List<RedisEntry> newest = found.get(2).entries();
              List<Erasures.Erasure> erased =
                  found.get(3).list().stream()
                      .map(line -> Erasures.parse(Path.of(keys.erased()), line.toString()))
                      .toList();
              long newestMicros = found.get(4).entries().getFirst().recordedAtMicros();
              long now = ExpiryClock.from(newestMicros).now();
              LOG.info(
                  "old_records_rewriting position={} head={} log={}",
                  found.get(1).number(),
                  found.get(0).number(),
                  keys.logId());
              return new Turn(
                  session,
                  keys,
                  holder,
                  new OldRecords(erased, keptMicros, now),
                  newest.isEmpty() ? "0-0" : newest.getFirst().id(),
                  found.get(1).number());
            });
  }

  private Future<OldRecords.Done> copy(Turn turn) {
    return Steps.whileTrue(() -> copySlice(turn)).compose(_ -> changed(turn));
  }

  /// Copies the next slice; where there is none the copy takes the place of the old stream. Whether
  /// there may be more to copy.
  private Future<Boolean> copySlice(Turn turn) {
    return send(
            turn.session,
            RedisReply.command(
                Command.XRANGE,
                turn.keys.oldStream(),
                "(" + turn.last,
                "+",
                "COUNT",
                Integer.toString(SLICE_RECORDS)))
        .compose(
            read -> {
              List<RedisEntry> entries = read.entries();
              return entries.isEmpty() ? change(turn) : slice(turn, entries).map(true);
            });
  }

  private Future<Void> slice(Turn turn, List<RedisEntry> entries) {
    List<Copied> all = new ArrayList<>(entries.size());
    List<Request> questions = new ArrayList<>();
    long bytes = 0;
    for (RedisEntry entry : entries) {
      if (bytes > SLICE_BYTES) {
        break;
      }
      bytes += entry.bytes();
      Copied copied = judge(turn, entry, turn.position + 1 + all.size());
      all.add(copied);
      if (copied.adds()) {
        questions.add(
            RedisReply.command(Command.GET, turn.keys.personal(copied.reference().orElseThrow())));
      }
    }
    Future<List<RedisReply>> lying =
        questions.isEmpty() ? Future.succeededFuture(List.of()) : batch(turn.session, questions);
    return lying.compose(found -> write(turn, all, found));
  }

  /// What is no record goes as it is, so that all positions stay.
  private static Copied judge(Turn turn, RedisEntry entry, long position) {
    Optional<OldRecords.Cleaned> cleaned;
    try {
      cleaned = turn.old.clean(entry.record(position));
    } catch (LogException e) {
      LOG.warn("old_record_unread position={} cause={}", position, e.toString());
      cleaned = Optional.empty();
    }
    return new Copied(entry, cleaned, entry.personal());
  }

  private Future<Void> write(Turn turn, List<Copied> all, List<RedisReply> lying) {
    List<Object> script = new ArrayList<>();
    script.addAll(List.of(COPY_WHILE_HELD, "2", turn.keys.copyLock(), turn.keys.copy()));
    script.addAll(List.of(turn.holder, Integer.toString(settings.snapshotLockMillis()), turn.last));
    int next = 0;
    long records = 0;
    long moved = 0;
    for (Copied copied : all) {
      Optional<String> reference = copied.reference();
      if (copied.adds()) {
        Optional<String> there = lying.get(next++).text();
        if (there.isPresent()) {
          moved++;
          String fields = copied.fields().orElseThrow().json();
          add(
              script,
              "SET",
              turn.keys.personal(reference.orElseThrow()),
              turn.old.together(there.get(), fields),
              "XX",
              "KEEPTTL");
        }
      } else if (copied.fields().isPresent()) {
        moved++;
        reference = Optional.of(RedisWriter.reference());
        RedisPersonal.words(turn.keys, reference.get(), copied.fields().get())
            .forEach(words -> add(script, words.toArray()));
      }
      records += copied.cleaned().isPresent() ? 1 : 0;
      add(script, entry(turn.keys, copied, reference));
    }
    long recordsNow = records;
    long movedNow = moved;
    return send(turn.session, RedisReply.command(Command.EVAL, script.toArray()))
        .compose(
            done -> {
              if (done.number() != 1) {
                return Future.failedFuture(lost());
              }
              turn.last = all.getLast().entry().id();
              turn.position += all.size();
              turn.records += recordsNow;
              turn.moved += movedNow;
              tell(turn);
              return Future.succeededFuture();
            });
  }

  private static void tell(Turn turn) {
    if (System.nanoTime() - turn.told > TOLD_EVERY_NANOS) {
      turn.told = System.nanoTime();
      LOG.info("old_records_rewriting position={} log={}", turn.position, turn.keys.logId());
    }
  }

  private static Object[] entry(RedisKeys keys, Copied copied, Optional<String> reference) {
    List<Object> words = new ArrayList<>();
    words.addAll(List.of("XADD", keys.copy(), copied.entry().id()));
    if (copied.cleaned().isPresent()) {
      words.addAll(
          RedisRecords.fields(copied.cleaned().get().record(), copied.entry().by(), reference));
    } else {
      words.addAll(copied.entry().words());
    }
    return words.toArray();
  }

  private static void add(List<Object> script, Object... words) {
    script.add(Integer.toString(words.length));
    script.addAll(List.of(words));
  }

  private Future<Boolean> change(Turn turn) {
    RedisKeys keys = turn.keys;
    return send(
            turn.session,
            RedisReply.command(
                Command.EVAL,
                SWITCH_WHILE_HELD,
                "7",
                keys.copyLock(),
                keys.copy(),
                keys.oldStream(),
                keys.stream(),
                keys.journalOwed(),
                keys.journalDone(),
                keys.snapshots(),
                turn.holder,
                keys.snapshotsBegin()))
        .compose(
            changed ->
                switch ((int) changed.number()) {
                  case 1 -> Future.succeededFuture(false);
                  case 0 -> Future.succeededFuture(true);
                  default -> Future.failedFuture(lost());
                });
  }

  /// Where the store cannot rewrite its file now, that is owed, and done by a sweep.
  private Future<OldRecords.Done> changed(Turn turn) {
    LOG.info("old_records_rewritten records={} moved={}", turn.records, turn.moved);
    OldRecords.Done done = new OldRecords.Done(turn.records, turn.moved);
    return personal
        .rewriteOwed(turn.session, turn.keys)
        .onFailure(cause -> LOG.warn("old_records_in_journal cause={}", cause.toString()))
        .transform(_ -> Future.succeededFuture(done));
  }

  /// Another node has taken it over.
  private static IllegalStateException lost() {
    return new IllegalStateException("another node rewrites the old records");
  }

  private Future<RedisReply> send(RedisLink.Session session, Request command) {
    return session.send(command).timeout(settings.answerMillisMax(), TimeUnit.MILLISECONDS);
  }

  private Future<List<RedisReply>> batch(RedisLink.Session session, List<Request> commands) {
    return session.batch(commands).timeout(settings.answerMillisMax(), TimeUnit.MILLISECONDS);
  }
}
