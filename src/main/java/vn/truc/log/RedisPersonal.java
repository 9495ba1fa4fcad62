package vn.truc.log;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Request;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Gatherers;
import org.jspecify.annotations.Nullable;
import vn.truc.event.Event;
import vn.truc.event.LogRecord;
import vn.truc.loop.Steps;

/// Personal fields in Redis: a key for each record, found by a random reference in its entry and by
/// the case. When they expire stands in a list; the nodes delete them then, by [ExpiryClock], and
/// not the store, whose clock may step like any. What is erased or expired still stands in the
/// append-only file until that is rewritten: at once after an erasure, at most once a day for what
/// expired.
final class RedisPersonal {

  /// Records, or cases, of one question: far below what may wait on a connection.
  private static final int SLICE = 500;

  private static final int POLL_MILLIS = 50;
  private static final String UNDER_WAY = "already in progress";

  private final RedisSettings settings;
  private final int slice;
  private final Supplier<Future<Void>> pause;
  private volatile @Nullable ExpiryClock expiry;
  private boolean sweeping;

  RedisPersonal(Vertx vertx, RedisSettings settings) {
    this(settings, SLICE, () -> vertx.timer(POLL_MILLIS, TimeUnit.MILLISECONDS).mapEmpty());
  }

  /// @param slice records, or cases, of one question
  /// @param pause between two looks at a rewrite of the journal
  RedisPersonal(RedisSettings settings, int slice, Supplier<Future<Void>> pause) {
    this.settings = settings;
    this.slice = slice;
    this.pause = pause;
  }

  /// The commands that put fields beside a record.
  static void add(List<Request> to, RedisKeys keys, String reference, Draft.Personal fields) {
    for (List<String> words : words(keys, reference, fields)) {
      Object[] arguments = words.subList(1, words.size()).toArray();
      to.add(RedisReply.command(Command.create(words.getFirst()), arguments));
    }
  }

  /// The same as words.
  static List<List<String>> words(RedisKeys keys, String reference, Draft.Personal fields) {
    String expires = Long.toString(Math.max(1, fields.expiresAtMicros() / 1_000));
    String ofCase = caseName(fields.kind(), fields.code());
    return List.of(
        List.of("SET", keys.personal(reference), fields.json()),
        List.of("SADD", keys.personalOfCase(ofCase), reference),
        List.of("ZADD", keys.personalExpiry(), expires, member(reference, ofCase)));
  }

  /// The commands that take back what [#add] did for a batch.
  static List<Request> drop(RedisKeys keys, List<Draft> batch, List<String> references) {
    List<Request> commands = new ArrayList<>();
    int next = 0;
    for (Draft draft : batch) {
      if (draft.personal().isPresent()) {
        Draft.Personal fields = draft.personal().get();
        forget(commands, keys, references.get(next++), caseName(fields.kind(), fields.code()));
      }
    }
    return commands;
  }

  private static void forget(List<Request> to, RedisKeys keys, String reference, String ofCase) {
    to.add(RedisReply.command(Command.DEL, keys.personal(reference)));
    to.add(RedisReply.command(Command.SREM, keys.personalOfCase(ofCase), reference));
    to.add(RedisReply.command(Command.ZREM, keys.personalExpiry(), member(reference, ofCase)));
  }

  private static String caseName(String kind, String code) {
    return kind + ":" + code;
  }

  private static String member(String reference, String ofCase) {
    return reference + ":" + ofCase;
  }

  /// The fields behind a reference; empty when they are gone, or their time is over.
  Future<Optional<String>> read(
      RedisLink.Session session, RedisKeys keys, String reference, LogRecord record) {
    if (!(record.event() instanceof Event.CaseFact fact)) {
      return Future.succeededFuture(Optional.empty());
    }
    String ofCase = caseName(fact.kind().label(), record.subject().orElse(""));
    return session
        .batch(
            List.of(
                RedisReply.command(Command.GET, keys.personal(reference)),
                RedisReply.command(
                    Command.ZSCORE, keys.personalExpiry(), member(reference, ofCase))))
        .map(
            found ->
                found
                    .get(0)
                    .text()
                    .filter(_ -> !expired(found.get(1), Instant.now().toEpochMilli())));
  }

  private static boolean expired(RedisReply score, long nowMillis) {
    return score.text().map(Double::parseDouble).orElse(0d) <= nowMillis;
  }

