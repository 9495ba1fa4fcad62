package vn.truc.push;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.vertx.core.buffer.Buffer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/// Readers that ask for more than their share, and payloads that cannot be made.
class GreedyReadersTest {

  static PushSettings settings(int queueBytesTotalMax, int heldMax) {
    PushSettings d = PushSettings.defaults();
    return new PushSettings(
        d.flushTickMillis(),
        d.renewMillis(),
        d.pingMillis(),
        d.pongMillis(),
        d.connectMillis(),
        d.expiryGraceMillis(),
        d.holdMillis(),
        heldMax,
        d.slowMillis(),
        d.closeMillis(),
        d.shutdownMillis(),
        d.queueBytesMax(),
        queueBytesTotalMax,
        d.frameBytesMax(),
        d.recoveryBytesMax(),
        d.messageBytesMax(),
        d.connectionsMax(),
        d.channelsMax(),
        d.channelBytesMax(),
        d.ringMax(),
        d.pendingMax(),
        d.commandsPerSecondMax(),
        d.commandsBurstMax(),
        d.origins());
  }

  private double queued(Scene scene) {
    return scene.registry.get("truc.push.queued").gauge().value();
  }

  /// Replies to one frame above about 1 MiB were never flushed: the page waited for ever.
  @Test
  void allRepliesToOneFrameAreFlushed() {
    Scene scene = Scene.standard();
    String fact = "{\"n\":\"" + "x".repeat(250) + "\"}";
    for (int feed = 0; feed < 60; feed++) {
      scene.source.position(feed * 300L + 290);
      for (int i = 1; i <= 290; i++) {
        scene.hub.publish("feed:" + feed, feed * 300L + i, StreamItem.of(Buffer.buffer(fact)));
      }
    }
    Scene.Client client = scene.client();
    List<String> asks = new ArrayList<>();
    for (int feed = 0; feed < 60; feed++) {
      asks.add(Scene.recover(10 + feed, "feed:" + feed, feed * 300L, "e-one"));
    }
    client.link.stick();
    client.say(asks.toArray(String[]::new));
    int asked = client.link.lines().size();
    assertTrue(asked > 10 && asked < 60, "what has room at once: " + asked);
    assertTrue(client.link.flushes() > 0, "and it is flushed");
    assertTrue(client.link.paused());
    for (int i = 0; i < 10 && client.link.paused(); i++) {
      client.link.unstick();
      client.link.stick();
      asked += client.link.lines().size();
    }
    assertEquals(60, asked, "the rest as soon as the client has read, without a tick of the clock");
    assertFalse(client.link.paused());
    assertNull(client.link.closed());
  }

  /// 500 viewers that read nothing took all direct memory, and the server died with it.
  @Test
  void aboveTheBoundOfAllTheWorstReadersGo() {
    Scene scene = new Scene(settings(100_000, 100));
    scene.source.set("dossier:a", "{\"v\":\"" + "x".repeat(9_000) + "\"}");
    List<Scene.Client> crowd = new ArrayList<>();
    Scene.Client good = scene.client().say(Scene.subscribe(1, "dossier:a"));
    for (int i = 0; i < 8; i++) {
      Scene.Client one = scene.client();
      one.link.stick();
      crowd.add(one);
      one.say(Scene.subscribe(1, "dossier:a"));
      if (i < 4) {
        one.say(
            "{\"id\":2,\"unsubscribe\":{\"channel\":\"dossier:a\"}}",
            Scene.subscribe(3, "dossier:a"));
      }
    }
    assertTrue(queued(scene) <= 100_000, "" + queued(scene));
    long gone = crowd.stream().filter(one -> one.link.closed() == CloseCode.SLOW).count();
    assertTrue(gone >= 1 && gone < 8, gone + " gone");
    assertTrue(
        crowd.subList(0, 4).stream().anyMatch(one -> one.link.closed() == CloseCode.SLOW),
        "those for whom most waits");
    assertTrue(crowd.subList(4, 8).stream().allMatch(one -> one.link.closed() == null));
    assertNull(good.link.closed());
    good.link.take();
    scene.beat.pass(1_000);
    scene.set("dossier:a", "{\"v\":2}");
    assertTrue(good.link.lines().getFirst().contains("\"v\":2"));
    crowd.forEach(one -> one.session.gone());
    assertEquals(0, queued(scene));
  }

