package vn.truc.log;

import io.vertx.core.Context;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Request;
import java.security.SecureRandom;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import vn.truc.event.EventTypes;
import vn.truc.event.LogRecord;
import vn.truc.loop.Turns;
import vn.truc.loop.Work;

/// Appends: everything that waits goes out in one pipelined write, a bounded number of writes at a
/// time. Each write is one transaction. That keeps an append whole; and it costs one fsync, while
/// single commands cost one for each piece of 16 KiB that the store reads of them.
///
/// Each entry carries this node's name and the number of its append, so the reader of the stream
/// knows an append of ours when it comes back, and that it has come back whole: only then is it
/// answered. Belongs to one context.
final class RedisWriter {
  private static final SecureRandom RANDOM = new SecureRandom();

  private static final int RECORDS_BETWEEN_LOOKS = 32;

  /// Commands in a transaction for the personal fields of one record.
  private static final int PERSONAL_COMMANDS = 3;

  /// What happens when an append shows that something is wrong with the store.
  interface Alarm {

    /// The stream is not there any more.
    void gone(RedisLink.Session session);

    /// The store would not take an append, or said nothing.
    void failed(String what);
  }

  /// An append that is not answered.
  private static final class Pending {
    private final WorkQueue.Append append;
    private final long number;
    private final List<String> references = new ArrayList<>();

    /// Its commands and how many of its records are in them, until they are sent.
    private final List<Request> commands = new ArrayList<>();

    private int prepared;
    private long first;
    private int seen;

    Pending(WorkQueue.Append append, long number) {
      this.append = append;
      this.number = number;
    }

    int size() {
      return append.batch().size();
    }
  }

  /// One transaction, and before which of its commands each append ends.
  private record Group(List<Pending> appends, List<Integer> ends, List<Request> commands) {

    /// As it is sent; a single command needs no transaction.
    List<Request> whole() {
      if (commands.size() == 1) {
        return commands;
      }
      List<Request> whole = new ArrayList<>(commands.size() + 2);
      whole.add(RedisReply.command(Command.MULTI));
      whole.addAll(commands);
      whole.add(RedisReply.command(Command.EXEC));
      return whole;
    }

    /// What each command was answered; nothing where the transaction as a whole was refused.
    List<RedisReply> answers(List<RedisReply> replies) {
      return commands.size() == 1 ? replies : replies.getLast().list();
    }
  }

  private final Context owner;
  private final LogSettings settings;
  private final int writesMax;
  private final LogMetrics metrics;
  private final Alarm alarm;
  private final String node;
  private final ArrayDeque<Pending> waiting = new ArrayDeque<>();
  private final Map<Long, Pending> sent = new HashMap<>();
  private RedisLink.@Nullable Session session;
  private @Nullable RedisKeys keys;
  private volatile int records;
  private volatile long bytes;
  private long appends;
  private int writes;
  private boolean flushing;
  private @Nullable Runnable whenIdle;

  RedisWriter(
      Context owner, LogSettings settings, RedisSettings redis, LogMetrics metrics, Alarm alarm) {
    this.owner = owner;
    this.settings = settings;
    this.writesMax = redis.writesInFlightMax();
    this.metrics = metrics;
    this.alarm = alarm;
    byte[] name = new byte[6];
    RANDOM.nextBytes(name);
    node = Base64.getUrlEncoder().withoutPadding().encodeToString(name);
  }

  /// Commands that may wait for their answers when the queue is full of the costliest appends.
  static int commandsMax(LogSettings settings) {
    return settings.queueRecordsMax() * (PERSONAL_COMMANDS + 3) + 1_024;
  }

  /// Writes over this session from now on.
  void use(RedisLink.Session now, RedisKeys log) {
    session = now;
    keys = log;
    writes = 0;
  }

