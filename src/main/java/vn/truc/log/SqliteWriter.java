package vn.truc.log;

import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.io.IOException;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.sqlite.SQLiteException;
import vn.truc.event.EventTypes;
import vn.truc.event.LogRecord;

/// The writer thread: takes what waits, commits it as one group, hands it over, and between two
/// groups does one job beside. It alone touches [SqliteStore].
///
/// A failed write is either *passing* (disk full, another program holds the lock: the next append
/// tries again) or *lasting* (everything else, a failed fsync above all: what the disk holds is
/// unknown, so nothing is written any more until the store is opened anew).
final class SqliteWriter {
  private static final Logger LOG = LoggerFactory.getLogger(SqliteWriter.class);

  /// A commit writes at least a table leaf, an index leaf and the first page.
  private static final long PAGES_PER_COMMIT_BYTES = 3 * 4_120;

  private static final int SQLITE_BUSY = 5;
  private static final int SQLITE_LOCKED = 6;
  private static final int SQLITE_FULL = 13;

  /// Why the store takes no writes.
  record Trouble(String message, boolean lasting) {}

  /// What a job does on the writer thread.
  @FunctionalInterface
  interface Task<T> {
    T run(SqliteStore store) throws SQLException, IOException;
  }

  private final SqliteStore store;
  private final WorkQueue queue;
  private final LogSettings settings;
  private final LogMetrics metrics;
  private final Followers followers;
  private final Checkpointer checkpointer;
  private volatile long head;
  private volatile String id;
  private volatile @Nullable Trouble trouble;
  private long journalBytes;

  /// Expired fields were deleted and may still stand in the journal.
  private boolean cutOwed;

  private long nextSweep = System.nanoTime();
  private long nextProbe;

  SqliteWriter(
      SqliteStore store,
      WorkQueue queue,
      LogSettings settings,
      LogMetrics metrics,
      Followers followers,
      Checkpointer checkpointer) {
    this.store = store;
    this.checkpointer = checkpointer;
    this.queue = queue;
    this.settings = settings;
    this.metrics = metrics;
    this.followers = followers;
    this.head = store.head();
    this.id = store.id();
  }

  long head() {
    return head;
  }

  String id() {
    return id;
  }

  Optional<Trouble> trouble() {
    return Optional.ofNullable(trouble);
  }

  /// Works until the queue is closed and empty.
  void run() {
    boolean closing = false;
    while (!closing) {
      try {
        WorkQueue.Round round = queue.next(nanosToNextDuty());
        closing = round.closing();
        if (!round.appends().isEmpty()) {
          commit(round.appends());
        }
        round.job().ifPresent(job -> job.run().run());
        doDuties();
      } catch (InterruptedException _) {
        queue.close();
      } catch (Error e) {
        LOG.error("log_unwritable lasting=true folder={}", store.path(), e);
        trouble = new Trouble("the writer thread failed: " + e, true);
        queue.close();
      }
    }
  }

  /// The last thing written: all of the journal goes back into the database.
  void finish() throws SQLException {
    checkpointer.close();
    Trouble known = trouble;
    if (known == null) {
      store.checkpointAndTruncate();
    }
  }

  private void commit(List<WorkQueue.Append> appends) {
    long began = System.nanoTime();
    List<LogRecord> records = new ArrayList<>();
    List<SqliteStore.Placed> personal = new ArrayList<>();
    List<Followers.Settled> settled = new ArrayList<>(appends.size());
    long bytes = PAGES_PER_COMMIT_BYTES;
    for (WorkQueue.Append append : appends) {
      settled.add(new Followers.Settled(append, head + 1 + records.size()));
      bytes += append.bytes();
      for (Draft draft : append.batch()) {
        LogRecord record = draft.record().at(head + 1 + records.size());
        records.add(record);
        draft
            .personal()
            .ifPresent(fields -> personal.add(new SqliteStore.Placed(record.position(), fields)));
      }
    }
    try {
      requireNoLastingTrouble();
      store.append(records, personal);
    } catch (SQLException | RuntimeException e) {
      metrics.failed(records.size());
      LogException failure = failure("appending " + records.size() + " records", e);
      settled.forEach(
          one -> one.append().context().runOnContext(_ -> one.append().promise().fail(failure)));
      return;
    }
    writable();
    journalBytes += bytes;
    records.stream()
        .filter(record -> record.type().equals(EventTypes.LOG_RESTORED))
        .forEach(record -> id = SqliteStore.idIn(record.data()));
    head = store.head();
    metrics.committed(records.size(), System.nanoTime() - began);
    followers.publish(records, settled);
  }

  /// Queues a job that yields nothing.
  Future<Void> submitChange(Context context, long bytes, SqliteStore.Plain change) {
    return this.<Boolean>submit(
            context,
            true,
            bytes,
            open -> {
              open.change(change);
              return true;
            })
        .mapEmpty();
  }

