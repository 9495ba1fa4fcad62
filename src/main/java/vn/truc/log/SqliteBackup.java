package vn.truc.log;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteOpenMode;

/// Copies the log of a data folder into one file, beside the process that owns the folder or
/// without one. Takes no lock and writes nothing into the folder.
///
/// The copy is made in short reads, never in one long one: the log only grows, so the records up to
/// a head that is read once are the same whenever they are read. A long read would keep the journal
/// from being cut, and with it an erasure from ending.
///
/// ```
/// 1. the newest complete snapshot is chosen, then the head is read: it is behind the snapshot
/// 2. records up to the head, a slice a read; then the personal fields beside them; then secrets
/// 3. the chunks of the snapshot, a slice a read; without it, when it was replaced meanwhile
/// 4. the list of erasures, read last: what was erased while it was copied goes from the copy too
/// 5. the copy is judged whole, made durable, and only then gets its name
/// ```
///
/// The file is a database like `truc.db` with another `application_id` and a table `backup`, so
/// that no server starts on it by mistake.
public final class SqliteBackup {
  /// `TrcB` in ASCII.
  static final int APPLICATION_ID = 0x54726342;

  /// What a backup has beyond the tables of a log.
  static final List<String> TABLES =
      List.of(
          "create table backup(log text not null, head integer not null, made_at integer not null)"
              + " strict",
          "create table backup_erased(line text not null) strict");

  private static final int SLICE_RECORDS = 20_000;
  private static final int SLICE_CHUNKS = 8;
  private static final String RECORD =
      "position, schema, type, source, id, subject, time, sequence, recorded_at, key, extensions,"
          + " data";

  private final Connection connection;
  private final Path folder;

  private SqliteBackup(Connection connection, Path folder) {
    this.connection = connection;
    this.folder = folder;
  }

  /// A backup that was made.
  ///
  /// @param head the position of its newest record
  /// @param logId the id of the log it was made of
  /// @param erasures lines in its list of erasures
  public record Made(Path file, long head, String logId, int erasures) {}

  /// Copies the log of a folder into a file that must not be there yet. Blocks the calling thread;
  /// on failure nothing of the name is left.
  ///
  /// @throws LogException `UNREADABLE` where there is no log or it cannot be read, `CORRUPT` where
  /// it is not one or not whole, `UNWRITABLE` where the file cannot be written
  public static Made write(Path folder, Path file, LogSettings settings) {
    DataFolder.refuseRedis(folder);
    if (!Files.exists(folder.resolve(SqliteSchema.FILE))) {
      throw new LogException(LogException.Reason.UNREADABLE, "there is no log in " + folder);
    }
    if (Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
      throw new LogException(LogException.Reason.UNWRITABLE, file + " is there already");
    }
    Path into = file.toAbsolutePath().getParent();
    if (into == null || !Files.isDirectory(into)) {
      throw new LogException(LogException.Reason.UNWRITABLE, "there is no folder " + into);
    }
    Path part = file.resolveSibling(file.getFileName() + ".part");
    try {
      Files.deleteIfExists(part);
      DataFolder.openFile(part, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE).close();
      Made made;
      try (Connection connection = open(part, folder, settings)) {
        made = new SqliteBackup(connection, folder).copy(file);
      }
      publish(part, file);
      return made;
    } catch (SQLException | IOException e) {
      throw new LogException(
          LogException.Reason.UNWRITABLE,
          "the backup " + file + " cannot be made: " + Causes.of(e, file),
          e);
    } finally {
      discard(part);
    }
  }

  /// Removes the parts of backups that ended before they were whole, which hold as much as a backup
  /// does: those in a folder that nobody has written to since an instant.
  ///
  /// @throws LogException `UNWRITABLE` where the folder cannot be read or a part not be removed
  public static void removeParts(Path folder, Instant since) {
    try (DirectoryStream<Path> parts = Files.newDirectoryStream(folder, "truc-*.db.part")) {
      for (Path part : parts) {
        if (Files.getLastModifiedTime(part).toInstant().isBefore(since)) {
          Files.deleteIfExists(part);
        }
      }
    } catch (NoSuchFileException e) {
      // Another backup, into the same folder at the same time, has finished or removed it.
    } catch (IOException e) {
      throw new LogException(
          LogException.Reason.UNWRITABLE, "old parts in " + folder + " cannot be removed", e);
    }
  }

  /// Gives a finished file its name, durably.
  static void publish(Path part, Path file) throws IOException {
    try (FileChannel content =
        FileChannel.open(part, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS)) {
      content.force(true);
    }
    Files.move(part, file, StandardCopyOption.ATOMIC_MOVE);
    DataFolder.sync(file.toAbsolutePath().resolveSibling(""));
  }

  private static void discard(Path part) {
    try {
      Files.deleteIfExists(part);
    } catch (IOException e) {
      throw new LogException(LogException.Reason.UNWRITABLE, part + " cannot be removed", e);
    }
  }

