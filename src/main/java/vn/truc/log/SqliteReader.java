package vn.truc.log;

import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.sqlite.SQLiteErrorCode;
import org.sqlite.SQLiteException;
import vn.truc.event.LogRecord;
import vn.truc.event.UnreadableRecordException;

/// Reads beside the writer, on a thread and a connection of its own. Each read is one short
/// statement, prepared for it alone (the driver closes a statement that failed), so that none keeps
/// the write-ahead log from being copied back.
final class SqliteReader {
  /// Characters of data after which a batch ends early.
  private static final int BATCH_CHARACTERS = 8 << 20;

  static final String COLUMNS =
      "position, schema, type, source, id, subject, time, sequence, recorded_at, key, extensions,"
          + " data";

  private final Connection connection;
  private final ExecutorService thread;
  private final AtomicInteger waiting = new AtomicInteger();
  private final int waitingMax;
  private final int batchRecordsMax;

  /// Used on the reader thread alone.
  private final PackedRow row = new PackedRow();

  SqliteReader(Path folder, LogSettings settings) throws SQLException {
    connection = SqliteSchema.openReader(folder, settings.busyMillisMax());
    waitingMax = settings.readQueueMax();
    batchRecordsMax = settings.followBatchRecordsMax();
    thread =
        Executors.newSingleThreadExecutor(
            Thread.ofPlatform().name("truc-log-reader").daemon().factory());
  }

  /// The position of the newest record, read on the calling thread; for the start only.
  long newest() throws SQLException {
    try (Statement statement = connection.createStatement()) {
      return SqliteSchema.number(statement, "select coalesce(max(position), 0) from records");
    }
  }

  /// The version of the tables, read on the calling thread; for the start only.
  long version() throws SQLException {
    try (Statement statement = connection.createStatement()) {
      return SqliteSchema.number(statement, "pragma user_version");
    }
  }

  /// A read of a follower; each has one under way at most, so these need no bound.
  Future<List<LogRecord>> after(Context context, long position) {
    return submit(context, () -> records(position, batchRecordsMax));
  }

  /// The same with their data decoded, so that whoever folds them has less to do.
  Future<List<LogRecord>> decodedAfter(Context context, long position) {
    return submit(
        context,
        () -> {
          List<LogRecord> batch = records(position, batchRecordsMax);
          batch.forEach(SqliteReader::decode);
          return batch;
        });
  }

  /// What cannot be decoded is told to the one who comes to that record, not before.
  private static void decode(LogRecord record) {
    try {
      var _ = record.event();
    } catch (UnreadableRecordException _) {
      // thrown again where it is used
    }
  }

  Future<Optional<LogRecord>> read(Context context, long position) {
    return position < 1
        ? Future.succeededFuture(Optional.empty())
        : bounded(context, () -> records(position - 1, 1).stream().findFirst());
  }

  Future<Optional<String>> personal(Context context, long position, long nowMicros) {
    return bounded(
        context,
        () -> {
          try (PreparedStatement select =
              connection.prepareStatement(
                  "select data from personal where position = ? and expires_at > ?")) {
            select.setLong(1, position);
            select.setLong(2, nowMicros);
            try (ResultSet rows = select.executeQuery()) {
              return rows.next() ? Optional.of(rows.getString(1)) : Optional.empty();
            }
          }
        });
  }

  /// What is read on the reader thread.
  @FunctionalInterface
  interface Query<T> {
    T run() throws SQLException;
  }

  /// A query over the connection, in its turn.
  <T> Future<T> query(Context context, java.util.function.Function<Connection, Query<T>> query) {
    return bounded(context, () -> query.apply(connection).run());
  }

  private <T> Future<T> bounded(Context context, Query<T> query) {
    if (waiting.incrementAndGet() > waitingMax) {
      waiting.decrementAndGet();
      return Future.failedFuture(
          new LogException(LogException.Reason.QUEUE_FULL, "read queue full: " + waitingMax));
    }
    return submit(context, query).eventually(this::oneLess);
  }

  private Future<Void> oneLess() {
    waiting.decrementAndGet();
    return Future.succeededFuture();
  }

  private <T> Future<T> submit(Context context, Query<T> query) {
    Promise<T> promise = Promise.promise();
    try {
      thread.execute(() -> run(context, query, promise));
    } catch (RejectedExecutionException _) {
      return Future.failedFuture(new LogException(LogException.Reason.CLOSED, "the log is closed"));
    }
    return promise.future();
  }

  private static <T> void run(Context context, Query<T> query, Promise<T> promise) {
    try {
      T result = query.run();
      context.runOnContext(_ -> promise.complete(result));
    } catch (SQLException e) {
      LogException failure = new LogException(reason(e), "reading the log failed", e);
      context.runOnContext(_ -> promise.fail(failure));
    } catch (RuntimeException e) {
      context.runOnContext(_ -> promise.fail(e));
    }
  }

  private static LogException.Reason reason(SQLException e) {
    return e instanceof SQLiteException sqlite
            && (sqlite.getResultCode() == SQLiteErrorCode.SQLITE_CORRUPT
                || sqlite.getResultCode() == SQLiteErrorCode.SQLITE_NOTADB)
        ? LogException.Reason.CORRUPT
        : LogException.Reason.UNREADABLE;
  }

  private List<LogRecord> records(long position, int recordsMax) throws SQLException {
    try (PreparedStatement select =
        connection.prepareStatement(
            "select "
                + PackedRow.COLUMN
                + " from records where position > ? order by position limit ?")) {
      select.setLong(1, position);
      select.setInt(2, recordsMax);
      try (ResultSet rows = select.executeQuery()) {
        return batch(rows, position);
      }
    }
  }

  private List<LogRecord> batch(ResultSet rows, long position) throws SQLException {
    List<LogRecord> batch = new ArrayList<>();
    long characters = 0;
    while (characters < BATCH_CHARACTERS && rows.next()) {
      LogRecord packed = row.read(rows.getBytes(1));
      LogRecord record = packed == null ? byColumns(position + 1 + batch.size()) : packed;
      long expected = position + 1 + batch.size();
      if (record == null || record.position() != expected) {
        throw new LogException(
            LogException.Reason.CORRUPT, "the log has no record at position " + expected);
      }
      if (record.schema() > LogRecord.SCHEMA) {
        throw new LogException(
            LogException.Reason.CORRUPT,
            "record "
                + record.position()
                + " was written by a newer version, schema "
                + record.schema());
      }
      batch.add(record);
      characters += record.data().length();
    }
    return batch;
  }

  /// A record with a text that a packed row cannot carry.
  private @Nullable LogRecord byColumns(long position) throws SQLException {
    try (PreparedStatement select =
        connection.prepareStatement("select " + COLUMNS + " from records where position = ?")) {
      select.setLong(1, position);
      try (ResultSet rows = select.executeQuery()) {
        return rows.next() ? record(rows) : null;
      }
    }
  }

  /// The record in a row of [#COLUMNS].
  static LogRecord record(ResultSet rows) throws SQLException {
    return new LogRecord(
        rows.getLong(1),
        rows.getInt(2),
        rows.getString(3),
        rows.getString(4),
        rows.getString(5),
        rows.getString(6),
        rows.getLong(7),
        rows.getString(8),
        rows.getLong(9),
        rows.getString(10),
        rows.getString(11),
        rows.getString(12),
        null);
  }

  /// Lets what is under way end, then closes. Waits for the reader thread.
  void close() throws SQLException {
    thread.close();
    connection.close();
  }
}
