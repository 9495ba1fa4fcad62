package vn.truc.push;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SessionTest {
  private final Scene scene = Scene.standard();

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "\n",
        "null",
        "[]",
        "42",
        "{",
        "{\"id\":1",
        "{\"id\":1,\"connect\":{}",
        "{\"id\":1}",
        "{\"id\":0,\"connect\":{\"token\":\"an\"}}",
        "{\"id\":-5,\"connect\":{\"token\":\"an\"}}",
        "{\"id\":4294967296,\"connect\":{\"token\":\"an\"}}",
        "{\"id\":1,\"connect\":{\"token\":\"an\"},\"rpc\":{}}",
        "{\"id\":1,\"subscribe\":{\"channel\":\"feed:p\"}}",
        "{\"id\":1,\"connect\":{\"token\":\"an\"}} garbage",
        "{\"id\":99999999999999999999,\"connect\":{}}",
        "{}x"
      })
  void garbageAndAnythingBeforeConnectCloses3501(String message) {
    assertEquals(CloseCode.BAD_REQUEST, scene.open().say(message).link.closed());
  }

  @Test
  void bytesThatAreNotUtf8Close3501() {
    Scene.Client client = scene.open();
    client
        .session
        .commands()
        .receive(new byte[] {'{', '"', (byte) 0xC3, (byte) 0x28, '"', ':', '1', '}'});
    assertEquals(CloseCode.BAD_REQUEST, client.link.closed());
  }

  @Test
  void deepNestingAndUnknownMembersAreSkipped() {
    String deep = "{\"id\":2,\"rpc\":{\"data\":" + "[".repeat(500) + "]".repeat(500) + "}}";
    assertTrue(scene.client().say(deep).link.lines().getFirst().contains("\"code\":108"));
    Scene.Client client =
        scene
            .open()
            .say(
                "{\"new\":{\"a\":[1]},\"connect\":{\"token\":\"an\",\"subs\":{\"x\":{\"token\":1}},"
                    + "\"headers\":{\"a\":\"b\"},\"flag\":9},\"id\":1}");
    assertTrue(client.link.lines().getFirst().startsWith("{\"id\":1,\"connect\""));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"publish", "presence", "presence_stats", "history", "ping", "rpc", "sub_refresh"})
  void commandsOutsideTheSubsetAnswer108(String command) {
    Scene.Client client =
        scene.client().say("{\"id\":7,\"" + command + "\":{\"channel\":\"feed:p\"}}");
    assertEquals(
        List.of("{\"id\":7,\"error\":{\"code\":108,\"message\":\"not available\"}}"),
        client.link.lines());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "102 | {\"id\":2,\"subscribe\":{\"channel\":\"feed:nowhere\"}}",
        "102 | {\"id\":2,\"subscribe\":{\"channel\":\"other:p\"}}",
        "103 | {\"id\":2,\"subscribe\":{\"channel\":\"feed:elsewhere\"}}",
        "107 | {\"id\":2,\"subscribe\":{\"channel\":\"feed:a b\"}}",
        "107 | {\"id\":2,\"subscribe\":{\"channel\":\"feed:province\",\"tf\":{\"op\":\"eq\"}}}",
        "108 | {\"id\":2,\"subscribe\":{\"channel\":\"feed:province\",\"type\":1}}"
      })
  void refusedSubscribesNameTheirCode(int code, String command) {
    Scene.Client client = scene.open().connected("limited").say(command);
    assertTrue(client.link.lines().getFirst().startsWith("{\"id\":2,\"error\":{\"code\":" + code));
  }

  @Test
  void namesTooLongTwiceTooManyAndEmptyAreRefused() {
    Scene.Client client = scene.client().say(Scene.subscribe(2, "feed:" + "x".repeat(300)));
    assertTrue(client.link.lines().getFirst().contains("\"code\":107"));
    client.say(Scene.subscribe(3, "feed:p"), Scene.subscribe(4, "feed:p"));
    assertTrue(client.link.lines().get(1).contains("\"code\":105"));
    for (int i = 0; i < 255; i++) {
      client.say(Scene.subscribe(10 + i, "feed:" + i));
    }
    client.link.take();
    client.say(Scene.subscribe(900, "feed:more"));
    assertTrue(client.link.lines().getFirst().contains("\"code\":106"));
    client.say(
        "{\"id\":901,\"unsubscribe\":{\"channel\":\"feed:p\"}}", Scene.subscribe(902, "feed:p"));
    assertTrue(client.link.lines().get(1).startsWith("{\"id\":902,\"subscribe\""));
    client.say(Scene.subscribe(903, ""));
    assertEquals(CloseCode.BAD_REQUEST, client.link.closed());
  }

  @Test
  void unsubscribeAlwaysHasItsResultAndEndsTheChannel() {
    Scene.Client client = scene.client().say(Scene.subscribe(2, "dossier:p"));
    client.link.take();
    client.say(
        "{\"id\":3,\"unsubscribe\":{\"channel\":\"dossier:p\"}}",
        "{\"id\":4,\"unsubscribe\":{\"channel\":\"x\"}}");
    assertEquals(
        List.of("{\"id\":3,\"unsubscribe\":{}}", "{\"id\":4,\"unsubscribe\":{}}"),
        client.link.lines());
    scene.set("dossier:p", "{}");
    scene.beat.pass(500);
    assertEquals(List.of(), client.link.take());
    assertEquals(0, scene.registry.get("truc.push.subscriptions").gauge().value());
  }

  @Test
  void aBadTokenCloses3500AndASecondConnect3501() {
    assertEquals(
        CloseCode.INVALID_TOKEN,
        scene.open().say("{\"id\":1,\"connect\":{\"token\":\"bad\"}}").link.closed());
    assertEquals(
        CloseCode.INVALID_TOKEN, scene.open().say("{\"id\":1,\"connect\":{}}").link.closed());
    assertEquals(
        CloseCode.BAD_REQUEST,
        scene.client().say("{\"id\":1,\"connect\":{\"token\":\"an\"}}").link.closed());
  }

  @Test
  void anExpiredTokenAnswers109AndNothingMore() {
    Scene.Client client =
        scene
            .open()
            .say("{\"id\":1,\"connect\":{\"token\":\"expired\"}}", Scene.subscribe(2, "feed:p"));
    assertEquals(
        List.of("{\"id\":1,\"error\":{\"code\":109,\"message\":\"token expired\"}}"),
        client.link.lines());
    client.say(Scene.subscribe(3, "feed:p"));
    assertEquals(List.of(), client.link.take());
    scene.beat.pass(17_000);
    assertEquals(CloseCode.EXPIRED, client.link.closed());
  }

  @Test
  void silenceBeforeConnectCloses3502After15Seconds() {
    Scene.Client client = scene.open();
    scene.beat.pass(14_000);
    assertEquals(null, client.link.closed());
    scene.beat.pass(2_100);
    assertEquals(CloseCode.STALE, client.link.closed());
  }

  @Test
  void pingsComeOnScheduleAndAMissingPongCloses3012() {
    Scene.Client client = scene.client();
    long began = scene.beat.millis();
    assertEquals(List.of("{}"), nextFrame(client));
    long first = scene.beat.millis() - began;
    assertTrue(first >= 12_500 && first <= 26_500, "first ping after " + first);
    client.say("{}");
    assertEquals(List.of("{}"), nextFrame(client));
    long second = scene.beat.millis() - began - first;
    assertTrue(second >= 24_000 && second <= 26_000, "second ping after " + second);
    scene.beat.pass(7_000);
    assertEquals(null, client.link.closed());
    scene.beat.pass(2_500);
    assertEquals(CloseCode.NO_PONG, client.link.closed());
  }

  private List<String> nextFrame(Scene.Client client) {
    for (int i = 0; i < 600; i++) {
      List<String> frames = client.link.take();
      if (!frames.isEmpty()) {
        return frames;
      }
      scene.beat.pass(100);
    }
    return List.of();
  }

  @Test
  void pingsGoOnWhileTheConnectionIsBusy() {
    Scene.Client client = scene.client().say(Scene.subscribe(2, "dossier:p"));
    int pings = 0;
    for (int second = 0; second < 100; second++) {
      scene.set("dossier:p", "{\"v\":" + second + "}");
      scene.beat.pass(1000);
      if (client.link.take().contains("{}")) {
        pings++;
        client.say("{}");
      }
    }
    assertTrue(pings >= 3 && pings <= 5, "pings " + pings);
  }

  @Test
  void aTokenIsRefreshedForTheSameUserOnly() {
    long now = scene.beat.epochSeconds();
    Scene.Client client =
        scene.open().say("{\"id\":1,\"connect\":{\"token\":\"an@" + (now + 60) + "\"}}");
    assertTrue(client.link.lines().getFirst().contains("\"expires\":true,\"ttl\":30,"));
    client.say("{\"id\":2,\"refresh\":{\"token\":\"an@" + (now + 600) + "\"}}");
    assertEquals(
        List.of("{\"id\":2,\"refresh\":{\"version\":\"truc\",\"expires\":true,\"ttl\":540}}"),
        client.link.lines());
    client.say("{\"id\":3,\"refresh\":{\"token\":\"binh@" + (now + 600) + "\"}}");
    assertEquals(CloseCode.INVALID_TOKEN, client.link.closed());
    assertEquals(
        CloseCode.BAD_REQUEST,
        scene.client().say("{\"id\":2,\"refresh\":{\"token\":\"an\"}}").link.closed());
  }

  /// Once the reply told the token's whole rest; SDKs then asked for a fresh one with a token that
  /// had just died, got 401, and ended for good.
  @ParameterizedTest
  @CsvSource({"1, 1", "2, 1", "7, 3", "60, 30", "100, 70", "600, 540", "43200, 38880"})
  void aClientIsToldToRenewWhileItsTokenIsStillGood(long rest, long told) {
    long now = scene.beat.epochSeconds();
    Scene.Client client =
        scene.open().say("{\"id\":1,\"connect\":{\"token\":\"an@" + (now + rest) + "\"}}");
    String reply = client.link.lines().getFirst();
    assertTrue(reply.contains("\"expires\":true,\"ttl\":" + told + ","), reply);
  }

  @Test
  void anUnrefreshedTokenCloses3005AfterTheGrace() {
    long now = scene.beat.epochSeconds();
    Scene.Client client =
        scene.open().say("{\"id\":1,\"connect\":{\"token\":\"an@" + (now + 10) + "\"}}");
    for (int second = 0; second < 33; second++) {
      scene.beat.pass(1000);
      client.say("{}");
    }
    assertEquals(null, client.link.closed());
    scene.beat.pass(4_000);
    assertEquals(CloseCode.EXPIRED, client.link.closed());
  }

  @Test
  void floodsOfFramesOrCommandsClose3013() {
    Scene.Client client = scene.client();
    for (int i = 0; i < 2100 && client.link.closed() == null; i++) {
      client.say("{}");
    }
    assertEquals(CloseCode.TOO_MANY_REQUESTS, client.link.closed());
    Scene.Client other = scene.client();
    other.session.commands().receive("{}\n".repeat(2100).getBytes(StandardCharsets.UTF_8));
    assertEquals(CloseCode.TOO_MANY_REQUESTS, other.link.closed());
  }

  @Test
  void openedEqualsClosedPlusOpen() {
    scene.client();
    scene.open().say("nonsense");
    scene.client().session.gone();
    double closed =
        scene.registry.find("truc.push.closes").counters().stream()
            .mapToDouble(c -> c.count())
            .sum();
    assertEquals(
        scene.count("truc.push.opened"),
        closed + scene.registry.get("truc.push.connections").gauge().value());
    assertEquals(1, scene.count("truc.push.closes", "code", "3501"));
  }

  @Test
  void closeReasonsArePlainWordsAndCodesSayWhetherToReconnect() {
    for (CloseCode code : CloseCode.values()) {
      assertTrue(code.reason().matches("[a-z ]{3,123}"), code.name());
      boolean reconnects = code.code() >= 3000 && code.code() < 3500;
      assertEquals(reconnects, code.reconnect(), code.name());
    }
    for (UnsubscribeCode code : UnsubscribeCode.values()) {
      assertEquals(code.code() >= 2500, code.resubscribe());
    }
  }

  @Test
  void everyCodeStandsInTheDocument() throws java.io.IOException {
    String document = java.nio.file.Files.readString(java.nio.file.Path.of("docs/PROTOCOL.md"));
    for (CloseCode code : CloseCode.values()) {
      String row =
          "| " + code.code() + " | " + code.reason() + " | " + yes(code.reconnect()) + " |";
      assertTrue(document.contains(row), row);
    }
    for (ErrorCode code : ErrorCode.values()) {
      String row =
          "| " + code.code() + " | " + code.message() + " | " + yes(code.temporary()) + " |";
      assertTrue(document.contains(row), row);
    }
    for (UnsubscribeCode code : UnsubscribeCode.values()) {
      String row =
          "| " + code.code() + " | " + code.reason() + " | " + yes(code.resubscribe()) + " |";
      assertTrue(document.contains(row), row);
    }
  }

  private static String yes(boolean flag) {
    return flag ? "yes" : "no";
  }
}
