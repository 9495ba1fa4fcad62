package vn.truc.log;

import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.streams.ReadStream;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import vn.truc.event.LogRecord;

/// The log in one SQLite database, `DIR/truc.db`: for one machine, without other programs, readable
/// with the sqlite3 tool. Tables, recovery rules and what is assumed of the disk: docs/LOG.md.
///
/// One writer thread commits what waits as one group (write-ahead log, `synchronous=FULL`: the
/// fsync of the group comes before any of its answers); one reader thread serves everything read.
/// After a
/// failed fsync nothing is written until the log is opened anew.
public final class SqliteEventLog implements EventLog, LogMetrics.Watched {
  private final Vertx vertx;
  private final LogSettings settings;
  private final LogMetrics metrics;
  private final WorkQueue queue;
  private final Followers followers = new Followers();
  private final SqliteStore store;
  private final SqliteWriter writer;
  private final SqliteReader reader;
  private final AtomicBoolean snapshotOpen = new AtomicBoolean();
  private final Promise<Void> closed = Promise.promise();

  private SqliteEventLog(
      Vertx vertx, SqliteStore store, LogSettings settings, MeterRegistry registry)
      throws SQLException {
    this.vertx = vertx;
    this.settings = settings;
    this.store = store;
    this.queue = new WorkQueue(settings);
    this.reader = new SqliteReader(store.path(), settings);
    this.metrics = new LogMetrics(registry);
    this.writer =
        new SqliteWriter(
            store,
            queue,
            settings,
            metrics,
            followers,
            new Checkpointer(store.path(), settings.busyMillisMax()));
  }

  /// Opens the log of a data folder, or begins one there: then record 1 is appended.
  ///
  /// Fails with [LogException]: `OWNED` (another process, or another log of this one, has the
  /// folder), `NOT_OWNER` (it is somebody else's), `CORRUPT` (not a log, or of a newer version),
  // `UNWRITABLE`.
  public static Future<SqliteEventLog> open(
      Vertx vertx, Path dir, LogSettings settings, MeterRegistry registry) {
    return open(vertx, dir, settings, LogSettings.PERSONAL_KEPT, registry);
  }

  /// The same where personal fields are kept as long as told.
  public static Future<SqliteEventLog> open(
      Vertx vertx, Path dir, LogSettings settings, Duration personalKept, MeterRegistry registry) {
    Context context = vertx.getOrCreateContext();
    Promise<SqliteEventLog> opened = Promise.promise();
    Thread.ofPlatform()
        .name("truc-log-writer")
        .daemon()
        .start(() -> live(vertx, dir, settings, personalKept, registry, context, opened));
    return opened.future();
  }

  /// The life of the writer thread.
  private static void live(
      Vertx vertx,
      Path dir,
      LogSettings settings,
      Duration personalKept,
      MeterRegistry registry,
      Context context,
      Promise<SqliteEventLog> opened) {
    SqliteEventLog log;
    try {
      log = begin(vertx, dir, settings, personalKept, registry);
    } catch (LogException e) {
      context.runOnContext(_ -> opened.fail(e));
      return;
    } catch (SQLException | IOException | RuntimeException e) {
      LogException failure =
          new LogException(
              LogException.Reason.UNWRITABLE,
              "the log in " + dir + " cannot be opened: " + Causes.of(e, dir),
              e);
      context.runOnContext(_ -> opened.fail(failure));
      return;
    }
    context.runOnContext(_ -> opened.complete(log));
    log.work();
  }

  private static SqliteEventLog begin(
      Vertx vertx, Path dir, LogSettings settings, Duration personalKept, MeterRegistry registry)
      throws SQLException, IOException {
    SqliteStore store = SqliteStore.open(dir, settings, personalKept);
    try {
      SqliteEventLog log = new SqliteEventLog(vertx, store, settings, registry);
      log.metrics.watch(log);
      log.metrics.rewritten(store.rewritten().records());
      return log;
    } catch (SQLException | RuntimeException e) {
      store.close();
      throw e;
    }
  }

  private void work() {
    cleanUp(vertx.getOrCreateContext());
    writer.run();
    Optional<LogException> failure = Optional.empty();
    try {
      reader.close();
      writer.finish();
      store.close();
    } catch (SQLException | IOException | RuntimeException e) {
      failure =
          Optional.of(
              new LogException(LogException.Reason.UNWRITABLE, "closing the log failed", e));
    }
    metrics.close();
    Optional<LogException> failed = failure;
    followers.end().onComplete(_ -> failed.ifPresentOrElse(closed::fail, closed::complete));
  }

  @Override
  public String id() {
    return writer.id();
  }

  @Override
  public long head() {
    return writer.head();
  }

