package vn.truc.log;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.sqlite.SQLiteConfig;
import vn.truc.event.Printable;

/// Opens connections to `truc.db` and lays out its tables (drawn in docs/LOG.md).
final class SqliteSchema {
  /// The name of the database in the data folder.
  static final String FILE = "truc.db";

  /// `Truc` in ASCII: how `file` and we ourselves know the database.
  static final int APPLICATION_ID = 0x54727563;

  /// Grows with every change of the tables, or of what may stand in them. In version 1 records may
  /// hold members that their types do not know ([SqliteScrub]).
  static final int VERSION = 2;

  private static final List<String> TABLES =
      List.of(
          """
          create table records(
            position    integer primary key, -- ordinal, from 1, without gaps
            schema      integer not null,    -- form of the record
            type        text    not null,
            source      text    not null,
            id          text    not null,
            subject     text,                -- case code
            time        integer not null,    -- when it happened, microseconds since 1970
            sequence    text,
            recorded_at integer not null,    -- when the door took it, microseconds since 1970
            key         text    not null,    -- key it came with, '' for internal records
            extensions  text,                -- JSON object
            data        text    not null     -- JSON
          ) strict""",
          """
          create index records_identity on records(position)
            where type in ('vn.truc.log.created', 'vn.truc.log.restored')""",
          """
          create view records_readable as
            select position, type, source, id, subject,
              strftime('%Y-%m-%dT%H:%M:%S', time / 1000000, 'unixepoch')
                || printf('.%06dZ', time % 1000000) as time,
              sequence,
              strftime('%Y-%m-%dT%H:%M:%S', recorded_at / 1000000, 'unixepoch')
                || printf('.%06dZ', recorded_at % 1000000) as recorded_at,
              key, extensions, data
            from records""",
          """
          create table personal(
            position   integer primary key,  -- the record these fields lie beside
            kind       text    not null,
            code       text    not null,
            expires_at integer not null,     -- real time, microseconds since 1970
            data       text    not null      -- JSON object
          ) strict""",
          "create index personal_case on personal(kind, code)",
          "create index personal_expiry on personal(expires_at)",
          "create table secrets(name text primary key, value blob not null) strict",
          """
          create table snapshots(
            number       integer primary key,
            state        text    not null check (state in ('writing', 'complete', 'dropped')),
            began_at     integer not null,   -- real time, microseconds since 1970
            completed_at integer
          ) strict""",
          """
          create table snapshot_chunks(
            number   integer primary key,
            snapshot integer not null,
            section  text    not null,
            chunk    integer not null,       -- from 0
            version  integer not null,       -- of the section's form
            position integer not null,       -- up to which the section holds the log
            crc32c   integer not null,       -- of data
            data     blob    not null,
            unique (snapshot, section, chunk)
          ) strict""");

  private SqliteSchema() {}

  /// Refuses a database that is not ours, or of a newer version, before anything in the folder is
  /// changed: a connection that writes would copy its journal back when it is closed.
  ///
  /// @throws LogException `CORRUPT`, saying why
  static void refuseForeign(Path folder, int busyMillis) throws SQLException {
    try (Connection connection = openReadOnly(folder, busyMillis);
        Statement statement = connection.createStatement()) {
      if (number(statement, "select count(*) from sqlite_schema") > 0) {
        check(statement, folder);
      }
    }
  }

  /// The one connection that writes. Lays out an empty database; refuses one that is not ours.
  static Connection openWriter(Path folder, int busyMillis) throws SQLException {
    Connection connection = connect(folder);
    try (Statement statement = connection.createStatement()) {
      boolean fresh = number(statement, "select count(*) from sqlite_schema") == 0;
      if (!fresh) {
        check(statement, folder);
      }
      statement.execute("pragma busy_timeout=" + busyMillis);
      statement.execute("pragma journal_mode=wal");
      statement.execute("pragma synchronous=full");
      statement.execute("pragma fullfsync=on");
      statement.execute("pragma checkpoint_fullfsync=on");
      statement.execute("pragma secure_delete=on");
      statement.execute("pragma wal_autocheckpoint=0");
      statement.execute("pragma cache_size=-16384");
      statement.execute("pragma trusted_schema=off");
      if (fresh) {
        layOut(statement);
      }
      return connection;
    } catch (SQLException | LogException e) {
      connection.close();
      throw e;
    }
  }

  /// A connection that can only read: it changes neither the database nor its journal, not even
  /// when it is the last to be closed.
  static Connection openReader(Path folder, int busyMillis) throws SQLException {
    Connection connection = openReadOnly(folder, busyMillis);
    try (Statement statement = connection.createStatement()) {
      statement.execute("pragma cache_size=-8192");
      check(statement, folder);
      return connection;
    } catch (SQLException | LogException e) {
      connection.close();
      throw e;
    }
  }

