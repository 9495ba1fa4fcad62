package vn.truc.log;

import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.sqlite.SQLiteConfig;
import vn.truc.event.EventTypes;
import vn.truc.event.LogRecord;

/// Makes a data folder of a backup. The folder must be empty, but for the lists of erasures and
/// revocations.
///
/// ```
/// 1. the folder is taken: no server can start on it meanwhile
/// 2. the backup is copied under a name that no server reads, and judged whole
/// 3. all lists of erasures become one: the backup's, the folder's own, those that are named
/// 4. what they mean, and what expired, is deleted from the copy
/// 5. `vn.truc.log.restored` is appended with a new id: screens that have seen later positions
///    of the lost log begin anew instead of waiting for them
/// 6. the list, then the copy get their names, durably
/// ```
///
/// Positions behind the backup's head are given again, to other records. So a line of the list that
/// reaches further is cut to that head: what comes later under the same code is not meant by it.
public final class SqliteRestore {
  /// The list of revocations, which is none of the log's: it may lie there already.
  private static final String REVOKED = "revoked";

  private static final String PART = "truc.restoring";
  private static final SecureRandom RANDOM = new SecureRandom();

  private SqliteRestore() {}

  /// A log that was restored.
  ///
  /// @param head the position of its newest record, the `vn.truc.log.restored`
  /// @param from the id of the log the backup was made of
  /// @param id its own new one
  /// @param erasedLater cases whose erasure came after the backup was made, as `KIND CODE`: whoever
  /// sends their facts again sends their personal fields again
  public record Restored(long head, String from, String id, List<String> erasedLater) {
    public Restored {
      erasedLater = List.copyOf(erasedLater);
    }
  }

  /// Restores. Blocks the calling thread. Where it is broken off, it can be run again.
  ///
  /// @param backup what [SqliteBackup] wrote, or a copy made by the sqlite3 tool
  /// @param lists further lists of erasures, like that of the lost folder
  /// @throws LogException `NOT_OWNER` where the folder holds something or is somebody's, `CORRUPT`
  /// where the backup is none or not whole, `UNREADABLE` or `UNWRITABLE`
  public static Restored restore(Path backup, Path folder, List<Path> lists) {
    try {
      judge(backup);
      judgeEmpty(folder);
      Set<Erasures.Erasure> known = new LinkedHashSet<>();
      for (Path list : lists) {
        if (!Files.isReadable(list)) {
          throw new LogException(LogException.Reason.UNREADABLE, "cannot read " + list);
        }
        known.addAll(Erasures.all(list));
      }
      try (DataFolder owned = DataFolder.own(folder)) {
        known.addAll(Erasures.all(folder.resolve(Erasures.FILE)));
        return into(owned.path(), backup, known);
      }
    } catch (SQLException | IOException e) {
      throw new LogException(
          LogException.Reason.UNWRITABLE,
          backup + " cannot be restored into " + folder + ": " + Causes.of(e, folder),
          e);
    }
  }

  /// Whether a file is what can be restored.
  private static void judge(Path backup) throws SQLException, IOException {
    if (!Files.isRegularFile(backup) || !Files.isReadable(backup)) {
      throw new LogException(LogException.Reason.UNREADABLE, "cannot read " + backup);
    }
    Path journal = backup.resolveSibling(backup.getFileName() + "-wal");
    if (Files.exists(journal) && Files.size(journal) > 0) {
      throw new LogException(
          LogException.Reason.CORRUPT,
          backup + " has a journal beside it: it is a log in use, not a backup");
    }
    SQLiteConfig config = new SQLiteConfig();
    config.setReadOnly(true);
    try (Connection connection =
            config.createConnection(SqliteSchema.url(backup) + "?immutable=1");
        Statement statement = connection.createStatement()) {
      long application = SqliteSchema.number(statement, "pragma application_id");
      long version = SqliteSchema.number(statement, "pragma user_version");
      if (application != SqliteBackup.APPLICATION_ID
          && application != SqliteSchema.APPLICATION_ID) {
        throw new LogException(LogException.Reason.CORRUPT, backup + " is no backup of a log");
      }
      if (version > SqliteSchema.VERSION) {
        throw new LogException(
            LogException.Reason.CORRUPT,
            backup + " has tables of version " + version + ", newer than this program knows");
      }
      statement.execute("pragma trusted_schema=off");
      SqliteSchema.requireExactly(statement, backup, SqliteBackup.TABLES);
    } catch (SQLException e) {
      throw new LogException(LogException.Reason.CORRUPT, backup + " is no backup of a log", e);
    }
  }

