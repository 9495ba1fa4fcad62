package vn.truc.push;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.vertx.core.buffer.Buffer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/// What is done for every connection is done in pieces, and a fault with one is the end of that
/// alone.
class FlushTurnsTest {
  private static final int CROWD = 50;

  private final Scene scene = Scene.standard();
  private final List<Scene.Client> crowd = new ArrayList<>();

  private void crowd(String... channels) {
    for (int i = 0; i < CROWD; i++) {
      Scene.Client client = scene.client();
      for (int c = 0; c < channels.length; c++) {
        client.say(Scene.subscribe(2L + c, channels[c]));
      }
      crowd.add(client);
    }
    scene.beat.pass(1_000);
    crowd.forEach(one -> one.link.take());
  }

  /// 20,000 clocks were looked at in one turn of the loop, each second.
  @Test
  void clocksAreLookedAtInPieces() {
    crowd();
    scene.beat.shortTurns();
    scene.beat.ring(scene.settings.pingMillis());
    int first = (int) crowd.stream().filter(one -> one.link.lines().contains("{}")).count();
    assertEquals(1, first);
    assertTrue(scene.beat.count() >= CROWD - 1);
    int rest = (int) crowd.stream().filter(one -> one.link.lines().contains("{}")).count();
    assertEquals(CROWD - 1, rest, "and all of them");
  }

  /// Whoever watched a stream that ran over was told so in one turn.
  @Test
  void losersAreToldInPieces() {
    crowd("feed:a");
    scene.beat.shortTurns();
    for (int i = 1; i <= scene.settings.pendingMax() + 1; i++) {
      scene.source.position(i);
      scene.hub.publish("feed:a", i, StreamItem.of(Buffer.buffer("{}")));
    }
    scene.beat.ring(scene.settings.flushTickMillis());
    assertTrue(scene.beat.count() >= CROWD, "one a piece");
    for (Scene.Client one : crowd) {
      List<String> lines = one.link.lines();
      assertEquals(1, lines.size(), lines::toString);
      assertTrue(lines.getFirst().contains("\"code\":2500"), lines::toString);
    }
  }

  /// Those whose queues had drained were given what they missed in one turn.
  @Test
  void laggardsAreLookedAfterInPieces() {
    crowd("dossier:a");
    crowd.forEach(one -> one.link.stick());
    String big = "{\"v\":\"" + "x".repeat(scene.settings.queueBytesMax()) + "\"}";
    scene.set("dossier:a", big);
    scene.beat.pass(200);
    scene.set("dossier:a", "{\"v\":2}");
    scene.beat.pass(200);
    crowd.forEach(one -> one.link.take());
    crowd.forEach(one -> one.link.unstick());
    scene.beat.shortTurns();
    scene.beat.ring(scene.settings.flushTickMillis());
    assertTrue(scene.beat.count() >= CROWD, "one a piece");
    for (Scene.Client one : crowd) {
      assertTrue(one.link.lines().getFirst().contains("\"v\":2"));
    }
  }

  /// Streams are encoded in pieces too, and what comes between two of them comes once.
  @Test
  void streamsAreEncodedInPieces() {
    crowd("feed:a", "feed:b", "feed:c");
    scene.beat.shortTurns();
    scene.source.position(1);
    for (String feed : List.of("feed:a", "feed:b", "feed:c")) {
      scene.hub.publish(feed, 1, StreamItem.of(Buffer.buffer("{\"n\":1}")));
    }
    scene.beat.one();
    scene.source.position(2);
    for (String feed : List.of("feed:a", "feed:b", "feed:c")) {
      scene.hub.publish(feed, 2, StreamItem.of(Buffer.buffer("{\"n\":2}")));
    }
    scene.beat.pass(1_000);
    for (Scene.Client one : crowd) {
      List<String> lines = one.link.lines();
      assertEquals(3, lines.stream().filter(line -> line.contains("\"n\":1")).count());
      assertEquals(3, lines.stream().filter(line -> line.contains("\"n\":2")).count());
      assertEquals(6, lines.size(), lines::toString);
    }
  }

  /// After a fault in a flush a stream was silent for ever: what waited in it was kept, and what
  /// came later did not ask for a flush any more.
  @Test
  void streamsGoOnAfterAFault() {
    crowd("feed:a");
    Scene.Client one = crowd.getFirst();
    scene.source.failDrain(true);
    scene.publish("feed:a", 5);
    assertEquals(List.of(), one.link.lines());
    scene.source.failDrain(false);
    scene.publish("feed:a", 6);
    scene.beat.pass(1_200);
    List<String> lines = one.link.lines();
    assertEquals(2, lines.size(), lines::toString);
    assertTrue(lines.getFirst().contains("\"n\":5"), lines::toString);
    assertTrue(lines.getLast().contains("\"n\":6"), lines::toString);
  }

