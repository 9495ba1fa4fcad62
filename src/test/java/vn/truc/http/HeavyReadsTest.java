package vn.truc.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServer;
import io.vertx.ext.web.Router;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import vn.truc.loop.Turns;
import vn.truc.loop.Work;

/// A hundred lists asked for at once each took a slice in one turn of the loop, which ran half a
/// second before it looked at a socket again; nothing bounded how many there were.
class HeavyReadsTest {
  private static final int RUNNING = 2;
  private static final int WAITING = 6;

  private final Vertx vertx = Vertx.vertx();
  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  private final List<String> begun = new CopyOnWriteArrayList<>();
  private final Map<String, Runnable> goOn = new ConcurrentHashMap<>();
  private final AtomicInteger abandoned = new AtomicInteger();
  private final AtomicInteger longestTurn = new AtomicInteger();
  private final List<Socket> sockets = new ArrayList<>();
  private final HeavyReads reads =
      new HeavyReads(
          vertx,
          new HttpSettings(1_000, 1_000, 60_000, 10_000, 100, 10_000, RUNNING, WAITING, List.of()),
          new RequestFaults(registry),
          registry);
  private int port;
  private int pieces;
  private long turn;
  private long seenTurn = -1;

  @BeforeEach
  void start() {
    Router router = Router.router(vertx);
    router
        .get("/held/:user/:name")
        .handler(
            context ->
                reads.answer(
                    context,
                    Parameters.path(context, "user"),
                    call -> {
                      begun.add(Parameters.path(context, "name"));
                      goOn.put(Parameters.path(context, "name"), call);
                      return held(context.response());
                    }));
    router
        .get("/long/:user")
        .handler(
            context ->
                reads.answer(
                    context, Parameters.path(context, "user"), _ -> working(context.response())));
    router
        .get("/endless")
        .handler(
            context ->
                reads.answer(context, "greedy", _ -> endless(context.response().setChunked(true))));
    router
        .get("/broken")
        .handler(
            context ->
                reads.answer(
                    context,
                    "x",
                    _ -> {
                      throw new IllegalStateException("on purpose");
                    }));
    HttpServer server = vertx.createHttpServer().requestHandler(router);
    port = server.listen(0, "127.0.0.1").await().actualPort();
  }

  @AfterEach
  void stop() throws Exception {
    for (Socket socket : sockets) {
      socket.close();
    }
    vertx.close().await();
  }

  /// Answers at its second piece, which has to be called for.
  private HeavyReads.Read held(io.vertx.core.http.HttpServerResponse response) {
    return new HeavyReads.Read() {
      private boolean again;

      @Override
      public HeavyReads.Next step() {
        if (!again) {
          again = true;
          return HeavyReads.Next.STORE;
        }
        response.end("ok");
        return HeavyReads.Next.DONE;
      }

      @Override
      public void abandon() {
        abandoned.incrementAndGet();
      }
    };
  }

  /// Of pieces that each fill a turn; counts how many of all reads together one turn holds.
  private HeavyReads.Read working(io.vertx.core.http.HttpServerResponse response) {
    int[] left = {20};
    return () -> {
      pieces = seenTurn == turn ? pieces + 1 : 1;
      seenTurn = turn;
      longestTurn.accumulateAndGet(pieces, Math::max);
      long end = System.nanoTime() + Turns.PIECE_NANOS;
      while (System.nanoTime() < end) {
        Thread.onSpinWait();
      }
      if (--left[0] > 0) {
        return HeavyReads.Next.MORE;
      }
      response.end("ok");
      return HeavyReads.Next.DONE;
    };
  }

  private static HeavyReads.Read endless(io.vertx.core.http.HttpServerResponse response) {
    return () -> {
      response.write(Buffer.buffer(new byte[64 * 1024]));
      return response.writeQueueFull() ? HeavyReads.Next.READER : HeavyReads.Next.MORE;
    };
  }

  private Socket ask(String path) throws Exception {
    Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
    socket.setSoTimeout((int) TimeUnit.SECONDS.toMillis(30));
    socket
        .getOutputStream()
        .write(
            ("GET " + path + " HTTP/1.1\r\nHost: x\r\n\r\n").getBytes(StandardCharsets.US_ASCII));
    sockets.add(socket);
    return socket;
  }

