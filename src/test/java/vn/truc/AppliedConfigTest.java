package vn.truc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import vn.truc.board.Board;
import vn.truc.board.BoardConfig;
import vn.truc.event.EventTypes;
import vn.truc.event.LogRecord;

/// A configuration that comes while a node serves cases: nobody asked for it here, it was another
/// node's.
class AppliedConfigTest {
  private static final long TIME = 1_795_000_000_000_000L;

  /// So many that folding them takes several turns of the loop.
  private static final int CASES = 20_000;

  private final Vertx vertx = Vertx.vertx();
  private final Context context = vertx.getOrCreateContext();
  private final Board board = board();
  private final AppliedConfig config = new AppliedConfig(vertx, board);
  private final List<String> swaps = new ArrayList<>();

  @AfterEach
  void close() throws Exception {
    vertx.close().toCompletionStage().toCompletableFuture().get(30, TimeUnit.SECONDS);
  }

  private static Board board() {
    return new Board(BoardConfig.none(), Settings.of(Map.of()).board(), new Random(1));
  }

  private static LogRecord fact(int number) {
    return new LogRecord(
        number,
        LogRecord.SCHEMA,
        "vn.ioc.feedback.status",
        "/hotline/1022",
        "evt-" + number,
        "PA-" + number,
        TIME + number,
        null,
        TIME + number,
        "k1",
        null,
        "{\"status\":\"received\",\"area\":\"99001\"}",
        null);
  }

  private static Map<String, String> files(String code) {
    return Map.of(
        "areas.yaml",
        "areas:\n  - {code: \"" + code + "\", name: Xã, kind: xa, hexRow: 1, hexCol: 1}\n");
  }

  /// Ten agencies, each below the one before: `check` found no fault, and the record stopped every
  /// node that folded it, for good.
  @Test
  void agenciesThatNestTooDeepAreAFaultAndStopNobody() throws Exception {
    StringBuilder deep = new StringBuilder("agencies:\n");
    for (int i = 0; i < 10; i++) {
      String parent = i == 0 ? "" : ", parent: a" + (i - 1);
      deep.append("  - {id: a" + i + ", name: A, kind: department" + parent + "}\n");
    }
    on(
        () -> {
          config.take(files("99000"));
          config.apply(AppliedConfig.record(Map.of("agencies.yaml", deep.toString()), TIME), true);
          return 0;
        });
    settled();
    String fault = config.fault().orElseThrow();
    assertTrue(fault.contains("agencies.yaml:10:"), fault);
    assertTrue(fault.contains("9 levels deep, at most 8"), fault);
    assertEquals(AppliedConfig.hash(files("99000")), config.swappedHash());
    on(
        () -> {
          config.apply(applied("99001"), true);
          return 0;
        });
    settled();
    assertEquals(Optional.empty(), config.fault());
  }

  private static LogRecord applied(String code) {
    return AppliedConfig.record(files(code), TIME).at(1);
  }

  private <T> T on(Supplier<T> work) throws Exception {
    CompletableFuture<T> done = new CompletableFuture<>();
    context.runOnContext(
        _ -> {
          try {
            done.complete(work.get());
          } catch (Throwable e) {
            done.completeExceptionally(e);
          }
        });
    return done.get(30, TimeUnit.SECONDS);
  }

  private void settled() throws Exception {
    Future<Void> settled = on(config::settle);
    settled.toCompletionStage().toCompletableFuture().get(30, TimeUnit.SECONDS);
  }

  private void fill(int from, int to) {
    for (int number = from; number <= to; number++) {
      board.apply(fact(number));
    }
  }

  /// On a node that held a case it waited for the next start.
  @Test
  void comesIntoForceByItself() throws Exception {
    CompletableFuture<String> swapped = new CompletableFuture<>();
    on(
        () -> {
          config.take(files("99000"));
          fill(1, CASES);
          config.onSwap(() -> swapped.complete(config.swappedHash()));
          config.apply(applied("99001"), true);
          assertEquals(AppliedConfig.hash(files("99001")), config.hash());
          assertEquals(AppliedConfig.hash(files("99000")), config.swappedHash(), "not yet");
          assertFalse(board.hasScope("99001"));
          return 0;
        });
    assertEquals(AppliedConfig.hash(files("99001")), swapped.get(30, TimeUnit.SECONDS));
    assertTrue(on(() -> board.hasScope("99001")));
    assertTrue(on(() -> config.rules().exists("99001")));
  }

  /// A replay folds the last one alone, once, when all is read.
  @Test
  void waitsForTheEndOfAReplay() throws Exception {
    on(
        () -> {
          config.take(files("99000"));
          fill(1, 10);
          config.apply(applied("99001"), false);
          config.apply(applied("99002"), false);
          config.onSwap(() -> swaps.add(config.swappedHash()));
          return 0;
        });
    assertFalse(on(() -> board.hasScope("99001")), "nothing began by itself");
    settled();
    assertEquals(List.of(AppliedConfig.hash(files("99002"))), swaps);
    settled();
    assertEquals(1, swaps.size(), "there is nothing left to do");
  }

  /// Facts go into both, and the second configuration comes while the first is being folded.
  @Test
  void twoInQuickSuccessionUnderLoadEndWithTheLast() throws Exception {
    on(
        () -> {
          config.take(files("99000"));
          fill(1, CASES);
          config.onSwap(() -> swaps.add(config.swappedHash()));
          config.apply(applied("99002"), true);
          fill(CASES + 1, CASES + 500);
          config.apply(applied("99001"), true);
          fill(CASES + 501, CASES + 900);
          return 0;
        });
    on(
        () -> {
          fill(CASES + 901, CASES + 1_000);
          return 0;
        });
    settled();
    assertEquals(AppliedConfig.hash(files("99001")), config.swappedHash());
    assertEquals(AppliedConfig.hash(files("99001")), swaps.getLast());
    assertFalse(board.hasScope("99002"));
    Board fresh = board();
    AppliedConfig under = new AppliedConfig(vertx, fresh);
    on(
        () -> {
          under.take(files("99001"));
          for (int number = 1; number <= CASES + 1_000; number++) {
            fresh.apply(fact(number));
          }
          return 0;
        });
    for (String scope : List.of("province", "99001")) {
      String values = board.boardJson(scope).orElseThrow();
      assertEquals(fresh.boardJson(scope).orElseThrow(), values);
      assertTrue(values.contains("\"feedback.open\":" + (CASES + 1_000)), values);
    }
  }

  /// One that cannot be read ends at once, with the one before in force; the next mends it, also
  /// where it comes while another is being folded.
  @Test
  void oneAtFaultIsToldAndTheNextMendsIt() throws Exception {
    LogRecord wrong =
        LogRecord.internal(
                EventTypes.CONFIG_APPLIED,
                "config:x",
                null,
                TIME,
                "{\"files\":{\"areas.yaml\":\"areas: 7\"},\"hash\":\"x\"}")
            .at(1);
    on(
        () -> {
          config.take(files("99000"));
          fill(1, CASES);
          config.apply(applied("99001"), true);
          config.apply(wrong, true);
          return 0;
        });
    settled();
    assertTrue(config.fault().orElseThrow().contains("areas.yaml"), config.fault()::toString);
    assertEquals(AppliedConfig.hash(files("99001")), config.swappedHash());
    assertNotEquals(config.hash(), config.swappedHash());
    on(
        () -> {
          config.apply(applied("99000"), true);
          return 0;
        });
    settled();
    assertEquals(Optional.empty(), config.fault());
    assertEquals(config.hash(), config.swappedHash());
  }
}
