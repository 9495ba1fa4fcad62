package vn.truc.log;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.streams.ReadStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;
import vn.truc.event.LogRecord;
import vn.truc.event.StoredMembers;

/// The records of a data folder up to the head they had when it was opened, beside the process that
/// owns the folder or without one: takes no lock, writes nothing, hands out no personal fields. The
/// owner goes on as if nobody read: each batch is one short read of the write-ahead log.
public final class SqliteRecords implements Records {
  private final Vertx vertx;
  private final LogSettings settings;
  private final SqliteReader reader;
  private final LogMetrics metrics = new LogMetrics(new SimpleMeterRegistry());
  private final long head;
  private final boolean old;
  private final StoredMembers members = new StoredMembers();

  private SqliteRecords(
      Vertx vertx, LogSettings settings, SqliteReader reader, long head, boolean old) {
    this.old = old;
    this.vertx = vertx;
    this.settings = settings;
    this.reader = reader;
    this.head = head;
  }

  /// Opens the log of a data folder. Touches the disk shortly.
  ///
  /// @throws LogException `UNREADABLE` where there is no log or it cannot be read, `CORRUPT` where
  /// it is not one or of a newer version
  public static SqliteRecords open(Vertx vertx, Path dir, LogSettings settings) {
    DataFolder.refuseRedis(dir);
    if (!Files.exists(dir.resolve(SqliteSchema.FILE))) {
      throw new LogException(LogException.Reason.UNREADABLE, "there is no log in " + dir);
    }
    try {
      SqliteReader reader = new SqliteReader(dir, settings);
      try {
        // Asked before anything is read: what is written anew meanwhile is clean either way.
        boolean old = SqliteScrub.isDue(reader.version());
        return new SqliteRecords(vertx, settings, reader, head(dir, reader), old);
      } catch (SQLException | IOException | RuntimeException e) {
        reader.close();
        throw e;
      }
    } catch (SQLException | IOException e) {
      throw new LogException(
          LogException.Reason.UNREADABLE,
          "the log in " + dir + " cannot be read: " + Causes.of(e, dir),
          e);
    }
  }

  /// What lies behind the note of a failed disk was refused.
  private static long head(Path dir, SqliteReader reader) throws SQLException, IOException {
    long newest = reader.newest();
    return FailedNote.in(dir).map(note -> note.head(newest)).orElse(newest);
  }

  @Override
  public long head() {
    return head;
  }

  @Override
  public ReadStream<List<LogRecord>> follow(long after) {
    Context context = vertx.getOrCreateContext();
    Follower follower =
        new Follower(
            context,
            position -> reader.after(context, position).map(this::known),
            after,
            settings,
            metrics,
            _ -> {});
    follower.knows(head);
    return follower;
  }

  private List<LogRecord> known(List<LogRecord> batch) {
    List<LogRecord> known =
        batch.isEmpty() || batch.getLast().position() <= head
            ? batch
            : batch.stream().filter(record -> record.position() <= head).toList();
    return old ? known.stream().map(this::clean).toList() : known;
  }

  /// As it will stand once the owner has written the records of older versions anew.
  private LogRecord clean(LogRecord record) {
    return members.part(record).map(StoredMembers.Parted::record).orElse(record);
  }

  @Override
  public Future<Void> close() {
    try {
      reader.close();
      return Future.succeededFuture();
    } catch (SQLException e) {
      return Future.failedFuture(
          new LogException(LogException.Reason.UNREADABLE, "closing the log failed", e));
    }
  }
}
