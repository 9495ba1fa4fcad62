package vn.truc.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import vn.truc.testing.RedisProcess;

/// What the kernel saw of Redis: each record was on the disk before anybody heard of it.
class RedisDurabilityIT {
  private static final int ALONE = 40;
  private static final int CONNECTIONS = 8;
  private static final int EACH = 15;

  @TempDir private Path folder = Path.of("");

  private static double seconds(Instant instant) {
    return instant.getEpochSecond() + instant.getNano() / 1e9;
  }

  @Test
  void every202IsPrecededByTheSyncOfItsRecord() throws Exception {
    Path file = folder.resolve("trace");
    Map<String, Instant> answered = new ConcurrentHashMap<>();
    try (RedisProcess redis = RedisProcess.traced(file, folder.resolve("redis"));
        RunningServer server =
            RunningServer.start(
                folder.resolve("data"), "--store", redis.address(), "--clock", Fact.CLOCK)) {
      String key = server.key(Fact.SOURCE);
      for (int i = 0; i < ALONE; i++) {
        post(server, key, "ALONE-" + i, answered);
      }
      List<Thread> threads = new ArrayList<>();
      List<Exception> failed = java.util.Collections.synchronizedList(new ArrayList<>());
      for (int c = 0; c < CONNECTIONS; c++) {
        String prefix = "TOGETHER-" + c + "-";
        threads.add(
            Thread.ofVirtual()
                .start(
                    () -> {
                      try {
                        for (int i = 0; i < EACH; i++) {
                          post(server, key, prefix + i, answered);
                        }
                      } catch (Exception e) {
                        failed.add(e);
                      }
                    }));
      }
      for (Thread thread : threads) {
        thread.join();
      }
      assertEquals(List.of(), failed);
      redis.stop();
    }
    assertEquals(ALONE + CONNECTIONS * EACH, answered.size());
    RedisTrace trace = RedisTrace.whole(file);
    assertEquals(List.of(), trace.breaches());
    answered.forEach(
        (id, at) -> {
          Optional<Double> synced = trace.syncedAt(id);
          assertTrue(synced.isPresent(), () -> id + " was answered and never synced");
          assertTrue(
              synced.orElseThrow() + RedisProcess.SYNC_DELAY_MICROS / 1e6 < seconds(at),
              () -> id + " was answered before its sync: " + synced + " " + at);
          assertTrue(trace.told().contains(trace.streamId(id).orElseThrow()), id);
        });
  }

  private static void post(
      RunningServer server, String key, String code, Map<String, Instant> answered)
      throws Exception {
    String id = code + "/1";
    RunningServer.Answer answer =
        server.post(key, RunningServer.STRUCTURED, Fact.feedback(id, code, "received"));
    assertEquals(202, answer.status(), answer::toString);
    answered.put(id, Instant.now());
  }

  /// The proof above is worth something only if it fails where the store answers first.
  @ParameterizedTest
  @ValueSource(strings = {"everysec", "no"})
  void storeThatAnswersBeforeItsSyncIsFoundOut(String appendfsync) throws Exception {
    assertFalse(bare(appendfsync).breaches().isEmpty());
  }

  @Test
  void storeThatSyncsFirstIsNot() throws Exception {
    RedisTrace trace = bare("always");
    assertEquals(List.of(), trace.breaches());
    assertEquals(20, trace.told().size());
  }

  /// A bare client against a store of one setting.
  private RedisTrace bare(String appendfsync) throws Exception {
    Path file = folder.resolve("trace-" + appendfsync);
    try (RedisProcess redis =
        RedisProcess.traced(file, folder.resolve("redis"), "--appendfsync", appendfsync)) {
      for (int i = 0; i < 20; i++) {
        redis.command("XADD", "s", "*", "by", "x." + i, "id", "evt-" + i);
      }
      redis.stop();
    }
    RedisTrace trace = RedisTrace.whole(file);
    assertTrue(trace.streamId("evt-19").isPresent(), "the trace shows what was written");
    return trace;
  }

  @Test
  void doctoredTracesAreFoundOut() {
    String add =
        "1 10.1 write(8</r/appendonly.aof.1.incr.aof>, \"*7\\r\\n$4\\r\\nXADD\\r\\n$1\\r\\ns\\r\\n"
            + "$15\\r\\n1795532538300-0\\r\\n$2\\r\\nid\\r\\n$3\\r\\nevt\\r\\n\", 90) = 90";
    String sync = "1 10.2 fdatasync(8</r/appendonly.aof.1.incr.aof>) = 0 (DELAYED)";
    String failed = "1 10.2 fdatasync(8</r/appendonly.aof.1.incr.aof>) = -1 EIO (error)";
    String other = "1 10.2 fdatasync(8</r/appendonly.aof.manifest>) = 0";
    String begun = "2 10.0 fdatasync(8</r/appendonly.aof.1.incr.aof> <unfinished ...>";
    String ended = "2 10.2 <... fdatasync resumed>) = 0";
    String answer = "1 10.3 write(9<socket:[1]>, \"$15\\r\\n1795532538300-0\\r\\n\", 22) = 22";
    String entry =
        "1 10.3 writev(9<socket:[1]>, [{iov_base=\"*1\\r\\n$15\\r\\n1795532538300-0\\r\\n*2\", "
            + "iov_len=30}], 1) = 30";
    List<String> early = List.of("1795532538300-0");
    assertEquals(List.of(), RedisTrace.of(List.of(add, sync, answer, entry)).breaches());
    assertEquals(Optional.of(10.2), RedisTrace.of(List.of(add, sync, answer)).syncedAt("evt"));
    for (List<String> lines :
        List.of(
            List.of(add, answer, sync),
            List.of(add, entry, sync),
            List.of(add, answer),
            List.of(add, failed, answer),
            List.of(add, other, answer),
            List.of(sync, add, answer),
            List.of(begun, add, ended, answer),
            List.of(add, begun, answer, ended))) {
      assertEquals(early, RedisTrace.of(lines).breaches(), lines::toString);
    }
  }
}
