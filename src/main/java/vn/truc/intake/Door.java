package vn.truc.intake;

import io.vertx.core.AsyncResult;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import vn.truc.access.SourceKey;
import vn.truc.event.Decoded;
import vn.truc.event.LogRecord;
import vn.truc.event.Rejection;
import vn.truc.event.Rejection.Reason;
import vn.truc.intake.UnderWay.CaseName;
import vn.truc.intake.UnderWay.Identity;
import vn.truc.intake.UnderWay.Taking;
import vn.truc.log.EventLog;

/// The one door every fact passes, whatever its transport: it binds sources to keys, drops known
/// repeats, appends, and answers when the facts are durable and folded here.
///
/// All of it runs on the one context that owns the fold.
public final class Door {
  private static final Logger LOG = LoggerFactory.getLogger(Door.class);

  private final IntakeSettings settings;
  private final long personalKeptMicros;
  private final EventLog log;
  private final Fold fold;
  private final SourceLedger ledger;
  private final IntakeMetrics metrics;
  private final LongSupplier domainMicros;
  private final LongSupplier realMicros;

  private final UnderWay underWay = new UnderWay();

  private final Room room;
  private final FaultLog faults;

  /// @param domainMicros the domain clock, microseconds since 1970
  /// @param realMicros real time, by which personal members expire
  public Door(
      IntakeSettings settings,
      RetentionSettings retention,
      EventLog log,
      Fold fold,
      SourceLedger ledger,
      IntakeMetrics metrics,
      LongSupplier domainMicros,
      LongSupplier realMicros) {
    this.settings = settings;
    personalKeptMicros = TimeUnit.MILLISECONDS.toMicros(retention.personal().toMillis());
    this.log = log;
    this.fold = fold;
    this.ledger = ledger;
    this.metrics = metrics;
    this.domainMicros = domainMicros;
    this.realMicros = realMicros;
    room = new Room(settings.bufferedBytesMax(), metrics);
    faults = new FaultLog(realMicros);
  }

  /// Why no facts are taken now: the server is stopping, or the fold has not caught up with the
  /// log. Empty when they are taken.
  public Optional<IntakeException> shut() {
    if (fold.stopping()) {
      return Optional.of(IntakeException.closed());
    }
    return fold.caughtUp() ? Optional.empty() : Optional.of(IntakeException.catchingUp());
  }

  /// Now on the domain clock, microseconds since 1970: what new records carry as `recordedAt`.
  public long nowMicros() {
    return domainMicros.getAsLong();
  }

  /// Reserves room for bytes of a body held in memory; false when there is none, and the body is to
  /// be refused.
  public boolean reserve(int bytes) {
    return room.reserve(bytes);
  }

  /// Gives reserved room back.
  public void release(int bytes) {
    room.release(bytes);
  }

  /// Bytes reserved now.
  public long bufferedBytes() {
    return room.held();
  }

  /// Takes decoded events as one batch; see [Batch#store()].
  public Future<Receipt> submit(SourceKey key, List<Decoded> events) {
    Batch batch = batch(key, true);
    events.forEach(batch::add);
    return batch.store();
  }

  /// Begins a batch.
  ///
  /// @param store false to answer as usual and store nothing; a test key stores nothing either
  public Batch batch(SourceKey key, boolean store) {
    return new Batch(key, store && !key.test());
  }

  /// Events on their way into the log together.
  public final class Batch {
    private final SourceKey key;
    private final boolean stored;
    private final List<Pending> pending = new ArrayList<>();
    private final Tally tally = new Tally(settings.rejectedListedMax());
    private final List<Rejection> refused = new ArrayList<>();
    private final List<LogRecord> known = new ArrayList<>();

    /// The content under each identity that is on its way, and the repeats of one: they wait for
    /// what becomes of it and are not appended, so that their personal members are written nowhere.
    private final Map<Identity, Long> onTheirWay = new HashMap<>();

    private final List<Repeat> repeats = new ArrayList<>();
    private final Map<CaseName, Long> bytesOfCases = new HashMap<>();

    /// Those of its facts that wait for nobody else's, and who waits for them.
    private final List<Identity> taken = new ArrayList<>();

    private final Promise<Boolean> done = Promise.promise();

    private final long answeredBefore = underWay.answeredBatches();

    /// Bytes of room this batch holds while it waits: of what the log's queue does not count.
    private long held;

    private Batch(SourceKey key, boolean stored) {
      this.key = key;
      this.stored = stored;
    }

    /// Events added.
    public int size() {
      return pending.size() + repeats.size() + refused.size() + known.size();
    }

    /// Whether its facts go into the log.
    public boolean stored() {
      return stored;
    }

    /// Adds one event, judging it by what is folded now. A fault of ours refuses the event, and
    /// nothing else.
    public void add(Decoded event) {
      switch (event) {
        case Decoded.Refused(Rejection rejection, _) -> refuse(rejection);
        case Decoded.Accepted accepted -> {
          try {
            judge(accepted);
          } catch (RuntimeException e) {
            faults.note(e);
            refuse(accepted.index(), accepted.record(), Reason.UNREADABLE);
          }
        }
      }
    }

