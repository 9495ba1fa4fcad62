package vn.truc.push;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The door with bare sockets: what a well-behaved client library never sends.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class WebSocketEndpointTest {
  private static final String CONNECT = "{\"id\":1,\"connect\":{\"token\":\"an\"}}";

  private final PushSettings settings = quick();
  private PushTestServer.Running server = unstarted();

  private static PushTestServer.Running unstarted() {
    return new PushTestServer.Running(io.vertx.core.Vertx.vertx(), 0);
  }

  /// The defaults with short times, and room for few.
  private static PushSettings quick() {
    PushSettings d = PushSettings.defaults();
    return new PushSettings(
        20,
        d.renewMillis(),
        1000,
        400,
        900,
        1000,
        300,
        d.heldMax(),
        1500,
        500,
        300,
        d.queueBytesMax(),
        d.queueBytesTotalMax(),
        d.frameBytesMax(),
        d.recoveryBytesMax(),
        d.messageBytesMax(),
        8,
        d.channelsMax(),
        d.channelBytesMax(),
        d.ringMax(),
        d.pendingMax(),
        50,
        300,
        List.of("https://board.example"));
  }

  @BeforeAll
  void start() throws Exception {
    server.close();
    server = PushTestServer.start(settings);
  }

  @AfterAll
  void stop() {
    server.close();
  }

  /// A WebSocket spoken by hand.
  private final class Raw implements AutoCloseable {
    private final Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port());
    private final DataInputStream in = new DataInputStream(socket.getInputStream());
    private final OutputStream out = socket.getOutputStream();
    private final String answer;

    Raw(String... headers) throws IOException {
      socket.setSoTimeout(10_000);
      StringBuilder request = new StringBuilder("GET /connection/websocket HTTP/1.1\r\n");
      request.append("Host: 127.0.0.1:").append(server.port()).append("\r\n");
      request.append("Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n");
      request.append("Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n");
      for (String header : headers) {
        request.append(header).append("\r\n");
      }
      out.write(request.append("\r\n").toString().getBytes(StandardCharsets.US_ASCII));
      StringBuilder head = new StringBuilder();
      while (head.indexOf("\r\n\r\n") < 0) {
        head.append((char) in.readUnsignedByte());
      }
      answer = head.toString();
    }

    void send(int firstByte, byte[] payload) throws IOException {
      java.io.ByteArrayOutputStream frame = new java.io.ByteArrayOutputStream();
      frame.write(firstByte);
      if (payload.length < 126) {
        frame.write(0x80 | payload.length);
      } else if (payload.length <= 0xFFFF) {
        frame.write(0x80 | 126);
        frame.write(payload.length >> 8);
        frame.write(payload.length);
      } else {
        frame.write(0x80 | 127);
        for (int shift = 56; shift >= 0; shift -= 8) {
          frame.write((int) ((long) payload.length >> shift));
        }
      }
      frame.write(new byte[4]);
      frame.write(payload);
      out.write(frame.toByteArray());
    }

    Raw say(String text) throws IOException {
      send(0x81, text.getBytes(StandardCharsets.UTF_8));
      return this;
    }

    /// The next text message.
    String read() throws IOException {
      return new String(frame(0x81), StandardCharsets.UTF_8);
    }

    /// The close code the server ends with; -1 when it just cuts.
    int closeCode() throws IOException {
      try {
        byte[] payload = frame(0x88);
        return (payload[0] & 0xFF) << 8 | (payload[1] & 0xFF);
      } catch (EOFException | java.net.SocketException _) {
        return -1;
      }
    }

    private byte[] frame(int wanted) throws IOException {
      while (true) {
        int first = in.readUnsignedByte();
        long length = in.readUnsignedByte();
        if (length == 126) {
          length = in.readUnsignedShort();
        } else if (length == 127) {
          length = in.readLong();
        }
        byte[] payload = in.readNBytes((int) length);
        if (first == wanted) {
          return payload;
        }
        if (first == 0x88) {
          throw new EOFException("closed");
        }
      }
    }

    @Override
    public void close() throws IOException {
      socket.close();
    }
  }

  private void control(String name, String body) throws Exception {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.port() + "/test/" + name))
            .POST(HttpRequest.BodyPublishers.ofString(body))
            .build();
    try (HttpClient http = HttpClient.newHttpClient()) {
      assertEquals(200, http.send(request, HttpResponse.BodyHandlers.ofString()).statusCode());
    }
  }

  @Test
  void framesOfEveryLengthArriveWhole() throws Exception {
    try (Raw raw = new Raw("Sec-WebSocket-Protocol: centrifuge-json")) {
      assertTrue(raw.answer.startsWith("HTTP/1.1 101"), raw.answer);
      assertTrue(
          raw.answer
              .toLowerCase(java.util.Locale.ROOT)
              .contains("sec-websocket-protocol: centrifuge-json"));
      assertTrue(!raw.answer.toLowerCase(java.util.Locale.ROOT).contains("permessage-deflate"));
      raw.say(CONNECT + "\n" + Scene.subscribe(2, "dossier:lengths"));
      raw.read();
      for (int length :
          List.of(
              0, 40, 41, 42, 43, 44, 45, 46, 47, 60, 400, 65_400, 65_470, 65_480, 65_490,
              200_000)) {
        String pad = "x".repeat(length);
        control("set", "{\"channel\":\"dossier:lengths\",\"data\":{\"p\":\"" + pad + "\"}}");
        assertEquals(
            "{\"push\":{\"channel\":\"dossier:lengths\",\"pub\":{\"data\":{\"p\":\""
                + pad
                + "\"}}}}",
            readPush(raw));
      }
    }
  }

  private static String readPush(Raw raw) throws IOException {
    String message = raw.read();
    while (message.equals("{}")) {
      raw.say("{}");
      message = raw.read();
    }
    return message;
  }

  @Test
  void fragmentsAreOneMessage() throws Exception {
    try (Raw raw = new Raw("Sec-WebSocket-Protocol:")) {
      byte[] whole = CONNECT.getBytes(StandardCharsets.UTF_8);
      raw.send(0x01, java.util.Arrays.copyOf(whole, 10));
      raw.send(0x00, java.util.Arrays.copyOfRange(whole, 10, 20));
      raw.send(0x89, new byte[] {1, 2});
      raw.send(0x80, java.util.Arrays.copyOfRange(whole, 20, whole.length));
      assertTrue(raw.read().startsWith("{\"id\":1,\"connect\""));
    }
  }

  @Test
  void garbageClosesWith3501AndBinaryWith3506() throws Exception {
    try (Raw raw = new Raw()) {
      assertEquals(3501, raw.say("{nonsense").closeCode());
    }
    try (Raw raw = new Raw()) {
      raw.say(CONNECT);
      raw.send(0x82, new byte[] {1, 2, 3});
      assertEquals(3506, raw.closeCode());
    }
  }

  /// One frame above the limit was a plain cut: the socket was closed with its bytes unread, so the
  /// system reset it and the close frame was lost. SDKs then came back for ever with the same
  /// frame, where 1009 would have ended them.
  @ParameterizedTest
  @ValueSource(ints = {65_537, 70_000, 5_000_000})
  void aFrameAboveTheLimitClosesWith1009(int length) throws Exception {
    try (Raw raw = new Raw()) {
      raw.say(CONNECT);
      raw.send(0x81, new byte[length]);
      assertEquals(1009, raw.closeCode());
    }
  }

  @Test
  void aFrameThatBreaksTheWebSocketProtocolClosesWith3501() throws Exception {
    try (Raw raw = new Raw()) {
      raw.say(CONNECT);
      raw.send(0x83, new byte[70_000]);
      assertEquals(3501, raw.closeCode());
    }
  }

  @Test
  void fragmentsAboveTheLimitCloseWith1009() throws Exception {
    try (Raw raw = new Raw()) {
      raw.send(0x01, new byte[40_000]);
      raw.send(0x00, new byte[40_000]);
      assertEquals(1009, raw.closeCode());
    }
  }

  @Test
  void aFloodOfPingFramesClosesWith3013() throws Exception {
    try (Raw raw = new Raw()) {
      raw.say(CONNECT);
      for (int i = 0; i < 400; i++) {
        raw.send(0x89, new byte[] {1});
      }
      assertEquals(3013, raw.closeCode());
    }
  }

  @Test
  void silenceBeforeConnectClosesWith3502AndAfterItWith3012() throws Exception {
    try (Raw mute = new Raw();
        Raw halfOpen = new Raw()) {
      halfOpen.say(CONNECT);
      assertEquals(3502, mute.closeCode());
      assertEquals(3012, halfOpen.closeCode());
    }
  }

  @Test
  void foreignOriginsAreRefusedOursAndListedPass() throws Exception {
    try (Raw foreign = new Raw("Origin: http://elsewhere.example");
        Raw none = new Raw("Origin: null");
        Raw ours = new Raw("Origin: http://127.0.0.1:" + server.port());
        Raw listed = new Raw("Origin: https://board.example")) {
      assertTrue(foreign.answer.startsWith("HTTP/1.1 403"), foreign.answer);
      assertTrue(none.answer.startsWith("HTTP/1.1 403"), none.answer);
      assertTrue(ours.answer.startsWith("HTTP/1.1 101"), ours.answer);
      assertTrue(listed.answer.startsWith("HTTP/1.1 101"), listed.answer);
    }
  }

  @Test
  void upgradesAreRefusedWith503WhileNotReadyOrFull() throws Exception {
    control("ready", "{\"ready\":false}");
    try (Raw early = new Raw()) {
      assertTrue(early.answer.startsWith("HTTP/1.1 503"), early.answer);
      assertTrue(
          early.answer.toLowerCase(java.util.Locale.ROOT).contains("retry-after: 1"), early.answer);
    }
    control("ready", "{\"ready\":true}");
    List<Raw> many = new java.util.ArrayList<>();
    for (int i = 0; i < settings.connectionsMax() + 1; i++) {
      many.add(new Raw());
    }
    assertTrue(many.getLast().answer.startsWith("HTTP/1.1 503"), many.getLast().answer);
    for (Raw raw : many) {
      raw.close();
    }
    nobodyIsConnected();
  }

  /// Waits until the server has noticed that all have gone: the next test needs the room.
  private void nobodyIsConnected() throws Exception {
    URI metrics = URI.create("http://127.0.0.1:" + server.port() + "/metrics");
    long deadline = System.nanoTime() + 20_000_000_000L;
    String told = "";
    try (HttpClient http = HttpClient.newHttpClient()) {
      while (!told.contains("\ntruc_push_connections 0")) {
        assertTrue(System.nanoTime() < deadline, told);
        java.util.concurrent.locks.LockSupport.parkNanos(10_000_000);
        HttpRequest asked = HttpRequest.newBuilder(metrics).build();
        told = http.send(asked, HttpResponse.BodyHandlers.ofString()).body();
      }
    }
  }

  @Test
  void protobufIsUpgradedUnderItsName() throws Exception {
    try (Raw raw = new Raw("Sec-WebSocket-Protocol: centrifuge-protobuf")) {
      assertTrue(raw.answer.startsWith("HTTP/1.1 101"), raw.answer);
      assertTrue(
          raw.answer.toLowerCase(java.util.Locale.ROOT).contains("centrifuge-protobuf"),
          raw.answer);
    }
  }
}
