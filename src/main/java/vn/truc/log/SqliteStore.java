package vn.truc.log;

import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.TimeUnit;
import vn.truc.event.EventTypes;
import vn.truc.event.LogRecord;

/// The writer's side of the database: one connection, used by the writer thread alone. Recovery
/// happens in [#open], by the numbered rules of docs/LOG.md.
final class SqliteStore implements AutoCloseable {
  private static final int SWEEP_RECORDS = 500;
  private static final int CHECKPOINT_TRIES = 5;
  private static final SecureRandom RANDOM = new SecureRandom();

  private final DataFolder folder;
  private final Connection connection;
  private final Erasures erasures;
  private Prepared prepared;
  private long head;

  /// The last position an append meant to write.
  private long tried;

  private String id = "";
  private OldRecords.Done rewritten = OldRecords.Done.NOTHING;
  private ExpiryClock expiry = new ExpiryClock(0, 0);

  private SqliteStore(DataFolder folder, Connection connection) throws SQLException {
    this.folder = folder;
    this.connection = connection;
    this.erasures = new Erasures(folder.path());
    this.prepared = Prepared.on(connection);
  }

  /// Takes the folder, recovers, and writes record 1 of an empty log.
  ///
  /// @param personalKept how long personal fields are kept that stood in records of older versions
  static SqliteStore open(Path path, LogSettings settings, Duration personalKept)
      throws SQLException, IOException {
    DataFolder.refuseRedis(path);
    DataFolder folder = DataFolder.own(path);
    try {
      // SQLite gives its journals the mode of the database.
      DataFolder.openFile(
              path.resolve(SqliteSchema.FILE), StandardOpenOption.CREATE, StandardOpenOption.WRITE)
          .close();
      SqliteSchema.refuseForeign(path, settings.busyMillisMax());
      Connection connection = SqliteSchema.openWriter(path, settings.busyMillisMax());
      try {
        SqliteStore store = new SqliteStore(folder, connection);
        store.recover(settings, personalKept);
        return store;
      } catch (SQLException | IOException | RuntimeException e) {
        connection.close();
        throw e;
      }
    } catch (SQLException | IOException | RuntimeException e) {
      folder.close();
      throw e;
    }
  }

  private void recover(LogSettings settings, Duration personalKept)
      throws SQLException, IOException {
    FailedNote.obey(this);
    head = newest();
    eraseAgain();
    expiry = ExpiryClock.from(newestRecordedAt());
    if (SqliteScrub.isDue(connection)) {
      long kept = TimeUnit.MILLISECONDS.toMicros(personalKept.toMillis());
      OldRecords old = new OldRecords(erasures.all(), kept, expiry.now());
      rewritten = SqliteScrub.run(this, old, head, settings.checkpointBytesMax());
    }
    SqliteSnapshots.dropUnfinished(connection);
    if (head == 0) {
      create();
    }
    id = readId(connection, folder.path());
    DataFolder.sync(folder.path());
  }

  /// The highest position there is; 0 in an empty log.
  long newest() throws SQLException {
    return number("select coalesce(max(position), 0) from records");
  }

  private void eraseAgain() throws SQLException, IOException {
    List<Erasures.Erasure> all = erasures.all();
    for (Erasures.Erasure erasure : all) {
      delete(erasure);
    }
    if (!all.isEmpty()) {
      checkpointAndTruncate();
    }
  }

  private void create() throws SQLException {
    byte[] bytes = new byte[16];
    RANDOM.nextBytes(bytes);
    String logId = HexFormat.of().formatHex(bytes);
    LogRecord record =
        LogRecord.internal(
            EventTypes.LOG_CREATED,
            "log:" + logId,
            null,
            micros(Instant.now()),
            new JsonObject().put("id", logId).encode());
    append(List.of(record.at(1)), List.of());
    head = 1;
  }

