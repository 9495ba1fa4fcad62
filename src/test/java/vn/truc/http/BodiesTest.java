package vn.truc.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static vn.truc.testing.Events.feedback;

import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.function.DoublePredicate;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import vn.truc.event.CodecLimits;
import vn.truc.intake.IntakeSettings;
import vn.truc.testing.IntakeServer;

/// Bodies on their way: how much of them is held, and what is left of one that never ends. Spoken
/// byte by byte, as no client library would.
class BodiesTest {
  private static final String ONE = "application/cloudevents+json";
  private static final String BATCH = "application/cloudevents-batch+json";
  private static final String LINES = "application/x-ndjson";
  private static final int HELD_MAX = 100_000;

  private final IntakeServer server =
      new IntakeServer(
          new IntakeSettings(
              CodecLimits.defaults(),
              5_000,
              8_388_608,
              HELD_MAX,
              30_000,
              120_000,
              512,
              4,
              3,
              1_000,
              100,
              10_000));

  @AfterEach
  void stop() {
    server.close();
  }

  /// A connection spoken by hand.
  private final class Sender implements AutoCloseable {
    private final Socket socket;
    private final InputStream in;

    Sender() throws IOException {
      socket = new Socket(InetAddress.getLoopbackAddress(), server.uri("/").getPort());
      socket.setSoTimeout(10_000);
      in = socket.getInputStream();
    }

    Sender head(String type, String key, String... more) throws IOException {
      return send(
          "POST /api/v1/events HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: "
              + type
              + "\r\nAuthorization: Bearer "
              + key
              + "\r\n"
              + String.join("\r\n", more)
              + "\r\n\r\n");
    }

    Sender send(String text) throws IOException {
      socket.getOutputStream().write(text.getBytes(StandardCharsets.UTF_8));
      return this;
    }

    /// The next line of the answer.
    String line() throws IOException {
      StringBuilder line = new StringBuilder();
      for (int next = in.read(); next >= 0 && next != '\n'; next = in.read()) {
        line.append((char) next);
      }
      return line.toString().strip();
    }

    String rest() throws IOException {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }

    @Override
    public void close() throws IOException {
      socket.close();
    }
  }

  private double held() {
    return server.gauge("truc.intake.buffered");
  }

  /// Looks until so much is held; a test that looks for ever is ended by the build.
  private void awaitHeld(DoublePredicate wanted) {
    for (double now = held(); !wanted.test(now); now = held()) {
      assertTrue(now >= 0 && now <= HELD_MAX, "held: " + now);
    }
  }

  private static String batch(int from, int to) {
    return IntStream.range(from, to)
        .mapToObj(i -> feedback("e-" + i, "PA-" + i, "received"))
        .collect(Collectors.joining(",", "[", "]"));
  }

  @Test
  void whereBodiesHaveNoRoomTheNextIs429AndTheFirstGoesOn() throws Exception {
    String large = batch(0, 400);
    assertTrue(large.length() < HELD_MAX && large.length() > HELD_MAX / 2, "" + large.length());
    try (Sender first = new Sender()) {
      first.head(BATCH, IntakeServer.KEY, "Content-Length: " + large.length());
      first.send(large.substring(0, large.length() - 1));
      awaitHeld(now -> now >= large.length() - 1);
      HttpResponse<String> refused = server.post(BATCH, large);
      assertEquals(429, refused.statusCode());
      assertEquals("1", refused.headers().firstValue("Retry-After").orElseThrow());
      assertEquals("queue-full", new JsonObject(refused.body()).getString("reason"));
      assertEquals(1, server.count("truc.intake.bodies.refused"));
      assertEquals(202, server.post(ONE, feedback("s", "PA-s", "received")).statusCode());
      first.send("]");
      assertEquals("HTTP/1.1 202 Accepted", first.line());
    }
    awaitHeld(now -> now == 0);
    HttpResponse<String> again = server.post(BATCH, large);
    assertEquals(400, new JsonObject(again.body()).getInteger("duplicates"));
    assertEquals(0, held());
    assertEquals(801, server.count("truc.intake.received"), "what had no room was never counted");
  }

