package vn.truc.log;

import java.io.IOException;
import java.nio.file.Files;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import vn.truc.event.EventTypes;
import vn.truc.event.LogRecord;

/// Writes the records of older versions anew, in place, so that nothing stands in them that is not
/// part of their types ([OldRecords]). Happens once, when such a log is opened, before anything is
/// served:
///
/// ```
/// 1. a slice of records is read; those that change, and what lies beside them, are one transaction
/// 2. so on to the end; the journal is cut whenever it has grown
/// 3. snapshots go: they were made of the old records
/// 4. the journal is cut to nothing, and only then the tables are of today's version
/// ```
///
/// Ended anywhere before the last step it begins anew; what is clean already stays as it is.
final class SqliteScrub {
  private static final Logger LOG = LoggerFactory.getLogger(SqliteScrub.class);

  /// The last version of the tables whose records may hold what they should not.
  private static final int OLD_VERSION = 1;

  private static final int SLICE_RECORDS = 2_000;
  private static final int SLICE_CHARACTERS = 8 << 20;
  private static final long TOLD_EVERY_NANOS = TimeUnit.SECONDS.toNanos(10);

  private final SqliteStore store;
  private final OldRecords old;
  private final long journalBytesMax;
  private final PackedRow row = new PackedRow();
  private long records;
  private long moved;

  private SqliteScrub(SqliteStore store, OldRecords old, long journalBytesMax) {
    this.store = store;
    this.old = old;
    this.journalBytesMax = journalBytesMax;
  }

  /// Whether a log may have such records.
  static boolean isDue(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      return isDue(SqliteSchema.number(statement, "pragma user_version"));
    }
  }

  /// The same by the version of its tables.
  static boolean isDue(long version) {
    return version <= OLD_VERSION;
  }

  /// Does it.
  ///
  /// @param head the position of the newest record
  /// @param journalBytesMax bytes of the journal after which a slice cuts it
  static OldRecords.Done run(SqliteStore store, OldRecords old, long head, long journalBytesMax)
      throws SQLException, IOException {
    SqliteScrub scrub = new SqliteScrub(store, old, journalBytesMax);
    long began = System.nanoTime();
    LOG.info("old_records_rewriting head={} folder={}", head, store.path());
    long told = began;
    for (long at = 0; at < head; ) {
      at = scrub.slice(at);
      if (System.nanoTime() - told > TOLD_EVERY_NANOS) {
        told = System.nanoTime();
        LOG.info("old_records_rewriting position={} head={}", at, head);
      }
    }
    scrub.dropSnapshots();
    store.checkpointAndTruncate();
    store.change(SqliteScrub::mark);
    store.checkpointAndTruncate();
    LOG.info(
        "old_records_rewritten records={} moved={} millis={}",
        scrub.records,
        scrub.moved,
        TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - began));
    return new OldRecords.Done(scrub.records, scrub.moved);
  }

  private static void mark(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute("pragma user_version=" + SqliteSchema.VERSION);
    }
  }

  /// Cleans the records behind a position; how far it came.
  private long slice(long after) throws SQLException, IOException {
    List<OldRecords.Cleaned> cleaned = new ArrayList<>();
    long last = after;
    long characters = 0;
    long read = 0;
    try (PreparedStatement select =
        store
            .connection()
            .prepareStatement(
                "select position, type, length(data), "
                    + PackedRow.COLUMN
                    + " from records where position > ? order by position limit "
                    + SLICE_RECORDS)) {
      select.setLong(1, after);
      try (ResultSet rows = select.executeQuery()) {
        while (characters < SLICE_CHARACTERS && rows.next()) {
          last = rows.getLong(1);
          read++;
          if (!rows.getString(2).startsWith(EventTypes.INTERNAL_PREFIX)) {
            characters += rows.getLong(3);
            LogRecord packed = row.read(rows.getBytes(4));
            old.clean(packed == null ? byColumns(last) : packed).ifPresent(cleaned::add);
          }
        }
      }
    }
    if (read != last - after || read == 0) {
      throw new LogException(
          LogException.Reason.CORRUPT, "the log lacks a record behind position " + after);
    }
    if (!cleaned.isEmpty()) {
      long movedNow = store.transact(open -> write(open, cleaned));
      records += cleaned.size();
      moved += movedNow;
      cutJournal();
    }
    return last;
  }

  /// Every record may touch a page of its own in the index of cases, so only the file itself tells
  /// how much was written.
  private void cutJournal() throws SQLException, IOException {
    if (Files.size(store.path().resolve(SqliteSchema.FILE + "-wal")) > journalBytesMax) {
      store.tryTruncate();
    }
  }

  /// A record with a text that a packed row cannot carry.
  private LogRecord byColumns(long position) throws SQLException {
    try (PreparedStatement select =
        store
            .connection()
            .prepareStatement(
                "select " + SqliteReader.COLUMNS + " from records where position = ?")) {
      select.setLong(1, position);
      try (ResultSet rows = select.executeQuery()) {
        rows.next();
        return SqliteReader.record(rows);
      }
    }
  }

  private long write(Connection open, List<OldRecords.Cleaned> all) throws SQLException {
    long besides = 0;
    try (PreparedStatement update =
            open.prepareStatement(
                "update records set data = ?, extensions = null where position = ?");
        PreparedStatement lies =
            open.prepareStatement("select data from personal where position = ?");
        PreparedStatement add =
            open.prepareStatement("update personal set data = ? where position = ?");
        PreparedStatement place =
            open.prepareStatement("insert into personal values (?,?,?,?,?)")) {
      for (OldRecords.Cleaned one : all) {
        long position = one.record().position();
        update.setString(1, one.record().data());
        update.setLong(2, position);
        update.executeUpdate();
        if (one.beside().isPresent()) {
          besides++;
          Draft.Personal fields = one.beside().get();
          Optional<String> lying = lying(lies, position);
          if (lying.isPresent()) {
            add.setString(1, old.together(lying.get(), fields.json()));
            add.setLong(2, position);
            add.executeUpdate();
          } else {
            place.setLong(1, position);
            place.setString(2, fields.kind());
            place.setString(3, fields.code());
            place.setLong(4, fields.expiresAtMicros());
            place.setString(5, fields.json());
            place.executeUpdate();
          }
        }
      }
    }
    return besides;
  }

  private static Optional<String> lying(PreparedStatement lies, long position) throws SQLException {
    lies.setLong(1, position);
    try (ResultSet rows = lies.executeQuery()) {
      return rows.next() ? Optional.of(rows.getString(1)) : Optional.empty();
    }
  }

  private void dropSnapshots() throws SQLException, IOException {
    store.change(SqliteSnapshots::dropAll);
    while (SqliteSnapshots.hasDropped(store.connection())) {
      store.change(SqliteSnapshots::overwriteSlice);
      cutJournal();
    }
  }
}
