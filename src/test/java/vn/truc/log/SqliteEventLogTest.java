package vn.truc.log;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static vn.truc.log.LogFixtures.await;
import static vn.truc.log.LogFixtures.draft;
import static vn.truc.log.LogFixtures.drafts;
import static vn.truc.log.LogFixtures.personal;
import static vn.truc.log.LogFixtures.refusal;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import vn.truc.event.LogRecord;

/// The SQLite engine keeps the contract, and what it promises beside.
final class SqliteEventLogTest extends EventLogContract {
  final SimpleMeterRegistry registry = new SimpleMeterRegistry();

  @Override
  Future<SqliteEventLog> openLog(Path dir, LogSettings settings) {
    return SqliteEventLog.open(vertx, dir, settings, registry);
  }

  private Connection sqlite() throws SQLException {
    return DriverManager.getConnection("jdbc:sqlite:" + dir.resolve("truc.db"));
  }

  private static String one(Statement statement, String query) throws SQLException {
    try (ResultSet rows = statement.executeQuery(query)) {
      return rows.next() ? String.valueOf(rows.getString(1)) : "";
    }
  }

  private void change(String sql) throws SQLException {
    try (Connection connection = sqlite();
        Statement statement = connection.createStatement()) {
      statement.executeUpdate(sql);
    }
  }

  /// Whether any file of the data folder holds these bytes.
  private boolean filesHold(String text) throws IOException {
    byte[] wanted = text.getBytes(StandardCharsets.UTF_8);
    try (Stream<Path> files = Files.list(dir)) {
      for (Path file : files.toList()) {
        String held = Files.readString(file, StandardCharsets.ISO_8859_1);
        if (held.contains(new String(wanted, StandardCharsets.ISO_8859_1))) {
          return true;
        }
      }
    }
    return false;
  }

  private double count(String name) {
    return registry.get(name).counter().count();
  }

  @Test
  void aSecondOwnerIsRefusedByName() throws Exception {
    open();
    CompletableFuture<Throwable> failure = new CompletableFuture<>();
    context.runOnContext(_ -> openLog(dir, LogSettings.defaults()).onFailure(failure::complete));
    assertTrue(
        await(failure) instanceof LogException known
            && known.reason() == LogException.Reason.OWNED
            && known.toString().contains(dir.toString()));
  }

  @Test
  void aForeignOrNewerDatabaseIsRefused() throws Exception {
    change("create table t(a)");
    assertEquals(
        LogException.Reason.CORRUPT, refusal(context, () -> openLog(dir, LogSettings.defaults())));
    Files.delete(dir.resolve("truc.db"));
    await(context, open()::close);
    change("pragma user_version=" + (SqliteSchema.VERSION + 1));
    assertEquals(
        LogException.Reason.CORRUPT, refusal(context, () -> openLog(dir, LogSettings.defaults())));
  }

  @Test
  void anyoneCanReadItWithSqliteWhileItRuns() throws Exception {
    EventLog log = open();
    append(log, drafts(2, 3));
    try (Connection connection = sqlite();
        Statement statement = connection.createStatement()) {
      assertEquals("4", one(statement, "select count(*) from records"));
      assertEquals("wal", one(statement, "pragma journal_mode"));
      assertEquals(
          "evt-2 2026-11-18T11:06:40.000002Z",
          one(statement, "select id || ' ' || time from records_readable where position = 2"));
      assertEquals("4", one(statement, "select data ->> 'n' from records where position = 4"));
    }
  }

  @Test
  void everyQueryOfTheDocumentRuns() throws Exception {
    EventLog log = open();
    append(log, List.of(personal(2, "feedback", "PA-1", "{}", 1), draft(3)));
    EventLog.SnapshotWriter writer = await(context, log::beginSnapshot);
    await(context, () -> writer.write("cases", 1, 1, Buffer.buffer("x")));
    await(context, writer::commit);
    String text = Files.readString(Path.of("docs", "LOG.md"));
    int from = text.indexOf("```sql") + 6;
    String[] queries = text.substring(from, text.indexOf("```", from)).split(";", -1);
    int answered = 0;
    try (Connection connection = sqlite();
        Statement statement = connection.createStatement()) {
      for (String query : queries) {
        if (!query.isBlank()) {
          try (ResultSet rows = statement.executeQuery(query)) {
            assertTrue(rows.getMetaData().getColumnCount() > 1, query);
            answered++;
          }
        }
      }
      assertEquals("3", one(statement, queries[3]));
    }
    assertEquals(6, answered);
  }

