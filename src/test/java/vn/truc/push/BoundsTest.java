package vn.truc.push;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.buffer.ByteBuf;
import io.vertx.core.buffer.Buffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Bounds of readers' queues, tokens and frames, at their very value.
class BoundsTest {
  private static final String CHANNEL = "feed:province";

  private final Scene scene = Scene.standard();

  /// What waits for all readers together: just the bound is kept, a byte more is not, and then a
  /// tenth is made free and no more.
  @Test
  void allReadersTogetherAreClosedAboveTheBoundOnly() {
    Scene small = new Scene(GreedyReadersTest.settings(2_000, 100));
    List<Scene.Client> clients = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      Scene.Client client = small.client();
      client.link.stick();
      client.link.write(frame(200));
      clients.add(client);
      small.hub.backlog().note(client.session);
    }
    small.hub.backlog().purge();
    assertEquals(2_000, small.hub.backlog().total(), "just so much");

    Scene.Client worst = clients.get(4);
    worst.link.write(frame(10));
    small.hub.backlog().note(worst.session);
    small.hub.backlog().purge();
    assertEquals(CloseCode.SLOW, worst.link.closed());
    assertEquals(1_800, small.hub.backlog().total());
    assertEquals(9, clients.stream().filter(one -> one.link.closed() == null).count());
  }

  /// A frame of so many bytes, its head included.
  private static ByteBuf frame(int bytes) {
    int payload = bytes - (bytes < 128 ? 2 : 4);
    return TextFrame.of(new byte[payload], payload);
  }

  @Test
  void commandsThatWaitForRoomCount() {
    Scene.Client client = scene.client();
    client.session.lag().deferred().addAll(List.of(pong(), pong(), pong()));
    Backlog backlog = new Backlog(1_000);
    backlog.note(client.session);
    assertEquals(3 * Backlog.COMMAND_BYTES, backlog.total());
  }

  private static ClientCommand pong() {
    return new ClientCommand.Pong();
  }

  @ParameterizedTest
  @CsvSource({"-1, false", "0, true"})
  void aTokenThatEndedIsGivenItsGraceAndNoMore(int seconds, boolean closed) {
    long expiry = scene.beat.epochSeconds() + 100;
    Scene.Client client = scene.open().connected("an@" + expiry);
    long grace = scene.settings.expiryGraceMillis() / 1_000;
    ByteBuf ping = TextFrame.of(Replies.ping(), Replies.PING.length());
    client.session.sweep(scene.beat.millis(), expiry + grace + seconds, ping);
    assertEquals(closed ? CloseCode.EXPIRED : null, client.link.closed());
    ping.release();
  }

  @Test
  void aFrameOfPublicationsIsCutBeforeItIsTooLong() {
    int most = scene.settings.frameBytesMax();
    Scene.Client client = scene.client().say(Scene.subscribe(2, CHANNEL));
    client.link.take();
    String half = "{\"p\":\"" + "x".repeat(most / 2) + "\"}";
    for (int position = 10; position < 13; position++) {
      scene.source.position(position);
      scene.hub.publish(CHANNEL, position, StreamItem.of(Buffer.buffer(half)));
    }
    scene.hub.changed();
    scene.beat.pass(scene.settings.flushTickMillis());
    List<String> frames = client.link.take();
    assertEquals(3, frames.size());
    for (String frame : frames) {
      assertTrue(frame.getBytes(StandardCharsets.UTF_8).length <= most, "a frame too long");
    }
    assertEquals(3, scene.registry.get("truc.push.frames").counter().count(), "each is counted");
  }

  /// A publication is one of the first of a flush once, and of no channel nobody watches.
  @Test
  void onlyTheFirstPublicationOfAFlushAsksForIt() {
    StreamChannel channel = scene.hub.stream(CHANNEL);
    StreamItem item = StreamItem.of(Buffer.buffer("{}"));
    assertEquals(false, channel.await(1, item, 10), "nobody watches");
    scene.client().say(Scene.subscribe(2, CHANNEL));
    assertEquals(true, channel.await(2, item, 2));
    assertEquals(false, channel.await(3, item, 2));
    assertEquals(false, channel.await(4, item, 2), "one too many: they come back for it");
    assertEquals(false, channel.await(5, item, 2), "nothing more is kept");
  }

  /// A reader that was sent all up to the oldest one kept has lost nothing; one publication earlier
  /// it has.
  @ParameterizedTest
  @CsvSource({"0, false", "1, true"})
  void aSlowReaderLosesAChannelWhenItsNextPublicationIsGone(int more, boolean lost) {
    Scene.Client slow = scene.client().say(Scene.subscribe(2, CHANNEL));
    scene.publish(CHANNEL, 10);
    scene.beat.pass(1_000);
    slow.link.take();
    slow.link.stick();
    slow.link.write(TextFrame.of(new byte[2 << 20], 2 << 20));
    slow.link.take();
    int kept = scene.settings.ringMax();
    for (int position = 11; position < 11 + kept + more; position++) {
      scene.publish(CHANNEL, position);
      if (position % 50 == 0) {
        scene.beat.pass(100);
      }
    }
    scene.beat.pass(100);
    slow.link.unstick();
    scene.beat.pass(1_000);
    String got = String.join("\n", slow.link.take());
    assertEquals(lost, got.contains("\"code\":2500"), () -> got.substring(0, 200));
  }

  @Test
  void aFilterTypeIsAWholeNumberOfItsOwnSize() {
    byte[] large =
        "{\"id\":1,\"subscribe\":{\"channel\":\"a\",\"type\":9223372036854775808}}"
            .getBytes(StandardCharsets.UTF_8);
    assertEquals(List.of(new ClientCommand.Broken()), CommandReader.read(large));
  }
}
