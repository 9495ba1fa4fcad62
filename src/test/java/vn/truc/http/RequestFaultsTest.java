package vn.truc.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.http.HttpServerRequest;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.channels.ClosedChannelException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// What is kept of requests, and what is a fault.
class RequestFaultsTest {
  private static final byte[] ASK =
      "GET /wait HTTP/1.1\r\nHost: x\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

  private final Vertx vertx = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(1));
  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  private final RequestFaults faults = new RequestFaults(registry);
  private final List<HttpServerRequest> waiting = new ArrayList<>();
  private final AtomicInteger came = new AtomicInteger();
  private int port;

  @BeforeEach
  void start() {
    Gate gate = new Gate(faults);
    gate.open(
        request -> {
          waiting.add(request);
          came.incrementAndGet();
        });
    port =
        vertx.createHttpServer().requestHandler(gate).listen(0, "127.0.0.1").await().actualPort();
  }

  @AfterEach
  void stop() {
    vertx.close().await();
  }

  private Socket ask() throws IOException {
    Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
    socket.setSoTimeout(30_000);
    socket.getOutputStream().write(ASK);
    return socket;
  }

  private static void await(BooleanSupplier wanted) {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
    while (!wanted.getAsBoolean()) {
      assertTrue(System.nanoTime() < end, "never came");
    }
  }

  /// A fault behind a route that had told the length of another answer: the next answer of the
  /// connection lay within this one's body, for a proxy in that of another client.
  @Test
  void anAnswerOfAFaultHasItsOwnHead() throws Exception {
    try (Socket socket = ask()) {
      await(() -> came.get() == 1);
      vertx.runOnContext(
          _ -> {
            HttpServerRequest request = waiting.getFirst();
            request.response().putHeader("content-length", "656").putHeader("etag", "x");
            faults.answer(request, new IllegalStateException("on purpose"));
          });
      socket.getOutputStream().write(ASK);
      await(() -> came.get() == 2);
      vertx.runOnContext(_ -> waiting.getLast().response().end("second"));
      StringBuilder read = new StringBuilder();
      while (read.indexOf("second") < 0) {
        read.append((char) socket.getInputStream().read());
      }
      String first = read.substring(0, read.indexOf("HTTP/1.1 200"));
      assertTrue(first.startsWith("HTTP/1.1 500"), first);
      int body = first.length() - first.indexOf("\r\n\r\n") - 4;
      assertTrue(first.contains("content-length: " + body), first);
      assertTrue(!first.contains("etag"), first);
    }
  }

  /// Lists that were read two at a time were answered in each other's turn: the request was looked
  /// for in the wrong place, and kept for ever with all it had read.
  @Test
  void anAnswerInTheTurnOfAnotherLeavesNothingBehind() throws Exception {
    try (Socket one = ask();
        Socket two = ask()) {
      await(() -> came.get() == 2);
      // in the context of neither
      vertx.runOnContext(_ -> waiting.forEach(request -> request.response().end("x")));
      assertEquals('H', one.getInputStream().read());
      assertEquals('H', two.getInputStream().read());
    }
    await(() -> faults.followed() == 0);
  }

  /// A browser that left was an error in the log and a fault in the figures, each time.
  @Test
  void aClientThatIsGoneIsNoFault() throws Exception {
    AtomicInteger gone = new AtomicInteger();
    try (Socket one = ask()) {
      await(() -> came.get() == 1);
      vertx.runOnContext(
          _ -> waiting.getFirst().connection().closeHandler(_ -> gone.incrementAndGet()));
      one.setSoLinger(true, 0);
    }
    await(() -> gone.get() == 1);
    vertx.runOnContext(
        _ -> {
          faults.answer(waiting.getFirst(), new ClosedChannelException());
          faults.answer(waiting.getFirst(), new IllegalStateException("of anybody"));
          gone.incrementAndGet();
        });
    await(() -> gone.get() == 2);
    assertEquals(0, failed());
  }

  /// A connection to a store that breaks looks like a client's: who asked is there, and is
  /// answered.
  @Test
  void aBrokenStoreIsAFaultAndAnswered() throws Exception {
    try (Socket one = ask()) {
      await(() -> came.get() == 1);
      vertx.runOnContext(_ -> faults.answer(waiting.getFirst(), new ClosedChannelException()));
      byte[] head = one.getInputStream().readNBytes(12);
      assertEquals("HTTP/1.1 500", new String(head, StandardCharsets.US_ASCII));
    }
    assertEquals(1, failed());
  }

  private double failed() {
    return registry.get("truc.http.requests.failed").counter().count();
  }
}