  /// A hundred sockets with 250 waiting subscribes each took the only thread for 19 seconds.
  @Test
  void waitingSubscribesAreBoundedAndFoundByWhatTheyWaitFor() {
    Scene scene = new Scene(settings(1 << 27, 300));
    scene.source.position(5);
    List<Scene.Client> crowd = new ArrayList<>();
    for (int socket = 0; socket < 3; socket++) {
      Scene.Client one = scene.client();
      crowd.add(one);
      List<String> asks = new ArrayList<>();
      for (int i = 0; i < 120; i++) {
        asks.add(Scene.recover(2 + i, "feed:" + i, 9_000_000L + i, "e-one"));
      }
      one.say(asks.toArray(String[]::new));
    }
    List<String> refused = crowd.getLast().link.lines();
    assertEquals(60, refused.size());
    assertTrue(
        refused.stream().allMatch(line -> line.contains("\"code\":111")), refused.toString());
    assertTrue(refused.getFirst().contains("\"temporary\":true"));
    scene.beat.pass(2_999);
    assertEquals(List.of(), crowd.getFirst().link.lines());
    scene.beat.pass(200);
    List<String> ended = crowd.getFirst().link.lines();
    assertEquals(120, ended.size());
    assertTrue(ended.stream().allMatch(line -> line.contains("\"code\":100")));
  }

  @Test
  void anUnsubscribedSubscribeThatWaitedIsAnswered() {
    Scene scene = Scene.standard();
    scene.source.position(5);
    Scene.Client client = scene.client();
    client.say(Scene.recover(2, "feed:a", 9, "e-one"));
    assertEquals(List.of(), client.link.lines());
    client.say("{\"id\":3,\"unsubscribe\":{\"channel\":\"feed:a\"}}");
    List<String> lines = client.link.lines();
    assertTrue(lines.get(0).startsWith("{\"id\":2,\"error\":{\"code\":100"), lines.toString());
    assertEquals("{\"id\":3,\"unsubscribe\":{}}", lines.get(1));
    scene.beat.pass(5_000);
    assertEquals(List.of(), client.link.lines().stream().filter(l -> !l.equals("{}")).toList());
  }

  @Test
  void anOffsetOf64BitsIsAheadOfAll() {
    Scene scene = Scene.standard();
    scene.source.position(5);
    Scene.Client client = scene.client();
    client.say(
        "{\"id\":2,\"subscribe\":{\"channel\":\"feed:a\",\"recover\":true,\"epoch\":\"e-one\","
            + "\"offset\":18446744073709551615}}");
    assertEquals(List.of(), client.link.lines(), "held");
    scene.beat.pass(3_200);
    assertTrue(client.link.lines().getFirst().contains("\"code\":100"));
  }

  @Test
  void goodCommandsBeforeABrokenOneAreAnswered() {
    Scene scene = Scene.standard();
    Scene.Client client = scene.client();
    client.say(Scene.subscribe(2, "dossier:a"), "{\"id\":3,\"subscribe\":{\"channel\":7}}");
    assertTrue(client.link.lines().getFirst().startsWith("{\"id\":2,\"subscribe\":{"));
    assertEquals(CloseCode.BAD_REQUEST, client.link.closed());
  }

  /// One payload that could not be made froze every screen while the node was ready.
  @Test
  void aChannelWhosePayloadFailsWaitsAloneAndIsTriedAgain() {
    Scene scene = Scene.standard();
    Scene.Client client =
        scene.client().say(Scene.subscribe(1, "dossier:a"), Scene.subscribe(2, "dossier:b"));
    scene.beat.pass(1_000);
    client.link.take();
    scene.source.poison("dossier:a", true);
    scene.set("dossier:b", "{\"v\":1}");
    assertEquals(1, client.link.lines().size(), "the other is told");
    scene.beat.pass(2_500);
    assertEquals(List.of(), client.link.lines());
    scene.set("dossier:b", "{\"v\":2}");
    assertEquals(1, client.link.lines().size());
    assertTrue(scene.count("truc.push.payload.failures") >= 2, "tried again by itself");
    scene.client().say(Scene.subscribe(1, "dossier:a"));
    Scene.Client late = scene.client().say(Scene.subscribe(7, "dossier:a"));
    assertTrue(late.link.lines().getFirst().startsWith("{\"id\":7,\"error\":{\"code\":100"));
    assertNull(late.link.closed());
    scene.source.poison("dossier:a", false);
    scene.beat.pass(1_500);
    assertTrue(client.link.lines().getFirst().contains("dossier:a"), "mended without a change");
  }

