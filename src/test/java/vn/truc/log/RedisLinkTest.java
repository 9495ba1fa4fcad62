package vn.truc.log;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static vn.truc.log.LogFixtures.await;

import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import vn.truc.testing.RedisProcess;

/// The connections of one node, and what two nodes do over theirs.
class RedisLinkTest {
  private static final RedisKeys KEYS = new RedisKeys("a");

  @TempDir private Path folder = Path.of("");

  private final Vertx vertx = Vertx.vertx();
  private final Context context = vertx.getOrCreateContext();
  private RedisProcess redis;

  @BeforeEach
  void start() throws Exception {
    redis = RedisProcess.start(folder.resolve("redis"));
  }

  @AfterEach
  void stop() throws Exception {
    await(vertx.close());
    redis.close();
  }

  private RedisLink link(Watch watch) {
    return new RedisLink(
        vertx,
        context,
        RedisAddress.of(redis.address()),
        new RedisSettings(4, 512, 1_000, 5_000, 2_000, 1, 64, 10_000, 1_000, 30_000, 24, 4_000),
        1_024,
        watch);
  }

  /// Takes every store for the right one.
  private abstract static class Watch implements RedisLink.Watcher {
    @Override
    public Future<Void> verify(RedisLink.Session session) {
      return Future.succeededFuture();
    }

    @Override
    public void down(Throwable cause) {}
  }

  /// Each time the session was verified the wait began anew, so a fault that shows after that made
  /// a node connect, and have the journal rewritten, many times a second.
  @Test
  void sessionsThatNeverProveThemselvesAreMadeMoreAndMoreSeldom() throws Exception {
    CompletableFuture<Integer> waited = new CompletableFuture<>();
    RedisLink[] link = new RedisLink[1];
    link[0] =
        link(
            new Watch() {
              private int sessions;

              @Override
              public void up(RedisLink.Session session) {
                if (++sessions == 5) {
                  waited.complete(link[0].waitMillisMax());
                } else {
                  link[0].lost(session, new IllegalStateException("a fault that shows later"));
                }
              }
            });
    link[0].begin();
    assertEquals(16, await(waited), "after four that failed");
    int steady =
        await(
            context,
            () -> {
              link[0].steady();
              int next = link[0].waitMillisMax();
              link[0].close();
              return Future.succeededFuture(next);
            });
    assertEquals(1, steady);
  }

  private RedisSnapshots snapshots() throws Exception {
    CompletableFuture<Boolean> up = new CompletableFuture<>();
    RedisLink link =
        link(
            new Watch() {
              @Override
              public void up(RedisLink.Session session) {
                up.complete(true);
              }
            });
    link.begin();
    await(up);
    return new RedisSnapshots(RedisSettings.defaults(), link);
  }

  /// A node that stalled before it swept deleted the chunks another one was writing by then, which
  /// committed its snapshot all the same.
  @Test
  void whoLostTheLockSweepsNothingAway() throws Exception {
    RedisSnapshots one = snapshots();
    RedisSnapshots other = snapshots();
    RedisSnapshots.Turn stalled = await(context, () -> one.begin(KEYS));
    redis.command("DEL", KEYS.snapshotLock());
    RedisSnapshots.Turn turn = await(context, () -> other.begin(KEYS));
    await(context, () -> other.write(turn, "cases", 0, Buffer.buffer("whole")));
    await(context, () -> one.sweep(stalled));
    await(
        context,
        () -> other.commit(turn, List.of(new EventLog.SnapshotReader.Section("cases", 1, 1, 1))));
    RedisSnapshots.Complete newest = await(context, () -> one.newest(KEYS)).orElseThrow();
    assertEquals("whole", await(context, () -> one.chunk(newest, "cases", 0)).toString());
    assertEquals(":1", redis.command("HLEN", KEYS.snapshots()), "what stalled is swept away");
  }
}
