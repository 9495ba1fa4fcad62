package vn.truc.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.internal.VertxInternal;
import io.vertx.core.internal.WorkerPool;
import io.vertx.core.net.JdkSSLEngineOptions;
import io.vertx.core.net.PfxOptions;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import vn.truc.loop.Arrivals;
import vn.truc.loop.ShortTurns;

/// A connection counted against the bound when its TLS handshake had ended: of those that stopped
/// in its midst there were as many as somebody opened, ten seconds each, and of those that no turn
/// of the loop had taken yet sixteen thousand open files.
class ArrivalsTest {
  private static final int ARRIVALS = 5;
  private static final String PASSWORD = "changeit";

  @TempDir private Path folder;

  private final Vertx vertx =
      ShortTurns.builder().with(new VertxOptions().setPreferNativeTransport(true)).build();
  private final Vertx clients = Vertx.vertx();
  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  private final List<Socket> sockets = new ArrayList<>();
  private int port;

  @BeforeEach
  void keys() throws Exception {
    List<String> command =
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
            "-genkeypair",
            "-alias",
            "one",
            "-keyalg",
            "EC",
            "-dname",
            "CN=localhost",
            "-storetype",
            "PKCS12",
            "-storepass",
            PASSWORD,
            "-keystore",
            folder.resolve("keys.p12").toString());
    assertEquals(0, new ProcessBuilder(command).inheritIO().start().waitFor());
  }

  @AfterEach
  void stop() throws Exception {
    for (Socket socket : sockets) {
      socket.close();
    }
    vertx.close().await();
    clients.close().await();
  }

  private void listen(int connectionsMax) {
    listen(connectionsMax, ARRIVALS);
  }

  private void listen(int connectionsMax, int arrivalsMax) {
    HttpSettings settings =
        new HttpSettings(connectionsMax, arrivalsMax, 60_000, 40_000, 10, 10_000, 1, 1, List.of());
    HttpServerOptions options =
        Connections.configure(new HttpServerOptions(), settings)
            .setSsl(true)
            .setSslEngineOptions(new JdkSSLEngineOptions().setUseWorkerThread(true))
            .setKeyCertOptions(
                new PfxOptions()
                    .setPath(folder.resolve("keys.p12").toString())
                    .setPassword(PASSWORD));
    port =
        vertx
            .createHttpServer(options)
            .connectionHandler(new Connections(options, settings, registry, Arrivals.of(vertx)))
            .requestHandler(request -> request.response().end("x"))
            .listen(0, "127.0.0.1")
            .await()
            .actualPort();
  }

  private void silent(int count) throws IOException {
    for (int i = 0; i < count; i++) {
      sockets.add(new Socket(InetAddress.getLoopbackAddress(), port));
    }
  }

  private String asked() throws Exception {
    HttpClient client =
        clients.createHttpClient(
            new HttpClientOptions()
                .setSsl(true)
                .setTrustAll(true)
                .setVerifyHost(false)
                .setKeepAlive(false)
                .setConnectTimeout((int) TimeUnit.SECONDS.toMillis(60)));
    return client
        .request(HttpMethod.GET, port, "127.0.0.1", "/")
        .compose(request -> request.send())
        .compose(response -> response.body())
        .eventually(client::close)
        .toCompletionStage()
        .toCompletableFuture()
        .get(60, TimeUnit.SECONDS)
        .toString();
  }

  private static void eventually(String what, BooleanSupplier holds) {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
    while (!holds.getAsBoolean()) {
      assertTrue(System.nanoTime() < end, what);
    }
  }

  private double cut() {
    return registry.get("truc.http.arrivals.cut").counter().count();
  }

  @Test
  void whoStopsInAHandshakeMakesRoomForWhoGoesOn() throws Exception {
    listen(1_000);
    assertEquals("x", asked());
    eventually("gone again", () -> Arrivals.of(vertx).coming() == 0);
    silent(2 * ARRIVALS + 2);
    assertTrue(Arrivals.of(vertx).coming() <= ARRIVALS, "no more than the bound are let in");
    assertEquals("x", asked());
    assertTrue(cut() >= ARRIVALS, "those before it were closed");
    assertTrue(Arrivals.of(vertx).coming() <= ARRIVALS);
    assertEquals(0, registry.get("truc.http.connections.refused").counter().count());
  }

  @Test
  void silenceIsNoHindranceWhereThereIsRoom() throws Exception {
    listen(1_000);
    silent(ARRIVALS - 2);
    for (int i = 0; i < 3 * ARRIVALS; i++) {
      assertEquals("x", asked());
    }
    assertEquals(0, cut());
    assertEquals(ARRIVALS - 2, Arrivals.of(vertx).coming());
    for (Socket socket : sockets) {
      socket.close();
    }
    eventually("those that leave are gone", () -> Arrivals.of(vertx).coming() == 0);
  }

  private SSLSocket secured(String version) throws Exception {
    SSLContext anybody = SSLContext.getInstance("TLS");
    anybody.init(null, InsecureTrustManagerFactory.INSTANCE.getTrustManagers(), null);
    SSLSocket socket =
        (SSLSocket) anybody.getSocketFactory().createSocket(InetAddress.getLoopbackAddress(), port);
    socket.setSoTimeout((int) TimeUnit.SECONDS.toMillis(30));
    socket.setEnabledProtocols(new String[] {version});
    socket.startHandshake();
    sockets.add(socket);
    socket.getOutputStream().write("GET / HTTP/1.1\r\nHost: x\r\n\r\n".getBytes(UTF_8));
    assertEquals('H', socket.getInputStream().read());
    return socket;
  }

  /// One connection that asked for new keys without end, and read no answer, held the loop for a
  /// quarter of a second and more.
  @Test
  void whoAsksForNewKeysWithoutEndIsLeft() throws Exception {
    listen(1_000);
    SSLSocket socket = secured("TLSv1.3");
    for (int i = 0; i < TlsChatter.RECORDS_MAX / 2; i++) {
      socket.startHandshake();
    }
    assertEquals(0, registry.get("truc.http.tls.cut").counter().count());
    assertThrows(
        IOException.class,
        () -> {
          for (int i = 0; i < 10_000; i++) {
            socket.startHandshake();
          }
        });
    assertEquals(1, registry.get("truc.http.tls.cut").counter().count());
    assertEquals("x", asked());
  }

  /// Each handshake anew is a signature of ours, and cost its client next to nothing.
  @Test
  void noClientBeginsAHandshakeAnew() throws Exception {
    listen(1_000);
    SSLSocket socket = secured("TLSv1.2");
    assertThrows(
        IOException.class,
        () -> {
          socket.startHandshake();
          while (socket.getInputStream().read() >= 0) {
            // what is left of the answer
          }
          throw new IOException("closed");
        });
    assertEquals("x", asked());
  }

  /// Handshakes of connections that were gone stood in line without bound.
  @Test
  void whoHasGoneKeepsItsPlaceUntilTheWorkersArePastIt() throws Exception {
    listen(100_000, 100_000);
    WorkerPool workers = ((VertxInternal) vertx).internalWorkerPool();
    CountDownLatch busy = new CountDownLatch(VertxOptions.DEFAULT_INTERNAL_BLOCKING_POOL_SIZE);
    CountDownLatch free = new CountDownLatch(1);
    for (int i = 0; i < VertxOptions.DEFAULT_INTERNAL_BLOCKING_POOL_SIZE; i++) {
      workers.executor().execute(() -> hold(busy, free));
    }
    busy.await();
    Queue<Runnable> line = ((ThreadPoolExecutor) workers.executor()).getQueue();
    for (int i = 0; i < 3; i++) {
      Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
      SSLEngine engine = SSLContext.getDefault().createSSLEngine();
      engine.setUseClientMode(true);
      ByteBuffer hello = ByteBuffer.allocate(32_768);
      engine.wrap(ByteBuffer.allocate(0), hello);
      socket.getOutputStream().write(hello.array(), 0, hello.position());
      sockets.add(socket);
    }
    eventually("their handshakes are in line", () -> line.size() == 3);
    for (Socket socket : sockets) {
      socket.setSoLinger(true, 0);
      socket.close();
    }
    eventually("and behind them our marks", () -> line.size() == 6);
    assertEquals(3, Arrivals.of(vertx).coming(), "gone, and still to be reckoned");
    free.countDown();
    eventually("reckoned", () -> Arrivals.of(vertx).coming() == 0);
  }

  /// Each of a crowd that connects and leaves stood in line before the sockets of those that were
  /// there: they waited for more than a second.
  @Test
  void aLoopThatIsBehindIsGivenNoMoreThanItCanHear() throws Exception {
    listen(100_000, 100_000);
    CountDownLatch busy = new CountDownLatch(1);
    CountDownLatch free = new CountDownLatch(1);
    ((VertxInternal) vertx)
        .nettyEventLoopGroup()
        .forEach(loop -> loop.execute(() -> hold(busy, free)));
    busy.await();
    silent(1_000);
    int taken = Arrivals.of(vertx).coming();
    free.countDown();
    assertTrue(taken < 300, "let in while nobody heard of them: " + taken);
    assertEquals("x", asked());
  }

  private static void hold(CountDownLatch busy, CountDownLatch free) {
    busy.countDown();
    try {
      assertTrue(free.await(30, TimeUnit.SECONDS));
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void connectionsThatHaveNotBegunCountAgainstTheBoundOfAll() throws Exception {
    listen(3);
    silent(3);
    eventually("let in", () -> Arrivals.of(vertx).coming() == 3);
    silent(1);
    assertEquals(-1, sockets.getLast().getInputStream().read(), "closed at once");
    assertEquals(1, registry.get("truc.http.connections.refused").counter().count());
    sockets.getFirst().close();
    eventually("gone", () -> Arrivals.of(vertx).coming() == 2);
    assertEquals("x", asked());
  }
}
