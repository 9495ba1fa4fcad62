package vn.truc.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.function.DoublePredicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import vn.truc.loop.Arrivals;

/// Connections that nobody uses once stayed open until the server was restarted, in any number.
class ConnectionsTest {
  private static final int BIG = 20_000_000;

  private final AtomicInteger pieces = new AtomicInteger();
  private final AtomicInteger mostInATurn = new AtomicInteger();
  private final Vertx vertx = Vertx.vertx();
  private int inThisTurn;
  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();

  @AfterEach
  void stop() {
    vertx.close().await();
  }

  private int listen(HttpSettings settings) {
    HttpServerOptions options = Connections.configure(new HttpServerOptions(), settings);
    HttpServer server =
        vertx
            .createHttpServer(options)
            .connectionHandler(new Connections(options, settings, registry, Arrivals.of(vertx)))
            .webSocketHandler(_ -> {})
            .requestHandler(
                request -> {
                  mostInATurn.accumulateAndGet(++inThisTurn, Math::max);
                  vertx.runOnContext(_ -> inThisTurn = 0);
                  if ("/echo".equals(request.path())) {
                    Buffer whole = Buffer.buffer();
                    request.handler(
                        piece -> {
                          pieces.incrementAndGet();
                          whole.appendBuffer(piece);
                        });
                    request.endHandler(_ -> request.response().end(whole));
                    return;
                  }
                  request.response().end("/big".equals(request.path()) ? "x".repeat(BIG) : "x");
                });
    return server.listen(0, "127.0.0.1").await().actualPort();
  }

  private static Socket connect(int port) throws Exception {
    Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
    socket.setSoTimeout((int) TimeUnit.SECONDS.toMillis(30));
    return socket;
  }

  private void awaitOpen(int count) {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
    while (registry.get("truc.http.connections").gauge().value() != count) {
      assertTrue(System.nanoTime() < end, "connections open never were " + count);
    }
  }