  private static Connection open(Path part, Path folder, LogSettings settings) throws SQLException {
    // Whether the source is a log at all is asked first, in words of its own.
    SqliteSchema.openReader(folder, settings.busyMillisMax()).close();
    SQLiteConfig config = new SQLiteConfig();
    config.setOpenMode(SQLiteOpenMode.OPEN_URI);
    Connection connection = config.createConnection(SqliteSchema.url(part));
    try (Statement statement = connection.createStatement()) {
      statement.execute("pragma busy_timeout=" + settings.busyMillisMax());
      // A copy that is not whole is thrown away, so it needs no journal; it is synced at the end.
      statement.execute("pragma journal_mode=memory");
      statement.execute("pragma synchronous=off");
      statement.execute("pragma secure_delete=on");
      statement.execute("pragma trusted_schema=off");
      SqliteSchema.layOut(statement);
      statement.execute("pragma application_id=" + APPLICATION_ID);
      try (PreparedStatement attach = connection.prepareStatement("attach ? as live")) {
        String address =
            folder.resolve(SqliteSchema.FILE).toAbsolutePath().toUri().toASCIIString() + "?mode=ro";
        attach.setString(1, address);
        attach.execute();
      }
      // Records of older versions that were not written anew yet are in the copy as they are.
      long version = SqliteSchema.number(statement, "pragma live.user_version");
      statement.execute("pragma main.user_version=" + version);
      return connection;
    } catch (SQLException e) {
      connection.close();
      throw e;
    }
  }

  private Made copy(Path file) throws SQLException, IOException {
    long snapshot =
        number("select coalesce(max(number), 0) from live.snapshots where state = 'complete'");
    long head = number("select coalesce(max(position), 0) from live.records");
    records(head);
    update("insert into main.secrets select name, value from live.secrets");
    if (snapshot > 0) {
      snapshot(snapshot);
    }
    Optional<FailedNote> note = FailedNote.in(folder);
    if (note.isPresent() && note.get().head(head) < head) {
      head = note.get().head(head);
      update("delete from main.records where position > " + head);
      update("delete from main.personal where position > " + head);
    }
    List<Erasures.Erasure> erased = new Erasures(folder).all();
    for (Erasures.Erasure erasure : erased) {
      SqliteStore.delete(connection, erasure);
    }
    String id = SqliteStore.readId(connection, folder);
    note(id, head, erased);
    judgeWhole(connection, file, head);
    return new Made(file, head, id, erased.size());
  }

  private void records(long head) throws SQLException {
    for (long after = 0; after < head; after += SLICE_RECORDS) {
      String slice =
          " where position > "
              + after
              + " and position <= "
              + Math.min(head, after + SLICE_RECORDS);
      update(
          "insert into main.records select "
              + RECORD
              + " from live.records"
              + slice
              + " order by 1");
      update(
          "insert into main.personal select position, kind, code, expires_at, data"
              + " from live.personal"
              + slice
              + " order by 1");
    }
  }

  private void snapshot(long number) throws SQLException {
    long chunks = number("select count(*) from live.snapshot_chunks where snapshot = " + number);
    long last = 0;
    long copied = 0;
    int slice;
    do {
      slice =
          update(
              "insert into main.snapshot_chunks select number, snapshot, section, chunk, version,"
                  + " position, crc32c, data from live.snapshot_chunks where snapshot = "
                  + number
                  + " and number > "
                  + last
                  + " order by number limit "
                  + SLICE_CHUNKS);
      copied += slice;
      last = number("select coalesce(max(number), 0) from main.snapshot_chunks");
    } while (slice == SLICE_CHUNKS);
    boolean kept =
        number(
                "select count(*) from live.snapshots where state = 'complete' and number = "
                    + number)
            == 1;
    if (kept && copied == chunks) {
      update(
          "insert into main.snapshots select number, state, began_at, completed_at"
              + " from live.snapshots where number = "
              + number);
    } else {
      // Two newer ones came meanwhile. A restored log is folded from its records then.
      update("delete from main.snapshot_chunks");
    }
  }

  private void note(String id, long head, List<Erasures.Erasure> erased) throws SQLException {
    for (String table : TABLES) {
      update(table);
    }
    try (PreparedStatement insert =
        connection.prepareStatement("insert into backup values (?, ?, ?)")) {
      insert.setString(1, id);
      insert.setLong(2, head);
      insert.setLong(3, SqliteStore.micros(Instant.now()));
      insert.executeUpdate();
    }
    try (PreparedStatement insert =
        connection.prepareStatement("insert into backup_erased values (?)")) {
      for (Erasures.Erasure erasure : erased) {
        insert.setString(1, erasure.line());
        insert.executeUpdate();
      }
    }
  }

  /// @throws LogException `CORRUPT` where records are missing or a page is damaged
  static void judgeWhole(Connection connection, Path file, long head) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      long count = SqliteSchema.number(statement, "select count(*) from main.records");
      long newest =
          SqliteSchema.number(statement, "select coalesce(max(position), 0) from main.records");
      String judgement;
      try (ResultSet rows = statement.executeQuery("pragma main.quick_check(1)")) {
        judgement = rows.next() ? rows.getString(1) : "nothing";
      }
      if (count != head || newest != head || head == 0 || !judgement.equals("ok")) {
        throw new LogException(
            LogException.Reason.CORRUPT,
            "%s is not whole: %d records up to position %d of %d; %s"
                .formatted(file, count, newest, head, judgement));
      }
    }
  }

  private int update(String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      return statement.executeUpdate(sql);
    }
  }

  private long number(String query) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      return SqliteSchema.number(statement, query);
    }
  }
}