  /// Queues the deletion of personal fields by position; the next sweep cuts them from the journal.
  Future<Void> forget(Context context, List<Long> positions) {
    return this.<Boolean>submit(
            context,
            false,
            0,
            open -> {
              open.forget(positions);
              cutOwed = true;
              return true;
            })
        .mapEmpty();
  }

  /// Queues a job; the future completes on the given context.
  ///
  /// @param background gives way to appends
  /// @param bytes what the job holds in memory and writes
  <T> Future<T> submit(Context context, boolean background, long bytes, Task<T> task) {
    Promise<T> promise = Promise.promise();
    WorkQueue.Job job = new WorkQueue.Job(() -> runJob(context, bytes, task, promise), bytes);
    Optional<LogException> refusal = background ? queue.offerBackground(job) : queue.offer(job);
    return refusal.isPresent() ? Future.failedFuture(refusal.get()) : promise.future();
  }

  private <T> void runJob(Context context, long bytes, Task<T> task, Promise<T> promise) {
    try {
      requireNoLastingTrouble();
      T result = task.run(store);
      journalBytes += bytes + PAGES_PER_COMMIT_BYTES;
      context.runOnContext(_ -> promise.complete(result));
    } catch (SQLException | IOException | RuntimeException e) {
      LogException failure = failure("writing to the store", e);
      context.runOnContext(_ -> promise.fail(failure));
    }
  }

  /// First beside the commits; what came meanwhile, and the new beginning of the file, here.
  private void checkpoint() throws SQLException, InterruptedException {
    if (checkpointer.ended().isPresent()) {
      long began = System.nanoTime();
      store.checkpoint();
      metrics.checkpointed(System.nanoTime() - began);
    }
    if (journalBytes > settings.checkpointBytesMax() && !checkpointer.started()) {
      journalBytes = 0;
      checkpointer.start();
    }
  }

  private void doDuties() throws InterruptedException {
    long now = System.nanoTime();
    try {
      Trouble known = trouble;
      if (known != null && known.lasting()) {
        return;
      }
      if (known != null && now - nextProbe >= 0) {
        nextProbe = now + TimeUnit.MILLISECONDS.toNanos(settings.probeMillis());
        store.probe();
        writable();
      }
      if (now - nextSweep >= 0) {
        sweep(now);
      }
      checkpoint();
    } catch (SQLException | RuntimeException e) {
      failure("looking after the store", e);
    }
  }

  private void sweep(long now) throws SQLException {
    int expired = store.sweep(store.expiry().now());
    if (SqliteStore.moreToSweep(expired)) {
      nextSweep = now;
    } else {
      nextSweep = now + TimeUnit.MILLISECONDS.toNanos(settings.personalSweepMillis());
    }
    if (expired > 0) {
      metrics.expired(expired);
      cutOwed = true;
    }
    if (cutOwed) {
      store.checkpointAndTruncate();
      cutOwed = false;
      journalBytes = 0;
    }
  }

  private long nanosToNextDuty() {
    Trouble known = trouble;
    long next =
        known != null && !known.lasting() && nextProbe - nextSweep < 0 ? nextProbe : nextSweep;
    if (known != null && known.lasting()) {
      return TimeUnit.HOURS.toNanos(1);
    }
    return Math.max(0, next - System.nanoTime());
  }

  private void requireNoLastingTrouble() {
    Trouble known = trouble;
    if (known != null && known.lasting()) {
      throw new LogException(LogException.Reason.UNWRITABLE, known.message());
    }
  }

  private void writable() {
    if (trouble != null) {
      trouble = null;
      LOG.info("log_writable folder={}", store.path());
    }
  }

  /// Sorts a failed write and remembers what it means for those to come.
  private LogException failure(String doing, Exception cause) {
    if (cause instanceof LogException known) {
      return known;
    }
    int code = cause instanceof SQLiteException sqlite ? sqlite.getResultCode().code & 0xff : 0;
    boolean passing =
        code == SQLITE_FULL
            || code == SQLITE_BUSY
            || code == SQLITE_LOCKED
            || cause instanceof IOException;
    String message = doing + " failed: " + cause.getMessage();
    if (trouble == null) {
      LOG.error("log_unwritable lasting={} folder={}", !passing, store.path(), cause);
    }
    trouble = new Trouble(message, !passing);
    nextProbe = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(settings.probeMillis());
    if (!passing) {
      markFailed();
    } else if (code == SQLITE_FULL) {
      makeRoom();
    }
    return new LogException(LogException.Reason.UNWRITABLE, message, cause);
  }

  /// Pages copied back free their place in the write-ahead log, which may be all the next append
  /// needs.
  private void makeRoom() {
    try {
      store.checkpoint();
    } catch (SQLException e) {
      if (!(e instanceof SQLiteException sqlite)
          || (sqlite.getResultCode().code & 0xff) != SQLITE_FULL) {
        trouble = new Trouble("copying the journal back failed: " + e.getMessage(), true);
        markFailed();
      }
    }
  }

  private void markFailed() {
    try {
      store.markFailed();
    } catch (IOException e) {
      LOG.error("log_note_unsure head={} folder={}", head, store.path(), e);
    }
  }
}