    private void judge(Decoded.Accepted event) {
      LogRecord record = event.record();
      if (!key.covers(record.source())) {
        refuse(Refusal.notBound(event.index(), record, key));
        return;
      }
      Optional<CaseName> ofCase = CaseName.of(record);
      long bytes =
          ofCase.map(name -> underWay.bytes(name) + bytesOfCases.getOrDefault(name, 0L)).orElse(0L);
      switch (fold.judge(record, bytes)) {
        case NEW -> {
          draft(event);
          ofCase.ifPresent(name -> bytesOfCases.merge(name, UnderWay.bytesOf(record), Long::sum));
        }
        case DUPLICATE -> {
          tally.duplicate();
          known.add(record);
        }
        case CONFLICT -> refuse(event.index(), record, Reason.IDENTITY_CONFLICT);
        case CASE_TOO_LONG -> refuse(event.index(), record, Reason.CASE_TOO_LONG);
        case FAILED -> refuse(event.index(), record, Reason.FOLD_FAILED);
      }
    }

    private void draft(Decoded.Accepted event) {
      LogRecord record = event.record();
      Identity identity = Identity.of(record);
      Long first = onTheirWay.putIfAbsent(identity, record.event().contentHash());
      if (first != null) {
        repeats.add(new Repeat(event.index(), record, first == record.event().contentHash()));
        return;
      }
      long keptUntil = realMicros.getAsLong() + personalKeptMicros;
      pending.add(Pending.of(event, identity, keptUntil));
      if (stored && !event.unknown().isEmpty()) {
        if (event.personal().isEmpty()) {
          metrics.dropped(event.unknown().size());
        }
        event.unknown().forEach(name -> ledger.unknown(key.source(), SourceLedger.MEMBER, name));
      }
    }

    private void refuse(long index, LogRecord record, Reason reason) {
      refuse(Refusal.of(index, record, reason));
    }

    private void refuse(Rejection rejection) {
      tally.reject(rejection);
      refused.add(rejection);
    }

    /// Appends the facts. Completes when they are durable and folded here, with what became of each
    /// event; fails with [IntakeException] when the log did not take them: none of them is stored.
    public Future<Receipt> store() {
      if (!fold.inForce(key)) {
        if (stored) {
          metrics.received(size());
        }
        return revoked();
      }
      if (!stored) {
        metrics.checked(size());
        tally.accept(pending.size());
        repeats.forEach(repeat -> judged(repeat, repeat.verdict()));
        refused.forEach(rejection -> ledger.refused(key.source(), nowMicros(), rejection));
        return Future.succeededFuture(tally.receipt());
      }
      metrics.received(size());
      if (pending.isEmpty()) {
        settle();
        return Future.succeededFuture(tally.receipt());
      }
      if (fold.stopping()) {
        return failed(IntakeException.Reason.CLOSED, new IllegalStateException("stopping"));
      }
      return Future.succeededFuture()
          .compose(_ -> take())
          .compose(_ -> append())
          .onFailure(_ -> leave(false));
    }

    private Future<Receipt> revoked() {
      return failed(
          IntakeException.Reason.KEY_REVOKED, new IllegalStateException("the key was revoked"));
    }

    /// Notes what is on its way now. What the fold would refuse is not to stand in the log: what it
    /// has learnt since the batch began is looked at again; and a fact under an identity that is on
    /// its way in another batch waits for what becomes of that one.
    private Future<Void> take() {
      if (underWay.answeredBatches() != answeredBefore) {
        sort(this::knownNow);
      }
      Map<Identity, Taking> awaited = new HashMap<>();
      for (Pending one : pending) {
        Taking other = underWay.take(one.identity(), new Taking(one.content(), done.future()));
        if (other == null) {
          taken.add(one.identity());
        } else {
          awaited.put(one.identity(), other);
        }
      }
      if (!hold(awaited.isEmpty() ? List.of() : pending)) {
        return failed(IntakeException.Reason.QUEUE_FULL, new IllegalStateException("no room"))
            .mapEmpty();
      }
      List<Future<Boolean>> earlier =
          awaited.values().stream().map(Taking::done).distinct().toList();
      return earlier.isEmpty()
          ? Future.succeededFuture()
          : Future.join(earlier)
              .onSuccess(_ -> sort(one -> known(one, awaited.get(one.identity()))))
              .mapEmpty();
    }

    /// Reserves room for the repeats, which wait for the log and stand in no queue of it, and for
    /// what waits for others.
    private boolean hold(List<Pending> waiting) {
      long bytes =
          Stream.of(
                  repeats.stream().map(Repeat::record),
                  known.stream(),
                  waiting.stream().map(Pending::record))
              .flatMap(records -> records)
              .mapToLong(UnderWay::heldBytes)
              .sum();
      boolean there = room.reserve(bytes);
      held = there ? bytes : 0;
      return there;
    }

    private Fold.Verdict knownNow(Pending one) {
      return fold.judge(one.record(), 0);
    }