  /// A length that was only announced was held in full, and reserved by nobody: senders who say 8
  /// MB and send nothing took the memory of the process.
  @Test
  void whatIsOnlyAnnouncedTakesNoRoom() throws Exception {
    try (Sender liar = new Sender();
        Sender other = new Sender()) {
      liar.head(BATCH, IntakeServer.KEY, "Content-Length: 8000000").send("[");
      other.head(BATCH, IntakeServer.KEY, "Transfer-Encoding: chunked").send("1\r\n[\r\n");
      awaitHeld(now -> now > 4_096);
      assertTrue(held() <= 8_192, "held: " + held());
    }
    awaitHeld(now -> now == 0);
  }

  @Test
  void senderWhoGoesAwayInTheMiddleLeavesNothingBehind() throws Exception {
    String large = batch(0, 300);
    String one = feedback("e-1", "PA-1", "received");
    for (String type : new String[] {BATCH, ONE}) {
      String body = type.equals(BATCH) ? large : one;
      try (Sender sender = new Sender()) {
        sender.head(type, IntakeServer.KEY, "Content-Length: " + body.length());
        sender.send(body.substring(0, body.length() - 1));
        awaitHeld(now -> now >= body.length() - 1);
      }
      awaitHeld(now -> now == 0);
    }
    assertEquals(0, server.count("truc.intake.received"));
    assertEquals(0, server.count("truc.intake.failed"));
    assertEquals(0, server.log().drafts().size());
    assertEquals(202, server.post(BATCH, large).statusCode(), "the server goes on");
    assertEquals(0, held());
  }

  @Test
  void linesThatArrivedBeforeTheSenderWentAwayAreAccountedWhole() throws Exception {
    try (Sender sender = new Sender()) {
      sender.head(LINES, IntakeServer.KEY, "Transfer-Encoding: chunked");
      String lines = feedback("l-1", "PA-1", "received") + "\n{\"half";
      sender.send(Integer.toHexString(lines.length()) + "\r\n" + lines + "\r\n");
      int taken = 0;
      while (taken == 0) {
        taken = server.onLoop(() -> Future.succeededFuture(server.log().drafts().size()));
      }
    }
    assertEquals(202, server.post(LINES, feedback("l-2", "PA-2", "received")).statusCode());
    assertEquals(2, server.count("truc.intake.received"));
    assertEquals(2, server.count("truc.intake.accepted"));
    assertEquals(0, server.count("truc.intake.refused"), "the half line is nobody's fault");
    assertEquals(0, held());
  }

  @Test
  void senderWhoAsksFirstIsToldToGoOnAndRefusedBeforeTheBody() throws Exception {
    String one = feedback("e-1", "PA-1", "received");
    for (String type : new String[] {ONE, LINES, BATCH}) {
      String body = type.equals(BATCH) ? "[" + one + "]" : one;
      try (Sender sender = new Sender()) {
        sender.head(
            type, IntakeServer.KEY, "Expect: 100-continue", "Content-Length: " + body.length());
        assertEquals("HTTP/1.1 100 Continue", sender.line(), type);
        assertEquals("", sender.line());
        sender.send(body);
        assertEquals("HTTP/1.1 202 Accepted", sender.line(), type);
      }
    }
    try (Sender sender = new Sender()) {
      sender.head(ONE, "nobody", "Expect: 100-continue", "Content-Length: " + one.length());
      assertEquals("HTTP/1.1 401 Unauthorized", sender.line());
    }
    try (Sender sender = new Sender()) {
      sender.head(BATCH, IntakeServer.KEY, "Expect: 100-continue", "Content-Length: 9000000");
      assertEquals("HTTP/1.1 413 Request Entity Too Large", sender.line());
      sender.send(" ".repeat(9_000_000));
      assertTrue(sender.rest().contains("larger than the limit"), "answered whole");
    }
  }
}
