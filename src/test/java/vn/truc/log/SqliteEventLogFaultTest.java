package vn.truc.log;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static vn.truc.log.LogFixtures.await;
import static vn.truc.log.LogFixtures.draft;
import static vn.truc.log.LogFixtures.drafts;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import vn.truc.event.LogRecord;

/// What the SQLite engine keeps when the process, the tail of its journal or the disk fails.
final class SqliteEventLogFaultTest {
  private static final Pattern ACK = Pattern.compile("ack (\\d+) (\\d+)");

  /// `write(1</path>, "ack 2 1\n", 8)` and `fdatasync(12</dir/truc.db-wal>) = 0` in a trace.
  private static final Pattern TRACED_ACK = Pattern.compile("write\\(1<.*\"ack (\\d+) ");

  @TempDir Path dir;
  private Vertx vertx;
  private Context context;

  SqliteEventLogFaultTest() {
    vertx = Vertx.vertx();
    context = vertx.getOrCreateContext();
  }

  @BeforeEach
  void folder() throws IOException {
    Files.createDirectories(data());
  }

  @AfterEach
  void stop() throws Exception {
    await(vertx.close());
  }

  private Path data() {
    return dir.resolve("data");
  }

  private EventLog open(Path folder) throws Exception {
    return await(
        context,
        () ->
            SqliteEventLog.open(
                vertx,
                folder,
                LogSettings.defaults().withIntervals(60_000, 50),
                new SimpleMeterRegistry()));
  }

  private List<LogRecord> all(EventLog log) throws Exception {
    LogFixtures.Collector collector = new LogFixtures.Collector(log.head());
    context.runOnContext(
        _ -> log.follow(0).exceptionHandler(collector::fail).handler(collector::take));
    return collector.await();
  }

  /// The end of what the lines acknowledge.
  private static long acknowledged(List<String> lines) {
    long end = 0;
    for (String line : lines) {
      Matcher ack = ACK.matcher(line);
      if (ack.matches()) {
        end = Math.max(end, Long.parseLong(ack.group(1)) + Long.parseLong(ack.group(2)) - 1);
      }
    }
    return end;
  }

  @Test
  void whatWasAcknowledgedBeforeAKillIsThereOnce() throws Exception {
    long seed = System.nanoTime();
    System.err.println("seed " + seed);
    Random random = new Random(seed);
    long before = 1;
    for (int round = 0; round < 4; round++) {
      List<String> lines = new ArrayList<>();
      try (ChildProcess child =
          ChildProcess.start(List.of(), Map.of(), data(), 1 + random.nextInt(40), 8, 0)) {
        assertEquals("open " + before, child.line());
        int answers = 20 + random.nextInt(400);
        for (int i = 0; i < answers; i++) {
          lines.add(child.line());
        }
        child.kill();
        lines.addAll(child.rest());
      }
      EventLog log = open(data());
      long acknowledged = acknowledged(lines);
      assertTrue(acknowledged > before, lines.toString());
      assertTrue(log.head() >= acknowledged, log.head() + " < " + acknowledged);
      List<LogRecord> records = all(log);
      assertEquals(log.head(), records.size());
      long shift = before + 1 - 2;
      for (LogRecord record : records.subList((int) before, (int) acknowledged)) {
        assertEquals("evt-" + (record.position() - shift), record.id());
      }
      before = log.head();
      await(context, log::close);
    }
  }

  @Test
  void everyAnswerIsPrecededByItsOwnSyncOfTheJournal() throws Exception {
    ChildProcess.require("strace", "strace");
    Path trace = dir.resolve("trace");
    List<String> tracer =
        List.of(
            "strace",
            "-f",
            "-y",
            "-s",
            "64",
            "-e",
            "trace=fsync,fdatasync,write",
            "-o",
            trace.toString());
    try (ChildProcess child = ChildProcess.start(tracer, Map.of(), data(), 3, 1, 40)) {
      List<String> lines = child.rest();
      assertEquals(0, child.awaitEnd());
      assertEquals(1 + 40 * 3, acknowledged(lines));
    }
    int answers = 0;
    int syncs = 0;
    List<String> underWay = new ArrayList<>();
    for (String line : Files.readAllLines(trace)) {
      String thread = line.split(" ", 2)[0];
      boolean sync = line.contains("fsync(") || line.contains("fdatasync(");
      if (sync && line.contains("truc.db-wal>")) {
        if (line.contains("unfinished")) {
          underWay.add(thread);
        } else if (line.endsWith("= 0")) {
          syncs++;
        }
      } else if (line.contains("sync resumed>") && underWay.remove(thread)) {
        syncs += line.endsWith("= 0") ? 1 : 0;
      } else if (TRACED_ACK.matcher(line).find()) {
        assertTrue(syncs > 0, "answered without a sync since the answer before: " + line);
        answers++;
        syncs = 0;
      }
    }
    assertEquals(40, answers);
  }

