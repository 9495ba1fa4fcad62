package vn.truc.systemd;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import vn.truc.testing.NotifySocket;

class ServiceManagerTest {
  private static final long PID = ProcessHandle.current().pid();

  @TempDir private Path folder = Path.of("");

  private final Vertx vertx = Vertx.vertx(new VertxOptions().setPreferNativeTransport(true));
  private final Context loop = vertx.getOrCreateContext();

  @AfterEach
  void stop() {
    vertx.close().await();
  }

  private ServiceManager manager(Map<String, String> environment) throws Exception {
    CompletableFuture<ServiceManager> made = new CompletableFuture<>();
    loop.runOnContext(_ -> made.complete(new ServiceManager(loop, environment, PID)));
    return made.get(20, TimeUnit.SECONDS);
  }

  private void tell(ServiceManager manager, Consumer<ServiceManager> what) {
    loop.runOnContext(_ -> what.accept(manager));
  }

  private void wholeLife(String socket) throws Exception {
    try (NotifySocket heard = new NotifySocket(socket)) {
      ServiceManager manager =
          manager(
              Map.of("NOTIFY_SOCKET", socket, "WATCHDOG_USEC", "40000", "WATCHDOG_PID", "" + PID));
      tell(manager, ServiceManager::starting);
      assertEquals("STATUS=starting, folding the log\nEXTEND_TIMEOUT_USEC=60000000", heard.next());
      tell(manager, one -> one.ready("http://127.0.0.1:1/"));
      assertEquals("READY=1\nSTATUS=serving http://127.0.0.1:1/", heard.next());
      assertEquals("WATCHDOG=1", heard.next());
      assertEquals("WATCHDOG=1", heard.next());
      tell(manager, ServiceManager::stopping);
      assertEquals("STOPPING=1\nSTATUS=stopping", heard.nextOtherThan("WATCHDOG=1"));
      tell(manager, ServiceManager::close);
    }
  }

  @Test
  void lifeIsToldToASocketInTheFileSystem() throws Exception {
    wholeLife(folder.resolve("notify").toString());
  }

  @Test
  void lifeIsToldToAnAbstractSocket() throws Exception {
    wholeLife("@truc-test-" + PID + "-" + System.nanoTime());
  }

  @Test
  void loopThatHangsFallsSilentAndIsHeardAgainWhenItGoesOn() throws Exception {
    String socket = folder.resolve("notify").toString();
    try (NotifySocket heard = new NotifySocket(socket)) {
      ServiceManager manager = manager(Map.of("NOTIFY_SOCKET", socket, "WATCHDOG_USEC", "2000"));
      tell(manager, one -> one.ready("x"));
      assertTrue(heard.next().startsWith("READY=1"));
      assertEquals("WATCHDOG=1", heard.next());
      CountDownLatch hangs = new CountDownLatch(1);
      CountDownLatch goesOn = new CountDownLatch(1);
      CompletableFuture<Boolean> wentOn = new CompletableFuture<>();
      loop.runOnContext(
          _ -> {
            hangs.countDown();
            try {
              wentOn.complete(goesOn.await(20, TimeUnit.SECONDS));
            } catch (InterruptedException e) {
              wentOn.completeExceptionally(e);
            }
          });
      assertTrue(hangs.await(20, TimeUnit.SECONDS));
      assertTrue(heard.fallsSilent(), "a loop that hangs tells nothing");
      goesOn.countDown();
      assertTrue(wentOn.get(20, TimeUnit.SECONDS));
      assertEquals("WATCHDOG=1", heard.next());
    }
  }

  @Test
  void managerThatIsNotThereHarmsNothing() throws Exception {
    Path plain = Files.writeString(folder.resolve("plain"), "no socket");
    for (Map<String, String> environment :
        java.util.List.<Map<String, String>>of(
            Map.of(),
            Map.of("NOTIFY_SOCKET", ""),
            Map.of("NOTIFY_SOCKET", "vsock:2:3"),
            Map.of("NOTIFY_SOCKET", plain.toString()),
            Map.of("NOTIFY_SOCKET", folder.resolve("none").toString(), "WATCHDOG_USEC", "2000"),
            Map.of("NOTIFY_SOCKET", "/" + "x".repeat(200)))) {
      ServiceManager manager = manager(environment);
      CompletableFuture<String> through = new CompletableFuture<>();
      loop.runOnContext(
          _ -> {
            manager.starting();
            manager.ready("x");
            manager.stopping();
            manager.close();
            through.complete("through");
          });
      assertEquals("through", through.get(20, TimeUnit.SECONDS), environment::toString);
    }
  }

  @Test
  void watchdogIsToldTwiceAsOftenAsItLooksAndOnlyOurs() {
    assertEquals(15_000, ServiceManager.watchdogMillis(Map.of("WATCHDOG_USEC", "30000000"), 7));
    assertEquals(1, ServiceManager.watchdogMillis(Map.of("WATCHDOG_USEC", "1"), 7));
    assertEquals(0, ServiceManager.watchdogMillis(Map.of(), 7));
    assertEquals(0, ServiceManager.watchdogMillis(Map.of("WATCHDOG_USEC", "0"), 7));
    assertEquals(0, ServiceManager.watchdogMillis(Map.of("WATCHDOG_USEC", "soon"), 7));
    Map<String, String> others = Map.of("WATCHDOG_USEC", "30000000", "WATCHDOG_PID", "8");
    assertEquals(0, ServiceManager.watchdogMillis(others, 7));
    assertEquals(15_000, ServiceManager.watchdogMillis(others, 8));
  }
}