  /// Takes an append; the reason when it does not. What is not answered yet counts.
  Optional<LogException> offer(WorkQueue.Append append) {
    int count = append.batch().size();
    if (records + count > settings.queueRecordsMax()
        || bytes + append.bytes() > settings.queueBytesMax()) {
      return Optional.of(
          new LogException(
              LogException.Reason.QUEUE_FULL,
              "append queue full: " + records + " records, " + bytes + " bytes wait"));
    }
    count(count, append.bytes());
    waiting.add(new Pending(append, appends++));
    flushSoon();
    return Optional.empty();
  }

  /// At the end of this turn of the loop, so that what it brings goes out together.
  private void flushSoon() {
    if (!flushing) {
      flushing = true;
      owner.runOnContext(_ -> flush());
    }
  }

  /// Sends what waits; what cannot be made ready in one turn of the loop goes on in the next.
  private void flush() {
    flushing = false;
    RedisLink.Session now = session;
    long began = System.nanoTime();
    while (now != null && writes < writesMax && !waiting.isEmpty()) {
      Group group = group(began);
      if (!group.appends().isEmpty()) {
        send(now, group);
      }
      if (Turns.isOver(began)) {
        flushing = true;
        Turns.next(owner, Work.FOLD, this::flush);
        return;
      }
    }
  }

  private void send(RedisLink.Session now, Group group) {
    writes++;
    long began = System.nanoTime();
    now.append(group.whole())
        .onComplete(
            replies -> answered(now, group, replies, System.nanoTime() - began),
            cause -> refused(now, group, cause));
  }

