package vn.truc.push;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.vertx.core.buffer.Buffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Random publishes, cuts, slow readers and restarts against a naive list: whoever comes back with
/// its offset has seen every publication once and in order, unless it was told that it lost; and
/// every screen ends with the newest value.
class HubModelTest {
  private static final Pattern NUMBER = Pattern.compile("\\{\"n\":(\\d+)}");
  private static final Pattern VALUE = Pattern.compile("\\{\"v\":(\\d+)}");
  private static final Pattern OFFSET = Pattern.compile("\"offset\":(\\d+)");
  private static final String FEED = "feed:province";
  private static final String BOARD = "dossier:province";

  /// A client as an SDK behaves: keeps the last offset, comes back with it.
  private static final class Reader {
    private Scene.Client client;
    private long offset;
    private long value = -1;
    private boolean subscribed;
    private int lost;

    /// Other channels it has: whoever has the same ones is one audience.
    private int others;

    Reader(Scene.Client client) {
      this.client = client;
    }

    void come(Scene scene) {
      client = scene.client();
      client.say(Scene.recover(2, FEED, offset, "e-one"), Scene.subscribe(3, BOARD));
      for (int i = 0; i < others / 2; i++) {
        client.say(Scene.subscribe(4 + i, "dossier:other" + i));
      }
      subscribed = true;
    }

    /// Takes what arrived: every publication is the very next one above where the reader stands.
    void read(long seed, List<Long> published) {
      boolean fallenBehind = false;
      for (String line : client.link.lines()) {
        fallenBehind |= line.contains("\"code\":2500");
        Matcher found = VALUE.matcher(line);
        while (found.find()) {
          value = Long.parseLong(found.group(1));
        }
        if (line.contains("\"was_recovering\":true}}")) {
          Matcher position = OFFSET.matcher(line);
          offset = position.find() ? Long.parseLong(position.group(1)) : 0;
          lost++;
        }
        Matcher number = NUMBER.matcher(line);
        while (number.find()) {
          long got = Long.parseLong(number.group(1));
          long stood = offset;
          long expected = published.stream().filter(p -> p > stood).findFirst().orElse(-1L);
          assertEquals(expected, got, "seed " + seed + ": next after " + stood);
          offset = got;
        }
      }
      if (fallenBehind) {
        client.say(Scene.recover(9, FEED, offset, "e-one"));
        read(seed, published);
      }
    }
  }

  static List<Long> seeds() {
    Random random = new Random();
    List<Long> seeds = new ArrayList<>(List.of(1L, 2L, 3L, 4L, -5234905354052560124L));
    for (int i = 0; i < 30; i++) {
      seeds.add(random.nextLong());
    }
    return seeds;
  }

  @ParameterizedTest(name = "seed {0}")
  @MethodSource("seeds")
  void whoComesBackHasSeenEverythingOnceAndInOrder(long seed) {
    play(seed, Scene.standard());
  }

  /// Between any two pieces of a flush others come, go, publish and fall behind.
  @ParameterizedTest(name = "seed {0}")
  @MethodSource("seeds")
  void andSoWhereFlushesTakeManyTurns(long seed) {
    Scene scene = Scene.standard();
    scene.beat.lazy(new Random(~seed));
    play(seed, scene);
  }

  private void play(long seed, Scene scene) {
    Random random = new Random(seed);
    List<Long> published = new ArrayList<>();
    List<Reader> readers = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      Reader reader = new Reader(scene.open());
      reader.others = i;
      reader.come(scene);
      readers.add(reader);
    }
    long position = 0;
    long value = 0;
    for (int step = 0; step < 600; step++) {
      Reader reader = readers.get(random.nextInt(readers.size()));
      switch (random.nextInt(9)) {
        case 0, 1, 2 -> {
          int burst = random.nextInt(10) == 0 ? 120 : 1 + random.nextInt(4);
          for (int i = 0; i < burst; i++) {
            position += 1 + random.nextInt(3);
            published.add(position);
            scene.publish(FEED, position);
          }
        }
        case 3 -> {
          scene.set(BOARD, "{\"v\":" + ++value + "}");
          scene.set("dossier:other" + random.nextInt(3), "{}");
        }
        case 4 -> scene.beat.pass(random.nextInt(250));
        case 5 -> {
          reader.read(seed, published);
          reader.client.session.gone();
          reader.subscribed = false;
        }
        case 6 -> {
          if (!reader.subscribed) {
            reader.come(scene);
          }
        }
        case 7 -> {
          if (reader.subscribed) {
            reader.client.link.stick();
            scene.beat.pass(random.nextInt(150));
            reader.client.link.unstick();
          }
        }
        default -> {
          if (random.nextInt(20) == 0) {
            restart(seed, scene, readers, published);
          }
        }
      }
    }
    for (Reader reader : readers) {
      if (!reader.subscribed) {
        reader.come(scene);
      }
    }
    scene.beat.lazy(null);
    scene.beat.pass(1000);
    for (Reader reader : readers) {
      reader.read(seed, published);
      assertEquals(position, reader.offset, "seed " + seed + ", lost " + reader.lost);
      if (value > 0) {
        assertEquals(value, reader.value, "seed " + seed);
      }
    }
  }

  private static void restart(long seed, Scene scene, List<Reader> readers, List<Long> published) {
    List<Buffer> chunks = new ArrayList<>();
    scene.hub.exportRings().forEachRemaining(chunks::add);
    for (Reader reader : readers) {
      reader.read(seed, published);
      reader.client.session.gone();
      reader.subscribed = false;
    }
    // the old hub's timers would go on asking the source, and take the changes from the new one
    scene.beat.die();
    scene.hub = scene.newHub();
    chunks.forEach(chunk -> assertTrue(scene.hub.importRings(chunk), "seed " + seed));
  }
}
