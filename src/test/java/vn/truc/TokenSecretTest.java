package vn.truc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import java.time.InstantSource;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;
import vn.truc.access.AccessSettings;
import vn.truc.access.DashboardTokens;
import vn.truc.access.TokenRegister;
import vn.truc.testing.MemoryEventLog;

/// The secret of a generation that a node does not hold yet.
class TokenSecretTest {
  private final Vertx vertx = Vertx.vertx();
  private final Context context = vertx.getOrCreateContext();
  private final MemoryEventLog log = new MemoryEventLog();
  private final TokenRegister register = new TokenRegister();
  private final DashboardTokens tokens =
      new DashboardTokens(
          Buffer.buffer(new byte[32]), InstantSource.system(), register, AccessSettings.defaults());

  private final Logger words = (Logger) LoggerFactory.getLogger(TokenSecret.class);

  @BeforeEach
  void saveWords() {
    words.setLevel(Level.ERROR);
  }

  @AfterEach
  void close() throws Exception {
    words.setLevel(null);
    await(vertx.close());
  }

  private static void await(Future<Void> future) throws Exception {
    future.toCompletionStage().toCompletableFuture().get(30, TimeUnit.SECONDS);
  }

  /// While a store was away for hours each try waited for the next; when it came back tokens were
  /// good again, but whoever had revoked one was never told.
  @Test
  void aSecretIsWaitedForAsLongAsItTakes() throws Exception {
    AtomicInteger pauses = new AtomicInteger();
    TokenSecret secret =
        new TokenSecret(
            log,
            register,
            tokens,
            () -> {
              pauses.incrementAndGet();
              Promise<Void> over = Promise.promise();
              context.runOnContext(_ -> over.complete());
              return over.future();
            });
    register.apply(TokenRegister.rotation(1, "test", 1).at(1));
    assertFalse(tokens.current());
    log.answersIn(context);
    log.refuse(20_000);
    await(secret.newest());
    assertTrue(tokens.current());
    assertEquals(20_000, pauses.get());
  }
}
