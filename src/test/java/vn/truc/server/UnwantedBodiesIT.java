package vn.truc.server;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/// Bodies nobody wants. After 401, 413 or on a GET, 25 of 25 connections that dripped a byte a
/// second lived on for minutes, and whoever sent at full speed had gigabytes read and dropped. A
/// request whose body two readers may see in two ways was guessed at.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class UnwantedBodiesIT {
  private static final String END = "\r\n\r\n";
  private static final String HOST = " HTTP/1.1\r\nHost: x\r\n";
  private static final String LONG = "Content-Length: 4000000000";
  private static final int DRIP_MILLIS = 50;

  /// What the system on both sides may hold of what was sent and not read.
  private static final long UNDER_WAY_BYTES = 32L << 20;

  @TempDir private static Path folder = Path.of("");

  private RunningServer server;
  private String key = "";

  @BeforeAll
  void start() throws Exception {
    server = RunningServer.start(folder.resolve("data"), "--clock", Fact.CLOCK);
    key = server.key(Fact.SOURCE);
  }

  @AfterAll
  void stop() {
    server.close();
  }

  private String events(String presented, String type) {
    return "POST /api/v1/events"
        + HOST
        + "Authorization: Bearer "
        + presented
        + "\r\nContent-Type: "
        + type
        + "\r\n";
  }

  private Map<String, Integer> unwanted() throws Exception {
    String token = "Authorization: Bearer " + server.token() + "\r\n";
    return Map.ofEntries(
        Map.entry(events("wrong", RunningServer.BATCH), 401),
        Map.entry(events(key, "text/plain"), 415),
        Map.entry(events(key, RunningServer.BATCH), 413),
        Map.entry(events(key, RunningServer.STRUCTURED), 413),
        Map.entry("POST /nowhere" + HOST, 404),
        Map.entry("POST /api/v1/token" + HOST, 401),
        Map.entry("GET /healthz" + HOST, 200),
        Map.entry("GET /api/v1/cases?kind=feedback" + HOST + token, 200),
        Map.entry("GET /api/v1/board/province" + HOST, 401),
        Map.entry("DELETE /api/v1/events" + HOST, 405),
        Map.entry("GET /connection/websocket" + HOST, 400));
  }

  private Socket connect() throws IOException {
    Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port());
    socket.setSoTimeout((int) TimeUnit.SECONDS.toMillis(20));
    return socket;
  }

  /// The first answer and all behind it, while more of a body goes on being sent.
  private static String dripped(Socket socket, String more) throws IOException {
    socket.setSoTimeout(DRIP_MILLIS);
    StringBuilder all = new StringBuilder();
    byte[] some = new byte[4_096];
    for (int i = 0; i < 20_000 / DRIP_MILLIS; i++) {
      try {
        int count = socket.getInputStream().read(some);
        if (count < 0) {
          break;
        }
        all.append(new String(some, 0, count, US_ASCII));
      } catch (SocketTimeoutException _) {
        socket.getOutputStream().write(more.getBytes(US_ASCII));
      }
    }
    // what is closed takes no more: soon a byte is answered with a reset
    for (int i = 0; i < 400; i++) {
      try {
        socket.getOutputStream().write(more.getBytes(US_ASCII));
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(DRIP_MILLIS));
      } catch (SocketException _) {
        return all.toString();
      }
    }
    throw new AssertionError("still open after its answer:\n" + all);
  }

  private static void saysLast(int status, String answer, String what) {
    assertTrue(answer.startsWith("HTTP/1.1 " + status + " "), () -> what + "\n" + answer);
    String head = answer.substring(0, answer.indexOf(END)).toLowerCase(Locale.ROOT);
    assertTrue(head.contains("connection: close"), () -> what + "\n" + answer);
    assertEquals(1, answer.split("HTTP/1\\.[01] [0-9]{3} ", -1).length - 1, answer);
  }

  @Test
  void drippingBodiesAreAnsweredAndTheirConnectionsClosed() throws Exception {
    for (Map.Entry<String, Integer> one : unwanted().entrySet()) {
      try (Socket socket = connect()) {
        socket.getOutputStream().write((one.getKey() + LONG + END + "[").getBytes(US_ASCII));
        saysLast(one.getValue(), dripped(socket, "x"), one.getKey());
      }
    }
    assertEquals(0, server.metric("truc_intake_buffered_bytes"));
    Patience.until("all are gone", () -> server.metric("truc_http_connections") <= 2);
  }

  @Test
  void drippingChunksToo() throws Exception {
    for (Map.Entry<String, Integer> one : unwanted().entrySet()) {
      if (one.getValue() == 413) {
        continue; // no length is announced
      }
      try (Socket socket = connect()) {
        String head = one.getKey() + "Transfer-Encoding: chunked" + END + "1\r\n[\r\n";
        socket.getOutputStream().write(head.getBytes(US_ASCII));
        saysLast(one.getValue(), dripped(socket, "1\r\nx\r\n"), one.getKey());
      }
    }
  }

  @Test
  void aTorrentIsCutSoonAfterItsAnswer() throws Exception {
    byte[] much = new byte[1 << 20];
    for (Map.Entry<String, Integer> one : unwanted().entrySet()) {
      long sent = 0;
      try (Socket socket = connect()) {
        socket.getOutputStream().write((one.getKey() + LONG + END).getBytes(US_ASCII));
        while (sent < 2_000L << 20) {
          socket.getOutputStream().write(much);
          sent += much.length;
        }
      } catch (SocketException _) {
        // cut
      }
      long taken = sent;
      assertTrue(taken < UNDER_WAY_BYTES, () -> taken + " bytes were taken of " + one.getKey());
    }
  }

  @Test
  void whatStandsBehindSuchABodyIsNotRun() throws Exception {
    String fact = Fact.feedback("e-pipe", "PA-pipe", "received");
    String second =
        events(key, RunningServer.STRUCTURED) + "Content-Length: " + fact.length() + END + fact;
    for (String body : List.of("Transfer-Encoding: chunked" + END + "1\r\nx\r\n", LONG + END)) {
      try (Socket socket = connect()) {
        String first = events("wrong", RunningServer.BATCH) + body;
        socket.getOutputStream().write((first + second + second).getBytes(US_ASCII));
        saysLast(401, dripped(socket, second), body);
      }
    }
    assertEquals(0, server.json("/api/v1/cases?kind=feedback").getJsonArray("cases").size());
  }

  @Test
  void aBodyThatCameWholeKeepsItsConnection() throws Exception {
    String fact = "{}";
    String refused =
        events(key, RunningServer.STRUCTURED) + "Content-Length: " + fact.length() + END + fact;
    try (Socket socket = connect()) {
      for (int i = 0; i < 3; i++) {
        socket.getOutputStream().write(refused.getBytes(US_ASCII));
        String answer = answer(socket);
        assertTrue(answer.startsWith("HTTP/1.1 422 "), answer);
        assertFalse(answer.toLowerCase(Locale.ROOT).contains("connection: close"), answer);
      }
    }
  }

  private static String answer(Socket socket) throws IOException {
    StringBuilder head = new StringBuilder();
    while (head.indexOf(END) < 0) {
      head.append((char) socket.getInputStream().read());
    }
    int at = head.toString().toLowerCase(Locale.ROOT).indexOf("content-length: ") + 16;
    int length = Integer.parseInt(head.substring(at, head.indexOf("\r", at)));
    return head + new String(socket.getInputStream().readNBytes(length), US_ASCII);
  }

  @Test
  void headsThatTwoReadersMaySeeInTwoWaysAreRefused() throws Exception {
    String post = "POST /api/v1/events HTTP/1.1\r\n";
    String to = post + "Host: x\r\nAuthorization: Bearer " + key + "\r\n";
    String chunked = "Transfer-Encoding: chunked\r\n";
    String upgrade =
        """
        GET /connection/websocket HTTP/1.1\r
        Host: x\r
        Connection: Upgrade\r
        Upgrade: websocket\r
        Sec-WebSocket-Version: 13\r
        Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r
        """;
    List<String> heads =
        List.of(
            to + "Content-Length: 4\r\n" + chunked,
            to + chunked + "Content-Length: 4\r\n",
            to + chunked + "Content-Length: 0\r\n",
            to + "Transfer-Encoding: chunked, gzip\r\n",
            to + "Transfer-Encoding: gzip, chunked\r\n",
            to + "Transfer-Encoding: gzip\r\n",
            to + "Transfer-Encoding: identity\r\n",
            to + "Transfer-Encoding: chunked, chunked\r\n",
            to + "Transfer-Encoding: xchunked\r\n",
            to + "Transfer-Encoding:\r\n",
            to + chunked + chunked,
            to + "Content-Length: 4\r\nContent-Length: 5\r\n",
            to + "Content-Length: 4\r\nContent-Length: 4\r\n",
            to + "Content-Length: 4, 4\r\n",
            to + "Content-Length: +4\r\n",
            to + "Content-Length: -4\r\n",
            to + "Content-Length: 0x4\r\n",
            to + "Content-Length: 99999999999999999999\r\n",
            to + "Content-Length:\r\n",
            to + "Host: y\r\n",
            to + "Host: x\r\n",
            to + "Expect: 200-ok\r\n",
            to + "Expect: 100-continue, more\r\n",
            post,
            "GET /healthz HTTP/1.1\r\n",
            "GET /healthz HTTP/1.1\r\nHost: x y\r\n",
            "GET /healthz HTTP/1.1\r\nHost: u@x\r\n",
            "GET /healthz HTTP/1.0\r\nHost: x\r\n" + chunked,
            upgrade + "Content-Length: 5\r\n",
            upgrade + chunked);
    String behind = "0\r\n\r\nGET /healthz HTTP/1.1\r\nHost: x\r\n\r\n";
    for (String head : heads) {
      try (Socket socket = connect()) {
        socket.getOutputStream().write((head + "\r\n" + behind).getBytes(US_ASCII));
        String answer = new String(socket.getInputStream().readAllBytes(), US_ASCII);
        String said = answer.replaceFirst("HTTP/1\\.[01]", "HTTP/1.1");
        saysLast(400, said, head);
        JsonObject problem = new JsonObject(answer.substring(answer.indexOf(END)));
        assertEquals(400, problem.getInteger("status"), answer);
      }
    }
    assertFalse(server.log().contains(" ERROR "), server::log);
  }

  @Test
  void aBodyThatIsNotFramedAsAnnouncedIsAnsweredToo() throws Exception {
    for (String type : List.of(RunningServer.NDJSON, RunningServer.BATCH)) {
      for (String chunk : List.of("zz\r\n", "-1\r\n", "5\r\n[]\r\n0\r\n\r\n", "\r\n")) {
        try (Socket socket = connect()) {
          String head = events(key, type) + "Transfer-Encoding: chunked" + END;
          socket.getOutputStream().write((head + chunk).getBytes(US_ASCII));
          String answer = new String(socket.getInputStream().readAllBytes(), US_ASCII);
          saysLast(400, answer, type + " " + chunk);
        }
      }
    }
  }

  @Test
  void upgradedSocketsAreAsTheyWere() throws Exception {
    try (Screen screen = Screen.connect(server, server.token())) {
      screen.subscribe("feedback:province");
    }
  }
}
