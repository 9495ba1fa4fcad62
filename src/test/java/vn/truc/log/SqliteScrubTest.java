package vn.truc.log;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static vn.truc.log.LogFixtures.await;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import vn.truc.event.LogRecord;

/// A name under `ChuHoSo` in a dossier fact stood in the log for ever: the first version put into
/// the record whatever its type did not know, `erase` found "0 records" and said so with exit 0.
/// Such a log is written anew when it is opened, and then no byte of what was erased is in any
/// file.
class SqliteScrubTest {
  private static final String MARK = "bimat";
  private static final long FAR = Long.MAX_VALUE;
  private static final Duration KEPT = Duration.ofDays(365);

  @TempDir private Path folder = Path.of("");

  private Path dir = Path.of("");

  private final Vertx vertx = Vertx.vertx();
  private final Context context = vertx.getOrCreateContext();
  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  private final long nowMicros = SqliteStore.micros(Instant.now());

  @BeforeEach
  void name() {
    dir = folder.resolve("data");
  }

  @AfterEach
  void stop() throws Exception {
    await(vertx.close());
  }

  private SqliteEventLog open() throws Exception {
    return await(
        context, () -> SqliteEventLog.open(vertx, dir, LogSettings.defaults(), KEPT, registry));
  }

  private static LogRecord record(String type, String id, String subject, long at, String data) {
    return record(type, id, subject, at, null, data);
  }

  private static LogRecord record(
      String type, String id, String subject, long at, @Nullable String extensions, String data) {
    return new LogRecord(
        0, 1, type, "/hotline/1022", id, subject, at, null, at, "k1", extensions, data, null);
  }

  /// As the first version left it.
  private void makeOld() throws SQLException {
    sql("pragma user_version=1");
  }

