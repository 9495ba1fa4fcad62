package vn.truc.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.SocketException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Hostile and broken clients at a real server: each gets the close or the status of the tables,
/// memory stays bounded, and a sender and a screen beside them are served all the while.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class HostileIT {
  private static final Pattern POSITION =
      Pattern.compile("\"epoch\":\"([^\"]+)\".*?\"offset\":([0-9]+)");
  private static final int CROWD = 5_000;

  /// What the process may take from the system beyond its heap of 768 MiB.
  private static final long RESIDENT_BYTES_MAX = 1_400L << 20;

  private static final int RING = 300;

  @TempDir private static Path folder = Path.of("");

  private RunningServer server;
  private Screen screen;
  private String key = "";
  private int facts;

  @BeforeAll
  void start() throws Exception {
    Path config = ConfigCopy.in(folder);
    Files.writeString(
        config.resolve("truc.yaml"),
        "push: {pingMillis: 2000, pongMillis: 1500, connectMillis: 4000, slowMillis: 1500,"
            + " expiryGraceMillis: 500, queueBytesMax: 262144}\n");
    server =
        RunningServer.start(
            folder.resolve("data"), "--clock", Fact.CLOCK, "--config", config.toString());
    key = server.key(Fact.SOURCE);
    screen = Screen.connect(server, server.token());
    screen.subscribe("feedback:province");
  }

  @AfterAll
  void stop() {
    screen.close();
    server.close();
  }

  /// After each of them: 202 for a fact, the screen sees it, memory is bounded.
  @AfterEach
  void aWellBehavedClientIsServed() throws Exception {
    post(1);
    assertTrue(server.alive(), server::log);
    int wanted = facts;
    screen.publication(
        "feedback:province",
        data -> // null before the first fact
        Integer.valueOf(wanted).equals(data.getJsonObject("values").getInteger("feedback.open")));
    long resident = server.residentBytes();
    assertTrue(resident < RESIDENT_BYTES_MAX, () -> "resident: " + resident);
    assertEquals(0, server.metric("truc_push_closes_total{code=\"3004\"}"), server::log);
  }

  private void post(int count) throws Exception {
    int from = facts;
    facts += count;
    String body =
        IntStream.range(from, facts)
            .mapToObj(i -> Fact.feedback("e-" + i, "PA-" + i, "received"))
            .collect(Collectors.joining("\n"));
    RunningServer.Answer answer = server.post(key, RunningServer.NDJSON, body);
    assertEquals(202, answer.status(), answer::toString);
    assertEquals(count, answer.json().getInteger("accepted"), answer::toString);
  }

  private static String subscribe(long id, String channel) {
    return "{\"id\":" + id + ",\"subscribe\":{\"channel\":\"" + channel + "\"}}";
  }

  // ---- readers

  /// Asks again and again for all that a feed can recover and reads none of it.
  private BareSocket greedy() throws Exception {
    post(RING);
    BareSocket reader = new BareSocket(server, 4_096).connected(server.token());
    reader.say(subscribe(2, "feed:province"));
    Matcher position = POSITION.matcher(reader.read());
    assertTrue(position.find());
    String wish =
        "{\"id\":3,\"unsubscribe\":{\"channel\":\"feed:province\"}}\n{\"id\":4,\"subscribe\":"
            + "{\"channel\":\"feed:province\",\"recover\":true,\"offset\":"
            + (Long.parseLong(position.group(2)) - RING + 50)
            + ",\"epoch\":\""
            + position.group(1)
            + "\"}}";
    for (int i = 0; i < 400; i++) {
      reader.say(wish);
    }
    return reader;
  }

  @Test
  void aReaderThatNeverReadsIsCut() throws Exception {
    double before = server.metric("truc_push_closes_total{code=\"3008\"}");
    try (BareSocket _ = greedy()) {
      Patience.until(
          "closed as slow", () -> server.metric("truc_push_closes_total{code=\"3008\"}") > before);
    }
    Patience.until("nothing is queued", () -> server.metric("truc_push_queued_bytes") < 100_000);
  }

  @Test
  void aReaderOfAByteNowAndThenIsCut() throws Exception {
    double before = server.metric("truc_push_closes_total{code=\"3008\"}");
    try (BareSocket reader = greedy()) {
      Patience.until(
          "closed as slow",
          () -> {
            int read = reader.oneByte();
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(500));
            return read < 0 || server.metric("truc_push_closes_total{code=\"3008\"}") > before;
          });
    }
    assertEquals(before + 1, server.metric("truc_push_closes_total{code=\"3008\"}"));
  }

  @Test
  void halfOpenLinksEnd() throws Exception {
    try (BareSocket mute = new BareSocket(server).ask();
        BareSocket noPong = new BareSocket(server).connected(server.token());
        BareSocket ended = new BareSocket(server).connected(server.token())) {
      assertEquals(101, mute.status());
      ended.endOfInput();
      assertEquals(3012, noPong.closeCode());
      assertEquals(3502, mute.closeCode());
      assertEquals("", ended.rest().replaceAll("[^a-z]", ""), "nothing but pings and the end");
    }
  }

  // ---- many

  @Test
  void thousandsOfConnectsAtOnceAreAllAnswered() throws Exception {
    double before = server.metric("truc_push_connections");
    List<BareSocket> crowd = new ArrayList<>();
    try {
      for (int i = 0; i < CROWD; i++) {
        crowd.add(new BareSocket(server).ask());
      }
      for (BareSocket one : crowd) {
        assertEquals(101, one.status());
      }
      post(1);
    } finally {
      crowd.forEach(BareSocket::close);
    }
    Patience.until("all are gone", () -> server.metric("truc_push_connections") <= before);
  }

  @Test
  void tenThousandSubscriptionsAreRefusedWith106AndThen3013() throws Exception {
    List<String> channels = new ArrayList<>();
    for (Object area : areas()) {
      for (String topic : List.of("feedback:", "dossier:", "feed:")) {
        channels.add(topic + area);
      }
    }
    assertTrue(channels.size() > 300, channels::toString);
    try (BareSocket socket = new BareSocket(server).connected(server.token())) {
      int refused = 0;
      for (int i = 0; i < 300; i++) {
        socket.say(subscribe(i + 2, channels.get(i)));
        String reply = answer(socket, i + 2);
        if (reply.contains("\"code\":106")) {
          refused++;
        } else {
          assertTrue(reply.contains("\"subscribe\""), reply);
        }
      }
      assertEquals(300 - 256, refused);
      assertEquals(256 + 1, server.metric("truc_push_subscriptions"));
      assertEquals(
          3013,
          flooded(
              socket,
              (at, to) ->
                  to.say(
                      IntStream.range(0, 100)
                          .mapToObj(i -> subscribe(1_000 + i, "feedback:s" + at + "-" + i))
                          .collect(Collectors.joining("\n")))));
    }
    Patience.until("all are gone", () -> server.metric("truc_push_subscriptions") == 1);
  }

  private static List<String> areas() throws IOException {
    Matcher code =
        Pattern.compile("code: \"([0-9]{5})\"")
            .matcher(Files.readString(Path.of("config/areas.yaml")));
    List<String> areas = new ArrayList<>();
    while (code.find()) {
      areas.add(code.group(1));
    }
    return areas;
  }

  /// The reply to a command; pings on the way are answered.
  private static String answer(BareSocket socket, int id) throws IOException {
    while (true) {
      for (String line : socket.read().lines().toList()) {
        JsonObject json = new JsonObject(line);
        if (json.isEmpty()) {
          socket.say("{}");
        } else if (json.getInteger("id", 0) == id) {
          return line;
        }
      }
    }
  }

  // ---- floods and garbage

  private interface Blow {
    void strike(int at, BareSocket to) throws IOException;
  }

  /// Strikes until the server has enough; its close code.
  private static int flooded(BareSocket socket, Blow blow) throws IOException {
    try {
      for (int i = 0; i < 10_000; i++) {
        blow.strike(i, socket);
      }
    } catch (SocketException _) {
      // the server had enough; its close frame stands before that
    }
    return socket.closeCode();
  }

  @ParameterizedTest
  @ValueSource(ints = {0x89, 0x8A, 0x81})
  void floodsOfPingsPongsAndEmptyCommandsCloseWith3013(int firstByte) throws Exception {
    byte[] payload = firstByte == 0x81 ? new byte[] {'{', '}'} : new byte[] {1};
    double before = server.metric("truc_push_closes_total{code=\"3013\"}");
    try (BareSocket socket = new BareSocket(server).connected(server.token())) {
      assertEquals(3013, flooded(socket, (_, to) -> to.frame(firstByte, payload)));
    }
    assertEquals(before + 1, server.metric("truc_push_closes_total{code=\"3013\"}"));
  }

  @Test
  void hugeAndEndlessFramesCloseWith1009() throws Exception {
    try (BareSocket socket = new BareSocket(server).connected(server.token())) {
      assertEquals(1009, socket.frame(0x81, new byte[8_000_000]).closeCode());
    }
    byte[] announced = {(byte) 0x81, (byte) 0xFF, 0x7F, -1, -1, -1, -1, -1, -1, -1, 0, 0, 0, 0};
    try (BareSocket socket = new BareSocket(server).connected(server.token())) {
      assertEquals(1009, socket.raw(announced).closeCode());
    }
    try (BareSocket socket = new BareSocket(server).connected(server.token())) {
      socket.frame(0x01, new byte[1_000]);
      for (int i = 0; i < 66; i++) {
        socket.frame(0x00, new byte[1_000]);
      }
      assertEquals(1009, socket.closeCode());
    }
  }

  @Test
  void garbageEndsTheConnectionAndNothingElse() throws Exception {
    byte[][] broken = {
      {(byte) 0x81, 0x02, '{', '}'},
      {(byte) 0xC1, (byte) 0x80, 0, 0, 0, 0},
      {(byte) 0x83, (byte) 0x80, 0, 0, 0, 0},
      {(byte) 0x89, (byte) 0xFE, 0, 126, 0, 0, 0, 0},
      {(byte) 0x80, (byte) 0x80, 0, 0, 0, 0},
      {(byte) 0x81, (byte) 0x82, 0, 0, 0, 0, (byte) 0xC0, (byte) 0x80},
      {(byte) 0x81, (byte) 0x81, 0, 0, 0, 0, '['},
    };
    for (byte[] frame : broken) {
      try (BareSocket socket = new BareSocket(server).connected(server.token())) {
        assertEquals(3501, socket.raw(frame).closeCode(), () -> hex(frame));
      }
    }
    long seed = Long.getLong("truc.seed", System.nanoTime());
    System.err.println("HostileIT seed " + seed + " (-Dtruc.seed=…)");
    SplittableRandom random = new SplittableRandom(seed);
    for (int i = 0; i < 200; i++) {
      byte[] noise = new byte[1 + random.nextInt(3_000)];
      random.nextBytes(noise);
      try (BareSocket socket = new BareSocket(server)) {
        if (i % 2 == 0) {
          socket.connected(server.token());
        }
        socket.raw(noise);
      }
    }
  }

  private static String hex(byte[] bytes) {
    return java.util.HexFormat.of().formatHex(bytes);
  }

  // ---- strangers

  @Test
  void aForeignOriginIsRefusedWith403() throws Exception {
    for (String origin : List.of("http://elsewhere.example", "null", "http://127.0.0.1:1", "x")) {
      try (BareSocket socket = new BareSocket(server).ask("Origin: " + origin)) {
        assertEquals(403, socket.status(), origin);
      }
    }
  }

  @Test
  void anExpiredTokenIsRefusedWith109AndAFalseOneCloses3500() throws Exception {
    String brief =
        server
            .admin(
                "token",
                new JsonObject()
                    .put("role", "operator")
                    .put("scope", "province")
                    .put("user", "an")
                    .put("ttlSeconds", 1))
            .getString("token");
    Patience.until("expired", () -> server.get("/api/v1/board/province", brief).status() == 401);
    try (BareSocket socket = new BareSocket(server).ask()) {
      assertEquals(101, socket.status());
      socket.say("{\"id\":1,\"connect\":{\"token\":\"" + brief + "\"}}");
      assertTrue(socket.read().contains("\"code\":109"));
      assertEquals(3005, socket.closeCode());
    }
    try (BareSocket socket = new BareSocket(server).ask()) {
      assertEquals(101, socket.status());
      socket.say("{\"id\":1,\"connect\":{\"token\":\"" + brief + "x\"}}");
      assertEquals(3500, socket.closeCode());
    }
  }
}
