package vn.truc.loop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntFunction;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// Chains of `compose` that went on behind themselves ended in a stack that overflowed, seen by
/// nobody, and what waited for them waited for ever.
class StepsTest {
  private final Vertx vertx = Vertx.vertx();
  private final Context context = vertx.getOrCreateContext();
  private final AtomicInteger taken = new AtomicInteger();

  @AfterEach
  void end() throws Exception {
    await(vertx.close());
  }

  private static <T> T await(Future<T> future) throws Exception {
    return future.toCompletionStage().toCompletableFuture().get(60, TimeUnit.SECONDS);
  }

  private <T> T await(Context where, Supplier<Future<T>> work) throws Exception {
    CompletableFuture<T> outcome = new CompletableFuture<>();
    where.runOnContext(
        _ -> work.get().onComplete(outcome::complete, outcome::completeExceptionally));
    return outcome.get(60, TimeUnit.SECONDS);
  }

  /// So many steps, each of which ends as the function says of its number.
  private Future<Void> steps(int count, IntFunction<Future<Void>> end) {
    return Steps.whileTrue(
        () -> {
          int number = taken.incrementAndGet();
          return end.apply(number).map(number < count);
        });
  }

  private Future<Void> later(Context where) {
    Promise<Void> promise = Promise.promise();
    where.runOnContext(_ -> promise.complete());
    return promise.future();
  }

  @Test
  void aMillionStepsThatEndAtOnceDo() throws Exception {
    Future<Void> done = steps(1_000_000, _ -> Future.succeededFuture());
    assertTrue(done.succeeded(), "without an event loop they are done on the spot");
    assertEquals(1_000_000, taken.get());
    taken.set(0);
    await(context, () -> steps(1_000_000, _ -> Future.succeededFuture()));
    assertEquals(1_000_000, taken.get());
  }

  @Test
  void aHundredThousandStepsThatEndLaterDo() throws Exception {
    await(context, () -> steps(100_000, _ -> later(context)));
    assertEquals(100_000, taken.get());
  }

  @Test
  void stepsThatEndAtOnceAndLaterDoInAnyMixture() throws Exception {
    for (int every : new int[] {2, 3, 1_000, 20_000}) {
      taken.set(0);
      await(
          context,
          () ->
              steps(
                  100_000,
                  number -> number % every == 0 ? later(context) : Future.succeededFuture()));
      assertEquals(100_000, taken.get());
    }
  }

  /// What ends on another thread may do so before anybody listens, or while somebody begins to.
  @Test
  void stepsThatEndOnOtherThreadsDoToo() throws Exception {
    Context other = vertx.getOrCreateContext();
    await(context, () -> steps(100_000, number -> later(number % 2 == 0 ? other : context)));
    assertEquals(100_000, taken.get());
    taken.set(0);
    steps(100_000, _ -> later(other)).toCompletionStage().toCompletableFuture().get();
    assertEquals(100_000, taken.get());
  }

  /// Whoever completes them one by one finds each taken, with nothing on the stack of the last.
  @Test
  void stepsThatAreEndedByHandDo() {
    List<Promise<Void>> open = new ArrayList<>();
    Future<Void> done =
        steps(
            100_000,
            _ -> {
              open.add(Promise.promise());
              return open.getLast().future();
            });
    for (int number = 0; number < 100_000; number++) {
      open.get(number).complete();
    }
    assertTrue(done.succeeded());
  }

  @Test
  void aStepBeginsWhereTheOneBeforeItEnded() throws Exception {
    Context other = vertx.getOrCreateContext();
    Set<Optional<Context>> seen = ConcurrentHashMap.newKeySet();
    await(
        context,
        () ->
            steps(
                50,
                number -> {
                  if (number > 1) {
                    seen.add(Optional.ofNullable(Vertx.currentContext()));
                    return later(other);
                  }
                  return later(context).compose(_ -> later(other));
                }));
    assertEquals(Set.of(Optional.of(other)), seen);
  }

  /// A run of steps that were ready at once held the loop until the last.
  @Test
  void stepsThatEndAtOnceLetOthersHaveTheLoopBetweenThem() throws Exception {
    AtomicInteger timers = new AtomicInteger();
    await(
        context,
        () -> {
          vertx.setPeriodic(1, _ -> timers.incrementAndGet());
          return Steps.whileTrue(
              () -> {
                taken.incrementAndGet();
                return Future.succeededFuture(timers.get() < 20);
              });
        });
    assertTrue(taken.get() > 20, "the timer had its turns, or this would not have ended");
  }

  @Test
  void theFirstThatFailsIsTheLast() throws Exception {
    IllegalStateException fault = new IllegalStateException("of step 50000");
    for (boolean atOnce : new boolean[] {true, false}) {
      taken.set(0);
      ExecutionException seen =
          assertThrows(
              ExecutionException.class,
              () ->
                  await(
                      context,
                      () ->
                          steps(
                              100_000,
                              number -> {
                                Future<Void> end =
                                    atOnce ? Future.succeededFuture() : later(context);
                                return number < 50_000
                                    ? end
                                    : end.compose(_ -> Future.failedFuture(fault));
                              })));
      assertSame(fault, seen.getCause());
      assertEquals(50_000, taken.get());
    }
  }

  @Test
  void aStepThatThrowsFailsTheWhole() throws Exception {
    IllegalStateException fault = new IllegalStateException("thrown");
    for (int first : new int[] {1, 3}) {
      taken.set(0);
      ExecutionException seen =
          assertThrows(
              ExecutionException.class,
              () ->
                  await(
                      context,
                      () ->
                          steps(
                              10,
                              number -> {
                                if (number == first) {
                                  throw fault;
                                }
                                return later(context);
                              })));
      assertSame(fault, seen.getCause());
      assertEquals(first, taken.get());
    }
  }

  @Test
  void theResultIsThatOfTheLastStep() {
    Future<Integer> found =
        Steps.until(
            () ->
                Future.succeededFuture(
                    taken.incrementAndGet() == 7 ? Optional.of(taken.get()) : Optional.empty()));
    assertEquals(7, found.result());
  }

  @Test
  void eachIsDoneInItsOrderAndAfterTheOneBefore() throws Exception {
    List<Integer> done = new ArrayList<>();
    await(
        context,
        () ->
            Steps.each(
                List.of(3, 1, 2).iterator(), one -> later(context).onSuccess(_ -> done.add(one))));
    assertEquals(List.of(3, 1, 2), done);
    assertTrue(Steps.each(List.of().iterator(), _ -> Future.succeededFuture()).succeeded());
  }
}