  @Test
  void moreThanTheBoundAreClosedAtOnceAndOneThatEndsMakesRoom() throws Exception {
    int port = listen(new HttpSettings(2, 1_000, 60_000, 10_000, 10, 10_000, 1, 1, List.of()));
    try (Socket one = connect(port);
        Socket two = connect(port)) {
      awaitOpen(2);
      try (Socket third = connect(port)) {
        assertEquals(-1, third.getInputStream().read());
      }
      assertEquals(1, registry.get("truc.http.connections.refused").counter().count());
      one.shutdownOutput();
      awaitOpen(1);
      try (Socket fourth = connect(port)) {
        awaitOpen(2);
        fourth
            .getOutputStream()
            .write("GET / HTTP/1.1\r\nHost: x\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
        assertEquals('H', fourth.getInputStream().read());
        // that a socket was connected once says nothing: it is asked
        two.getOutputStream()
            .write("GET / HTTP/1.1\r\nHost: x\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
        assertEquals('H', two.getInputStream().read());
      }
    }
  }

  /// A page that was open once counted for ever: after 25,000 of them nobody was let in any more.
  @Test
  void webSocketsThatEndMakeRoom() throws Exception {
    int port = listen(new HttpSettings(2, 1_000, 60_000, 40_000, 10, 10_000, 1, 1, List.of()));
    for (int i = 0; i < 5; i++) {
      try (Socket page = connect(port)) {
        String upgrade =
            """
            GET / HTTP/1.1
            Host: x
            Connection: Upgrade
            Upgrade: websocket
            Sec-WebSocket-Version: 13
            Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==

            """;
        say(page, upgrade.replace("\n", "\r\n"));
        assertTrue(answer(page).startsWith("HTTP/1.1 101"));
        awaitOpen(1);
      }
      awaitOpen(0);
    }
  }

  @Test
  void connectionWithoutAByteIsClosed() throws Exception {
    int port = listen(new HttpSettings(2, 1_000, 200, 10_000, 10, 10_000, 1, 1, List.of()));
    try (Socket silent = connect(port);
        Socket broken = connect(port)) {
      broken.getOutputStream().write("GET / HTTP/1.1\r\nHo".getBytes(StandardCharsets.US_ASCII));
      assertEquals(-1, silent.getInputStream().read());
      broken.getInputStream().readAllBytes();
      awaitOpen(0);
    }
  }

  private double heads() {
    return registry.get("truc.http.heads").gauge().value();
  }

  private void awaitHeads(DoublePredicate wanted) {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
    while (!wanted.test(heads())) {
      assertTrue(System.nanoTime() < end, "heads are " + heads() + " bytes");
    }
  }

  private int headsCut() {
    return (int) registry.get("truc.http.heads.cut").counter().count();
  }

  private static void say(Socket socket, String text) throws Exception {
    socket.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
  }

  /// Ends its head; whether that was answered.
  private static boolean ended(Socket socket) {
    try {
      say(socket, "\r\n\r\n");
      return socket.getInputStream().readNBytes(12).length == 12;
    } catch (Exception _) {
      return false;
    }
  }

  private static String answer(Socket socket) throws Exception {
    byte[] some = new byte[1_000];
    return new String(some, 0, socket.getInputStream().read(some), StandardCharsets.US_ASCII);
  }

  /// 16,000 connections with 31 KB of a head that never ended took all the memory there was.
  @Test
  void headsThatDoNotEndAreBoundedAndTheOldestGo() throws Exception {
    int port = listen(new HttpSettings(100, 1_000, 60_000, 40_000, 10, 10_000, 1, 1, List.of()));
    String begun = "GET / HTTP/1.1\r\nHost: x\r\nX: ";
    List<Socket> crowd = new ArrayList<>();
    try (Socket good = connect(port)) {
      say(good, begun + "y\r\n\r\n");
      assertTrue(answer(good).startsWith("HTTP/1.1 200"));
      for (int i = 0; i < 12; i++) {
        Socket one = connect(port);
        crowd.add(one);
        double before = heads();
        int cut = headsCut();
        say(one, begun + "y".repeat(7_000));
        awaitHeads(bytes -> bytes != before || headsCut() > cut);
        assertTrue(
            heads() <= 60_000, "what came last is counted before the oldest goes: " + heads());
      }
      say(good, begun + "y\r\n\r\n");
      assertTrue(answer(good).startsWith("HTTP/1.1 200"), "who was quiet meanwhile is served");
      List<Socket> served = new ArrayList<>();
      for (Socket one : crowd) {
        if (ended(one)) {
          served.add(one);
        }
      }
      int cut = headsCut();
      assertTrue(cut >= 7 && cut < 12, cut + " cut");
      assertEquals(crowd.subList(cut, 12), served, "the oldest went");
      awaitHeads(bytes -> bytes == 0);
      // many short headers weigh more than their characters
      say(crowd.getLast(), "GET / HTTP/1.1\r\nHost: x\r\n" + "a:b\r\n".repeat(500));
      crowd.getLast().getInputStream().readAllBytes();
      assertTrue(headsCut() > cut, "its end came");
    } finally {
      for (Socket one : crowd) {
        one.close();
      }
    }
    awaitHeads(bytes -> bytes == 0);
  }

  /// What comes behind a whole request belongs to the next one, even in one piece with it.
  @Test
  void whatIsBegunBehindAWholeRequestCounts() throws Exception {
    int port = listen(new HttpSettings(100, 1_000, 60_000, 40_000, 10, 10_000, 1, 1, List.of()));
    String body = "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc";
    String next = "GET / HTTP/1.1\r\nX: yyy";
    try (Socket one = connect(port)) {
      say(one, body + body + next);
      awaitHeads(bytes -> bytes >= next.length() + 128);
      say(one, "\r\nHost: x\r\n\r\n");
      awaitHeads(bytes -> bytes == 0);
      String answers = "";
      while (answers.split("HTTP/1.1 200", -1).length < 4) {
        answers += answer(one);
      }
    }
  }

  private static byte[] pipelined(int requests) {
    return "GET / HTTP/1.1\r\nHost: x\r\n\r\n".repeat(requests).getBytes(StandardCharsets.US_ASCII);
  }

  private static void readAnswers(Socket socket, int wanted) throws Exception {
    String text = "";
    int answers = 0;
    while (answers < wanted) {
      text += answer(socket);
      int end = text.lastIndexOf("\r\n\r\nx");
      if (end >= 0) {
        answers += text.substring(0, end + 5).split("\r\n\r\nx", -1).length - 1;
        text = text.substring(end + 5);
      }
    }
    assertEquals(wanted, answers);
  }

  /// One connection that asked for short answers and read none of them took all memory.
  @Test
  void whoReadsNoAnswersAndAsksOnIsClosed() throws Exception {
    int port = listen(new HttpSettings(100, 1_000, 60_000, 1_000_000, 2, 10_000, 1, 1, List.of()));
    try (Socket deaf = connect(port)) {
      say(deaf, "GET /big HTTP/1.1\r\nHost: x\r\n\r\n");
      await(() -> registry.get("truc.http.unread").gauge().value() == 1);
      deaf.getOutputStream().write(pipelined(30));
      deaf.getOutputStream().write(pipelined(30));
      await(() -> registry.get("truc.http.unread.cut").counter().count() == 1);
      awaitOpen(0);
    }
    try (Socket slow = connect(port)) {
      say(slow, "GET /big HTTP/1.1\r\nHost: x\r\n\r\n");
      await(() -> registry.get("truc.http.unread").gauge().value() == 1);
      slow.getOutputStream().write(pipelined(20));
      String head = answer(slow);
      int body = head.length() - head.indexOf("\r\n\r\n") - 4;
      assertEquals(BIG - body, slow.getInputStream().readNBytes(BIG - body).length);
      readAnswers(slow, 20);
    }
  }

  /// Thousands of requests in one piece were all answered in one turn of the loop: a second of it.
  @Test
  void manyRequestsInOnePieceTakeManyTurns() throws Exception {
    int port = listen(new HttpSettings(100, 1_000, 60_000, 1_000_000, 2, 10_000, 1, 1, List.of()));
    try (Socket good = connect(port)) {
      good.getOutputStream().write(pipelined(1_000));
      readAnswers(good, 1_000);
      assertTrue(mostInATurn.get() <= 32, mostInATurn + " in a turn");
      good.getOutputStream().write(pipelined(10));
      readAnswers(good, 10);
      awaitHeads(bytes -> bytes == 0);
    }
    try (Socket flood = connect(port)) {
      byte[] many = pipelined(1_000);
      assertThrows(
          IOException.class,
          () -> {
            for (int i = 0; i < 100_000; i++) {
              flood.getOutputStream().write(many);
            }
          });
      assertEquals(1, headsCut() + registry.get("truc.http.unread.cut").counter().count());
    }
  }

  /// A body in chunks of one byte cost its handler as much for each as for a whole buffer: a
  /// hundred of them, without a key, kept all others waiting for seconds.
  @Test
  void smallPiecesOfABodyArePassedOnTogether() throws Exception {
    int port = listen(new HttpSettings(100, 1_000, 60_000, 1_000_000, 2, 10_000, 1, 1, List.of()));
    String chunks = "1\r\na\r\n".repeat(5_000) + "3\r\nbcd\r\n".repeat(5_000);
    String body = "a".repeat(5_000) + "bcd".repeat(5_000);
    try (Socket sender = connect(port)) {
      say(
          sender,
          "POST /echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
              + chunks
              + "0\r\n\r\nGET / HTTP/1.1\r\nHost: x\r\n\r\n");
      String answers = "";
      while (!answers.endsWith("\r\n\r\nx")) {
        answers += answer(sender);
      }
      assertTrue(answers.contains("\r\n\r\n" + body + "HTTP/1.1 200"), "the very body");
      assertTrue(pieces.get() < 200, pieces + " pieces");
    }
  }

  /// A thousand that stand take 64 KiB each.
  @Test
  void ofThoseThatReadNothingTheOldestGoes() throws Exception {
    int port = listen(new HttpSettings(100, 1_000, 60_000, 1_000_000, 2, 10_000, 1, 1, List.of()));
    List<Socket> crowd = new ArrayList<>();
    try {
      for (int i = 1; i <= 3; i++) {
        Socket one = connect(port);
        crowd.add(one);
        say(one, "GET /big HTTP/1.1\r\nHost: x\r\n\r\n");
        int stand = Math.min(i, 2);
        await(() -> registry.get("truc.http.unread").gauge().value() == stand);
      }
      await(() -> registry.get("truc.http.unread.cut").counter().count() == 1);
      long first = crowd.getFirst().getInputStream().readAllBytes().length;
      assertTrue(first < BIG, first + " bytes of the oldest");
      byte[] rest = crowd.getLast().getInputStream().readNBytes(BIG);
      assertEquals(BIG, rest.length);
      await(() -> registry.get("truc.http.unread").gauge().value() < 2);
    } finally {
      for (Socket one : crowd) {
        one.close();
      }
    }
  }

  private static void await(BooleanSupplier wanted) {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
    while (!wanted.getAsBoolean()) {
      assertTrue(System.nanoTime() < end, "never came");
    }
  }
}
