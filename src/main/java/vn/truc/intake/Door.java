package vn.truc.intake;

import io.vertx.core.AsyncResult;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import vn.truc.access.SourceKey;
import vn.truc.event.Decoded;
import vn.truc.event.Event;
import vn.truc.event.LogRecord;
import vn.truc.event.Rejection;
import vn.truc.event.Rejection.Reason;
import vn.truc.log.Draft;
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

  /// By case: about how many bytes of facts are on their way into the log. A case is bounded in
  /// bytes, and the fold counts only what it has.
  private final Map<CaseName, Long> casesUnderWay = new HashMap<>();

  private long buffered;
  private long faultToldMicros = Long.MIN_VALUE;
  private long faultsUntold;

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
    if (buffered + bytes > settings.bufferedBytesMax()) {
      metrics.bodyRefused(IntakeException.Reason.QUEUE_FULL.status());
      return false;
    }
    buffered += bytes;
    metrics.buffered(buffered);
    return true;
  }

  /// Gives reserved room back.
  public void release(int bytes) {
    buffered -= bytes;
    metrics.buffered(buffered);
  }

  /// Bytes reserved now.
  public long bufferedBytes() {
    return buffered;
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

  /// A fault of ours while one event was judged. A sender that knows how to make one could fill the
  /// log with it, so only one is told in a while, with the count of those that were not.
  private void fault(RuntimeException cause) {
    long now = realMicros.getAsLong();
    if (faultToldMicros != Long.MIN_VALUE && now - faultToldMicros < FAULT_EVERY_MICROS) {
      faultsUntold++;
      return;
    }
    LOG.error("event_unreadable since_last={}", faultsUntold, cause);
    faultToldMicros = now;
    faultsUntold = 0;
  }

  private static final long FAULT_EVERY_MICROS = TimeUnit.SECONDS.toMicros(10);

  /// What bytes of a case are counted by.
  private record CaseName(String kind, String code) implements Comparable<CaseName> {
    static Optional<CaseName> of(LogRecord record) {
      return record.event() instanceof Event.CaseFact fact
          ? Optional.of(new CaseName(fact.kind().label(), record.subject().orElse("")))
          : Optional.empty();
    }

    @Override
    public int compareTo(CaseName other) {
      int byCode = code.compareTo(other.code);
      return byCode != 0 ? byCode : kind.compareTo(other.kind);
    }
  }

  /// About what a fact takes in the history of its case.
  private static long bytesOf(LogRecord record) {
    return 64L + record.id().length() + record.data().length();
  }

  /// What the fold tells facts apart by: within their case, or their type where they have none.
  /// Ordered, so that a table of them stays quick where somebody chooses those that meet in it.
  private record Identity(String kind, String subject, String source, String id)
      implements Comparable<Identity> {
    private static final Comparator<Identity> ORDER =
        Comparator.comparing(Identity::id)
            .thenComparing(Identity::subject)
            .thenComparing(Identity::source)
            .thenComparing(Identity::kind);

    @Override
    public int compareTo(Identity other) {
      return ORDER.compare(this, other);
    }

    static Identity of(LogRecord record) {
      String kind =
          record.event() instanceof Event.CaseFact fact ? fact.kind().label() : record.type();
      return new Identity(kind, record.subject().orElse(""), record.source(), record.id());
    }
  }

  /// An event under an identity that stands earlier in its batch.
  private record Repeat(long index, LogRecord record, boolean sameContent) {
    /// What the fold will say where the first counts.
    Fold.Verdict verdict() {
      return sameContent ? Fold.Verdict.DUPLICATE : Fold.Verdict.CONFLICT;
    }
  }

  /// Events on their way into the log together.
  public final class Batch {
    private final SourceKey key;
    private final boolean stored;
    private final List<Draft> drafts = new ArrayList<>();
    private final List<Long> indexes = new ArrayList<>();
    private final Tally tally = new Tally(settings.rejectedListedMax());
    private final List<Rejection> refused = new ArrayList<>();
    private final List<LogRecord> known = new ArrayList<>();

    /// The content under each identity that is on its way, and the repeats of one: they wait for
    /// what becomes of it and are not appended, so that their personal members are written nowhere.
    private final Map<Identity, Long> onTheirWay = new HashMap<>();

    private final List<Repeat> repeats = new ArrayList<>();
    private final Map<CaseName, Long> bytesOfCases = new HashMap<>();

    private Batch(SourceKey key, boolean stored) {
      this.key = key;
      this.stored = stored;
    }

    /// Events added.
    public int size() {
      return drafts.size() + repeats.size() + refused.size() + known.size();
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
            fault(e);
            refuse(accepted.index(), accepted.record(), Reason.UNREADABLE);
          }
        }
      }
    }

    private void judge(Decoded.Accepted event) {
      LogRecord record = event.record();
      if (!key.covers(record.source())) {
        refuse(event.index(), record, Reason.SOURCE_NOT_BOUND);
        return;
      }
      Optional<CaseName> ofCase = CaseName.of(record);
      long underWay =
          ofCase
              .map(
                  name ->
                      casesUnderWay.getOrDefault(name, 0L) + bytesOfCases.getOrDefault(name, 0L))
              .orElse(0L);
      switch (fold.judge(record, underWay)) {
        case NEW -> {
          draft(event);
          ofCase.ifPresent(name -> bytesOfCases.merge(name, bytesOf(record), Long::sum));
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
      if (drafts.size() == 1) {
        LogRecord only = drafts.getFirst().record();
        onTheirWay.put(Identity.of(only), only.event().contentHash());
      }
      Long first =
          drafts.isEmpty()
              ? null
              : onTheirWay.putIfAbsent(Identity.of(record), record.event().contentHash());
      if (first != null) {
        repeats.add(new Repeat(event.index(), record, first == record.event().contentHash()));
        return;
      }
      drafts.add(new Draft(record, personal(event)));
      indexes.add(event.index());
      if (stored && !event.dropped().isEmpty()) {
        metrics.dropped(event.dropped().size());
        event.dropped().forEach(name -> ledger.unknown(key.source(), "member", name));
      }
    }

    private Optional<Draft.Personal> personal(Decoded.Accepted event) {
      if (event.personal().isEmpty() || !(event.record().event() instanceof Event.CaseFact fact)) {
        return Optional.empty();
      }
      return Optional.of(
          new Draft.Personal(
              fact.kind().label(),
              event.record().subject().orElseThrow(),
              event.personal().get(),
              realMicros.getAsLong() + personalKeptMicros));
    }

    private void refuse(long index, LogRecord record, Reason reason) {
      String field =
          switch (reason) {
            case SOURCE_NOT_BOUND -> "source";
            case CASE_TOO_LONG -> "subject";
            case UNREADABLE, FOLD_FAILED -> "";
            default -> "id";
          };
      String message =
          switch (reason) {
            case SOURCE_NOT_BOUND -> "the key does not cover this source";
            case CASE_TOO_LONG -> "the case has as many facts, or bytes of them, as it may have";
            case UNREADABLE -> "a fault of this server; nothing of the event was stored";
            case FOLD_FAILED ->
                "stored, and kept out of the numbers by a fault of this server; do not send it again";
            default -> "another content came under this source and id before; the first stands";
          };
      refuse(new Rejection(index, Optional.of(record.id()), reason, field, message));
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
        return failed(
            IntakeException.Reason.KEY_REVOKED, new IllegalStateException("the key was revoked"));
      }
      if (!stored) {
        metrics.checked(size());
        tally.accept(drafts.size());
        repeats.forEach(repeat -> judged(repeat, repeat.verdict()));
        refused.forEach(rejection -> ledger.refused(key.source(), nowMicros(), rejection));
        return Future.succeededFuture(tally.receipt());
      }
      metrics.received(size());
      if (drafts.isEmpty()) {
        settle();
        return Future.succeededFuture(tally.receipt());
      }
      if (fold.stopping()) {
        return failed(IntakeException.Reason.CLOSED, new IllegalStateException("stopping"));
      }
      bytesOfCases.forEach((name, bytes) -> casesUnderWay.merge(name, bytes, Long::sum));
      return log.append(drafts).transform(this::appended);
    }

    private Future<Receipt> appended(AsyncResult<Long> first) {
      bytesOfCases.forEach(
          (name, bytes) ->
              casesUnderWay.computeIfPresent(
                  name, (_, all) -> all.equals(bytes) ? null : all - bytes));
      if (first.succeeded() && !fold.reached(first.result() + drafts.size() - 1)) {
        return failed(
            IntakeException.Reason.FOLD_STOPPED,
            new IllegalStateException("the fold has stopped before " + first.result()));
      }
      return first.succeeded()
          ? folded(first.result())
          : failed(IntakeException.of(first.cause()), first.cause());
    }

    private Future<Receipt> folded(long first) {
      long taken = 0;
      List<Long> uncounted = new ArrayList<>();
      for (int i = 0; i < drafts.size(); i++) {
        Draft draft = drafts.get(i);
        long at = first + i;
        Fold.Verdict verdict = fold.verdictAt(at);
        if (verdict == Fold.Verdict.NEW) {
          taken++;
          ledger.taken(key.source(), draft.record());
        } else {
          judged(new Repeat(indexes.get(i), draft.record(), true), verdict);
          if (verdict != Fold.Verdict.FAILED) {
            draft.personal().ifPresent(_ -> uncounted.add(at));
          }
        }
      }
      for (Repeat repeat : repeats) {
        Fold.Verdict verdict = fold.judge(repeat.record(), 0);
        // a heartbeat may be forgotten by now; what it repeats stands in this very batch
        judged(repeat, verdict == Fold.Verdict.NEW ? repeat.verdict() : verdict);
      }
      tally.accept(taken);
      metrics.accepted(taken);
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
        metrics.failed(reason, drafts.size() + repeats.size());
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
