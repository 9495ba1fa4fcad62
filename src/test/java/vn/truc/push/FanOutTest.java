package vn.truc.push;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.vertx.core.buffer.Buffer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/// What a change costs, however many watch it.
class FanOutTest {
  private final Scene scene = Scene.standard();

  @Test
  void socketsWithTheSameChannelsShareTheVeryBuffer() {
    Scene.Client one =
        scene.client().say(Scene.subscribe(2, "dossier:a"), Scene.subscribe(3, "feed:a"));
    Scene.Client two =
        scene.client().say(Scene.subscribe(2, "feed:a"), Scene.subscribe(3, "dossier:a"));
    Scene.Client other = scene.client().say(Scene.subscribe(2, "dossier:a"));
    scene.beat.pass(1000);
    one.link.take();
    two.link.take();
    other.link.take();
    int asked = scene.source.asked("dossier:a");
    scene.set("dossier:a", "{\"v\":1}");
    assertEquals(one.link.addresses(), two.link.addresses());
    assertEquals(one.link.take(), other.link.take());
    assertEquals(asked + 1, scene.source.asked("dossier:a"));
    assertEquals(3, scene.count("truc.push.deliveries"));
  }

  @Test
  void twentyChannelsThatChangeTenTimesASecondAreOneFrameATickForAllWhoWatchThem() {
    String[] all = new String[20];
    for (int i = 0; i < all.length; i++) {
      all[i] = Scene.subscribe(2 + i, "dossier:" + i);
    }
    Scene.Client one = scene.client().say(all);
    Scene.Client two = scene.client().say(all);
    scene.beat.pass(1000);
    one.link.take();
    two.link.take();
    for (int change = 0; change < 200; change++) {
      scene.set("dossier:" + change % 20, "{\"v\":" + change + "}");
      scene.beat.pass(5);
    }
    assertEquals(one.link.addresses(), two.link.addresses());
    List<String> frames = one.link.take();
    assertEquals(frames, two.link.take());
    List<Integer> publications = new ArrayList<>();
    frames.forEach(frame -> publications.add(frame.split("\n", -1).length));
    assertEquals(List.of(1, 19, 20, 20, 20, 20, 20, 20, 20, 20, 20), publications);
    for (int i = 0; i < 20; i++) {
      assertTrue(frames.getLast().contains("{\"v\":" + (180 + i) + "}"), frames.getLast());
    }
  }

  @Test
  void channelsNobodyWatchesAreNeverRendered() {
    scene.client().say(Scene.subscribe(2, "dossier:a"));
    List<String> made = new ArrayList<>();
    scene.set("dossier:b", "{}");
    scene.hub.publish(
        "feed:b",
        9,
        StreamItem.of(
            () -> {
              made.add("made");
              return Buffer.buffer("{}");
            }));
    scene.beat.pass(1000);
    assertEquals(0, scene.source.asked("dossier:b"));
    assertEquals(List.of(), made);
  }
}