  @Override
  public Future<Long> append(List<Draft> batch) {
    if (batch.isEmpty()) {
      return Future.failedFuture(new IllegalArgumentException("an append of nothing"));
    }
    Promise<Long> promise = Promise.promise();
    WorkQueue.Append append =
        new WorkQueue.Append(
            List.copyOf(batch), WorkQueue.bytesOf(batch), vertx.getOrCreateContext(), promise);
    Optional<LogException> refusal = queue.offer(append);
    if (refusal.isPresent()) {
      metrics.refused(batch.size());
      return Future.failedFuture(refusal.get());
    }
    metrics.taken(batch.size());
    return promise.future();
  }

  @Override
  public ReadStream<List<LogRecord>> follow(long after) {
    Context context = Followers.root(vertx.getOrCreateContext());
    Follower follower =
        new Follower(
            context,
            position -> reader.decodedAfter(context, position),
            after,
            settings,
            metrics,
            followers::remove);
    followers.add(follower);
    follower.knows(head());
    return follower;
  }

  @Override
  public Future<Optional<LogRecord>> read(long position) {
    return reader.read(vertx.getOrCreateContext(), position);
  }

  @Override
  public Future<Optional<String>> personal(long position) {
    return reader.personal(vertx.getOrCreateContext(), position, SqliteStore.micros(Instant.now()));
  }

  @Override
  public Future<Integer> erase(String kind, String code) {
    return this.<Integer>ordered(store -> store.erase(kind, code)).onSuccess(metrics::erased);
  }

  @Override
  public Future<Void> forget(List<Long> positions) {
    return writer.forget(vertx.getOrCreateContext(), List.copyOf(positions));
  }

  @Override
  public Future<Buffer> secret(String name) {
    return this.<byte[]>ordered(store -> store.secret(name)).map(Buffer::buffer);
  }

  private <T> Future<T> ordered(SqliteWriter.Task<T> task) {
    return writer.submit(vertx.getOrCreateContext(), false, 0, task);
  }

  @Override
  public Future<SnapshotWriter> beginSnapshot() {
    if (!snapshotOpen.compareAndSet(false, true)) {
      return Future.failedFuture(new IllegalStateException("a snapshot is being written already"));
    }
    Context context = vertx.getOrCreateContext();
    return writer
        .<Long>submit(
            context,
            true,
            0,
            store ->
                store.transact(
                    open -> SqliteSnapshots.begin(open, SqliteStore.micros(Instant.now()))))
        .<SnapshotWriter>map(
            number -> new SqliteSnapshotWriter(vertx, writer, number, () -> snapshotEnded(context)))
        .onFailure(_ -> snapshotOpen.set(false));
  }

  private void snapshotEnded(Context context) {
    snapshotOpen.set(false);
    cleanUp(context);
  }

  /// Deletes dropped snapshots, a slice between two group commits, until none is left.
  private void cleanUp(Context context) {
    writer
        .<Boolean>submit(
            context,
            true,
            0,
            store -> {
              if (SqliteSnapshots.hasDropped(store.connection())) {
                store.change(SqliteSnapshots::deleteSlice);
                return true;
              }
              return false;
            })
        .onSuccess(
            more -> {
              if (more) {
                cleanUp(context);
              }
            });
  }

  @Override
  public Future<Optional<SnapshotReader>> newestSnapshot() {
    return reader
        .query(vertx.getOrCreateContext(), open -> () -> SqliteSnapshots.newest(open))
        .map(newest -> newest.map(Complete::new));
  }

  /// A complete snapshot, read chunk by chunk.
  private final class Complete implements SnapshotReader {
    private final SqliteSnapshots.Content content;

    Complete(SqliteSnapshots.Content content) {
      this.content = content;
    }

    @Override
    public List<Section> sections() {
      return content.sections();
    }

    @Override
    public Future<Buffer> chunk(Section section, int index) {
      return reader.query(
          vertx.getOrCreateContext(),
          open -> () -> SqliteSnapshots.chunk(open, content.number(), section.name(), index));
    }
  }

  @Override
  public Optional<String> unwritable() {
    return writer.trouble().map(SqliteWriter.Trouble::message);
  }

  @Override
  public Future<Void> close() {
    queue.close();
    Context context = vertx.getOrCreateContext();
    Promise<Void> here = Promise.promise();
    closed.future().onComplete(done -> context.runOnContext(_ -> here.handle(done)));
    return here.future();
  }

  @Override
  public int queued() {
    return queue.records();
  }

  @Override
  public long queuedBytes() {
    return queue.bytes();
  }

  @Override
  public double writableFlag() {
    return writer.trouble().isPresent() ? 0 : 1;
  }

  @Override
  public double expiryHeldFlag() {
    return store.expiry().held() ? 1 : 0;
  }
}