  private static String status(Socket socket) throws Exception {
    return new String(socket.getInputStream().readNBytes(12), StandardCharsets.US_ASCII)
        .substring(9);
  }

  private void counts(int running, int waiting, int stalled) throws Exception {
    until(() -> reads.counts().equals(List.of(running, waiting, stalled)));
  }

  private void until(Callable<Boolean> condition) throws Exception {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
    while (!condition.call()) {
      assertTrue(System.nanoTime() < end, () -> "never; " + reads.counts());
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1));
    }
  }

  private void call(String name) {
    vertx.runOnContext(_ -> goOn.getOrDefault(name, () -> {}).run());
  }

  @Test
  void moreThanMayWaitAreRefusedAndOneUserHasHalfOfTheRoom() throws Exception {
    for (int i = 0; i < RUNNING; i++) {
      ask("/held/an/an" + i);
    }
    counts(RUNNING, 0, 0);
    for (int i = 0; i < WAITING / 2; i++) {
      ask("/held/an/later" + i);
    }
    counts(RUNNING, WAITING / 2, 0);
    Socket over = ask("/held/an/over");
    assertEquals("429", status(over));
    String answer = "";
    while (!answer.contains("}")) {
      answer += (char) over.getInputStream().read();
    }
    assertTrue(answer.toLowerCase(java.util.Locale.ROOT).contains("retry-after: 1"), answer);
    for (int i = 0; i < WAITING / 2; i++) {
      ask("/held/u" + i + "/other" + i);
    }
    counts(RUNNING, WAITING, 0);
    assertEquals("429", status(ask("/held/new/new")));
    assertEquals(2, registry.get("truc.http.reads.refused").counter().count());
    call("an0");
    until(() -> begun.size() == 3);
    assertTrue(begun.get(2).startsWith("other"), "who has fewer at work goes first");
  }

  @Test
  void readsOfThoseWhoAreGoneAreDropped() throws Exception {
    Socket gone = ask("/held/a/one");
    counts(1, 0, 0);
    Socket goneToo = ask("/held/a/two");
    counts(2, 0, 0);
    Socket waits = ask("/held/a/three");
    counts(2, 1, 0);
    Socket stays = ask("/held/b/four");
    counts(2, 2, 0);
    waits.close();
    counts(2, 1, 0);
    gone.close();
    until(() -> begun.contains("four"));
    goneToo.close();
    counts(1, 0, 0);
    assertEquals(2, abandoned.get());
    call("four");
    assertEquals("200", status(stays));
    counts(0, 0, 0);
  }

  @Test
  void oneTurnOfTheLoopIsBoundedOverAllReadsTogether() throws Exception {
    vertx.runOnContext(_ -> nextTurn());
    List<Socket> all = new ArrayList<>();
    for (int i = 0; i < RUNNING + WAITING; i++) {
      all.add(ask("/long/u" + i));
    }
    for (Socket one : all) {
      assertEquals("200", status(one));
    }
    assertEquals(1, longestTurn.get(), "pieces that fill a turn, in one turn");
  }

  private void nextTurn() {
    turn++;
    Turns.next(vertx.getOrCreateContext(), Work.READS, this::nextTurn);
  }

  @Test
  void readersThatDoNotReadKeepNobodyWaitingAndOfTooManyTheOldestIsCut() throws Exception {
    for (int i = 0; i < RUNNING * 4; i++) {
      ask("/endless");
      int stalled = i + 1;
      until(() -> reads.counts().get(2) == stalled);
    }
    ask("/held/an/an");
    until(() -> begun.contains("an"));
    ask("/endless");
    until(() -> registry.get("truc.http.reads.cut").counter().count() == 1);
    counts(1, 0, RUNNING * 4);
  }

  @Test
  void aReadThatFailsIsAnsweredAndNothingElseSuffers() throws Exception {
    for (int i = 0; i < 3 * RUNNING; i++) {
      assertEquals("500", status(ask("/broken")));
    }
    assertEquals(3 * RUNNING, registry.get("truc.http.requests.failed").counter().count());
    Socket next = ask("/held/a/next");
    until(() -> begun.contains("next"));
    call("next");
    assertEquals("200", status(next));
  }
}