  @Test
  void aTornJournalKeepsWholeGroupsFromTheStart() throws Exception {
    long seed = System.nanoTime();
    System.err.println("seed " + seed);
    Random random = new Random(seed);
    EventLog log = open(data());
    List<Long> ends = new ArrayList<>(List.of(0L, 1L));
    for (int i = 0; i < 12; i++) {
      int size = 1 + random.nextInt(30);
      await(context, () -> log.append(drafts(log.head() + 1, size)));
      ends.add(log.head());
    }
    byte[] database = Files.readAllBytes(data().resolve("truc.db"));
    byte[] journal = Files.readAllBytes(data().resolve("truc.db-wal"));
    await(context, log::close);
    List<Integer> cuts = new ArrayList<>(List.of(0, 1, 31, 32, 33, journal.length));
    for (int i = 0; i < 60; i++) {
      cuts.add(random.nextInt(journal.length));
    }
    long highest = 0;
    for (int cut : cuts) {
      Path torn =
          Files.createDirectory(dir.resolve("torn-" + cuts.indexOf(cut) + "-" + System.nanoTime()));
      Files.write(torn.resolve("truc.db"), database);
      Files.write(torn.resolve("truc.db-wal"), java.util.Arrays.copyOf(journal, cut));
      EventLog opened = open(torn);
      long head = opened.head();
      List<LogRecord> records = all(opened);
      assertEquals(head, records.size(), "cut at " + cut);
      assertTrue(ends.contains(head), "half a group at cut " + cut + ": head " + head);
      for (LogRecord record : records.subList(1, records.size())) {
        assertEquals("evt-" + record.position(), record.id());
      }
      assertEquals(head + 1, await(context, () -> opened.append(List.of(draft(head + 1)))));
      await(context, opened::close);
      highest = Math.max(highest, head);
    }
    assertEquals(ends.getLast(), highest);
  }

  @Test
  void damageInsideTheJournalCutsTheRestAndNeverLies() throws Exception {
    long seed = System.nanoTime();
    System.err.println("seed " + seed);
    Random random = new Random(seed);
    EventLog log = open(data());
    for (int i = 0; i < 8; i++) {
      await(context, () -> log.append(drafts(log.head() + 1, 10)));
    }
    byte[] database = Files.readAllBytes(data().resolve("truc.db"));
    byte[] journal = Files.readAllBytes(data().resolve("truc.db-wal"));
    await(context, log::close);
    int shorter = 0;
    for (int i = 0; i < 20; i++) {
      byte[] damaged = journal.clone();
      damaged[random.nextInt(damaged.length)] ^= 0x20;
      Path folder = Files.createDirectory(dir.resolve("damaged-" + i));
      Files.write(folder.resolve("truc.db"), database);
      Files.write(folder.resolve("truc.db-wal"), damaged);
      EventLog opened = open(folder);
      List<LogRecord> records = all(opened);
      assertEquals(opened.head(), records.size());
      for (LogRecord record : records.subList(1, records.size())) {
        assertEquals("evt-" + record.position(), record.id());
      }
      shorter += opened.head() < 81 ? 1 : 0;
      await(context, opened::close);
    }
    assertTrue(shorter > 0, "no damage was noticed");
  }

  @Test
  void aFullDiskRefusesAppendsServesReadsAndRecovers() throws Exception {
    Path small = Files.createDirectory(dir.resolve("small"));
    assertEquals(
        0,
        run("mount", "-t", "tmpfs", "-o", "size=4m", "none", small.toString()),
        "this test mounts a small tmpfs: run it as root with CAP_SYS_ADMIN");
    try {
      fillAndFree(small);
    } finally {
      assertEquals(0, run("umount", "-l", small.toString()));
    }
  }

