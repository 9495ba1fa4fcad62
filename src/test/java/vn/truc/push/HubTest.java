package vn.truc.push;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.vertx.core.buffer.Buffer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class HubTest {
  private final Scene scene = Scene.standard();

  @Test
  void connectAndSubscribesInOneFrameAreAnsweredInOrderInOneFrame() {
    scene.source.position(42);
    scene.source.set("dossier:province", "{\"values\":{\"a\":1}}");
    Scene.Client client =
        scene
            .open()
            .say(
                "{\"connect\":{\"token\":\"an\",\"name\":\"js\"},\"id\":1}",
                Scene.subscribe(2, "dossier:province"),
                Scene.subscribe(3, "feed:province"));
    List<String> frames = client.link.take();
    assertEquals(1, frames.size());
    String[] lines = frames.getFirst().split("\n", -1);
    assertTrue(
        lines[0].matches(
            "\\{\"id\":1,\"connect\":\\{\"client\":\"[0-9a-f-]{36}\",\"version\":\"truc\",\"ping\":25,\"pong\":true}}"),
        lines[0]);
    assertEquals(
        "{\"id\":2,\"subscribe\":{\"recoverable\":true,\"positioned\":true,\"epoch\":\"e-one\",\"offset\":42,"
            + "\"publications\":[{\"data\":{\"values\":{\"a\":1}},\"offset\":42}]}}",
        lines[1]);
    assertEquals(
        "{\"id\":3,\"subscribe\":{\"recoverable\":true,\"positioned\":true,\"epoch\":\"e-one\",\"offset\":42}}",
        lines[2]);
  }

  @Test
  void firstChangeGoesAtOnceTheRestWithTheTickInOneFrame() {
    Scene.Client client =
        scene.client().say(Scene.subscribe(2, "dossier:province"), Scene.subscribe(3, "feed:p"));
    scene.beat.pass(1000);
    client.link.take();
    scene.set("dossier:province", "{\"v\":1}");
    assertEquals(
        List.of("{\"push\":{\"channel\":\"dossier:province\",\"pub\":{\"data\":{\"v\":1}}}}"),
        client.link.take());
    scene.set("dossier:province", "{\"v\":2}");
    scene.publish("feed:p", 7);
    scene.set("dossier:province", "{\"v\":3}");
    scene.beat.pass(99);
    assertEquals(List.of(), client.link.take());
    scene.beat.pass(1);
    assertEquals(
        List.of(
            "{\"push\":{\"channel\":\"dossier:province\",\"pub\":{\"data\":{\"v\":3}}}}\n"
                + "{\"push\":{\"channel\":\"feed:p\",\"pub\":{\"data\":{\"n\":7},\"offset\":7}}}"),
        client.link.take());
  }

  /// Once nobody was told: a screen of an agency that a new configuration had dropped stayed
  /// subscribed to nothing, and its last numbers stood as if they lived.
  @Test
  void whoWatchesAChannelThatIsGoneOrClosedToItIsTold() {
    scene.source.position(9);
    Scene.Client client =
        scene
            .client()
            .say(
                Scene.subscribe(2, "dossier:gone"),
                Scene.subscribe(3, "feed:gone"),
                Scene.subscribe(4, "dossier:closed"),
                Scene.subscribe(5, "dossier:kept"),
                Scene.recover(6, "feed:gone2", 20, "e-one"));
    client.link.take();
    for (String gone : List.of("dossier:gone", "feed:gone", "feed:gone2")) {
      scene.source.remove(gone);
    }
    scene.tokens.close("dossier:closed");
    scene.hub.reconfigured(true);
    assertEquals(
        List.of(
            "{\"id\":6,\"error\":{\"code\":102,\"message\":\"unknown channel\"}}",
            unsubscribed("dossier:gone", "2102,\"reason\":\"unknown channel\""),
            unsubscribed("feed:gone", "2102,\"reason\":\"unknown channel\""),
            unsubscribed("dossier:closed", "2103,\"reason\":\"permission denied\"")),
        client.link.lines());
    client.link.take();
    assertEquals(1, scene.registry.get("truc.push.subscriptions").gauge().value());
    scene.set("dossier:kept", "{\"v\":1}");
    scene.beat.pass(200);
    assertTrue(client.link.take().getFirst().contains("dossier:kept"));
  }

  private static String unsubscribed(String channel, String code) {
    return "{\"push\":{\"channel\":\"" + channel + "\",\"unsubscribe\":{\"code\":" + code + "}}}";
  }

  /// A scope that went and came back published nothing meanwhile; a ring from before would have
  /// answered "recovered" for that time.
  @Test
  void theRingOfAChannelThatWentIsNotRecoveredFrom() {
    scene.publish("feed:p", 5);
    scene.source.remove("feed:p");
    scene.source.position(30);
    scene.hub.reconfigured(true);
    scene.source.restore("feed:p");
    scene.hub.reconfigured(true);
    Scene.Client client = scene.client().say(Scene.recover(2, "feed:p", 5, "e-one"));
    String reply = client.link.lines().getFirst();
    assertTrue(reply.contains("\"was_recovering\":true}"), reply);
  }

  /// On a quiet night nothing was pushed after the subscribe: the page read "as of" hours ago and
  /// "connected", and nobody could tell calm from a fold that had stopped.
  @Test
  void aQuietChannelIsPublishedAnewWhileTheSourceSaysItsValuesHold() {
    Scene.Client client =
        scene.client().say(Scene.subscribe(2, "dossier:province"), Scene.subscribe(3, "feed:p"));
    client.link.take();
    scene.source.set("dossier:province", "{\"v\":1}");
    for (int millis = 0; millis < 4_900; millis += 100) {
      scene.hub.upToDate();
      scene.beat.pass(100);
    }
    assertEquals(List.of(), client.link.take());
    for (int millis = 0; millis < 2_000; millis += 100) {
      scene.hub.upToDate();
      scene.beat.pass(100);
    }
    String push = "{\"push\":{\"channel\":\"dossier:province\",\"pub\":{\"data\":{\"v\":1}}}}";
    assertEquals(List.of(push), client.link.take());
    scene.beat.pass(5_500);
    assertEquals(List.of(), client.link.take());
  }

  @Test
  void missedPublicationsAreRecoveredAndTheReplyKeepsTheRequestedOffset() {
    for (int position = 1; position <= 5; position++) {
      scene.publish("feed:p", position * 10L);
    }
    Scene.Client client = scene.client().say(Scene.recover(2, "feed:p", 30, "e-one"));
    assertEquals(
        "{\"id\":2,\"subscribe\":{\"recoverable\":true,\"positioned\":true,\"epoch\":\"e-one\",\"offset\":30,"
            + "\"was_recovering\":true,\"recovered\":true,\"publications\":["
            + "{\"data\":{\"n\":40},\"offset\":40},{\"data\":{\"n\":50},\"offset\":50}]}}",
        client.link.lines().getFirst());
    assertEquals(1, scene.count("truc.push.recoveries", "result", "hit"));
  }

  @Test
  void positionsBelowTheFloorOrOfAnotherEpochAreNotRecovered() {
    for (int position = 1; position <= 301; position++) {
      scene.publish("feed:p", position);
    }
    String lost = "\"offset\":301,\"was_recovering\":true}}";
    assertTrue(ask(Scene.recover(2, "feed:p", 0, "e-one")).endsWith(lost));
    assertTrue(ask(Scene.recover(2, "feed:p", 1, "e-one")).contains("\"recovered\":true"));
    assertTrue(ask(Scene.recover(2, "feed:p", 200, "other")).endsWith(lost));
    assertTrue(ask(Scene.recover(2, "feed:p", 0, "_")).endsWith(lost));
    assertTrue(ask(Scene.recover(2, "feed:p", 200, "")).contains("\"recovered\":true"));
    assertEquals(
        "{\"id\":2,\"error\":{\"code\":112,\"message\":\"unrecoverable position\"}}",
        ask(
            "{\"id\":2,\"subscribe\":{\"channel\":\"feed:p\",\"recover\":true,\"flag\":3,\"epoch\":\"x\"}}"));
  }

  private String ask(String command) {
    return scene.client().say(command).link.lines().getFirst();
  }

  @Test
  void cacheChannelsAlwaysBringTheNewestWhateverThePosition() {
    scene.source.position(5);
    scene.source.set("dossier:p", "{\"v\":1}");
    assertTrue(
        ask(Scene.recover(2, "dossier:p", 99, "gone"))
            .endsWith(
                "\"offset\":5,\"was_recovering\":true,\"recovered\":true,"
                    + "\"publications\":[{\"data\":{\"v\":1},\"offset\":5}]}}"));
  }

  @Test
  void aClientAheadOfTheFoldIsHeldUntilItIsReached() {
    scene.source.position(10);
    Scene.Client client = scene.client().say(Scene.recover(2, "feed:p", 12, "e-one"));
    assertEquals(List.of(), client.link.take());
    scene.publish("feed:p", 12);
    scene.publish("feed:p", 13);
    scene.beat.pass(200);
    List<String> lines = client.link.lines();
    assertTrue(lines.getFirst().contains("\"recovered\":true"), lines.getFirst());
    assertEquals(1, String.join("\n", lines).split("\"n\":13", -1).length - 1);
    assertTrue(!String.join("\n", lines).contains("\"n\":12"));
  }

  @Test
  void aClientAheadOfTheFoldForTooLongGetsATemporaryError() {
    Scene.Client client = scene.client().say(Scene.recover(2, "feed:p", 12, "e-one"));
    client.say(Scene.subscribe(3, "feed:p"));
    assertTrue(client.link.lines().getFirst().contains("\"code\":105"));
    scene.beat.pass(3100);
    assertEquals(
        List.of(
            "{\"id\":2,\"error\":{\"code\":100,\"message\":\"internal server error\",\"temporary\":true}}"),
        client.link.lines());
  }

  @Test
  void publicationsWaitingForTheFlushAreNotSentTwiceToANewSubscriber() {
    Scene.Client early = scene.client().say(Scene.subscribe(2, "feed:p"));
    scene.publish("feed:p", 1);
    scene.publish("feed:p", 2);
    Scene.Client late = scene.client().say(Scene.recover(2, "feed:p", 0, "e-one"));
    scene.publish("feed:p", 3);
    scene.beat.pass(1000);
    for (Scene.Client client : List.of(early, late)) {
      String all = String.join("\n", client.link.take());
      for (int n = 1; n <= 3; n++) {
        assertEquals(2, all.split("\"n\":" + n, -1).length, all);
      }
    }
  }

  @Test
  void aFullQueueConflatesCountersAndDrainsToTheNewest() {
    Scene.Client slow =
        scene.client().say(Scene.subscribe(2, "dossier:p"), Scene.subscribe(3, "feed:p"));
    Scene.Client quick = scene.client().say(Scene.subscribe(2, "dossier:p"));
    scene.beat.pass(1000);
    slow.link.take();
    quick.link.take();
    slow.link.stick();
    String big = "x".repeat(300_000);
    for (int i = 1; i <= 20; i++) {
      scene.set("dossier:p", "{\"v\":" + i + ",\"pad\":\"" + big + "\"}");
      scene.publish("feed:p", i);
      scene.beat.pass(100);
    }
    assertEquals(20, quick.link.take().size());
    assertTrue(slow.link.queuedBytes() < 1_300_000, "queued " + slow.link.queuedBytes());
    assertEquals(null, slow.link.closed());
    slow.link.take();
    slow.link.unstick();
    scene.beat.pass(200);
    String late = String.join("\n", slow.link.take());
    assertTrue(late.contains("{\"v\":20,"));
    assertEquals(2, late.split("\"dossier:p\"", -1).length);
    assertTrue(late.contains("{\"n\":20}") && late.contains("{\"n\":10}"));
    assertTrue(scene.count("truc.push.conflated") > 10);
  }

  @Test
  void aReaderThatFallsBehindTheRingIsToldToRecover() {
    Scene.Client slow = scene.client().say(Scene.subscribe(2, "feed:p"));
    scene.beat.pass(1000);
    slow.link.take();
    slow.link.stick();
    for (int i = 1; i <= 40; i++) {
      scene.source.position(i);
      scene.hub.publish(
          "feed:p", i, StreamItem.of(Buffer.buffer("{\"pad\":\"" + "y".repeat(60_000) + "\"}")));
      scene.hub.changed();
      scene.beat.pass(100);
      slow.link.drain(1);
    }
    for (int i = 41; i <= 400; i++) {
      scene.publish("feed:p", i);
    }
    slow.link.take();
    slow.link.unstick();
    scene.beat.pass(200);
    assertEquals(
        List.of(
            "{\"push\":{\"channel\":\"feed:p\",\"unsubscribe\":{\"code\":2500,\"reason\":\"insufficient state\"}}}"),
        slow.link.lines());
    assertTrue(
        slow.say(Scene.recover(5, "feed:p", 17, "e-one"))
            .link
            .lines()
            .getFirst()
            .contains("\"was_recovering\":true}}"));
  }

  @Test
  void aReaderThatNeverReadsIsClosedAndHoldsNoMoreThanTheBound() {
    Scene.Client stuck = scene.client().say(Scene.subscribe(2, "dossier:p"));
    scene.beat.pass(1000);
    stuck.link.stick();
    for (int i = 0; i < 130; i++) {
      scene.set("dossier:p", "{\"v\":" + i + ",\"pad\":\"" + "x".repeat(200_000) + "\"}");
      scene.beat.pass(100);
    }
    assertEquals(CloseCode.SLOW, stuck.link.closed());
    assertTrue(stuck.link.queuedBytes() <= scene.settings.queueBytesMax());
    assertEquals(0, scene.hub.connections());
  }

  @Test
  void commandsOfAReaderThatDoesNotReadWaitUntilThereIsRoom() {
    for (int i = 1; i <= 300; i++) {
      scene.source.position(i);
      scene.hub.publish(
          "feed:p", i, StreamItem.of(Buffer.buffer("{\"pad\":\"" + "y".repeat(2_500) + "\"}")));
      scene.hub.publish(
          "feed:q", i, StreamItem.of(Buffer.buffer("{\"pad\":\"" + "y".repeat(2_500) + "\"}")));
      scene.hub.publish("feed:r", i, StreamItem.of(Buffer.buffer("{}")));
    }
    Scene.Client client = scene.client();
    client.link.stick();
    client.say(
        Scene.recover(2, "feed:p", 0, "e-one"),
        Scene.recover(3, "feed:q", 0, "e-one"),
        Scene.recover(4, "feed:r", 0, "e-one"));
    assertTrue(client.link.paused());
    assertTrue(client.link.queuedBytes() < 2_000_000);
    client.link.unstick();
    scene.beat.pass(200);
    assertTrue(!client.link.paused());
    assertTrue(String.join("\n", client.link.take()).contains("{\"id\":4,\"subscribe\""));
  }

  @Test
  void ringsSurviveARestart() {
    for (int i = 1; i <= 400; i++) {
      scene.source.position(i);
      StreamItem shared = StreamItem.of(Buffer.buffer("{\"n\":" + i + "}"));
      scene.hub.publish("feed:p", i, shared);
      scene.hub.publish("feed:q", i, shared);
    }
    List<Buffer> chunks = new ArrayList<>();
    scene.hub.exportRings().forEachRemaining(chunks::add);
    String before = ask(Scene.recover(2, "feed:q", 390, "e-one"));
    Hub fresh = scene.newHub();
    scene.hub = fresh;
    for (Buffer chunk : chunks) {
      assertTrue(fresh.importRings(chunk));
    }
    assertEquals(before, ask(Scene.recover(2, "feed:q", 390, "e-one")));
    assertTrue(ask(Scene.recover(2, "feed:p", 99, "e-one")).contains("\"was_recovering\":true}}"));
    assertTrue(ask(Scene.recover(2, "feed:p", 100, "e-one")).contains("{\"n\":101}"));
  }

  @Test
  void ringsOfAnotherEpochOrDamagedAreRefusedWhole() {
    scene.publish("feed:p", 5);
    Buffer chunk = scene.hub.exportRings().next();
    for (int cut = 0; cut < chunk.length(); cut++) {
      Hub fresh = scene.newHub();
      if (fresh.importRings(chunk.getBuffer(0, cut))) {
        assertEquals(0, fresh.stream("feed:p").ring().size(), "cut at " + cut);
      }
    }
    scene.source.epoch("e-two");
    assertEquals(false, scene.newHub().importRings(chunk));
  }

  @Test
  void ringsThatWereLostSayFromWhereOnTheyKnow() {
    scene.source.position(50);
    scene.hub.recoverableFrom(40);
    assertTrue(ask(Scene.recover(2, "feed:p", 39, "e-one")).endsWith("\"was_recovering\":true}}"));
    assertTrue(ask(Scene.recover(2, "feed:p", 40, "e-one")).contains("\"recovered\":true"));
  }

  @Test
  void moreBetweenTwoFlushesThanIsKeptTellsSubscribersToRecover() {
    Scene.Client client = scene.client().say(Scene.subscribe(2, "feed:p"));
    client.link.take();
    for (int i = 1; i <= 5002; i++) {
      scene.hub.publish("feed:p", i, StreamItem.of(Buffer.buffer("{}")));
    }
    scene.source.position(5002);
    scene.beat.pass(1000);
    assertTrue(client.link.lines().getFirst().contains("\"code\":2500"));
  }

  @Test
  void stopClosesEveryConnectionInTime() {
    List<Scene.Client> clients = new ArrayList<>();
    for (int i = 0; i < 500; i++) {
      clients.add(scene.client());
    }
    var stopped = scene.hub.stop();
    scene.beat.pass(2000);
    assertTrue(stopped.succeeded());
    for (Scene.Client client : clients) {
      assertEquals(CloseCode.SHUTDOWN, client.link.closed());
    }
  }
}