  private void sql(String sql) throws SQLException {
    try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + db());
        Statement statement = connection.createStatement()) {
      statement.executeUpdate(sql);
    }
  }

  private String one(String query) throws SQLException {
    try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + db());
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(query)) {
      return rows.next() ? String.valueOf(rows.getString(1)) : "";
    }
  }

  private Path db() {
    return dir.resolve("truc.db");
  }

  /// How often a text stands in the files of the folder.
  private int stands(String text) throws Exception {
    int count = 0;
    try (Stream<Path> files = Files.list(dir)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        String held = Files.readString(file, StandardCharsets.ISO_8859_1);
        for (int at = held.indexOf(text); at >= 0; at = held.indexOf(text, at + 1)) {
          count++;
        }
      }
    }
    return count;
  }

  private String personal(EventLog log, long position) throws Exception {
    return await(context, () -> log.personal(position)).orElse("none");
  }

  /// Rows are read as one value whose fields a character tells apart; a text that holds it is read
  /// column by column.
  @Test
  void aTextWithTheCharacterThatTellsFieldsApartIsCleanedToo() throws Exception {
    EventLog first = open();
    String data = "{\"score\":4,\"x\":\"bimat\"}";
    LogRecord odd = record("vn.ioc.dossier.rated", "e\u001f2", "H-1", nowMicros, data);
    await(context, () -> first.append(List.of(Draft.of(odd))));
    await(context, first::close);
    makeOld();
    EventLog log = open();
    LogRecord read = await(context, () -> log.read(2)).orElseThrow();
    assertEquals("e\u001f2", read.id());
    assertEquals(new JsonObject().put("score", 4), new JsonObject(read.data()));
    await(context, log::close);
  }

  @Test
  void whatATypeDoesNotKnowGoesBesideTheRecordAndGoesWithAnErasure() throws Exception {
    EventLog first = open();
    long old = nowMicros - Duration.ofDays(366).toNanos() / 1_000;
    List<LogRecord> records =
        List.of(
            record(
                "vn.ioc.dossier.status",
                "e-2",
                "H-1",
                nowMicros,
                "{\"nguoigui\":\"bimat0\"}",
                "{\"status\":4,\"title\":\"bimat1\",\"ChuHoSo\":{\"ten\":\"bimat2\",\"n\":1.10}}"),
            record("vn.ioc.dossier.status", "e-3", "H-1", nowMicros, "{\"status\":4}"),
            record("vn.ioc.dossier.rated", "e-4", "H-2", old, "{\"score\":4,\"loi\":\"bimat3\"}"),
            record(
                "vn.ioc.case.voided",
                "e-5",
                "PA-1",
                nowMicros,
                "{\"kind\":\"feedback\",\"voided\":true,\"contact\":{\"phone\":\"bimat4\"}}"),
            record("vn.ioc.source.heartbeat", "e-6", "x", nowMicros, "{\"NguoiTruc\":\"bimat5\"}"),
            record(
                "vn.ioc.feedback.status",
                "e-7",
                "PA-2",
                nowMicros,
                "{\"status\":\"closed\",\"Phone\":\"bimat6\"}"),
            record(
                "vn.ioc.dossier.rated", "e-8", "H-3", nowMicros, "{\"score\":4,\"x\":\"bimat7\"}"),
            record(
                "vn.ioc.dossier.rated", "e-9", "H-3", nowMicros, "{\"score\":4,\"x\":\"bimat8\"}"));
    List<Draft> drafts = new ArrayList<>();
    for (LogRecord one : records) {
      drafts.add(
          one.id().equals("e-7")
              ? new Draft(
                  one,
                  Optional.of(
                      new Draft.Personal(
                          "feedback", "PA-2", "{\"title\":\"Ổ gà\"}", Long.MAX_VALUE)))
              : Draft.of(one));
    }
    await(context, () -> first.append(drafts));
    await(context, first::close);
    makeOld();
    Files.writeString(
        dir.resolve("erased"), "{\"kind\":\"dossier\",\"code\":\"H-3\",\"upTo\":8,\"at\":\"\"}\n");
    assertEquals(9, stands(MARK));

    EventLog log = open();
    assertEquals(9, log.head());
    assertEquals("{\"status\":4}", await(context, () -> log.read(2)).orElseThrow().data());
    assertEquals(Optional.empty(), await(context, () -> log.read(2)).orElseThrow().extensions());
    assertEquals(
        "{\"title\":\"bimat1\",\"ChuHoSo\":{\"ten\":\"bimat2\",\"n\":1.10},"
            + "\"$extensions\":{\"nguoigui\":\"bimat0\"}}",
        personal(log, 2));
    assertEquals("none", personal(log, 3));
    assertEquals("none", personal(log, 4), "its time was over");
    assertEquals("{\"contact\":{\"phone\":\"bimat4\"}}", personal(log, 5));
    assertEquals("none", personal(log, 6), "of no case");
    assertEquals("{\"title\":\"Ổ gà\",\"Phone\":\"bimat6\"}", personal(log, 7));
    assertEquals("none", personal(log, 8), "it was erased up to there");
    assertEquals("{\"x\":\"bimat8\"}", personal(log, 9));
    assertEquals(7, registry.get("truc.log.records.rewritten").counter().count());
    for (String gone : List.of("bimat3", "bimat5", "bimat7")) {
      assertEquals(0, stands(gone), gone);
    }
    long expires = Long.parseLong(one("select expires_at from personal where position = 2"));
    assertEquals(nowMicros + KEPT.toNanos() / 1_000, expires, "counted from its arrival");

    assertEquals(1, await(context, () -> log.erase("dossier", "H-1")));
    assertEquals(1, await(context, () -> log.erase("feedback", "PA-1")));
    assertEquals(1, await(context, () -> log.erase("feedback", "PA-2")));
    assertEquals(1, await(context, () -> log.erase("dossier", "H-3")));
    assertEquals(0, stands(MARK));
    assertEquals("2", one("pragma user_version"));
  }

  /// A clock that stands a year ahead at the upgrade drops nothing, and its sweep deletes nothing:
  /// the newest record says when it is.
  @Test
  void aClockThatRanAheadExpiresNothing() throws Exception {
    long then = nowMicros - Duration.ofDays(400).toNanos() / 1_000;
    String data = "{\"score\":4,\"loi\":\"bimat\"}";
    LogRecord one = record("vn.ioc.dossier.rated", "e", "H-1", then, data);
    SqliteEventLog first = open();
    await(context, () -> first.append(List.of(Draft.of(one))));
    await(context, first::close);
    makeOld();
    try (SqliteStore store = SqliteStore.open(dir, LogSettings.defaults(), KEPT)) {
      assertEquals(new OldRecords.Done(1, 1), store.rewritten());
      assertEquals(0, store.sweep(store.expiry().now()));
      assertTrue(store.expiry().held());
    }
    assertEquals("1", one("select expires_at < unixepoch() * 1000000 from personal"));
    SqliteEventLog log = open();
    assertEquals("none", personal(log, 2), "not shown meanwhile");
    assertEquals(1, registry.get("truc.log.personal.held").gauge().value());
    LogRecord now = record("vn.ioc.dossier.rated", "f", "H-2", nowMicros, "{\"score\":4}");
    await(context, () -> log.append(List.of(Draft.of(now))));
    await(context, log::close);
    try (SqliteStore store = SqliteStore.open(dir, LogSettings.defaults(), KEPT)) {
      assertEquals(1, store.sweep(store.expiry().now()), "the clock was right");
    }
  }

  @Test
  void itIsDoneOnce() throws Exception {
    await(context, open()::close);
    makeOld();
    await(context, open()::close);
    SqliteEventLog log = open();
    String data = "{\"score\":4,\"ghiChu\":\"x\"}";
    await(
        context,
        () -> log.append(List.of(Draft.of(record("vn.ioc.dossier.rated", "e", "H", 5, data)))));
    await(context, log::close);
    SqliteEventLog again = open();
    assertEquals(data, await(context, () -> again.read(2)).orElseThrow().data(), "not looked at");
  }

  /// Their versions are not used any more, and what was made of old records must not stay.
  @Test
  void snapshotsGoWithTheRecordsTheyWereMadeOf() throws Exception {
    SqliteEventLog first = open();
    EventLog.SnapshotWriter writer = await(context, first::beginSnapshot);
    for (int i = 0; i < 20; i++) {
      await(context, () -> writer.write("cases", 1, 1, Buffer.buffer("bimat in a chunk")));
    }
    await(context, writer::commit);
    await(context, first::close);
    makeOld();
    SqliteEventLog log = open();
    assertEquals(Optional.empty(), await(context, log::newestSnapshot));
    assertEquals(0, stands(MARK));
  }

  /// A later form of a section makes the older snapshot useless; it went only with the one after.
  @Test
  void anOlderSnapshotOfAnotherFormGoesWithTheNext() throws Exception {
    SqliteEventLog log = open();
    for (int version : new int[] {1, 1, 2}) {
      EventLog.SnapshotWriter writer = await(context, log::beginSnapshot);
      await(context, () -> writer.write("cases", version, 1, Buffer.buffer("x")));
      await(context, writer::commit);
    }
    assertEquals("1", one("select count(*) from snapshots where state = 'complete'"));
  }

  /// Records of all sizes, so that rows move between pages, and a kill in the midst of it: no byte
  /// may be left in the slack of a page.
  @Test
  void aKillInTheMidstIsGoneOnFromAndNoPageKeepsAByte() throws Exception {
    int count = 40_000;
    SqliteEventLog first = open();
    Random random = new Random(1);
    for (int from = 0; from < count; from += 2_000) {
      List<Draft> batch = new ArrayList<>();
      for (int i = from; i < from + 2_000; i++) {
        String text = MARK + i + "-".repeat(random.nextInt(i % 50 == 0 ? 9_000 : 300));
        if (i % 7 == 0) {
          batch.add(
              new Draft(
                  record(
                      "vn.ioc.feedback.status",
                      "e-" + i,
                      "PA-" + i % 10,
                      nowMicros,
                      "{\"status\":\"closed\",\"ghiChu\":\"" + text + "\"}"),
                  Optional.of(
                      new Draft.Personal(
                          "feedback", "PA-" + i % 10, "{\"title\":\"" + text + "\"}", FAR))));
          continue;
        }
        batch.add(
            Draft.of(
                record(
                    i % 2 == 0 ? "vn.ioc.source.heartbeat" : "vn.ioc.dossier.status",
                    "e-" + i,
                    "H-" + i % 100,
                    nowMicros,
                    i % 3 == 0 ? "{}" : "{\"status\":4,\"ghiChu\":\"" + text + "\"}")));
      }
      await(context, () -> first.append(batch));
    }
    await(context, first::close);
    makeOld();
    String second = "select data like '%bimat%' from records where position = 2";
    String last = "select max(position) from records where data like '%bimat%'";
    assertEquals("1", one(second));
    try (ChildProcess child = ChildProcess.start(List.of(), Map.of(), dir, 1, 1, 0)) {
      while (one(second).equals("1")) {
        assertTrue(child.alive(), "the process ended before it rewrote anything");
      }
      child.kill();
    }
    assertEquals("1", one("pragma user_version"), "it was not done");
    assertTrue(Long.parseLong(one(last)) > count / 2, "there was more to do");

    SqliteEventLog log = open();
    assertEquals("0", one("select count(*) from records where data like '%bimat%'"));
    assertEquals(
        "5715", one("select count(*) from personal where data like '{\"title\":\"bimat%'"));
    int beside = Integer.parseInt(one("select count(*) from personal"));
    assertTrue(beside > 16_000, beside + " lie beside");
    int erased = 0;
    for (int i = 0; i < 100; i++) {
      String code = "H-" + i;
      erased += await(context, () -> log.erase("dossier", code));
    }
    for (int i = 0; i < 10; i++) {
      String code = "PA-" + i;
      erased += await(context, () -> log.erase("feedback", code));
    }
    assertEquals("0", one("select count(*) from personal"));
    assertEquals(beside, erased);
    assertEquals(0, stands(MARK));
  }

  /// What is read beside the owner, or before any start of this version, is clean too.
  @Test
  void readersOfAnOldFolderGetNothingOfIt() throws Exception {
    SqliteEventLog first = open();
    LogRecord old =
        record("vn.ioc.dossier.rated", "e", "H-1", nowMicros, "{\"score\":4,\"x\":\"bimat\"}");
    await(context, () -> first.append(List.of(Draft.of(old))));
    await(context, first::close);
    makeOld();
    SqliteRecords records = SqliteRecords.open(vertx, dir, LogSettings.defaults());
    CompletableFuture<LogRecord> read = new CompletableFuture<>();
    context.runOnContext(_ -> records.follow(1).handler(batch -> read.complete(batch.getFirst())));
    assertEquals("{\"score\":4}", await(read).data());
    await(context, records::close);
    assertEquals("1", one("pragma user_version"), "nothing was written");
  }

  /// A copy made before knows that it is one, and is written anew when it is put back.
  @Test
  void anOlderBackupIsDoneAgain() throws Exception {
    SqliteEventLog first = open();
    LogRecord old =
        record("vn.ioc.dossier.rated", "e", "H-1", nowMicros, "{\"score\":4,\"x\":\"bimat\"}");
    await(context, () -> first.append(List.of(Draft.of(old))));
    await(context, first::close);
    makeOld();
    Path backup = folder.resolve("backup.db");
    Path restored = folder.resolve("restored");
    SqliteBackup.write(dir, backup, LogSettings.defaults());
    await(context, open()::close);
    SqliteRestore.restore(backup, restored, List.of());
    SqliteEventLog log =
        await(
            context,
            () ->
                SqliteEventLog.open(
                    vertx, restored, LogSettings.defaults(), KEPT, new SimpleMeterRegistry()));
    assertEquals("{\"score\":4}", await(context, () -> log.read(2)).orElseThrow().data());
    assertEquals("bimat", new JsonObject(personal(log, 2)).getString("x"));
    assertEquals(1, await(context, () -> log.erase("dossier", "H-1")));
    assertFalse(
        Files.readString(restored.resolve("truc.db"), StandardCharsets.ISO_8859_1).contains(MARK));
  }
}