    /// One whose first never came to be stands in its place.
    private Fold.Verdict known(Pending one, @Nullable Taking other) {
      Fold.Verdict verdict = other == null ? Fold.Verdict.NEW : knownNow(one);
      return other != null && verdict == Fold.Verdict.NEW && other.done().result()
          ? one.repeat(other.content() == one.content()).verdict()
          : verdict;
    }

    /// Keeps what is new; the others become repeats.
    private void sort(Function<Pending, Fold.Verdict> verdicts) {
      List<Pending> all = List.copyOf(pending);
      pending.clear();
      for (Pending one : all) {
        Fold.Verdict verdict = verdicts.apply(one);
        if (verdict == Fold.Verdict.NEW) {
          pending.add(one);
        } else {
          repeats.add(one.repeat(verdict == Fold.Verdict.DUPLICATE));
        }
      }
    }

    private Future<Receipt> append() {
      if (!fold.inForce(key)) {
        return revoked();
      }
      if (pending.isEmpty()) {
        repeats.forEach(this::repeated);
        settle();
        leave(true);
        return Future.succeededFuture(tally.receipt());
      }
      underWay.add(bytesOfCases);
      return log.append(pending.stream().map(Pending::draft).toList()).transform(this::appended);
    }

    /// Lets those go on that wait for facts of this batch.
    private void leave(boolean stands) {
      if (!done.future().isComplete()) {
        underWay.forget(taken);
        room.release(held);
        done.complete(stands);
      }
    }

    private Future<Receipt> appended(AsyncResult<Long> first) {
      underWay.remove(bytesOfCases);
      boolean folded = first.succeeded() && fold.reached(first.result() + pending.size() - 1);
      Future<Receipt> answer = answer(first);
      leave(folded);
      return answer;
    }

    private Future<Receipt> answer(AsyncResult<Long> first) {
      if (first.succeeded() && !fold.reached(first.result() + pending.size() - 1)) {
        return failed(
            IntakeException.Reason.FOLD_STOPPED,
            new IllegalStateException("the fold has stopped before " + first.result()));
      }
      return first.succeeded()
          ? folded(first.result())
          : failed(IntakeException.of(first.cause()), first.cause());
    }

    private Future<Receipt> folded(long first) {
      long counted = 0;
      List<Long> uncounted = new ArrayList<>();
      for (int i = 0; i < pending.size(); i++) {
        Pending one = pending.get(i);
        long at = first + i;
        Fold.Verdict verdict = fold.verdictAt(at);
        if (verdict == Fold.Verdict.NEW) {
          counted++;
          ledger.taken(key.source(), one.record());
        } else {
          judged(one.repeat(true), verdict);
          if (verdict != Fold.Verdict.FAILED) {
            one.draft().personal().ifPresent(_ -> uncounted.add(at));
          }
        }
      }
      repeats.forEach(this::repeated);
      tally.accept(counted);
      metrics.accepted(counted);
      settle();
      Receipt receipt = tally.receipt();
      return uncounted.isEmpty()
          ? Future.succeededFuture(receipt)
          : log.forget(uncounted).transform(forgotten -> answered(receipt, forgotten));
    }

    /// The facts stand whatever becomes of the fields of others.
    private Future<Receipt> answered(Receipt receipt, AsyncResult<Void> forgotten) {
      if (forgotten.failed()) {
        LOG.error("personal_left_behind source={}", key.source(), forgotten.cause());
      }
      return Future.succeededFuture(receipt);
    }

    private void repeated(Repeat repeat) {
      Fold.Verdict verdict = fold.judge(repeat.record(), 0);
      // a heartbeat may be forgotten by now; what it repeats stands in the log
      judged(repeat, verdict == Fold.Verdict.NEW ? repeat.verdict() : verdict);
    }

    /// Answers a repeat of something that came before it, here or elsewhere.
    private void judged(Repeat repeat, Fold.Verdict verdict) {
      switch (verdict) {
        case NEW, DUPLICATE -> {
          tally.duplicate();
          known.add(repeat.record());
        }
        case CONFLICT -> refuse(repeat.index(), repeat.record(), Reason.IDENTITY_CONFLICT);
        case CASE_TOO_LONG -> refuse(repeat.index(), repeat.record(), Reason.CASE_TOO_LONG);
        case FAILED -> refuse(repeat.index(), repeat.record(), Reason.FOLD_FAILED);
      }
    }

    private Future<Receipt> failed(IntakeException.Reason reason, Throwable cause) {
      if (stored) {
        metrics.failed(reason, pending.size() + repeats.size());
        settle();
      }
      return Future.failedFuture(
          new IntakeException(reason, reason.label(), tally.receipt(), cause));
    }

    private void settle() {
      metrics.duplicates(known.size());
      long now = nowMicros();
      for (LogRecord record : known) {
        ledger.taken(key.source(), record);
      }
      for (Rejection rejection : refused) {
        metrics.refused(rejection.reason());
        ledger.refused(key.source(), now, rejection);
      }
    }
  }
}
