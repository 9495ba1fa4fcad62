package vn.truc.log;

import io.vertx.core.buffer.Buffer;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.zip.CRC32C;
import vn.truc.log.EventLog.SnapshotReader.Section;

/// Snapshots in tables `snapshots` and `snapshot_chunks`. Each call is one transaction of the
/// connection it is given; a snapshot is `writing` until its commit, then `complete`, and `dropped`
/// while its chunks are deleted in slices.
final class SqliteSnapshots {
  /// Chunks deleted in one transaction, so that clean-up never holds up appends for long.
  private static final int DROP_CHUNKS = 8;

  /// A complete snapshot and what it consists of.
  record Content(long number, List<Section> sections) {}

  private SqliteSnapshots() {}

  static long begin(Connection connection, long nowMicros) throws SQLException {
    try (PreparedStatement insert =
        connection.prepareStatement(
            "insert into snapshots(state, began_at) values ('writing', ?) returning number")) {
      insert.setLong(1, nowMicros);
      try (ResultSet rows = insert.executeQuery()) {
        rows.next();
        return rows.getLong(1);
      }
    }
  }

  static void write(
      Connection connection,
      long snapshot,
      String section,
      int chunk,
      int version,
      long position,
      byte[] data)
      throws SQLException {
    try (PreparedStatement insert =
        connection.prepareStatement(
            "insert into snapshot_chunks(snapshot, section, chunk, version, position, crc32c, data)"
                + " values (?,?,?,?,?,?,?)")) {
      insert.setLong(1, snapshot);
      insert.setString(2, section);
      insert.setInt(3, chunk);
      insert.setInt(4, version);
      insert.setLong(5, position);
      insert.setLong(6, checksum(data));
      insert.setBytes(7, data);
      insert.executeUpdate();
    }
  }

  /// Makes a snapshot the newest; of the older ones, the newest stays, unless it is of another form
  /// and so of no use to the program that wrote this one.
  static void complete(Connection connection, long snapshot, long nowMicros) throws SQLException {
    try (PreparedStatement update =
        connection.prepareStatement(
            "update snapshots set state = case"
                + " when number = ?1 then 'complete'"
                + " when number = (select max(number) from snapshots"
                + "   where state = 'complete' and number < ?1)"
                + " and not exists(select section, version from snapshot_chunks"
                + "   where snapshot = snapshots.number"
                + "   except select section, version from snapshot_chunks where snapshot = ?1)"
                + " then 'complete'"
                + " else 'dropped' end,"
                + " completed_at = iif(number = ?1, ?2, completed_at)")) {
      update.setLong(1, snapshot);
      update.setLong(2, nowMicros);
      update.executeUpdate();
    }
  }

  static void drop(Connection connection, long snapshot) throws SQLException {
    try (PreparedStatement update =
        connection.prepareStatement("update snapshots set state = 'dropped' where number = ?")) {
      update.setLong(1, snapshot);
      update.executeUpdate();
    }
  }

  /// Drops what a crash left half written.
  static void dropUnfinished(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.executeUpdate("update snapshots set state = 'dropped' where state = 'writing'");
    }
  }

  /// Drops them all, for they hold what the log does not any more.
  static void dropAll(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.executeUpdate("update snapshots set state = 'dropped'");
    }
  }

  static boolean hasDropped(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      return SqliteSchema.number(
              statement, "select count(*) from snapshots where state = 'dropped'")
          > 0;
    }
  }

  /// Deletes one slice of what is dropped. Snapshots hold nothing personal, so their pages are not
  /// overwritten.
  static void deleteSlice(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute("pragma secure_delete=off");
      try {
        deleteSlice(statement);
      } finally {
        statement.execute("pragma secure_delete=on");
      }
    }
  }

  /// The same of snapshots that may hold something personal: their pages are overwritten.
  static void overwriteSlice(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      deleteSlice(statement);
    }
  }

  private static void deleteSlice(Statement statement) throws SQLException {
    int chunks =
        statement.executeUpdate(
            "delete from snapshot_chunks where number in (select c.number from snapshot_chunks"
                + " c join snapshots s on c.snapshot = s.number where s.state = 'dropped'"
                + " limit "
                + DROP_CHUNKS
                + ")");
    if (chunks < DROP_CHUNKS) {
      statement.executeUpdate("delete from snapshots where state = 'dropped'");
    }
  }

  /// The newest complete snapshot, its sections in the order they were begun.
  static Optional<Content> newest(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      long number =
          SqliteSchema.number(
              statement, "select coalesce(max(number), 0) from snapshots where state = 'complete'");
      return number == 0
          ? Optional.empty()
          : Optional.of(new Content(number, sections(statement, number)));
    }
  }

  private static List<Section> sections(Statement statement, long snapshot) throws SQLException {
    List<Section> sections = new ArrayList<>();
    try (ResultSet rows =
        statement.executeQuery(
            "select section, version, position, count(*), min(number) from snapshot_chunks"
                + " where snapshot = "
                + snapshot
                + " group by section order by min(number)")) {
      while (rows.next()) {
        sections.add(
            new Section(rows.getString(1), rows.getInt(2), rows.getLong(3), rows.getInt(4)));
      }
    }
    return sections;
  }

  /// One chunk. Fails with [LogException] `CORRUPT` or, when it is gone, `UNREADABLE`.
  static Buffer chunk(Connection connection, long snapshot, String section, int chunk)
      throws SQLException {
    try (PreparedStatement select =
        connection.prepareStatement(
            "select crc32c, data from snapshot_chunks"
                + " where snapshot = ? and section = ? and chunk = ?")) {
      select.setLong(1, snapshot);
      select.setString(2, section);
      select.setInt(3, chunk);
      try (ResultSet rows = select.executeQuery()) {
        String name = "chunk " + chunk + " of section " + section + " of snapshot " + snapshot;
        if (!rows.next()) {
          throw new LogException(LogException.Reason.UNREADABLE, name + " is not there");
        }
        byte[] data = rows.getBytes(2);
        byte[] known = data == null ? new byte[0] : data;
        if (checksum(known) != rows.getLong(1)) {
          throw new LogException(LogException.Reason.CORRUPT, name + " has a wrong checksum");
        }
        return Buffer.buffer(known);
      }
    }
  }

  private static long checksum(byte[] data) {
    CRC32C crc = new CRC32C();
    crc.update(data);
    return crc.getValue();
  }
}