  /// The id of the log in a database.
  static String readId(Connection connection, Path folder) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet rows =
            statement.executeQuery(
                "select data from main.records indexed by records_identity"
                    + " where type in ('vn.truc.log.created', 'vn.truc.log.restored')"
                    + " order by position desc limit 1")) {
      if (rows.next()) {
        return idIn(rows.getString(1));
      }
    }
    throw new LogException(
        LogException.Reason.CORRUPT, folder + ": the log has no record that names it");
  }

  /// The log id in the data of a `log.created` or `log.restored`.
  static String idIn(String data) {
    String found = new JsonObject(data).getString("id", "");
    if (found.isEmpty()) {
      throw new LogException(LogException.Reason.CORRUPT, "a log record without id: " + data);
    }
    return found;
  }

  long head() {
    return head;
  }

  String id() {
    return id;
  }

  /// When the newest record was recorded; now in an empty log.
  private long newestRecordedAt() throws SQLException {
    return head == 0
        ? micros(Instant.now())
        : number("select recorded_at from records where position = " + head);
  }

  /// The time by which personal fields expire.
  ExpiryClock expiry() {
    return expiry;
  }

  /// What the start did to the records of older versions.
  OldRecords.Done rewritten() {
    return rewritten;
  }

  Path path() {
    return folder.path();
  }

  Connection connection() {
    return connection;
  }

  /// Appends records that carry their positions, with the personal fields of their drafts, in one
  /// transaction: durable on return. On failure nothing of it is in the log.
  void append(List<LogRecord> records, List<Placed> personal) throws SQLException {
    if (!records.isEmpty()) {
      tried = records.getLast().position();
    }
    begin();
    try {
      prepared.records().insert(records);
      PreparedStatement insertPersonal = prepared.personal();
      for (Placed placed : personal) {
        insertPersonal.setLong(1, placed.position());
        insertPersonal.setString(2, placed.fields().kind());
        insertPersonal.setString(3, placed.fields().code());
        insertPersonal.setLong(4, placed.fields().expiresAtMicros());
        insertPersonal.setString(5, placed.fields().json());
        insertPersonal.executeUpdate();
      }
      commit();
    } catch (SQLException e) {
      rollback(e);
      throw e;
    }
    if (!records.isEmpty()) {
      head = records.getLast().position();
    }
  }

  /// Personal fields and the record they lie beside.
  record Placed(long position, Draft.Personal fields) {}

  /// Runs a change as one durable transaction.
  <T> T transact(Change<T> change) throws SQLException {
    begin();
    try {
      T result = change.apply(connection);
      commit();
      return result;
    } catch (SQLException | RuntimeException e) {
      rollback(e);
      throw e;
    }
  }

  /// Runs a change that yields nothing as one durable transaction.
  void change(Plain change) throws SQLException {
    transact(
        open -> {
          change.apply(open);
          return true;
        });
  }

  /// What happens inside a transaction and yields nothing.
  @FunctionalInterface
  interface Plain {
    void apply(Connection connection) throws SQLException;
  }

  /// What happens inside a transaction.
  @FunctionalInterface
  interface Change<T> {
    T apply(Connection connection) throws SQLException;
  }

  /// Removes the personal fields of a case: listed first, then deleted, then gone from the files.
  int erase(String kind, String code) throws SQLException, IOException {
    Erasures.Erasure erasure = new Erasures.Erasure(kind, code, head, Instant.now().toString());
    erasures.add(erasure);
    int erased = delete(erasure);
    checkpointAndTruncate();
    return erased;
  }

  private int delete(Erasures.Erasure erasure) throws SQLException {
    return transact(open -> delete(open, erasure));
  }

  /// Deletes the personal fields that an erasure means; the number of records that lost some.
  static int delete(Connection open, Erasures.Erasure erasure) throws SQLException {
    try (PreparedStatement delete =
        open.prepareStatement(
            "delete from main.personal where kind = ? and code = ? and position <= ?")) {
      delete.setString(1, erasure.kind());
      delete.setString(2, erasure.code());
      delete.setLong(3, erasure.upTo());
      return delete.executeUpdate();
    }
  }

  /// Deletes the personal fields beside records.
  void forget(List<Long> positions) throws SQLException {
    change(
        open -> {
          try (PreparedStatement delete =
              open.prepareStatement("delete from personal where position = ?")) {
            for (long position : positions) {
              delete.setLong(1, position);
              delete.executeUpdate();
            }
          }
        });
  }

  /// Deletes a slice of the personal fields that expired; the number of records that lost some.
  int sweep(long nowMicros) throws SQLException {
    if (number("select exists(select 1 from personal where expires_at <= " + nowMicros + ")")
        == 0) {
      return 0;
    }
    return transact(
        open -> {
          try (Statement delete = open.createStatement()) {
            return delete.executeUpdate(
                "delete from personal where position in (select position from personal"
                    + " where expires_at <= "
                    + nowMicros
                    + " limit "
                    + SWEEP_RECORDS
                    + ")");
          }
        });
  }

  /// Whether a sweep that deleted so many may have left some.
  static boolean moreToSweep(int deleted) {
    return deleted == SWEEP_RECORDS;
  }

  /// The secret of this name, made on first use.
  byte[] secret(String name) throws SQLException {
    byte[] fresh = new byte[32];
    RANDOM.nextBytes(fresh);
    return transact(
        open -> {
          try (PreparedStatement insert =
                  open.prepareStatement(
                      "insert into secrets values (?, ?) on conflict(name) do nothing");
              PreparedStatement select =
                  open.prepareStatement("select value from secrets where name = ?")) {
            insert.setString(1, name);
            insert.setBytes(2, fresh);
            insert.executeUpdate();
            select.setString(1, name);
            try (ResultSet rows = select.executeQuery()) {
              rows.next();
              return rows.getBytes(1);
            }
          }
        });
  }

  /// Copies what it can of the write-ahead log back, without waiting for readers.
  void checkpoint() throws SQLException {
    number("pragma wal_checkpoint(passive)");
  }

  /// Copies all of the write-ahead log back and cuts the file to nothing.
  void checkpointAndTruncate() throws SQLException {
    for (int attempt = 0; attempt < CHECKPOINT_TRIES; attempt++) {
      if (tryTruncate()) {
        return;
      }
    }
    throw new LogException(
        LogException.Reason.UNWRITABLE,
        "another program reads " + SqliteSchema.FILE + " and keeps its journal from being cut");
  }

  /// The same where no reader is in the way.
  boolean tryTruncate() throws SQLException {
    return number("pragma wal_checkpoint(truncate)") == 0;
  }

  /// A small durable write, to learn whether the disk takes one.
  void probe() throws SQLException {
    update("pragma user_version=" + SqliteSchema.VERSION);
  }

  /// Notes for the next start where the acknowledged log ends.
  void markFailed() throws IOException {
    FailedNote.leave(folder.path(), head, Math.max(head, tried));
  }

  private void begin() throws SQLException {
    try {
      prepared.begin().executeUpdate();
    } catch (SQLException e) {
      renew(e);
      throw e;
    }
  }

  private void commit() throws SQLException {
    prepared.commit().executeUpdate();
  }

  /// Leaves the transaction; SQLite may have done that by itself already.
  private void rollback(Exception cause) {
    try {
      update("rollback");
    } catch (SQLException e) {
      cause.addSuppressed(e);
    }
    renew(cause);
  }

  /// The driver closes a statement that failed, so all are prepared anew after a failure.
  private void renew(Exception cause) {
    try {
      prepared.close();
      prepared = Prepared.on(connection);
    } catch (SQLException e) {
      cause.addSuppressed(e);
    }
  }

  /// The statements of every commit.
  private record Prepared(
      PreparedStatement begin,
      PreparedStatement commit,
      PreparedStatement personal,
      RecordInsert records) {

    static Prepared on(Connection connection) throws SQLException {
      return new Prepared(
          connection.prepareStatement("begin immediate"),
          connection.prepareStatement("commit"),
          connection.prepareStatement("insert into personal values (?,?,?,?,?)"),
          new RecordInsert(connection));
    }

    void close() throws SQLException {
      begin.close();
      commit.close();
      personal.close();
      records.close();
    }
  }

  private void update(String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.executeUpdate(sql);
    }
  }

  private long number(String query) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      return SqliteSchema.number(statement, query);
    }
  }

  static long micros(Instant instant) {
    return Math.addExact(
        Math.multiplyExact(instant.getEpochSecond(), 1_000_000L), instant.getNano() / 1_000);
  }

  @Override
  public void close() throws SQLException, IOException {
    try {
      connection.close();
    } finally {
      folder.close();
    }
  }
}
