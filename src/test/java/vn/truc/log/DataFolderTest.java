package vn.truc.log;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static vn.truc.log.LogFixtures.await;
import static vn.truc.log.LogFixtures.drafts;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Context;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.streams.ReadStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import vn.truc.event.LogRecord;

/// Who may read the files of a log, and who reads beside its owner.
class DataFolderTest {
  private final Vertx vertx = Vertx.vertx();
  private final Context context = vertx.getOrCreateContext();

  @TempDir private Path dir = Path.of("");

  @AfterEach
  void close() throws Exception {
    await(vertx.close());
  }

  private SqliteEventLog open() throws Exception {
    return await(
        context,
        () -> SqliteEventLog.open(vertx, dir, LogSettings.defaults(), new SimpleMeterRegistry()));
  }

  private List<String> modes() throws IOException {
    List<String> modes = new ArrayList<>();
    try (Stream<Path> files = Files.walk(dir)) {
      for (Path file : files.filter(Files::isRegularFile).sorted().toList()) {
        modes.add(
            file.getFileName()
                + " "
                + PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
      }
    }
    return modes;
  }

  /// The database was 0644 in a folder of 0700: a copy of the folder with other rights, or a folder
  /// made by hand, laid personal fields open.
  @Test
  void everyFileIsForItsOwnerOnly() throws Exception {
    SqliteEventLog log = open();
    await(context, () -> log.append(drafts(1, 10)));
    await(context, () -> log.erase("feedback", "PA-1"));
    assertEquals(
        List.of(
            "erased rw-------",
            "truc.db rw-------",
            "truc.db-shm rw-------",
            "truc.db-wal rw-------",
            "truc.lock rw-------"),
        modes());
    await(context, log::close);
    try (DataFolder folder = DataFolder.own(dir)) {
      FailedNote.leave(folder.path(), 11, 12);
    }
    assertTrue(modes().contains("truc.failed rw-------"), modes()::toString);
    for (String name : List.of("truc.db", "erased", "truc.lock", "truc.failed")) {
      Files.setPosixFilePermissions(
          dir.resolve(name), PosixFilePermissions.fromString("rw-r--r--"));
    }
    SqliteEventLog again = open();
    assertTrue(modes().stream().allMatch(mode -> mode.endsWith(" rw-------")), modes()::toString);
    await(context, again::close);
  }

  @Test
  void readerBesideTheOwnerSeesWhatWasAcknowledgedOnly() throws Exception {
    SqliteEventLog log = open();
    await(context, () -> log.append(drafts(1, 3_000)));
    SqliteRecords records = SqliteRecords.open(vertx, dir, LogSettings.defaults());
    await(context, () -> log.append(drafts(3_001, 10)));
    assertEquals(3_001, records.head());
    assertEquals(3_001, read(records).size(), "up to the head it had when it was opened");
    records.close();
    await(context, log::close);
    try (DataFolder folder = DataFolder.own(dir)) {
      FailedNote.leave(folder.path(), 1_500, 3_500);
    }
    SqliteRecords cut = SqliteRecords.open(vertx, dir, LogSettings.defaults());
    assertEquals(1_500, read(cut).size(), "what lies behind a failed write was refused");
    cut.close();
  }

  private List<LogRecord> read(Records records) throws Exception {
    List<LogRecord> all = new ArrayList<>();
    return await(
        context,
        () -> {
          Promise<List<LogRecord>> done = Promise.promise();
          ReadStream<List<LogRecord>> stream = records.follow(0);
          stream.exceptionHandler(done::tryFail);
          stream.handler(
              batch -> {
                all.addAll(batch);
                if (batch.getLast().position() >= records.head()) {
                  done.tryComplete(all);
                }
              });
          return done.future();
        });
  }
}
