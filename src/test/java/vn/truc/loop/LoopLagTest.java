package vn.truc.loop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Vertx;
import java.lang.management.ManagementFactory;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/// The guard that every integration test rests on must itself see a turn that is too long.
class LoopLagTest {
  private final Vertx vertx = Vertx.vertx();
  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  private final ListAppender<ILoggingEvent> told = new ListAppender<>();
  private final Logger logger = (Logger) LoggerFactory.getLogger(LoopLag.class);

  @BeforeEach
  void listen() {
    told.start();
    logger.addAppender(told);
  }

  @AfterEach
  void end() throws Exception {
    logger.detachAppender(told);
    vertx.close().toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
  }

  /// Uses the processor time of the current thread.
  private static void burn(long millis) {
    long until =
        ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime()
            + TimeUnit.MILLISECONDS.toNanos(millis);
    while (ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime() < until) {
      Thread.onSpinWait();
    }
  }

  private double held() {
    return registry.get("truc.loop.held.max").gauge().value();
  }

  /// Runs turns on a loop that is measured, each as long as told; completes after the last.
  private void turns(boolean served, long... millis) throws Exception {
    CompletableFuture<Void> done = new CompletableFuture<>();
    vertx.runOnContext(
        _ -> {
          LoopLag lag = new LoopLag(vertx, registry);
          if (served) {
            lag.served();
          }
          next(lag, done, 0, millis);
        });
    done.get(30, TimeUnit.SECONDS);
  }

  /// The next turn comes once the one before it was noted, a few periods later.
  private void next(LoopLag lag, CompletableFuture<Void> done, int turn, long... millis) {
    if (turn == millis.length) {
      lag.stop();
      done.complete(null);
      return;
    }
    burn(millis[turn]);
    vertx.setTimer(50, _ -> next(lag, done, turn + 1, millis));
  }

  @Test
  void aTurnThatHoldsTheLoopIsToldAndMeasured() throws Exception {
    turns(true, 1, 300);
    assertEquals(1, told.list.size());
    assertTrue(told.list.getFirst().getFormattedMessage().matches("loop_held millis=[23]\\d\\d"));
    assertTrue(held() > 0.25, "" + held());
  }

  @Test
  void onlyALongerOneIsToldAgain() throws Exception {
    turns(true, 300, 280, 500);
    assertEquals(2, told.list.size(), told.list.toString());
  }

  @Test
  void whatAStartDoesHoldsNobodyUp() throws Exception {
    turns(false, 300);
    assertTrue(told.list.isEmpty(), told.list.toString());
  }
}