  @Test
  void aStreamWhosePayloadFailsTellsItsReadersToComeBack() {
    Scene scene = Scene.standard();
    Scene.Client client =
        scene.client().say(Scene.subscribe(1, "feed:a"), Scene.subscribe(2, "feed:b"));
    scene.beat.pass(1_000);
    client.link.take();
    boolean[] poisoned = {true};
    scene.source.position(5);
    scene.hub.publish(
        "feed:a",
        5,
        StreamItem.of(
            () -> {
              if (poisoned[0]) {
                throw new IllegalStateException("a fault of ours");
              }
              return Buffer.buffer("{\"n\":5}");
            }));
    scene.publish("feed:b", 5);
    scene.beat.pass(200);
    List<String> lines = client.link.lines();
    assertTrue(lines.stream().anyMatch(line -> line.contains("\"code\":2500")), lines.toString());
    assertTrue(lines.stream().anyMatch(line -> line.contains("\"n\":5")), lines.toString());
    client.say(Scene.recover(3, "feed:a", 1, "e-one"));
    assertTrue(client.link.lines().getFirst().startsWith("{\"id\":3,\"error\":{\"code\":100"));
    assertTrue(scene.hub.exportRings().hasNext());
    Buffer ring = scene.hub.exportRings().next();
    Hub other = scene.newHub();
    assertTrue(other.importRings(ring), "a snapshot is written all the same");
    poisoned[0] = false;
    client.say(Scene.recover(4, "feed:a", 1, "e-one"));
    assertTrue(client.link.lines().getFirst().contains("\"n\":5"), "tried again");
  }

  @Test
  void aFaultOfTheSourceEndsOneFlushAndNotAll() {
    Scene scene = Scene.standard();
    Scene.Client client = scene.client().say(Scene.subscribe(1, "dossier:a"));
    scene.beat.pass(1_000);
    client.link.take();
    scene.source.failDrain(true);
    scene.set("dossier:a", "{\"v\":1}");
    assertEquals(List.of(), client.link.lines());
    scene.source.failDrain(false);
    scene.beat.pass(1_200);
    assertTrue(client.link.lines().getFirst().contains("\"v\":1"));
  }

  /// A revoked token's screens went on.
  @Test
  void whoseTokenWasEndedIsClosed() {
    Scene scene = Scene.standard();
    Scene.Client lan = scene.open().connected("lan");
    Scene.Client minh = scene.open().connected("minh");
    Scene.Client fresh = scene.open();
    scene.tokens.ended.add("lan");
    scene.hub.recheck();
    scene.beat.turn();
    assertEquals(CloseCode.INVALID_TOKEN, lan.link.closed());
    assertNull(minh.link.closed());
    assertNull(fresh.link.closed());
  }

  /// The first configuration of a log comes before any fact: a page that reloads right after the
  /// first fact recovers from 0.
  @Test
  void aYoungLogRecoversFromItsBeginning() {
    Scene scene = Scene.standard();
    scene.source.position(2);
    scene.hub.reconfigured(false);
    scene.publish("feed:a", 3);
    Scene.Client client = scene.client();
    client.say(Scene.recover(1, "feed:a", 0, "e-one"));
    String reply = client.link.lines().getFirst();
    assertTrue(reply.contains("\"recovered\":true"), reply);
    assertTrue(reply.contains("\"n\":3"), reply);
    scene.source.position(9);
    scene.hub.reconfigured(true);
    client.say(Scene.recover(2, "feed:new", 0, "e-one"));
    assertFalse(client.link.lines().getFirst().contains("\"recovered\":true"));
  }
}