  private void fillAndFree(Path small) throws Exception {
    Path ballast = small.resolve("ballast");
    Files.write(ballast, new byte[2 << 20]);
    EventLog log = open(small);
    LogFixtures.Collector follower = new LogFixtures.Collector(Long.MAX_VALUE);
    context.runOnContext(_ -> log.follow(0).handler(follower::take));
    LogException.Reason reason = null;
    long before = 0;
    while (reason == null) {
      before = log.head();
      assertTrue(before < 100_000, "the small disk never filled");
      reason = appendReason(log, drafts(before + 1, 100));
    }
    assertEquals(LogException.Reason.UNWRITABLE, reason);
    assertEquals(before, log.head());
    assertTrue(log.unwritable().isPresent());
    assertEquals(before, all(log).size());
    Files.delete(ballast);
    CompletableFuture<Boolean> writable = new CompletableFuture<>();
    vertx.setPeriodic(
        20,
        timer -> {
          if (log.unwritable().isEmpty() && vertx.cancelTimer(timer)) {
            writable.complete(true);
          }
        });
    assertTrue(await(writable));
    long next = before + 1;
    assertEquals(next, await(context, () -> log.append(drafts(next, 100))));
    await(context, log::close);
    EventLog again = open(small);
    List<LogRecord> records = all(again);
    assertEquals(before + 100, records.size());
    assertEquals("evt-" + (before + 100), records.getLast().id());
    await(context, again::close);
    assertEquals(before + 100, follower.taken());
  }

  private LogException.@org.jspecify.annotations.Nullable Reason appendReason(
      EventLog log, List<Draft> batch) throws Exception {
    CompletableFuture<java.util.Optional<Throwable>> outcome = new CompletableFuture<>();
    context.runOnContext(
        _ ->
            log.append(batch)
                .onComplete(
                    _ -> outcome.complete(java.util.Optional.empty()),
                    cause -> outcome.complete(java.util.Optional.of(cause))));
    Throwable cause = await(outcome).orElse(null);
    return cause instanceof LogException known ? known.reason() : null;
  }

  @Test
  void aFailedSyncIsFinalUntilReopenedAndNothingRefusedComesBack() throws Exception {
    ChildProcess.require("cc", "gcc");
    Path trigger = dir.resolve("trigger");
    Path library = compileShim(trigger);
    List<String> lines = new ArrayList<>();
    try (ChildProcess child =
        ChildProcess.start(List.of(), Map.of("LD_PRELOAD", library.toString()), data(), 5, 1, 0)) {
      lines.add(child.line());
      for (int i = 0; i < 50; i++) {
        lines.add(child.line());
      }
      assertTrue(lines.getLast().startsWith("ack "), lines.toString());
      Files.createFile(trigger);
      String line = child.line();
      while (line.startsWith("ack ")) {
        lines.add(line);
        line = child.line();
      }
      assertEquals("failed UNWRITABLE", line);
      Files.delete(trigger);
      for (int i = 0; i < 100; i++) {
        assertEquals("failed UNWRITABLE", child.line());
      }
      child.kill();
      for (String late : child.rest()) {
        assertFalse(late.startsWith("ack "), late);
      }
    }
    assertTrue(Files.exists(data().resolve("truc.failed")));
    EventLog log = open(data());
    assertEquals(acknowledged(lines), log.head());
    assertEquals(log.head(), all(log).size());
    assertFalse(Files.exists(data().resolve("truc.failed")));
    long next = log.head() + 1;
    assertEquals(next, await(context, () -> log.append(drafts(next, 1))));
    await(context, log::close);
  }

  /// A library that lets fsync and fdatasync fail with EIO while the trigger file exists. It still
  /// leaves the data in the page cache, as Linux does.
  private Path compileShim(Path trigger) throws Exception {
    Path source = dir.resolve("shim.c");
    Files.writeString(
        source,
        """
        #define _GNU_SOURCE
        #include <dlfcn.h>
        #include <errno.h>
        #include <unistd.h>
        static int fails(void) { return access("%s", F_OK) == 0; }
        int fsync(int fd) {
          if (fails()) { errno = EIO; return -1; }
          return ((int (*)(int)) dlsym(RTLD_NEXT, "fsync"))(fd);
        }
        int fdatasync(int fd) {
          if (fails()) { errno = EIO; return -1; }
          return ((int (*)(int)) dlsym(RTLD_NEXT, "fdatasync"))(fd);
        }
        """
            .formatted(trigger));
    Path library = dir.resolve("shim.so");
    assertEquals(
        0,
        run("cc", "-shared", "-fPIC", "-o", library.toString(), source.toString(), "-ldl"),
        "cc could not compile the shim");
    return library;
  }

  private int run(String... command) throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(dir.resolve("run.log").toFile())
            .start();
    assertTrue(process.waitFor(30, TimeUnit.SECONDS));
    return process.exitValue();
  }
}