  /// Removes the fields beside single records; the journal is rewritten when that is due.
  Future<Void> forget(RedisLink.Session session, RedisKeys keys, Map<String, LogRecord> records) {
    List<String> members = new ArrayList<>();
    records.forEach(
        (reference, record) -> {
          if (record.event() instanceof Event.CaseFact fact) {
            String code = record.subject().orElse("");
            members.add(member(reference, caseName(fact.kind().label(), code)));
          }
        });
    return forget(session, keys, members).mapEmpty();
  }

  /// Removes the fields of one case. Completes with the number of records that lost some, when they
  /// are gone from the files of the store and the erasure is listed in it.
  Future<Integer> erase(RedisLink.Session session, RedisKeys keys, String kind, String code) {
    return session
        .send(RedisReply.command(Command.XLEN, keys.stream()))
        .map(head -> new Erasures.Erasure(kind, code, head.number(), Instant.now().toString()))
        .compose(erasure -> erase(session, keys, List.of(erasure)));
  }

  /// The same for all cases of a list. Takes every field a case has now, since a reference does not
  /// tell the position of its record.
  Future<Integer> erase(
      RedisLink.Session session, RedisKeys keys, List<Erasures.Erasure> erasures) {
    return forgetCases(session, keys, erasures)
        .compose(
            erased ->
                rewriteOwed(session, keys)
                    .compose(_ -> session.send(RedisErasures.list(keys, erasures)))
                    .map(erased));
  }

  private Future<Integer> forgetCases(
      RedisLink.Session session, RedisKeys keys, List<Erasures.Erasure> erasures) {
    return inSlices(
        erasures,
        some ->
            forgetSome(
                session,
                keys,
                some.stream()
                    .map(erasure -> caseName(erasure.kind(), erasure.code()))
                    .distinct()
                    .toList()));
  }

  /// Does something with a slice of a list at a time. Completes with the sum of what came of it.
  private <T> Future<Integer> inSlices(List<T> all, Function<List<T>, Future<Integer>> work) {
    AtomicInteger sum = new AtomicInteger();
    return Steps.each(
            all.stream().gather(Gatherers.windowFixed(slice)).iterator(),
            some -> work.apply(some).map(sum::addAndGet))
        .map(_ -> sum.get());
  }

  private Future<Integer> forgetSome(
      RedisLink.Session session, RedisKeys keys, List<String> cases) {
    return session
        .batch(
            cases.stream()
                .map(name -> RedisReply.command(Command.SMEMBERS, keys.personalOfCase(name)))
                .toList())
        .compose(
            found -> {
              List<String> members = new ArrayList<>();
              for (int i = 0; i < cases.size(); i++) {
                for (RedisReply reference : found.get(i).list()) {
                  members.add(member(reference.toString(), cases.get(i)));
                }
              }
              return forget(session, keys, members);
            });
  }

  /// Forgets what expired, a slice at a time, and has the journal rewritten when that is due.
  /// Completes with the number of records that lost their fields.
  Future<Integer> sweep(RedisLink.Session session, RedisKeys keys) {
    if (sweeping) {
      return Future.succeededFuture(0);
    }
    sweeping = true;
    return begin(session, keys)
        .compose(clock -> sweep(session, keys, clock))
        .compose(count -> rewriteIfDue(session, keys).map(count))
        .onComplete(_ -> sweeping = false);
  }

  private Future<Integer> sweep(RedisLink.Session session, RedisKeys keys, ExpiryClock clock) {
    AtomicInteger sum = new AtomicInteger();
    return Steps.whileTrue(() -> sweepSlice(session, keys, clock.now(), sum)).map(_ -> sum.get());
  }

  /// Whether more may have expired.
  private Future<Boolean> sweepSlice(
      RedisLink.Session session, RedisKeys keys, long now, AtomicInteger sum) {
    return session
        .send(
            RedisReply.command(
                Command.ZRANGE,
                keys.personalExpiry(),
                "-inf",
                Long.toString(now / 1_000),
                "BYSCORE",
                "LIMIT",
                "0",
                Integer.toString(slice)))
        .compose(
            expired -> {
              List<RedisReply> members = expired.list();
              return forget(session, keys, members.stream().map(RedisReply::toString).toList())
                  .map(sum::addAndGet)
                  .map(_ -> members.size() == slice);
            });
  }

  /// The clock goes on from the newest record that is there when this node first comes.
  Future<ExpiryClock> begin(RedisLink.Session session, RedisKeys keys) {
    ExpiryClock known = expiry;
    if (known != null) {
      return Future.succeededFuture(known);
    }
    return newestMicros(session, keys.stream())
        .map(
            newest -> {
              ExpiryClock made = ExpiryClock.from(newest);
              expiry = made;
              return made;
            });
  }