  @Test
  void aConnectionThatCannotBeWrittenToEndsAlone() {
    crowd("feed:a", "dossier:a");
    crowd.get(20).link.spoil();
    scene.publish("feed:a", 5);
    scene.beat.pass(200);
    for (Scene.Client one : crowd) {
      if (one == crowd.get(20)) {
        assertEquals(CloseCode.SERVER_ERROR, one.link.closed());
      } else {
        assertNull(one.link.closed());
        assertTrue(one.link.lines().getFirst().contains("\"n\":5"));
      }
    }
  }

  private void fill(Scene.Client client) {
    client.link.stick();
    scene.set("dossier:a", "{\"v\":\"" + "x".repeat(scene.settings.queueBytesMax()) + "\"}");
    scene.beat.pass(200);
  }

  /// A reader that took what it was sent, slowly, was closed for silence: the ping stood behind a
  /// megabyte, and its answer could not come in time.
  @Test
  void whoReadsSlowlyIsNotSilent() {
    crowd("dossier:a");
    Scene.Client slow = crowd.getFirst();
    fill(slow);
    int seconds = (scene.settings.pingMillis() + 2 * scene.settings.pongMillis()) / 1_000;
    for (int i = 0; i < seconds; i++) {
      crowd.subList(1, CROWD).forEach(one -> one.say("{}"));
      slow.link.drain(100);
      scene.beat.pass(1_000);
    }
    assertNull(slow.link.closed());
    for (int i = 0; i <= scene.settings.pongMillis() / 1_000 + 1; i++) {
      scene.beat.pass(1_000);
    }
    assertEquals(CloseCode.NO_PONG, slow.link.closed(), "it has stopped");
  }

  /// Nor is one whose commands wait for room: it is not read meanwhile.
  @Test
  void whoIsNotReadIsNotSilent() {
    crowd("dossier:a");
    Scene.Client slow = crowd.getFirst();
    fill(slow);
    slow.say(Scene.subscribe(9, "dossier:b"));
    assertTrue(slow.link.paused());
    int seconds = (scene.settings.pingMillis() + 2 * scene.settings.pongMillis()) / 1_000;
    for (int i = 0; i < seconds; i++) {
      slow.link.drain(1);
      scene.beat.pass(1_000);
    }
    assertNull(slow.link.closed());
    slow.link.unstick();
    scene.beat.pass(1_000);
    assertTrue(slow.link.lines().stream().anyMatch(line -> line.startsWith("{\"id\":9,")));
  }

  /// One socket that could not be pinged stopped the pings, the silence and the ends of tokens of
  /// all.
  @Test
  void aConnectionThatCannotBePingedEndsAlone() {
    crowd();
    crowd.get(20).link.spoil();
    int[] pings = new int[CROWD];
    for (int second = 0; second < 3 * scene.settings.pingMillis() / 1_000; second++) {
      scene.beat.pass(1_000);
      for (int i = 0; i < CROWD; i++) {
        if (crowd.get(i).link.lines().contains("{}")) {
          pings[i]++;
          crowd.get(i).say("{}");
        }
      }
    }
    for (int i = 0; i < CROWD; i++) {
      assertEquals(i == 20 ? CloseCode.SERVER_ERROR : null, crowd.get(i).link.closed());
      assertTrue(i == 20 || pings[i] >= 2, i + " was pinged " + pings[i] + " times");
    }
  }

  /// Where an answer that had waited for the fold met a fault, no flush began any more.
  @Test
  void anAnswerThatWaitedAndCannotBeWrittenEndsItsConnectionAlone() {
    crowd("dossier:a");
    Scene.Client ahead = scene.client().say(Scene.recover(2, "feed:a", 5, "e-one"));
    ahead.link.spoil();
    scene.source.position(5);
    for (int v = 1; v <= 2; v++) {
      scene.set("dossier:a", "{\"v\":" + v + "}");
      scene.beat.pass(200);
      assertTrue(crowd.getFirst().link.lines().getFirst().contains("\"v\":" + v));
    }
    assertEquals(CloseCode.SERVER_ERROR, ahead.link.closed());
  }

  /// Who was answered late, while a flush was on its way, missed what that flush brought, and was
  /// not told.
  @Test
  void whoIsAnsweredWhileAFlushGoesOnMissesNothing() {
    crowd("feed:x");
    for (Scene.Client one : crowd) {
      one.say(Scene.recover(9, "feed:h", 5, "e-one"));
    }
    scene.beat.shortTurns();
    scene.source.position(5);
    scene.hub.publish("feed:x", 5, StreamItem.of(Buffer.buffer("{\"n\":5}")));
    scene.hub.changed();
    scene.beat.pass(1_000);
    for (Scene.Client one : crowd) {
      List<String> lines = one.link.lines();
      assertEquals(
          1, lines.stream().filter(line -> line.contains("\"n\":5")).count(), lines::toString);
      assertEquals(
          1, lines.stream().filter(line -> line.startsWith("{\"id\":9,")).count(), lines::toString);
    }
  }
}
