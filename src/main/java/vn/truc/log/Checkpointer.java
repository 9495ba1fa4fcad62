package vn.truc.log;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/// Copies the write-ahead log back beside the commits, on a thread and a connection of its own.
/// SQLite begins the file anew only when all of it was copied, which under load is never true here:
/// the writer copies the last pages itself. Started and asked by the writer thread alone.
final class Checkpointer {
  private final Connection connection;
  private final ExecutorService thread;
  private @Nullable Future<Boolean> run;

  Checkpointer(Path folder, int busyMillis) throws SQLException {
    connection = SqliteSchema.openCheckpointer(folder, busyMillis);
    thread =
        Executors.newSingleThreadExecutor(
            Thread.ofPlatform().name("truc-log-checkpoint").daemon().factory());
  }

  /// Whether a run was started whose end is not taken yet.
  boolean started() {
    return run != null;
  }

  void start() {
    run = thread.submit(this::copy);
  }

  private boolean copy() throws SQLException {
    try (Statement statement = connection.createStatement()) {
      return SqliteSchema.number(statement, "pragma wal_checkpoint(passive)") == 0;
    }
  }

  /// Takes the end of a run, once: whether it copied what it could. Empty while it goes on.
  ///
  /// @throws SQLException what it failed with
  Optional<Boolean> ended() throws SQLException, InterruptedException {
    Future<Boolean> known = run;
    if (known == null || !known.isDone()) {
      return Optional.empty();
    }
    run = null;
    try {
      return Optional.of(known.get());
    } catch (ExecutionException e) {
      if (e.getCause() instanceof SQLException sqlite) {
        throw sqlite;
      }
      throw new IllegalStateException("copying the journal back failed", e);
    }
  }

  /// Lets a run end, then closes.
  void close() throws SQLException {
    thread.close();
    connection.close();
  }
}
