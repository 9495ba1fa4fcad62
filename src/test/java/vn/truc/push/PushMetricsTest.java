package vn.truc.push;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The equations of [PushMetrics] after slow readers, cuts, overruns and refusals, each counter
/// against what the clients saw.
class PushMetricsTest {
  private static final String FEED = "feed:p";
  private static final String BOARD = "dossier:p";
  private static final String FILLER = "x".repeat(300);
  private static final int TICK = 100;

  /// Small queues and rings, and nobody is closed for being slow.
  private static PushSettings settings() {
    PushSettings d = PushSettings.defaults();
    return new PushSettings(
        TICK,
        d.renewMillis(),
        600_000,
        d.pongMillis(),
        d.connectMillis(),
        d.expiryGraceMillis(),
        d.holdMillis(),
        d.heldMax(),
        600_000,
        d.closeMillis(),
        d.shutdownMillis(),
        1_500,
        d.queueBytesTotalMax(),
        d.frameBytesMax(),
        d.recoveryBytesMax(),
        d.messageBytesMax(),
        d.connectionsMax(),
        d.channelsMax(),
        d.channelBytesMax(),
        12,
        8,
        d.commandsPerSecondMax(),
        d.commandsBurstMax(),
        d.origins());
  }

  /// One client and what it ought to have got while it stood on the feed.
  private static final class Watcher {
    private Scene.Client client;
    private boolean stuck;
    private boolean onFeed = true;
    private long offset;
    private long due;
    private long got;

    Watcher(Scene.Client client) {
      this.client = client;
    }
  }

  private final Scene scene = new Scene(settings());
  private final List<Watcher> watchers = new ArrayList<>();
  private final List<Scene.Client> gone = new ArrayList<>();
  private long expected;
  private long seen;
  private long lost;
  private long hits;
  private long misses;
  private long drops;
  private long errors;
  private long position;
  private long value;

  private Watcher come(long offset) {
    Watcher watcher = new Watcher(scene.client());
    watcher.client.say(
        Scene.subscribe(3, BOARD),
        offset < 0 ? Scene.subscribe(2, FEED) : Scene.recover(2, FEED, offset, "e-one"),
        Scene.subscribe(4, "no:where"));
    watcher.offset = Math.max(0, offset);
    return watcher;
  }

  /// A change of the board, or some publications, and the flush behind them.
  private void change(int publications) {
    if (publications == 0) {
      scene.source.set(BOARD, "{\"v\":" + ++value + ",\"f\":\"" + FILLER + "\"}");
      expected += watchers.size();
    }
    // One change of the loop, as one batch of the log makes it.
    for (int i = 0; i < publications; i++) {
      scene.source.position(++position);
      scene.hub.publish(
          FEED,
          position,
          StreamItem.of(io.vertx.core.buffer.Buffer.buffer("{\"n\":" + position + "}")));
    }
    if (publications > 0 && publications <= settings().pendingMax()) {
      for (Watcher watcher : watchers) {
        if (watcher.onFeed) {
          expected += publications;
          watcher.due += publications;
        }
      }
    }
    scene.hub.changed();
    scene.beat.pass(TICK);
  }

  private void read(Watcher watcher) {
    for (String line : watcher.client.link.lines()) {
      if (line.startsWith("{\"push\":{\"channel\":\"" + FEED + "\",\"pub\"")) {
        seen++;
        watcher.got++;
        watcher.offset = Long.parseLong(line.replaceAll(".*\"offset\":(\\d+).*", "$1"));
      } else if (line.startsWith("{\"push\":{\"channel\":\"" + BOARD)) {
        seen++;
      } else if (line.contains("\"code\":2500")) {
        drops++;
        lost += watcher.due - watcher.got;
        watcher.due = 0;
        watcher.got = 0;
        watcher.onFeed = false;
      } else if (line.contains("\"was_recovering\":true")) {
        boolean hit = line.contains("\"recovered\":true");
        hits += hit ? 1 : 0;
        misses += hit ? 0 : 1;
        watcher.onFeed = true;
        if (hit) {
          watcher.offset = position;
        }
      } else if (line.contains("\"error\"")) {
        errors++;
      }
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void everyCounterIsWhatTheClientsSaw(long seed) {
    System.out.println("seed " + seed);
    Random random = new Random(seed);
    for (int i = 0; i < 6; i++) {
      watchers.add(come(-1));
    }
    for (int step = 0; step < 400; step++) {
      Watcher one = watchers.get(random.nextInt(watchers.size()));
      switch (random.nextInt(10)) {
        case 0, 1, 2 -> change(0);
        case 3, 4, 5 -> change(1 + random.nextInt(5));
        case 6 -> {
          if (random.nextInt(4) == 0) {
            change(settings().pendingMax() + 2);
          }
        }
        case 7 -> {
          one.client.link.stick();
          one.stuck = true;
        }
        case 8 -> {
          one.client.link.unstick();
          one.stuck = false;
          scene.beat.pass(2 * TICK);
        }
        default -> cutAndBack(one);
      }
      watchers.forEach(this::read);
      for (Watcher watcher : watchers) {
        if (!watcher.onFeed && !watcher.stuck) {
          watcher.client.say(Scene.recover(9, FEED, watcher.offset, "e-one"));
          read(watcher);
        }
      }
    }
    watchers.forEach(watcher -> watcher.client.link.unstick());
    scene.beat.pass(10 * TICK);
    watchers.forEach(this::read);
    assertBalanced("seed " + seed);
    for (Watcher watcher : watchers) {
      watcher.client.session.gone();
      gone.add(watcher.client);
    }
    assertEquals(gone.size(), counted("truc.push.closes", "code", "3000"));
    assertEquals(gone.size(), counted("truc.push.opened"));
    assertEquals(0, scene.registry.get("truc.push.connections").gauge().value());
  }

  /// Away and back from where it stood; who lags stays, since what it misses would be lost unseen.
  private void cutAndBack(Watcher one) {
    if (one.stuck || one.client.session.lagging() != null) {
      return;
    }
    read(one);
    one.client.session.gone();
    gone.add(one.client);
    watchers.remove(one);
    change(position % 3 == 0 ? 6 : 1);
    Watcher back = come(one.offset);
    watchers.add(back);
    read(back);
  }

  private long counted(String name, String... tags) {
    return (long) scene.count(name, tags);
  }

  private void assertBalanced(String where) {
    long conflated = counted("truc.push.conflated");
    assertEquals(seen, counted("truc.push.deliveries"), where + " deliveries");
    assertEquals(expected, seen + conflated + lost, where + " deliveries + conflated + lost");
    assertEquals(drops, counted("truc.push.unsubscribes", "code", "2500"), where);
    assertEquals(hits, counted("truc.push.recoveries", "result", "hit"), where);
    assertEquals(misses, counted("truc.push.recoveries", "result", "miss"), where);
    assertEquals(errors, counted("truc.push.errors", "code", "102"), where);
    assertTrue(counted("truc.push.frames") <= seen, where);
    for (long moved : new long[] {hits, misses, drops, errors, lost, conflated, seen}) {
      assertNotEquals(0, moved, where + ": something was never tried");
    }
  }
}
