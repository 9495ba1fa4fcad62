package vn.truc.intake;

import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
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
  private final IntakeSettings settings;
  private final long personalKeptMicros;
  private final EventLog log;
  private final Fold fold;
  private final SourceLedger ledger;
  private final IntakeMetrics metrics;
  private final LongSupplier domainMicros;
  private final LongSupplier realMicros;
  private long buffered;

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

  /// Whether facts are taken now: false while the fold has not caught up with the log.
  public boolean isOpen() {
    return fold.caughtUp();
  }

  /// Now on the domain clock, microseconds since 1970: what new records carry as `recordedAt`.
  public long nowMicros() {
    return domainMicros.getAsLong();
  }

  /// Reserves room for the bytes of a body; false when there is none.
  public boolean reserve(int bytes) {
    if (buffered + bytes > settings.bufferedBytesMax()) {
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
    private final List<Draft> drafts = new ArrayList<>();
    private final List<Long> indexes = new ArrayList<>();
    private final Tally tally = new Tally(settings.rejectedListedMax());
    private final List<Rejection> refused = new ArrayList<>();
    private final List<LogRecord> known = new ArrayList<>();

    private Batch(SourceKey key, boolean stored) {
      this.key = key;
      this.stored = stored;
    }

    /// Events added.
    public int size() {
      return drafts.size() + refused.size() + known.size();
    }

    /// Whether its facts go into the log.
    public boolean stored() {
      return stored;
    }

    /// Adds one event, judging it by what is folded now.
    public void add(Decoded event) {
      switch (event) {
        case Decoded.Refused(Rejection rejection, _) -> refuse(rejection);
        case Decoded.Accepted accepted -> judge(accepted);
      }
    }

    private void judge(Decoded.Accepted event) {
      LogRecord record = event.record();
      if (!key.covers(record.source())) {
        refuse(event.index(), record, Reason.SOURCE_NOT_BOUND);
        return;
      }
      switch (fold.judge(record)) {
        case NEW -> {
          drafts.add(new Draft(record, personal(event)));
          indexes.add(event.index());
        }
        case DUPLICATE -> {
          tally.duplicate();
          known.add(record);
        }
        case CONFLICT -> refuse(event.index(), record, Reason.IDENTITY_CONFLICT);
        case CASE_TOO_LONG -> refuse(event.index(), record, Reason.CASE_TOO_LONG);
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
            default -> "id";
          };
      String message =
          switch (reason) {
            case SOURCE_NOT_BOUND -> "the key does not cover this source";
            case CASE_TOO_LONG -> "the case has as many facts as it may have";
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
      if (!stored) {
        metrics.checked(size());
        refused.forEach(rejection -> ledger.refused(key.source(), nowMicros(), rejection));
        tally.accept(drafts.size());
        return Future.succeededFuture(tally.receipt());
      }
      metrics.received(size());
      if (drafts.isEmpty()) {
        settle();
        return Future.succeededFuture(tally.receipt());
      }
      return log.append(drafts).map(this::folded).recover(this::failed);
    }

    private Receipt folded(long first) {
      long taken = 0;
      for (int i = 0; i < drafts.size(); i++) {
        LogRecord record = drafts.get(i).record();
        switch (fold.verdictAt(first + i)) {
          case NEW -> {
            taken++;
            ledger.taken(key.source(), record);
          }
          case DUPLICATE -> {
            tally.duplicate();
            known.add(record);
          }
          case CONFLICT -> refuse(indexes.get(i), record, Reason.IDENTITY_CONFLICT);
          case CASE_TOO_LONG -> refuse(indexes.get(i), record, Reason.CASE_TOO_LONG);
        }
      }
      tally.accept(taken);
      metrics.accepted(taken);
      settle();
      return tally.receipt();
    }

    private Future<Receipt> failed(Throwable cause) {
      IntakeException.Reason reason = IntakeException.of(cause);
      metrics.failed(reason, drafts.size());
      settle();
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