  @Test
  void theJournalStaysBoundedWhileAppendsRun() throws Exception {
    long checkpointBytes = 1 << 20;
    EventLog log =
        open(
            new LogSettings(
                65_536,
                64 << 20,
                256,
                256,
                4,
                100,
                100,
                8 << 20,
                60_000,
                checkpointBytes,
                1_000,
                5_000));
    for (int round = 0; round < 40; round++) {
      long first = 2 + round * 1_000L;
      await(
          context,
          () -> {
            List<Future<Long>> answers = new ArrayList<>();
            for (int i = 0; i < 100; i++) {
              answers.add(log.append(drafts(first + i * 10L, 10)));
            }
            return Future.all(answers);
          });
    }
    assertTrue(registry.get("truc.log.checkpoint").timer().count() > 1);
    long journal = Files.size(dir.resolve("truc.db-wal"));
    assertTrue(journal < 16 * checkpointBytes, journal + " bytes");
    assertEquals(40_001, follow(log, 0, 40_001).size());
  }

  @Test
  void erasedBytesAreInNoFile() throws Exception {
    long seed = System.nanoTime();
    System.err.println("seed " + seed);
    Random random = new Random(seed);
    EventLog log = open();
    for (int i = 0; i < 60; i++) {
      List<Draft> batch = new ArrayList<>();
      for (int j = 0; j < 10; j++) {
        int kase = random.nextInt(40);
        String text = ("bí mật số " + kase + " hết ").repeat(1 + random.nextInt(400));
        batch.add(personal(2, "feedback", "PA-" + kase, "{\"t\":\"" + text + "\"}", FAR_MICROS));
      }
      append(log, batch);
    }
    assertTrue(filesHold("bí mật số 7 "));
    for (int kase : new int[] {7, 8, 21, 0}) {
      int erased = await(context, () -> log.erase("feedback", "PA-" + kase));
      assertTrue(erased > 0);
      assertFalse(filesHold("bí mật số " + kase + " "), "case " + kase);
    }
    assertTrue(filesHold("bí mật số 9 "));
    await(context, log::close);
    assertFalse(filesHold("bí mật số 7 "));
  }

  @Test
  void expiredFieldsAreSweptFromTheFiles() throws Exception {
    EventLog log = open(LogSettings.defaults().withIntervals(20, 1_000));
    append(log, List.of(personal(2, "feedback", "PA-1", "{\"t\":\"thoáng qua\"}", 1)));
    append(log, List.of(personal(3, "feedback", "PA-1", "{\"t\":\"còn lâu\"}", FAR_MICROS)));
    CompletableFuture<Boolean> swept = new CompletableFuture<>();
    vertx.setPeriodic(
        10,
        timer -> {
          if (count("truc.log.personal.expired") == 1) {
            vertx.cancelTimer(timer);
            swept.complete(true);
          }
        });
    assertTrue(await(swept));
    assertEquals(0, await(context, () -> log.erase("nobody", "x")));
    assertFalse(filesHold("thoáng qua"));
    assertTrue(filesHold("còn lâu"));
  }

  @Test
  void anOlderCopyPutBackIsCleanedBeforeItServes() throws Exception {
    EventLog log = open();
    append(log, List.of(personal(2, "feedback", "PA-1", "{\"t\":\"bí mật\"}", FAR_MICROS)));
    await(context, log::close);
    Path copy = dir.resolve("copy");
    Files.copy(dir.resolve("truc.db"), copy);
    EventLog second = open();
    assertEquals(1, await(context, () -> second.erase("feedback", "PA-1")));
    append(second, List.of(personal(3, "feedback", "PA-1", "{\"t\":\"mới\"}", FAR_MICROS)));
    await(context, second::close);
    Files.delete(dir.resolve("truc.db"));
    Files.move(copy, dir.resolve("truc.db"));
    EventLog third = open();
    assertEquals(2, third.head());
    assertEquals(Optional.empty(), await(context, () -> third.personal(2)));
    assertFalse(filesHold("bí mật"));
  }

  @Test
  void anErasureWhoseLineWasCutIsNotHalfKnown() throws Exception {
    EventLog log = open();
    append(log, List.of(personal(2, "feedback", "PA-1", "{}", FAR_MICROS)));
    await(context, log::close);
    Files.writeString(dir.resolve("erased"), "{\"kind\":\"feedback\",\"code\":\"PA-");
    EventLog again = open();
    assertEquals(Optional.of("{}"), await(context, () -> again.personal(2)));
    assertEquals(1, await(context, () -> again.erase("feedback", "PA-1")));
    EventLog last = reopen(again);
    assertEquals(Optional.empty(), await(context, () -> last.personal(2)));
  }

