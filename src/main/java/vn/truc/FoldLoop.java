package vn.truc;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.streams.ReadStream;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import vn.truc.access.SourceKey;
import vn.truc.access.SourceKeys;
import vn.truc.board.Board;
import vn.truc.board.BoardVerdict;
import vn.truc.board.Change;
import vn.truc.board.Unknown;
import vn.truc.event.EventTypes;
import vn.truc.event.LogRecord;
import vn.truc.event.UnreadableRecordException;
import vn.truc.fold.Listeners;
import vn.truc.fold.Projection;
import vn.truc.fold.Projections;
import vn.truc.intake.Fold;
import vn.truc.log.EventLog;
import vn.truc.loop.Steps;
import vn.truc.loop.Turns;
import vn.truc.loop.Work;

/// Folds the log into everything this node holds: board, source keys, clock, configuration. The
/// only place that applies records, live and in replay alike; what follows from changes (push) is
/// told to its listener, with the position, so that a listener that is further ahead can pass.
final class FoldLoop implements Fold {
  private static final Logger LOG = LoggerFactory.getLogger(FoldLoop.class);

  /// Verdicts kept for a door that asks; only those that are not plain acceptance. The door asks
  /// right behind the fold, so the oldest are those of records other nodes wrote.
  private static final int VERDICTS_MAX = 100_000;

  /// Members left out in a replay that are told; a log holds few, or as many of one kind.
  private static final int LEFT_OUT_MAX = 1_000;