  /// How SQLite is told of a file: as an address, in which `?`, `#` and `%` of a name mean nothing.
  static String url(Path file) {
    return "jdbc:sqlite:file:" + file.toAbsolutePath().toUri().getRawPath();
  }

  /// Refuses a database that holds anything but our tables, word for word: a trigger, a view or a
  /// table that another hand added would do its own work with what is read and written.
  ///
  /// @param more tables of a backup
  /// @throws LogException `CORRUPT`, naming what is not ours
  static void requireExactly(Statement statement, Path file, List<String> more)
      throws SQLException {
    Map<String, String> ours = new TreeMap<>();
    try (Connection memory = DriverManager.getConnection("jdbc:sqlite::memory:");
        Statement made = memory.createStatement()) {
      layOut(made);
      for (String table : more) {
        made.execute(table);
      }
      ours.putAll(schema(made));
    }
    Map<String, String> found = schema(statement);
    for (Map.Entry<String, String> one : found.entrySet()) {
      if (!one.getValue().equals(ours.get(one.getKey()))) {
        throw new LogException(
            LogException.Reason.CORRUPT,
            "%s holds %s, which is not ours".formatted(file, one.getKey()));
      }
    }
    for (String name : ours.keySet()) {
      if (!found.containsKey(name) && !more.stream().anyMatch(sql -> sql.contains(name))) {
        throw new LogException(LogException.Reason.CORRUPT, file + " is without " + name);
      }
    }
  }

  private static Map<String, String> schema(Statement statement) throws SQLException {
    Map<String, String> found = new TreeMap<>();
    try (ResultSet rows =
        statement.executeQuery(
            "select type || ' ' || name, tbl_name || ': ' || coalesce(sql, '')"
                + " from main.sqlite_schema")) {
      while (rows.next()) {
        found.put(Printable.escaped(rows.getString(1)), rows.getString(2));
      }
    }
    return found;
  }

  /// Triggers write when we do; none is ours.
  private static void refuseTriggers(Statement statement, Path folder) throws SQLException {
    if (number(statement, "select count(*) from sqlite_schema where type = 'trigger'") > 0) {
      throw new LogException(
          LogException.Reason.CORRUPT,
          folder.resolve(FILE) + " holds a trigger, which is not ours");
    }
  }

  private static Connection openReadOnly(Path folder, int busyMillis) throws SQLException {
    SQLiteConfig config = new SQLiteConfig();
    config.setReadOnly(true);
    config.setBusyTimeout(busyMillis);
    return config.createConnection(url(folder.resolve(FILE)));
  }

  /// A connection that only copies the write-ahead log back.
  static Connection openCheckpointer(Path folder, int busyMillis) throws SQLException {
    Connection connection = connect(folder);
    try (Statement statement = connection.createStatement()) {
      statement.execute("pragma busy_timeout=" + busyMillis);
      statement.execute("pragma synchronous=full");
      statement.execute("pragma checkpoint_fullfsync=on");
      statement.execute("pragma wal_autocheckpoint=0");
      return connection;
    } catch (SQLException e) {
      connection.close();
      throw e;
    }
  }

  private static Connection connect(Path folder) throws SQLException {
    return DriverManager.getConnection(url(folder.resolve(FILE)));
  }

  private static void check(Statement statement, Path folder) throws SQLException {
    long application = number(statement, "pragma application_id");
    if (application == SqliteBackup.APPLICATION_ID) {
      throw new LogException(
          LogException.Reason.CORRUPT,
          folder.resolve(FILE) + " is a backup; `truc restore` makes a log of it");
    }
    if (application != APPLICATION_ID) {
      throw new LogException(
          LogException.Reason.CORRUPT, folder.resolve(FILE) + " is not a log of this server");
    }
    refuseTriggers(statement, folder);
    long version = number(statement, "pragma user_version");
    if (version > VERSION) {
      throw new LogException(
          LogException.Reason.CORRUPT,
          folder.resolve(FILE)
              + " has tables of version "
              + version
              + ", this program knows "
              + VERSION
              + "; start the version that wrote it, or restore a backup made before the upgrade");
    }
  }

  /// Makes the tables of an empty database.
  static void layOut(Statement statement) throws SQLException {
    statement.execute("begin immediate");
    for (String table : TABLES) {
      statement.execute(table);
    }
    statement.execute("pragma application_id=" + APPLICATION_ID);
    statement.execute("pragma user_version=" + VERSION);
    statement.execute("commit");
  }

  static long number(Statement statement, String query) throws SQLException {
    try (ResultSet rows = statement.executeQuery(query)) {
      return rows.next() ? rows.getLong(1) : 0;
    }
  }
}
