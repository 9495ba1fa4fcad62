package vn.truc.server;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.vertx.core.json.JsonObject;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/// A hundred `GET /cases` at once held the loop for half a second a round, and a case of 22 MB was
/// made as one text, in 1.4 s of the loop. (Every server of these tests fails them when one turn of
/// its loop takes long.)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class HeavyReadsIT {
  private static final int CASES = 40_000;
  private static final int LONG = 9_900;
  private static final int AT_ONCE = 50;
  private static final String LONG_CODE = "PA-LONG";

  @TempDir private static Path folder = Path.of("");

  private RunningServer server;

  @BeforeAll
  void start() throws Exception {
    server = RunningServer.start(folder.resolve("data"), "--clock", Fact.CLOCK);
    String key = server.key(Fact.SOURCE);
    post(
        key,
        IntStream.range(0, CASES)
            .mapToObj(i -> Fact.feedback("e-" + i, "PA-" + i, "received"))
            .collect(Collectors.joining("\n")));
    JsonObject data =
        new JsonObject().put("status", "processing").put("title", "một nội dung riêng");
    // a few at a time: a batch of a long case is judged in one turn
    for (int from = 0; from < LONG; from += AT_ONCE) {
      post(
          key,
          IntStream.range(from, from + AT_ONCE)
              .mapToObj(
                  i ->
                      Fact.feedback(
                          "long-" + "x".repeat(240) + i,
                          LONG_CODE,
                          i % 100 == 0 ? data : new JsonObject().put("status", "processing")))
              .collect(Collectors.joining("\n")));
    }
  }

  private void post(String key, String body) throws Exception {
    RunningServer.Answer answer = server.post(key, RunningServer.NDJSON, body);
    assertEquals(202, answer.status(), answer::toString);
  }

  @AfterAll
  void stop() {
    server.close();
  }

  private Socket ask(String path) throws IOException {
    Socket socket = new Socket();
    socket.setReceiveBufferSize(4_096);
    socket.connect(new java.net.InetSocketAddress(InetAddress.getLoopbackAddress(), server.port()));
    socket.setSoTimeout((int) TimeUnit.SECONDS.toMillis(60));
    String request =
        "GET "
            + path
            + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAuthorization: Bearer "
            + server.token()
            + "\r\n\r\n";
    socket.getOutputStream().write(request.getBytes(UTF_8));
    return socket;
  }

  private static int status(Socket socket) throws IOException {
    return Integer.parseInt(new String(socket.getInputStream().readNBytes(12), UTF_8).substring(9));
  }

  @Test
  void aCrowdOfListsIsServedInTurnsAndBeyondThatRefused() throws Exception {
    List<Socket> crowd = new ArrayList<>();
    try {
      for (int i = 0; i < 200; i++) {
        crowd.add(ask("/api/v1/cases?kind=feedback&limit=1000&state=overdue"));
      }
      assertEquals(200, server.get("/healthz", "").status());
      int served = 0;
      for (Socket one : crowd) {
        int status = status(one);
        assertTrue(status == 200 || status == 429, () -> "answered " + status);
        served += status == 200 ? 1 : 0;
      }
      assertTrue(served > 0, "nobody was served");
      assertEquals(200 - served, server.metric("truc_http_reads_refused_total"));
    } finally {
      for (Socket one : crowd) {
        one.close();
      }
    }
    Patience.until(
        "all are over",
        () ->
            server.metric("truc_http_reads_running") + server.metric("truc_http_reads_waiting")
                == 0);
  }

  @Test
  void aLongCaseComesWholeInPiecesAndItsPersonalFieldsAfterTheLook() throws Exception {
    JsonObject whole = server.json("/api/v1/cases/feedback/" + LONG_CODE);
    assertEquals(LONG, whole.getJsonArray("history").size());
    assertEquals(LONG / 100, whole.getJsonArray("personal").size());
    Set<String> positions = new HashSet<>();
    for (int i = 0; i < LONG; i++) {
      positions.add(whole.getJsonArray("history").getJsonObject(i).getString("position"));
    }
    assertEquals(LONG, positions.size());
    try (Socket socket = ask("/api/v1/cases/feedback/" + LONG_CODE)) {
      String head = head(socket.getInputStream());
      assertTrue(head.toLowerCase(java.util.Locale.ROOT).contains("chunked"), head);
    }
    // HTTP/1.0 knows no pieces: it gets the same as one
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
      String old =
          "GET /api/v1/cases/feedback/" + LONG_CODE + " HTTP/1.0\r\nAuthorization: Bearer ";
      socket.getOutputStream().write((old + server.token() + "\r\n\r\n").getBytes(UTF_8));
      InputStream in = new BufferedInputStream(socket.getInputStream());
      head(in);
      assertEquals(whole, new JsonObject(new String(in.readAllBytes(), UTF_8)));
    }
  }

  private static String head(InputStream in) throws IOException {
    StringBuilder head = new StringBuilder();
    while (head.indexOf("\r\n\r\n") < 0) {
      head.append((char) in.read());
    }
    return head.toString();
  }

  @Test
  void readersThatReadNothingKeepNobodyWaiting() throws Exception {
    List<Socket> greedy = new ArrayList<>();
    try {
      for (int i = 0; i < 40; i++) {
        greedy.add(ask("/api/v1/cases/feedback/" + LONG_CODE));
        assertEquals(200, server.get("/api/v1/cases?kind=feedback&limit=1").status());
      }
      Patience.until("the oldest are cut", () -> server.metric("truc_http_reads_cut_total") > 0);
      assertTrue(server.metric("truc_http_reads_stalled") <= 16, server::log);
    } finally {
      for (Socket one : greedy) {
        one.close();
      }
    }
    Patience.until("all are gone", () -> server.metric("truc_http_reads_stalled") == 0);
  }
}