  private Group group(long began) {
    Group group = new Group(new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
    int count = 0;
    for (Pending next = waiting.peek(); next != null; next = waiting.peek()) {
      if (count > 0 && count + next.size() > settings.groupRecordsMax()) {
        break;
      }
      if ((count > 0 && Turns.isOver(began)) || !prepare(next, began)) {
        break;
      }
      waiting.remove();
      count += next.size();
      sent.put(next.number, next);
      group.appends().add(next);
      group.commands().addAll(next.commands);
      next.commands.clear();
      group.ends().add(group.commands().size());
    }
    return group;
  }

  /// Makes the commands of an append; false when the time of this turn is over before it is done.
  private boolean prepare(Pending pending, long began) {
    RedisKeys log = keys();
    List<Draft> batch = pending.append.batch();
    String by = node + "." + Long.toString(pending.number, Character.MAX_RADIX);
    while (pending.prepared < batch.size()) {
      add(pending, log, by, batch.get(pending.prepared));
      pending.prepared++;
      if (pending.prepared < batch.size()
          && pending.prepared % RECORDS_BETWEEN_LOOKS == 0
          && Turns.isOver(began)) {
        return false;
      }
    }
    return true;
  }

  private static void add(Pending pending, RedisKeys log, String by, Draft draft) {
    Optional<String> reference = draft.personal().map(_ -> reference());
    reference.ifPresent(pending.references::add);
    draft
        .personal()
        .ifPresent(
            fields -> RedisPersonal.add(pending.commands, log, reference.orElseThrow(), fields));
    pending.commands.add(RedisRecords.append(log, draft.record(), by, reference));
    if (renames(draft.record())) {
      String newId = SqliteStore.idIn(draft.record().data());
      pending.commands.add(RedisReply.command(Command.SET, log.newestId(), newId));
    }
  }

  /// Whether a record gives the log a new id.
  private static boolean renames(LogRecord record) {
    return record.type().equals(EventTypes.LOG_RESTORED);
  }

  /// A name for the personal fields of one record.
  static String reference() {
    byte[] random = new byte[16];
    RANDOM.nextBytes(random);
    return HexFormat.of().formatHex(random);
  }

  private RedisKeys keys() {
    RedisKeys log = keys;
    if (log == null) {
      throw new IllegalStateException("no log is known yet");
    }
    return log;
  }

  private void answered(RedisLink.Session from, Group group, List<RedisReply> replies, long nanos) {
    if (from != session) {
      return;
    }
    writes--;
    List<RedisReply> answers = group.answers(replies);
    int count = 0;
    int begin = 0;
    for (int i = 0; i < group.appends().size(); i++) {
      Pending pending = group.appends().get(i);
      int end = group.ends().get(i);
      judge(from, pending, end > answers.size() ? List.of() : answers.subList(begin, end));
      count += pending.size();
      begin = end;
    }
    metrics.grouped(count, nanos);
    flush();
  }

  private void judge(RedisLink.Session from, Pending pending, List<RedisReply> replies) {
    if (replies.isEmpty()) {
      fail(pending, "the transaction was refused");
      alarm.failed("the transaction was refused");
      return;
    }
    if (replies.stream().anyMatch(RedisReply::isNil)) {
      fail(pending, "the stream of the log is gone");
      dropPersonal(from, pending);
      alarm.gone(from);
      return;
    }
    Optional<RedisReply> error = replies.stream().filter(RedisReply::isError).findFirst();
    if (error.isPresent()) {
      fail(pending, error.get().toString());
      alarm.failed(error.get().toString());
    }
  }

  /// What a transaction wrote beside a stream that was not there.
  private void dropPersonal(RedisLink.Session from, Pending pending) {
    if (!pending.references.isEmpty()) {
      var _ = from.batch(RedisPersonal.drop(keys(), pending.append.batch(), pending.references));
    }
  }

  private void refused(RedisLink.Session from, Group group, Throwable cause) {
    if (from != session) {
      return;
    }
    writes--;
    String what = cause.getMessage() == null ? cause.toString() : cause.getMessage();
    group.appends().forEach(pending -> fail(pending, what));
    alarm.failed(what);
    flush();
  }

  /// The record of ours that an entry of the stream is; empty when it is another's, or of an append
  /// that was answered with an error already.
  ///
  /// @param by the entry's writer
  /// @param settled where an append goes that has come back whole
  Optional<LogRecord> cameBack(String by, long position, List<Followers.Settled> settled) {
    Pending pending = by.startsWith(node + ".") ? sent.get(numberIn(by)) : null;
    if (pending == null) {
      return Optional.empty();
    }
    LogRecord record = pending.append.batch().get(pending.seen).record().at(position);
    if (pending.seen == 0) {
      pending.first = position;
    }
    pending.seen++;
    if (pending.seen == pending.size()) {
      sent.remove(pending.number);
      leave(pending);
      metrics.appended(pending.size());
      settled.add(new Followers.Settled(pending.append, pending.first));
    }
    return Optional.of(record);
  }

  /// The number of an append in what its entries say; -1 where that is none.
  private long numberIn(String by) {
    try {
      return Long.parseLong(by.substring(node.length() + 1), Character.MAX_RADIX);
    } catch (NumberFormatException _) {
      return -1;
    }
  }

  /// The session ended: what of the appends under way is in the log is not known.
  void lost(String what) {
    session = null;
    List<Pending> all = new ArrayList<>(sent.values());
    all.addAll(waiting);
    waiting.clear();
    all.forEach(pending -> fail(pending, what));
  }

  private void fail(Pending pending, String what) {
    if (sent.remove(pending.number) == null && pending.seen == pending.size()) {
      return;
    }
    leave(pending);
    metrics.failed(pending.size());
    LogException failure =
        new LogException(
            LogException.Reason.UNWRITABLE,
            "not confirmed: " + what + "; the records may or may not be in the log");
    pending.append.context().runOnContext(_ -> pending.append.promise().fail(failure));
  }

  private void leave(Pending pending) {
    count(-pending.size(), -pending.append.bytes());
    Runnable idle = whenIdle;
    if (records == 0 && idle != null) {
      owner.runOnContext(_ -> idle.run());
    }
  }

  @SuppressWarnings("NonAtomicVolatileUpdate") // written on one context only
  private void count(int moreRecords, long moreBytes) {
    records += moreRecords;
    bytes += moreBytes;
  }

  /// Runs when everything taken is answered; at once where that is so.
  void whenIdle(Runnable then) {
    whenIdle = then;
    if (records == 0) {
      then.run();
    }
  }

  /// Records taken and not answered.
  int records() {
    return records;
  }

  /// Their estimated bytes.
  long bytes() {
    return bytes;
  }
}
