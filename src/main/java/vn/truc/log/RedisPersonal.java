package vn.truc.log;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Request;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import vn.truc.event.Event;
import vn.truc.event.LogRecord;

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

  private final Vertx vertx;
  private final RedisSettings settings;
  private volatile @Nullable ExpiryClock expiry;
  private boolean sweeping;

  RedisPersonal(Vertx vertx, RedisSettings settings) {
    this.vertx = vertx;
    this.settings = settings;
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
    return forgetCases(session, keys, erasures, 0, 0)
        .compose(
            erased ->
                rewriteOwed(session, keys)
                    .compose(_ -> session.send(RedisErasures.list(keys, erasures)))
                    .map(erased));
  }

  private static Future<Integer> forgetCases(
      RedisLink.Session session,
      RedisKeys keys,
      List<Erasures.Erasure> erasures,
      int from,
      int sum) {
    if (from >= erasures.size()) {
      return Future.succeededFuture(sum);
    }
    List<String> cases =
        erasures.subList(from, Math.min(erasures.size(), from + SLICE)).stream()
            .map(erasure -> caseName(erasure.kind(), erasure.code()))
            .distinct()
            .toList();
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
            })
        .compose(forgotten -> forgetCases(session, keys, erasures, from + SLICE, sum + forgotten));
  }

  /// Forgets what expired, a slice at a time, and has the journal rewritten when that is due.
  /// Completes with the number of records that lost their fields.
  Future<Integer> sweep(RedisLink.Session session, RedisKeys keys) {
    if (sweeping) {
      return Future.succeededFuture(0);
    }
    sweeping = true;
    return begin(session, keys)
        .compose(clock -> sweep(session, keys, clock, 0))
        .compose(count -> rewriteIfDue(session, keys).map(count))
        .onComplete(_ -> sweeping = false);
  }

  private Future<Integer> sweep(
      RedisLink.Session session, RedisKeys keys, ExpiryClock clock, int sum) {
    long now = clock.now();
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
                Integer.toString(SLICE)))
        .compose(
            expired -> {
              List<RedisReply> members = expired.list();
              return forget(session, keys, members.stream().map(RedisReply::toString).toList())
                  .compose(
                      count ->
                          members.size() < SLICE
                              ? Future.succeededFuture(sum + count)
                              : sweep(session, keys, clock, sum + count));
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

  private static Future<Integer> forget(
      RedisLink.Session session, RedisKeys keys, List<String> members) {
    if (members.isEmpty()) {
      return Future.succeededFuture(0);
    }
    List<Request> commands = new ArrayList<>();
    commands.add(RedisReply.command(Command.MULTI));
    int slice = Math.min(SLICE, members.size());
    for (String member : members.subList(0, slice)) {
      int colon = member.indexOf(':');
      forget(commands, keys, member.substring(0, colon), member.substring(colon + 1));
    }
    commands.add(RedisReply.command(Command.SET, keys.journalOwed(), "1"));
    commands.add(RedisReply.command(Command.EXEC));
    return session
        .batch(commands)
        .compose(
            replies ->
                forget(session, keys, members.subList(slice, members.size()))
                    .map(rest -> removed(replies.getLast()) + rest));
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
    return session
        .send(RedisReply.command(Command.BGREWRITEAOF))
        .transform(
            asked -> {
              if (asked.succeeded()) {
                return rewritten(session);
              }
              boolean underWay = String.valueOf(asked.cause().getMessage()).contains(UNDER_WAY);
              return underWay
                  ? pause().compose(_ -> rewrite(session))
                  : Future.<Void>failedFuture(asked.cause());
            });
  }

  private Future<Void> rewritten(RedisLink.Session session) {
    return session
        .send(RedisReply.command(Command.INFO, "persistence"))
        .compose(
            info -> {
              boolean busy =
                  !info(info, "aof_rewrite_in_progress").equals("0")
                      || !info(info, "aof_rewrite_scheduled").equals("0");
              if (busy) {
                return pause().compose(_ -> rewritten(session));
              }
              String status = info(info, "aof_last_bgrewrite_status");
              return status.equals("ok")
                  ? Future.succeededFuture()
                  : Future.failedFuture(
                      new LogException(
                          LogException.Reason.UNWRITABLE,
                          "rewriting the store's append-only file ended with " + status));
            });
  }

  private static String info(RedisReply reply, String name) {
    return reply.info(name).orElse("not told");
  }

  private Future<Void> pause() {
    Promise<Void> later = Promise.promise();
    vertx.setTimer(POLL_MILLIS, _ -> later.complete());
    return later.future();
  }
}