  @Test
  void aCorruptChunkIsToldApartFromItsNeighbours() throws Exception {
    EventLog log = open();
    EventLog.SnapshotWriter writer = await(context, log::beginSnapshot);
    await(context, () -> writer.write("cases", 1, 1, Buffer.buffer("good")));
    await(context, () -> writer.write("cases", 1, 1, Buffer.buffer("gone bad")));
    await(context, writer::commit);
    await(context, log::close);
    change("update snapshot_chunks set data = x'00' where chunk = 1");
    EventLog again = open();
    EventLog.SnapshotReader reader = await(context, again::newestSnapshot).orElseThrow();
    EventLog.SnapshotReader.Section section = reader.sections().getFirst();
    assertEquals("good", await(context, () -> reader.chunk(section, 0)).toString());
    assertEquals(LogException.Reason.CORRUPT, refusal(context, () -> reader.chunk(section, 1)));
  }

  @Test
  void twoSnapshotsAreKeptAndOlderOrHalfWrittenOnesDeleted() throws Exception {
    EventLog log = open();
    for (int i = 0; i < 4; i++) {
      EventLog.SnapshotWriter writer = await(context, log::beginSnapshot);
      for (int chunk = 0; chunk < 20; chunk++) {
        await(context, () -> writer.write("cases", 1, 1, Buffer.buffer(new byte[10_000])));
      }
      await(context, writer::commit);
    }
    EventLog.SnapshotWriter half = await(context, log::beginSnapshot);
    await(context, () -> half.write("cases", 1, 1, Buffer.buffer("half")));
    EventLog again = reopen(log);
    CompletableFuture<Boolean> clean = new CompletableFuture<>();
    vertx.setPeriodic(
        10,
        timer ->
            vertx
                .executeBlocking(() -> snapshotsLeft().equals("2 40"))
                .onSuccess(
                    done -> {
                      if (done && vertx.cancelTimer(timer)) {
                        clean.complete(true);
                      }
                    }));
    assertTrue(await(clean));
    assertTrue(await(context, again::newestSnapshot).isPresent());
  }

  private String snapshotsLeft() throws SQLException {
    try (Connection connection = sqlite();
        Statement statement = connection.createStatement()) {
      return one(
          statement,
          "select (select count(*) from snapshots where state = 'complete') || ' '"
              + " || (select count(*) from snapshot_chunks)");
    }
  }

  @Test
  void aGapInTheRecordsIsAFailureAndNoSilentSkip() throws Exception {
    EventLog log = open();
    append(log, drafts(2, 10));
    await(context, log::close);
    change("delete from records where position = 5");
    EventLog again = open();
    CompletableFuture<Throwable> failure = new CompletableFuture<>();
    context.runOnContext(_ -> again.follow(0).exceptionHandler(failure::complete).handler(_ -> {}));
    assertTrue(
        await(failure) instanceof LogException known
            && known.reason() == LogException.Reason.CORRUPT);
  }

  @Test
  void aRecordOfANewerFormIsAFailure() throws Exception {
    EventLog log = open();
    append(log, List.of(draft(2)));
    await(context, log::close);
    change("update records set schema = " + (LogRecord.SCHEMA + 1) + " where position = 2");
    EventLog again = open();
    assertEquals(LogException.Reason.CORRUPT, refusal(context, () -> again.read(2)));
  }

  @Test
  void anotherProgramsLockPassesAndNothingIsLost() throws Exception {
    EventLog log =
        open(new LogSettings(100, 1 << 20, 10, 10, 4, 10, 10, 1 << 20, 60_000, 1 << 20, 50, 100));
    try (Connection other = sqlite();
        Statement statement = other.createStatement()) {
      statement.execute("begin immediate");
      assertEquals(
          LogException.Reason.UNWRITABLE, refusal(context, () -> log.append(drafts(2, 1))));
      assertTrue(log.unwritable().isPresent());
      assertEquals(1, await(context, () -> log.read(1)).orElseThrow().position());
      statement.execute("rollback");
    }
    assertEquals(2, append(log, drafts(2, 1)));
    assertEquals(Optional.empty(), log.unwritable());
    double taken = count("truc.log.records.taken");
    assertEquals(2, taken);
    assertEquals(taken, count("truc.log.records.appended") + count("truc.log.records.failed"));
  }

  @Test
  void theMetersBalance() throws Exception {
    EventLog log = open(LogSettings.defaults().withQueue(50, 1 << 20));
    append(log, drafts(2, 30));
    refusal(context, () -> log.append(drafts(2, 60)));
    append(log, drafts(32, 20));
    assertEquals(50, count("truc.log.records.taken"));
    assertEquals(50, count("truc.log.records.appended"));
    assertEquals(0, count("truc.log.records.failed"));
    assertEquals(60, count("truc.log.records.refused"));
    assertEquals(51, registry.get("truc.log.head").gauge().value());
    assertEquals(0, registry.get("truc.log.queue.records").gauge().value());
    assertEquals(2, registry.get("truc.log.commit").timer().count());
    await(context, log::close);
    assertEquals(List.of(), registry.getMeters());
  }
}
