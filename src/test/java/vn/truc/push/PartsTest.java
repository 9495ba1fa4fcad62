package vn.truc.push;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Small parts at their bounds, where a changed operator was not seen by any other test here.
class PartsTest {
  private final Scene scene = Scene.standard();

  @ParameterizedTest
  @CsvSource({"0, 2", "125, 2", "126, 4", "65535, 4", "65536, 10"})
  void aFrameHasTheHeadOfItsLength(int payload, int head) {
    ByteBuf frame = TextFrame.of(new byte[payload], payload);
    try {
      assertEquals(payload + head, frame.readableBytes());
      assertEquals(frame.readerIndex() + head, TextFrame.payloadAt(frame));
      int length = frame.getUnsignedByte(1);
      long told = head == 2 ? length : head == 4 ? frame.getUnsignedShort(2) : frame.getLong(2);
      assertEquals(payload, told);
    } finally {
      frame.release();
    }
  }

  @Test
  void aPageOfAnotherOriginIsKeptOutAndWhoIsNoPagePasses() {
    OriginRule rule = new OriginRule(List.of("https://ioc.example.vn"));
    assertTrue(rule.allows(null, "ioc"), "no page");
    assertTrue(rule.allows(null, null), "no page");
    assertTrue(rule.allows("https://IOC.example.vn", null), "listed");
    assertTrue(rule.allows("http://ioc:8080", "IOC:8080"), "its own");
    assertTrue(rule.allows("https://ioc", "ioc:443"), "the port it has anyway");
    assertFalse(rule.allows("http://ioc", "ioc:443"));
    assertFalse(rule.allows("https://elsewhere", "ioc"));
    assertFalse(rule.allows("https://elsewhere", null));
    assertFalse(rule.allows("file://ioc", "ioc"));
    assertFalse(rule.allows("null", "ioc"));
    assertFalse(rule.allows("ht tp://", "ioc"));
  }

  private static String refresh(long ttlSeconds) {
    Bytes bytes = new Bytes();
    Replies.refresh(bytes, 3, "1", ttlSeconds);
    return new String(bytes.copy(), StandardCharsets.UTF_8);
  }

  @Test
  void aTokenWithoutAnEndIsNotToldToExpire() {
    assertFalse(refresh(0).contains("expires"), refresh(0));
    assertTrue(refresh(1).contains("\"expires\":true,\"ttl\":1"), refresh(1));
  }

  @Test
  void fragmentsArePackedUpToTheBoundAndNeverCut() {
    List<Fragment> fragments = new ArrayList<>();
    HubChannel channel = new CacheChannel("feedback:province", 1);
    for (int bytes : new int[] {10, 10, 10, 50, 10}) {
      fragments.add(new Fragment(channel, new byte[bytes], 1, 0, 0));
    }
    List<Integer> packed = new ArrayList<>();
    for (Parcel parcel : Parcel.pack(fragments, 22)) {
      packed.add(parcel.fragments().size());
      assertEquals(parcel.fragments().size(), parcel.publications());
      parcel.release();
    }
    assertEquals(
        List.of(2, 1, 1, 1), packed, "two of ten, with a break between and behind, are 22");
    assertEquals(List.of(), Parcel.pack(List.of(), 22));
  }

  @ParameterizedTest
  @CsvSource({
    "'feed:a b', 107",
    "'feed:a\\u007f', 107",
    "'feed:\\ud83d\\ude00', 107",
    "feed:province, 0"
  })
  void namesOfChannelsHoldNothingThatCannotBeSeen(String channel, int error) {
    Scene.Client client = scene.client();
    client.say("{\"subscribe\":{\"channel\":\"" + channel + "\"},\"id\":2}");
    String said = String.join("\n", client.link.lines());
    assertEquals(error == 0, said.contains("\"subscribe\":{"), said);
    assertEquals(error != 0, said.contains("\"code\":" + error), said);
  }

  @Test
  void aNameOfAChannelHasALength() {
    int max = PushSettings.defaults().channelBytesMax();
    Scene.Client client = scene.client();
    client.say(Scene.subscribe(2, "x".repeat(max + 1)));
    assertTrue(String.join("", client.link.lines()).contains("\"code\":107"), "too long");
    Scene.Client other = scene.client();
    other.say(Scene.subscribe(2, "x".repeat(max)));
    assertFalse(String.join("", other.link.lines()).contains("\"code\":107"), "just so long");
    Scene.Client accented = scene.client();
    accented.say(Scene.subscribe(2, "ư".repeat(max / 2 + 1)));
    assertTrue(String.join("", accented.link.lines()).contains("\"code\":107"), "two bytes each");
    accented.say(Scene.subscribe(3, "ư".repeat(max / 2)));
    assertFalse(accented.link.lines().getLast().contains("\"code\":107"), "just so long");
  }

  @Test
  void whatIsAwaitedIsLateAtItsInstant() {
    Pulse pulse = new Pulse(100);
    assertFalse(pulse.silent(99));
    assertTrue(pulse.silent(100));
    pulse.begin(200);
    assertFalse(pulse.silent(1_000_000), "nothing is awaited");
    PushSettings settings = PushSettings.defaults();
    assertFalse(pulse.due(199, settings));
    assertTrue(pulse.due(200, settings));
    assertFalse(pulse.silent(200 + settings.pongMillis() - 1));
    assertTrue(pulse.silent(200 + settings.pongMillis()));
    pulse.answered();
    assertFalse(pulse.silent(Long.MAX_VALUE));
    assertFalse(pulse.due(199 + settings.pingMillis(), settings));
    assertTrue(pulse.due(200 + settings.pingMillis(), settings));
  }

  @Test
  void soManyFramesAtOnceAndSoManyMoreWithEachSecond() {
    PushSettings settings = PushSettings.defaults();
    Allowance allowance = new Allowance(settings, 1_000);
    for (int i = 0; i < settings.commandsBurstMax(); i++) {
      assertTrue(allowance.take(1_000), "at once " + i);
    }
    for (int i = 0; i < settings.commandsPerSecondMax(); i++) {
      assertTrue(allowance.take(2_000), "a second later " + i);
    }
    assertFalse(allowance.take(2_000));
    Allowance idle = new Allowance(settings, 0);
    for (int i = 0; i < settings.commandsBurstMax(); i++) {
      assertTrue(idle.take(1_000_000), "it does not grow beyond " + i);
    }
    assertFalse(idle.take(1_000_000));
  }

  @Test
  void aStopIsSpreadOverItsTime() {
    List<Scene.Client> clients = new ArrayList<>();
    for (int i = 0; i < 170; i++) {
      clients.add(scene.client());
    }
    var stopped = scene.hub.stop();
    assertEquals(50, closed(clients), "fifty at once");
    assertFalse(stopped.isComplete());
    scene.beat.pass(50);
    assertEquals(100, closed(clients));
    scene.beat.pass(50);
    scene.beat.pass(50);
    assertEquals(170, closed(clients));
    assertTrue(stopped.isComplete());
  }

  private static long closed(List<Scene.Client> clients) {
    return clients.stream().filter(one -> one.link.closed() == CloseCode.SHUTDOWN).count();
  }
}