  /// When the newest record of a stream was recorded; 0 where there is none that says so.
  static Future<Long> newestMicros(RedisLink.Session session, String stream) {
    return session
        .send(RedisReply.command(Command.XREVRANGE, stream, "+", "-", "COUNT", "1"))
        .map(
            newest ->
                newest.entries().isEmpty() ? 0 : newest.entries().getFirst().recordedAtMicros());
  }

  /// Whether the machine's clock is not believed, and what it says has expired stays for now.
  boolean expiryHeld() {
    ExpiryClock known = expiry;
    return known != null && known.held();
  }

  private Future<Integer> forget(RedisLink.Session session, RedisKeys keys, List<String> members) {
    return inSlices(members, some -> forgetSlice(session, keys, some));
  }

  private static Future<Integer> forgetSlice(
      RedisLink.Session session, RedisKeys keys, List<String> members) {
    List<Request> commands = new ArrayList<>();
    commands.add(RedisReply.command(Command.MULTI));
    for (String member : members) {
      int colon = member.indexOf(':');
      forget(commands, keys, member.substring(0, colon), member.substring(colon + 1));
    }
    commands.add(RedisReply.command(Command.SET, keys.journalOwed(), "1"));
    commands.add(RedisReply.command(Command.EXEC));
    return session.batch(commands).map(replies -> removed(replies.getLast()));
  }

  /// Of three answers for each record, the last says whether this node was first to forget it.
  private static int removed(RedisReply executed) {
    List<RedisReply> replies = executed.list();
    int removed = 0;
    for (int i = 2; i < replies.size(); i += 3) {
      removed += (int) replies.get(i).number();
    }
    return removed;
  }

  private Future<Void> rewriteIfDue(RedisLink.Session session, RedisKeys keys) {
    return session
        .send(RedisReply.command(Command.EXISTS, keys.journalOwed()))
        .compose(owed -> owed.number() == 0 ? Future.succeededFuture() : takeTurn(session, keys));
  }

  private Future<Void> takeTurn(RedisLink.Session session, RedisKeys keys) {
    return session
        .send(
            RedisReply.command(
                Command.SET,
                keys.journalDone(),
                "1",
                "NX",
                "PX",
                Long.toString(TimeUnit.HOURS.toMillis(settings.journalRewriteHours()))))
        .compose(ours -> ours.isNil() ? Future.succeededFuture() : rewriteOwed(session, keys));
  }

  /// Rewrites the journal for all that is gone from the store by now; where that fails it is owed
  /// again, and due at the next sweep.
  Future<Void> rewriteOwed(RedisLink.Session session, RedisKeys keys) {
    return session
        .send(RedisReply.command(Command.DEL, keys.journalOwed()))
        .compose(_ -> rewrite(session))
        .recover(
            cause ->
                session
                    .send(RedisReply.command(Command.SET, keys.journalOwed(), "1"))
                    .compose(_ -> session.send(RedisReply.command(Command.DEL, keys.journalDone())))
                    .transform(_ -> Future.failedFuture(cause)));
  }

  /// Rewrites the append-only file from what the store holds now; completes when that is in use. A
  /// rewrite that was under way may hold what was just deleted, so it does not count.
  private Future<Void> rewrite(RedisLink.Session session) {
    return Steps.whileTrue(() -> anotherUnderWay(session))
        .compose(_ -> Steps.whileTrue(() -> oursUnderWay(session)));
  }

  /// Asks for a rewrite; after a pause, whether it must be asked for again.
  private Future<Boolean> anotherUnderWay(RedisLink.Session session) {
    return session
        .send(RedisReply.command(Command.BGREWRITEAOF))
        .map(false)
        .recover(
            cause ->
                String.valueOf(cause.getMessage()).contains(UNDER_WAY)
                    ? pause.get().map(true)
                    : Future.failedFuture(cause));
  }

  private Future<Boolean> oursUnderWay(RedisLink.Session session) {
    return session
        .send(RedisReply.command(Command.INFO, "persistence"))
        .compose(
            info -> {
              boolean busy =
                  !info(info, "aof_rewrite_in_progress").equals("0")
                      || !info(info, "aof_rewrite_scheduled").equals("0");
              if (busy) {
                return pause.get().map(true);
              }
              String status = info(info, "aof_last_bgrewrite_status");
              return status.equals("ok")
                  ? Future.succeededFuture(false)
                  : Future.failedFuture(
                      new LogException(
                          LogException.Reason.UNWRITABLE,
                          "rewriting the store's append-only file ended with " + status));
            });
  }

  private static String info(RedisReply reply, String name) {
    return reply.info(name).orElse("not told");
  }
}
