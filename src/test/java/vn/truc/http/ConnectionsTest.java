package vn.truc.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// Connections that nobody uses once stayed open until the server was restarted, in any number.
class ConnectionsTest {
  private final Vertx vertx = Vertx.vertx();
  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();

  @AfterEach
  void stop() {
    vertx.close().await();
  }

  private int listen(HttpSettings settings) {
    HttpServer server =
        vertx
            .createHttpServer(Connections.configure(new HttpServerOptions(), settings))
            .connectionHandler(new Connections(settings, registry))
            .requestHandler(request -> request.response().end("x"));
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
    int port = listen(new HttpSettings(2, 60_000, 10_000, 1, 1, List.of()));
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

  @Test
  void connectionWithoutAByteIsClosed() throws Exception {
    int port = listen(new HttpSettings(2, 200, 10_000, 1, 1, List.of()));
    try (Socket silent = connect(port);
        Socket broken = connect(port)) {
      broken.getOutputStream().write("GET / HTTP/1.1\r\nHo".getBytes(StandardCharsets.US_ASCII));
      assertEquals(-1, silent.getInputStream().read());
      broken.getInputStream().readAllBytes();
      awaitOpen(0);
    }
  }
}
