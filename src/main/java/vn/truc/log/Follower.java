package vn.truc.log;

import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.streams.ReadStream;
import java.util.ArrayDeque;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import vn.truc.event.LogRecord;

/// One reader of the log, whatever the engine: it catches up from the store, then takes what each
/// commit hands over, without gap or repeat.
///
/// Everything here happens on the context that asked for it. Two states: *catching up*, where
/// offers only move `known` and batches come from the store, and *live*, where the next offer
/// begins exactly behind what is buffered. It goes live when it has reached `known`, by a read or
/// because it begins there; it falls back when a paused reader let its buffer fill. So whoever was
/// handed all up to the log's head gets what comes behind it with its commit.
final class Follower implements ReadStream<List<LogRecord>> {

  /// Where the past is read from.
  @FunctionalInterface
  interface Source {
    /// Records behind a position, in order, a bounded number of them; empty when there are none
    /// yet. Completes on the calling context.
    Future<List<LogRecord>> after(long position);
  }

  private final Context context;
  private final Source source;
  private final int batchRecordsMax;
  private final int bufferBatchesMax;
  private final LogMetrics metrics;
  private final Consumer<Follower> whenStopped;
  private final ArrayDeque<List<LogRecord>> buffer = new ArrayDeque<>();

  private @Nullable Handler<List<LogRecord>> handler;
  private @Nullable Handler<Throwable> exceptionHandler;
  private @Nullable Handler<Void> endHandler;
  private long demand = Long.MAX_VALUE;

  /// Position of the newest record delivered.
  private long delivered;

  /// Position of the newest record delivered or buffered.
  private long buffered;

  /// Position of the newest record offered; there may be newer ones whose offer is under way.
  private long known;

  private boolean live;
  private boolean reading;
  private boolean delivering;
  private boolean stopped;

  Follower(
      Context context,
      Source source,
      long after,
      LogSettings settings,
      LogMetrics metrics,
      Consumer<Follower> whenStopped) {
    this.context = context;
    this.source = source;
    this.delivered = after;
    this.buffered = after;
    this.batchRecordsMax = settings.followBatchRecordsMax();
    this.bufferBatchesMax = settings.followBufferBatchesMax();
    this.metrics = metrics;
    this.whenStopped = whenStopped;
  }

  Context context() {
    return context;
  }

  /// Tells how far the log reaches, once this follower is registered for offers.
  void knows(long head) {
    known = Math.max(known, head);
    live = buffered >= known;
  }

  /// Takes the records of a commit.
  void offer(List<LogRecord> records) {
    long last = records.getLast().position();
    known = Math.max(known, last);
    if (stopped || !live || last <= buffered) {
      return;
    }
    long first = records.getFirst().position();
    if (first > buffered + 1) {
      fallBack();
      proceed();
      return;
    }
    for (int from = (int) (buffered + 1 - first); from < records.size(); from += batchRecordsMax) {
      int to = Math.min(records.size(), from + batchRecordsMax);
      if (buffer.size() >= bufferBatchesMax) {
        metrics.followerFellBehind();
        fallBack();
        return;
      }
      push(records.subList(from, to));
      proceed();
      if (stopped || !live) {
        return;
      }
    }
  }

  private void push(List<LogRecord> batch) {
    buffer.add(batch);
    buffered = batch.getLast().position();
  }

  private void fallBack() {
    live = false;
    buffer.clear();
    buffered = delivered;
  }

  /// Delivers what is buffered and wanted, then reads on where that is needed.
  private void proceed() {
    if (delivering) {
      return;
    }
    delivering = true;
    try {
      deliver();
    } finally {
      delivering = false;
    }
    readOn();
  }

  /// Reads the next batch while at most one waits to be delivered: the store and the one who takes
  /// the batches work at the same time.
  private void readOn() {
    if (!stopped && !live && !reading && handler != null && demand > 0 && buffer.size() <= 1) {
      read();
    }
  }

  private void deliver() {
    while (!stopped && demand > 0 && !buffer.isEmpty()) {
      Handler<List<LogRecord>> receiver = handler;
      if (receiver == null) {
        return;
      }
      List<LogRecord> batch = buffer.remove();
      if (demand != Long.MAX_VALUE) {
        demand--;
      }
      delivered = batch.getLast().position();
      try {
        receiver.handle(batch);
      } catch (RuntimeException e) {
        fail(e);
      }
    }
  }

  private void read() {
    reading = true;
    metrics.readForFollower();
    source.after(buffered).onComplete(this::arrived, this::failedRead);
  }

  private void arrived(List<LogRecord> records) {
    reading = false;
    if (stopped) {
      return;
    }
    if (!records.isEmpty()) {
      push(records);
    } else if (buffered < known) {
      fail(
          new LogException(
              LogException.Reason.CORRUPT,
              "the log reaches " + known + " but ends for its reader at " + buffered));
      return;
    }
    live = buffered >= known;
    readOn();
    proceed();
  }

  private void failedRead(Throwable cause) {
    reading = false;
    if (!stopped) {
      fail(cause);
    }
  }

  /// A reader that failed has missed a batch, so it gets nothing more.
  private void fail(Throwable cause) {
    stop();
    Handler<Throwable> receiver = exceptionHandler;
    if (receiver == null) {
      context.runOnContext(
          _ -> {
            throw new IllegalStateException("a follower of the log failed", cause);
          });
    } else {
      receiver.handle(cause);
    }
  }

  /// The log is closed: delivers what is buffered and wanted, then ends.
  void end() {
    if (stopped) {
      return;
    }
    deliver();
    stop();
    Handler<Void> receiver = endHandler;
    if (receiver != null) {
      receiver.handle(null);
    }
  }

  private void stop() {
    stopped = true;
    buffer.clear();
    whenStopped.accept(this);
  }

  @Override
  public Follower handler(@Nullable Handler<List<LogRecord>> newHandler) {
    handler = newHandler;
    if (newHandler == null) {
      stop();
    } else {
      context.runOnContext(_ -> proceed());
    }
    return this;
  }

  @Override
  public Follower exceptionHandler(@Nullable Handler<Throwable> newHandler) {
    exceptionHandler = newHandler;
    return this;
  }

  @Override
  public Follower endHandler(@Nullable Handler<Void> newHandler) {
    endHandler = newHandler;
    return this;
  }

  @Override
  public Follower pause() {
    demand = 0;
    return this;
  }

  @Override
  public Follower resume() {
    return fetch(Long.MAX_VALUE);
  }

  @Override
  public Follower fetch(long batches) {
    if (batches < 0) {
      throw new IllegalArgumentException("batches must not be negative: " + batches);
    }
    long sum = demand + batches;
    demand = sum < 0 ? Long.MAX_VALUE : sum;
    context.runOnContext(_ -> proceed());
    return this;
  }
}