  /// A backup comes from elsewhere: its indexes are held against its tables too.
  private static void judgeEvery(Statement statement, Path backup) throws SQLException {
    try (ResultSet rows = statement.executeQuery("pragma main.integrity_check(1)")) {
      String judgement = rows.next() ? rows.getString(1) : "nothing";
      if (!judgement.equals("ok")) {
        throw new LogException(LogException.Reason.CORRUPT, backup + " is not whole: " + judgement);
      }
    }
  }

  private static void judgeEmpty(Path folder) throws IOException {
    if (!Files.exists(folder)) {
      return;
    }
    try (DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
      for (Path file : files) {
        String name = String.valueOf(file.getFileName());
        boolean ours =
            name.equals(Erasures.FILE)
                || name.equals(REVOKED)
                || name.equals("truc.lock")
                || name.startsWith(PART)
                || (name.equals(SqliteSchema.FILE) && Files.size(file) == 0);
        if (!ours) {
          throw new LogException(
              LogException.Reason.NOT_OWNER,
              folder + " is not empty: it holds " + name + "; a restore begins a new folder");
        }
      }
    }
  }

  private static Restored into(Path folder, Path backup, Set<Erasures.Erasure> known)
      throws SQLException, IOException {
    Path part = folder.resolve(PART);
    Files.deleteIfExists(folder.resolve(PART + "-wal"));
    Files.deleteIfExists(folder.resolve(PART + "-shm"));
    Files.copy(backup, part, StandardCopyOption.REPLACE_EXISTING);
    DataFolder.closeToOthers(folder);
    Restored restored;
    try (Connection connection = DriverManager.getConnection(SqliteSchema.url(part));
        Statement statement = connection.createStatement()) {
      // Where it is broken off it is begun again, so it needs no journal; it is synced at the end.
      statement.execute("pragma trusted_schema=off");
      statement.execute("pragma cell_size_check=on");
      statement.execute("pragma journal_mode=delete");
      statement.execute("pragma journal_mode=memory");
      statement.execute("pragma synchronous=off");
      statement.execute("pragma secure_delete=on");
      long head =
          SqliteSchema.number(statement, "select coalesce(max(position), 0) from main.records");
      SqliteSchema.requireExactly(statement, backup, SqliteBackup.TABLES);
      SqliteBackup.judgeWhole(connection, backup, head);
      judgeEvery(statement, backup);
      known.addAll(listed(statement));
      List<Erasures.Erasure> all = new ArrayList<>();
      Set<String> later = new LinkedHashSet<>();
      for (Erasures.Erasure erasure : known) {
        if (erasure.upTo() > head) {
          later.add(erasure.kind() + " " + erasure.code());
        }
        all.add(erasure.cutTo(head));
        SqliteStore.delete(connection, all.getLast());
      }
      Instant now = Instant.now();
      statement.executeUpdate(
          "delete from personal where expires_at <= " + SqliteStore.micros(now));
      String from = SqliteStore.readId(connection, backup);
      String id = append(connection, head, from, now);
      statement.executeUpdate("drop table if exists backup");
      statement.executeUpdate("drop table if exists backup_erased");
      statement.execute("pragma application_id=" + SqliteSchema.APPLICATION_ID);
      Erasures.write(folder, all);
      restored = new Restored(head + 1, from, id, List.copyOf(later));
    }
    SqliteBackup.publish(part, folder.resolve(SqliteSchema.FILE));
    return restored;
  }

  /// The list a backup brings along; a plain copy of a database has none.
  private static List<Erasures.Erasure> listed(Statement statement) throws SQLException {
    List<Erasures.Erasure> found = new ArrayList<>();
    if (SqliteSchema.number(
            statement, "select count(*) from sqlite_schema where name = 'backup_erased'")
        == 1) {
      try (ResultSet rows = statement.executeQuery("select line from backup_erased")) {
        while (rows.next()) {
          found.add(Erasures.parse(Path.of(Erasures.FILE), rows.getString(1)));
        }
      }
    }
    return found;
  }

  private static String append(Connection connection, long head, String from, Instant now)
      throws SQLException {
    String id = newId();
    try (RecordInsert insert = new RecordInsert(connection)) {
      insert.insert(List.of(record(id, from, head, now).at(head + 1)));
    }
    return id;
  }

  static String newId() {
    byte[] bytes = new byte[16];
    RANDOM.nextBytes(bytes);
    return HexFormat.of().formatHex(bytes);
  }

  /// What tells that a log goes on from an older copy, under a new id.
  static LogRecord record(String id, String from, long head, Instant now) {
    JsonObject data =
        new JsonObject().put("id", id).put("from", from).put("head", Long.toString(head));
    return LogRecord.internal(
        EventTypes.LOG_RESTORED, "log:" + id, null, SqliteStore.micros(now), data.encode());
  }
}
