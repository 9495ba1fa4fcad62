package vn.truc.push;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Messages that are begun and never ended. 12,000 sockets without a token, with 64 KB of one each,
/// took all the memory there was, and nothing counted them.
class UnfinishedMessagesTest {
  private static final int ROOM = 1_000_000;
  private static final int CROWD = 12;

  private PushTestServer.Running server =
      new PushTestServer.Running(io.vertx.core.Vertx.vertx(), 0);

  @BeforeEach
  void start() throws Exception {
    server.close();
    server = PushTestServer.start(GreedyReadersTest.settings(ROOM, 100));
  }

  @AfterEach
  void stop() {
    server.close();
  }

  /// A WebSocket whose frames are written in pieces.
  private final class Wire implements AutoCloseable {
    private final Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port());
    private final DataInputStream in = new DataInputStream(socket.getInputStream());
    private final OutputStream out = socket.getOutputStream();

    Wire() throws IOException {
      socket.setSoTimeout(20_000);
      String head =
          "GET /connection/websocket HTTP/1.1\r\nHost: 127.0.0.1:"
              + server.port()
              + "\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
              + "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n";
      out.write(head.getBytes(StandardCharsets.US_ASCII));
      StringBuilder answer = new StringBuilder();
      while (answer.indexOf("\r\n\r\n") < 0) {
        answer.append((char) in.readUnsignedByte());
      }
      assertTrue(answer.toString().startsWith("HTTP/1.1 101"), answer::toString);
    }

    /// A frame that announces some bytes, and the first of them.
    Wire begin(int firstByte, int announced, byte[] first) throws IOException {
      byte[] head = {
        (byte) firstByte, (byte) (0x80 | 126), (byte) (announced >> 8), (byte) announced
      };
      byte[] frame = Arrays.copyOf(head, 8 + first.length);
      System.arraycopy(first, 0, frame, 8, first.length);
      out.write(frame);
      return this;
    }

    Wire whole(int firstByte, byte[] payload) throws IOException {
      if (payload.length >= 126) {
        return begin(firstByte, payload.length, payload);
      }
      out.write(new byte[] {(byte) firstByte, (byte) (0x80 | payload.length), 0, 0, 0, 0});
      out.write(payload);
      return this;
    }

    Wire say(String text) throws IOException {
      return whole(0x81, text.getBytes(StandardCharsets.UTF_8));
    }

    /// The next frame of a kind that is short enough for one byte of length, or longer.
    String read(int wanted) throws IOException {
      while (true) {
        int first = in.readUnsignedByte();
        int length = in.readUnsignedByte();
        byte[] payload = in.readNBytes(length == 126 ? in.readUnsignedShort() : length);
        if (first == wanted) {
          return new String(payload, StandardCharsets.UTF_8);
        }
      }
    }

    /// Ends its message, which is none, and waits for what comes of that: whether the server had
    /// kept it so far.
    boolean kept(End end) {
      try {
        end.of(this);
        return read(0x88).endsWith("bad request");
      } catch (IOException _) {
        return false;
      }
    }

    @Override
    public void close() throws IOException {
      socket.close();
    }
  }

  private double queued() throws Exception {
    URI metrics = URI.create("http://127.0.0.1:" + server.port() + "/metrics");
    try (HttpClient http = HttpClient.newHttpClient()) {
      String told =
          http.send(HttpRequest.newBuilder(metrics).build(), HttpResponse.BodyHandlers.ofString())
              .body();
      return told.lines()
          .filter(line -> line.startsWith("truc_push_queued_bytes "))
          .mapToDouble(line -> Double.parseDouble(line.substring(line.indexOf(' '))))
          .findFirst()
          .orElseThrow();
    }
  }

  private Wire connected() throws IOException {
    Wire wire = new Wire().say("{\"id\":1,\"connect\":{\"token\":\"an\"}}");
    assertTrue(wire.read(0x81).contains("\"connect\""));
    return wire;
  }

  /// What lies in the decoder, its end never sent.
  @Test
  void halfAFrameCountsAndThoseWithoutATokenGoFirst() throws Exception {
    crowd(
        wire -> wire.begin(0x81, 60_000, new byte[30_000]),
        wire -> wire.out.write(new byte[30_000]));
  }

  /// What was put together already.
  @Test
  void aMessageOfManyFramesCountsUntilItEnds() throws Exception {
    crowd(
        wire -> wire.whole(0x01, new byte[20_000]).whole(0x00, new byte[10_000]),
        wire -> wire.whole(0x80, new byte[0]));
  }

  /// What ends a message.
  private interface End {
    void of(Wire wire) throws IOException;
  }

  private void crowd(End begin, End end) throws Exception {
    List<Wire> crowd = new ArrayList<>();
    try (Wire good = connected()) {
      good.begin(0x81, 45_000, new byte[40_000]);
      for (int i = 0; i < CROWD; i++) {
        Wire one = new Wire();
        crowd.add(one);
        begin.of(one);
      }
      assertTrue(queued() <= 70_000 + ROOM / 8.0, "" + queued());
      int gone = 0;
      for (Wire one : crowd) {
        gone += one.kept(end) ? 0 : 1;
      }
      assertTrue(gone >= CROWD - 4 && gone < CROWD, gone + " gone: they have an eighth of it");
      assertTrue(
          good.kept(wire -> wire.out.write(new byte[5_000])),
          "it has a token, though more lay there than of any other");
    } finally {
      for (Wire one : crowd) {
        one.close();
      }
    }
  }

  /// What is counted goes away to the last byte with what it was counted for.
  @Test
  void nothingIsLeftOfWhatHasEnded() throws Exception {
    try (Wire wire = connected()) {
      String long1 = Scene.subscribe(2, "dossier:" + "x".repeat(200));
      byte[] text = long1.getBytes(StandardCharsets.UTF_8);
      wire.whole(0x01, Arrays.copyOf(text, 20));
      wire.whole(0x89, new byte[] {7});
      assertEquals("\u0007", wire.read(0x8A));
      assertEquals(20 + 128, queued(), "what is begun, and not the ping within it");
      wire.whole(0x8A, new byte[3]);
      wire.whole(0x00, new byte[0]);
      wire.whole(0x80, Arrays.copyOfRange(text, 20, text.length));
      assertTrue(wire.read(0x81).contains("\"id\":2"));
      assertEquals(0, queued());
      String padded = Scene.subscribe(3, "dossier:a") + " ".repeat(60_000);
      wire.say(padded);
      assertTrue(wire.read(0x81).contains("\"id\":3"));
      assertEquals(0, queued());
    }
  }
}