  private final Vertx vertx;
  private final Board board;
  private final Projections projections;
  private final SourceKeys keys;
  private final DomainClock clock;
  private final AppliedConfig config;
  private final FailedFacts failed;
  private final ClockSetback setback;
  private final List<LeftOut> leftOut = new ArrayList<>();
  private final InstantSource real;
  private final Map<Long, Verdict> verdicts =
      new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Long, Verdict> eldest) {
          return size() > VERDICTS_MAX;
        }
      };
  private final Listeners<Change> changes = new Listeners<>(this::notTold);
  private BiConsumer<LogRecord, Unknown> onUnknown = (_, _) -> {};
  private Runnable onProgress = () -> {};
  private Runnable onTick = () -> {};
  private Runnable onRevoked = () -> {};
  private Setback onSetback = (_, _) -> {};
  private boolean withoutFacts;
  private boolean settingBack;
  private long position;
  private boolean caughtUp;
  private boolean refusing;
  private @Nullable String failure;
  private Supplier<Optional<EventLog.Behind>> behind = Optional::empty;

  FoldLoop(
      Vertx vertx,
      Board board,
      Projections projections,
      SourceKeys keys,
      DomainClock clock,
      AppliedConfig config,
      FailedFacts failed,
      ClockSetback setback,
      InstantSource real) {
    this.vertx = vertx;
    this.failed = failed;
    this.setback = setback;
    this.board = board;
    this.projections = projections;
    this.keys = keys;
    this.clock = clock;
    this.config = config;
    this.real = real;
  }

  /// Who is told of every change of a case, live and in replay.
  void onChange(Consumer<Change> listener) {
    changes.add(listener);
  }

  /// Who is told of codes this house does not know. What an older door took and is left out now was
  /// met in the replay, before anybody listened: that is told first.
  void onUnknown(BiConsumer<LogRecord, Unknown> listener) {
    onUnknown = listener;
    leftOut.forEach(one -> listener.accept(one.record(), one.unknown()));
    leftOut.clear();
  }

  private record LeftOut(LogRecord record, Unknown unknown) {}

  /// Who is told that records were folded or the clock moved.
  void onProgress(Runnable listener) {
    onProgress = listener;
  }

  /// Who is told, tick by tick, that the board stands at the present of the domain clock. Silent
  /// while it does not: during replay, behind a long turn, after a failure.
  void onTick(Runnable listener) {
    onTick = listener;
  }

  /// Passes over all facts: for a verb that needs keys, clock and configuration alone. The board
  /// stays empty.
  void withoutFacts() {
    withoutFacts = true;
  }

  /// What a snapshot held: everything up to a position, some of it further.
  void restored(long upTo) {
    position = upTo;
  }

  /// Follows the log from here on. Completes when everything this node knows to be in it is folded,
  /// what came from other nodes meanwhile included. Where that was so once it stays so: from its
  /// head on, a log hands over records with their commits, before it answers an append.
  Future<Void> follow(EventLog log) {
    behind = log::behind;
    Promise<Void> replayed = Promise.promise();
    ReadStream<List<LogRecord>> records = log.follow(position);
    records.exceptionHandler(
        cause -> {
          fail("the log cannot be followed: " + cause.getMessage(), cause);
          replayed.tryFail(cause);
        });
    records.handler(
        batch -> {
          take(batch);
          String failed = failure;
          if (failed != null) {
            records.pause();
            replayed.tryFail(new IllegalStateException(failed));
          } else if (!caughtUp && position >= log.head()) {
            caughtUp = true;
            replayed.tryComplete();
          }
        });
    if (position >= log.head()) {
      caughtUp = true;
      replayed.tryComplete();
    }
    return replayed.future();
  }

  private void take(List<LogRecord> batch) {
    for (LogRecord record : batch) {
      if (failure == null) {
        fold(record);
      }
    }
    onProgress.run();
  }

  /// Folds one record. A fact of somebody's that cannot be folded is noted and the others go on; a
  /// record of this house that cannot, one nobody can read, and an `Error` end the fold.
  private void fold(LogRecord record) {
    try {
      if (record.type().startsWith(EventTypes.INTERNAL_PREFIX)) {
        internal(record);
      } else if (!withoutFacts) {
        advance(caughtUp ? now() : record.recordedAtMicros());
        fact(record);
      }
      setback.saw(record);
      position = record.position();
    } catch (UnreadableRecordException e) {
      fail(e.getMessage() + "", e);
    } catch (RuntimeException e) {
      if (record.type().startsWith(EventTypes.INTERNAL_PREFIX)) {
        fail("position " + record.position() + " cannot be folded: " + e, e);
      } else {
        noteFailed(record, e);
      }
    } catch (Error e) {
      fail("position " + record.position() + " cannot be folded: " + e, e);
      throw e;
    }
  }

  private void noteFailed(LogRecord record, RuntimeException cause) {
    LOG.error("fact_not_folded position={} type={}", record.position(), record.type(), cause);
    failed.note(record, cause);
    position = record.position();
    if (caughtUp) {
      verdicts.put(record.position(), Verdict.FAILED);
    }
  }

  private void fact(LogRecord record) {
    Board.Applied applied = board.apply(record);
    failed.forget(record.position());
    projections.applyFact(record, caughtUp, (by, cause) -> notTaken(record, by, cause));
    applied.change().ifPresent(changes::tell);
    if (applied.verdict() == BoardVerdict.NEW) {
      for (Unknown unknown : board.unknowns(record)) {
        if (caughtUp) {
          onUnknown.accept(record, unknown);
        } else if (unknown.leftOut() && leftOut.size() < LEFT_OUT_MAX) {
          leftOut.add(new LeftOut(record, unknown));
        }
      }
    } else if (caughtUp) {
      verdicts.put(record.position(), verdict(applied.verdict()));
    }
  }

  private void notTaken(LogRecord record, Projection by, RuntimeException cause) {
    failed.listenerFailed();
    LOG.error(
        "projection_failed position={} type={} projection={}",
        record.position(),
        record.type(),
        by.getClass().getSimpleName(),
        cause);
  }

  private void notTold(Change change, RuntimeException cause) {
    failed.listenerFailed();
    LOG.error("listener_failed position={}", change.position(), cause);
  }

  /// Moves the board's clock by a slice. A case whose moment cannot be folded stays as it was.
  private void advance(long now) {
    try {
      board.advance(now, changes::tell);
    } catch (RuntimeException e) {
      failed.listenerFailed();
      LOG.error("moment_not_folded now={}", now, e);
    }
  }

  /// Tries the facts again that could not be folded, in an earlier run of this program too.
  /// Completes when each was tried.
  Future<Void> retryFailed(EventLog log) {
    return Steps.each(
        failed.positions().iterator(),
        at -> log.read(at).map(found -> found.map(this::retry).orElse(false)));
  }

  private boolean retry(LogRecord record) {
    long reached = position;
    fold(record);
    position = reached;
    if (failed.holds(record.position())) {
      return false;
    }
    LOG.info("fact_folded_now position={}", record.position());
    return true;
  }

  private void internal(LogRecord record) {
    board.apply(record);
    if (!projections.apply(record, caughtUp)) {
      throw new UnreadableRecordException(
          "unknown type " + record.type() + " at position " + record.position());
    }
  }

  /// Keys or tokens were ended.
  void revoked() {
    try {
      onRevoked.run();
    } catch (RuntimeException e) {
      failed.listenerFailed();
      LOG.error("listener_failed position={}", position, e);
    }
  }

  /// Who is told, live only, that keys or tokens were ended.
  void onRevoked(Runnable listener) {
    onRevoked = listener;
  }

  /// Moves the board to the present of the domain clock, in slices. Where records may be missing
  /// the board stays at the instant up to which it speaks for all of them.
  void tick() {
    if (!caughtUp || failure != null || behind.get().isPresent() || settingBack) {
      return;
    }
    long now = now();
    if (setback.isDue(board.asOfMicros() - now)) {
      setBack(now);
      return;
    }
    advance(now);
    if (board.asOfMicros() < now) {
      Turns.next(vertx.getOrCreateContext(), Work.FOLD, this::tick);
    } else {
      onTick.run();
    }
    if (board.takeChanged()) {
      onProgress.run();
    }
  }

  /// Takes the cases' phases anew at the true instant, and goes on from there.
  private void setBack(long now) {
    settingBack = true;
    long ahead = board.asOfMicros();
    config
        .setBack(now)
        .onComplete(
            _ -> {
              settingBack = false;
              onProgress.run();
            });
    onSetback.begins(ahead, now);
  }

  /// Who is told that the board is being set back.
  void onSetback(Setback listener) {
    onSetback = listener;
  }

  /// Refuses facts from here on, for a stop.
  void refuse() {
    refusing = true;
  }

  /// The domain clock, in microseconds since 1970.
  long now() {
    return clock.domainMicros(realMicros());
  }

  /// Real time, in microseconds since 1970.
  long realMicros() {
    return DomainClock.micros(real.instant());
  }

  /// The position of the newest record folded here.
  long position() {
    return position;
  }

  /// Why this node folds no further, where it does not.
  Optional<String> failure() {
    return Optional.ofNullable(failure);
  }

  private void fail(String message, Throwable cause) {
    failure = message;
    caughtUp = false;
    LOG.error("fold_stopped position={} cause={}", position, message, cause);
  }

  @Override
  public Verdict judge(LogRecord record, long bytesUnderWay) {
    return failed.holds(record) ? Verdict.FAILED : verdict(board.judge(record, bytesUnderWay));
  }

  @Override
  public boolean reached(long wanted) {
    return position >= wanted;
  }

  @Override
  public Verdict verdictAt(long at) {
    Verdict known = verdicts.remove(at);
    return known == null ? Verdict.NEW : known;
  }

  @Override
  public boolean caughtUp() {
    return caughtUp && !refusing && behind.get().isEmpty() && config.fault().isEmpty();
  }

  @Override
  public boolean inForce(SourceKey key) {
    return keys.byId(key.keyId()).isPresent();
  }

  @Override
  public boolean stopping() {
    return refusing;
  }

  /// Whether screens may be served: also while the store is out of reach, since the last numbers
  /// with their age are better than none; not while what came meanwhile is being read.
  boolean showable() {
    return caughtUp
        && !refusing
        && config.everInForce()
        && behind.get().filter(EventLog.Behind::reading).isEmpty();
  }

  private static Verdict verdict(BoardVerdict verdict) {
    return switch (verdict) {
      case NEW -> Verdict.NEW;
      case DUPLICATE -> Verdict.DUPLICATE;
      case CONFLICT -> Verdict.CONFLICT;
      case CASE_TOO_LONG -> Verdict.CASE_TOO_LONG;
    };
  }
}
