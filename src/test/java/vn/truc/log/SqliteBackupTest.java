package vn.truc.log;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static vn.truc.log.LogFixtures.await;
import static vn.truc.log.LogFixtures.drafts;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import vn.truc.event.LogRecord;

/// What a backup holds, and what is taken for one. Whether a copy is whole is counted, not
// believed.
class SqliteBackupTest {
  private static final Path FILE = Path.of("copy.db");

  @TempDir private Path folder = Path.of("");

  private final Vertx vertx = Vertx.vertx();
  private final Context context = vertx.getOrCreateContext();

  @AfterEach
  void stop() throws Exception {
    await(vertx.close());
  }

  private SqliteEventLog open(Path data) throws Exception {
    return await(
        context,
        () -> SqliteEventLog.open(vertx, data, LogSettings.defaults(), new SimpleMeterRegistry()));
  }

  /// A log of ten records, the fifth of which holds the character that tells fields apart.
  private Path ten() throws Exception {
    Path data = folder.resolve("data");
    SqliteEventLog log = open(data);
    LogRecord odd =
        new LogRecord(
            0, 1, "vn.ioc.dossier.rated", "/s", "e\u001f5", "H", 1, null, 1, "k", null, "{}", null);
    await(context, () -> log.append(drafts(2, 3)));
    await(context, () -> log.append(List.of(Draft.of(odd))));
    await(context, () -> log.append(drafts(6, 5)));
    await(context, log::close);
    return data;
  }

  private List<LogRecord> all(EventLog log, long target) throws Exception {
    LogFixtures.Collector collector = new LogFixtures.Collector(target);
    context.runOnContext(_ -> log.follow(0).handler(collector::take));
    return collector.await();
  }

  private void sql(Path file, String sql) throws Exception {
    try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file);
        Statement statement = connection.createStatement()) {
      statement.executeUpdate(sql);
    }
  }

  private LogException unrestorable(Path backup) {
    return assertThrows(
        LogException.class, () -> SqliteRestore.restore(backup, folder.resolve("none"), List.of()));
  }

  private void refusal(Path backup, String says) {
    String said = String.valueOf(unrestorable(backup).getMessage());
    assertTrue(said.contains(says), said);
  }

  @Test
  void aBackupIsRestoredRecordByRecord() throws Exception {
    Path data = ten();
    Path backup = folder.resolve("backup.db");
    assertEquals(10, SqliteBackup.write(data, backup, LogSettings.defaults()).head());
    Path restored = folder.resolve("restored");
    assertEquals(11, SqliteRestore.restore(backup, restored, List.of()).head());
    SqliteEventLog one = open(data);
    SqliteEventLog other = open(restored);
    List<String> before = all(one, 10).stream().map(LogFixtures::content).toList();
    List<String> after = all(other, 11).stream().map(LogFixtures::content).toList();
    assertEquals(before, after.subList(0, 10));
    assertEquals("e\u001f5", all(one, 10).get(4).id());
    await(context, one::close);
    await(context, other::close);
  }

  @Test
  void whatAFailedDiskRefusedIsInNoBackup() throws Exception {
    Path data = ten();
    FailedNote.leave(data, 7, 10);
    Path backup = folder.resolve("backup.db");
    assertEquals(7, SqliteBackup.write(data, backup, LogSettings.defaults()).head());
    Path restored = folder.resolve("restored");
    assertEquals(8, SqliteRestore.restore(backup, restored, List.of()).head());
  }

  @Test
  void whatIsNoBackupIsNamed() throws Exception {
    Path data = ten();
    assertEquals(LogException.Reason.UNREADABLE, unrestorable(data).reason());
    assertEquals(LogException.Reason.UNREADABLE, unrestorable(folder.resolve("no")).reason());
    Path backup = folder.resolve("backup.db");
    SqliteBackup.write(data, backup, LogSettings.defaults());
    Path journal = Files.writeString(folder.resolve("backup.db-wal"), "x");
    refusal(backup, "a log in use");
    Files.delete(journal);
    sql(backup, "drop table secrets");
    refusal(backup, "is without index sqlite_autoindex_secrets_1");
    sql(backup, "create table secrets(x)");
    refusal(backup, "table secrets, which is not ours");
  }

  private static void judge(List<Integer> positions, long head) throws Exception {
    try (Connection copy = DriverManager.getConnection("jdbc:sqlite::memory:");
        Statement statement = copy.createStatement()) {
      statement.executeUpdate("create table records (position integer primary key)");
      for (int position : positions) {
        statement.executeUpdate("insert into records values (" + position + ")");
      }
      SqliteBackup.judgeWhole(copy, FILE, head);
    }
  }

  private static void refused(List<Integer> positions, long head) {
    LogException refused = assertThrows(LogException.class, () -> judge(positions, head));
    assertEquals(LogException.Reason.CORRUPT, refused.reason());
  }

  @Test
  void asManyRecordsAsTheHeadSaysAndTheLastOfThemAtTheHead() {
    assertDoesNotThrow(() -> judge(List.of(1, 2, 3), 3));
    refused(List.of(1, 2, 3), 4);
    refused(List.of(1, 3), 3);
    refused(List.of(1, 2, 4), 3);
    refused(List.of(1, 2, 3), 2);
    refused(List.of(), 0);
  }
}
