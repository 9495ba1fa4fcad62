package vn.truc.loop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.buffer.Buffer;
import java.net.InetAddress;
import java.net.Socket;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/// A crowd of three thousand that connected at once held the loop for a third of a second, on a
/// slower machine: all sockets that were ready were served, and all tasks of that, in one turn.
class ShortTurnsTest {
  private static final int TASKS = 400;

  /// Counts work, not time: tasks that take a millisecond each wait, and a byte comes in.
  @Test
  void aSocketIsServedBeforeAllTasksThatWait() throws Exception {
    Vertx vertx = ShortTurns.builder().with(new VertxOptions().setEventLoopPoolSize(1)).build();
    try {
      assertTrue(vertx.isNativeTransportEnabled(), "epoll");
      int[] done = new int[1];
      CompletableFuture<Integer> doneAtByte = new CompletableFuture<>();
      CompletableFuture<Context> connected = new CompletableFuture<>();
      int port =
          vertx
              .createNetServer()
              .connectHandler(
                  socket -> {
                    connected.complete(vertx.getOrCreateContext());
                    socket.handler((Buffer _) -> doneAtByte.complete(done[0]));
                  })
              .listen(0, "127.0.0.1")
              .toCompletionStage()
              .toCompletableFuture()
              .get(20, TimeUnit.SECONDS)
              .actualPort();
      try (Socket client = new Socket(InetAddress.getLoopbackAddress(), port)) {
        client.getOutputStream().flush();
        Context loop = connected.get(20, TimeUnit.SECONDS);
        CompletableFuture<Void> all = new CompletableFuture<>();
        loop.runOnContext(
            _ -> {
              for (int i = 0; i < TASKS; i++) {
                loop.runOnContext(_ -> task(done, all));
              }
              send(client);
            });
        assertTrue(doneAtByte.get(20, TimeUnit.SECONDS) < TASKS, "tasks done before the byte");
        all.get(20, TimeUnit.SECONDS);
        assertEquals(TASKS, done[0]);
      }
    } finally {
      vertx.close().toCompletionStage().toCompletableFuture().get(20, TimeUnit.SECONDS);
    }
  }

  /// Pieces of long work, of hundreds of viewers who asked for much at once, were timers that were
  /// due: the one that flushes the counters stood in line behind all of them.
  @Test
  void aTimerWaitsForFewOfThePiecesAndTasksInLine() throws Exception {
    Vertx vertx = ShortTurns.builder().with(new VertxOptions().setEventLoopPoolSize(1)).build();
    try {
      Context loop = vertx.getOrCreateContext();
      int[] done = new int[1];
      CompletableFuture<Integer> doneAtTimer = new CompletableFuture<>();
      CompletableFuture<Void> all = new CompletableFuture<>();
      loop.runOnContext(
          _ -> {
            for (int i = 0; i < TASKS / 2; i++) {
              Turns.next(loop, Work.READS, () -> task(done, all));
              loop.runOnContext(_ -> task(done, all));
            }
            vertx.setTimer(1, _ -> doneAtTimer.complete(done[0]));
          });
      int before = doneAtTimer.get(20, TimeUnit.SECONDS);
      assertTrue(before < TASKS / 2, () -> before + " of " + TASKS + " before the timer");
      all.get(20, TimeUnit.SECONDS);
      assertEquals(TASKS, done[0], "each has its turn");
    } finally {
      vertx.close().toCompletionStage().toCompletableFuture().get(20, TimeUnit.SECONDS);
    }
  }

  /// Beside a hundred readers of lists and hundreds of viewers who asked for much, the facts of a
  /// sender waited for nine seconds until they were on the board.
  @Test
  void factsDoNotStandBehindWhatOthersAskFor() throws Exception {
    Vertx vertx = ShortTurns.builder().with(new VertxOptions().setEventLoopPoolSize(1)).build();
    try {
      Context loop = vertx.getOrCreateContext();
      List<Work> done = new ArrayList<>();
      CompletableFuture<Void> all = new CompletableFuture<>();
      Work[] kinds = {Work.READS, Work.COMMANDS, Work.BODIES, Work.FOLD};
      loop.runOnContext(
          _ -> {
            for (Work kind : kinds) {
              for (int i = 0; i < 12; i++) {
                Turns.next(
                    loop,
                    kind,
                    () -> {
                      done.add(kind);
                      if (done.size() == 48) {
                        all.complete(null);
                      }
                    });
              }
            }
          });
      all.get(20, TimeUnit.SECONDS);
      List<Work> first = done.subList(0, 12);
      assertEquals(6, Collections.frequency(first, Work.FOLD), first::toString);
      for (Work other : List.of(Work.READS, Work.COMMANDS, Work.BODIES)) {
        assertEquals(2, Collections.frequency(first, other), first::toString);
      }
    } finally {
      vertx.close().toCompletionStage().toCompletableFuture().get(20, TimeUnit.SECONDS);
    }
  }

  private static void send(Socket client) {
    try {
      client.getOutputStream().write(1);
    } catch (java.io.IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private static void task(int[] done, CompletableFuture<Void> all) {
    long until = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(1);
    while (System.nanoTime() < until) {
      Thread.onSpinWait();
    }
    if (++done[0] == TASKS) {
      all.complete(null);
    }
  }
}
