package vn.truc.loop;

import io.vertx.core.AsyncResult;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.util.Iterator;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;

/// Steps, one behind the other, however many: each may end at once or later.
///
/// A method that composes itself behind its own future says the same for a few. Each future of such
/// a chain waits for the next one: some thousand steps are kept in memory, and when the last ends
/// they unwind upon the stack, which overflows; what waits for the first then waits for ever. Here
/// neither stack nor memory grows with the steps.
///
/// A step begins where the one before it ended, as with `compose`. Many that end at once let others
/// have the event loop between them ([Turns]). The first that fails or throws is the last, and
/// fails the whole.
public final class Steps<T> {
  private final Supplier<Future<Optional<T>>> step;
  private final Promise<T> result = Promise.promise();

  private Steps(Supplier<Future<Optional<T>>> step) {
    this.step = step;
  }

  /// Takes steps until one has a result. Completes with it.
  public static <T> Future<T> until(Supplier<Future<Optional<T>>> step) {
    Steps<T> steps = new Steps<>(step);
    steps.run();
    return steps.result.future();
  }

  /// Takes steps while they say that there is more to do. Completes when one says there is not.
  public static Future<Void> whileTrue(Supplier<Future<Boolean>> step) {
    return until(() -> step.get().map(more -> more ? Optional.empty() : Optional.of(more)))
        .mapEmpty();
  }

  /// Does something with one after another. Completes when it was done with all.
  public static <E> Future<Void> each(
      Iterator<E> all, Function<? super E, ? extends Future<?>> work) {
    return whileTrue(
        () -> all.hasNext() ? work.apply(all.next()).map(true) : Future.succeededFuture(false));
  }

  /// Goes on as long as steps end at once; whichever ends later goes on from there.
  private void run() {
    long began = System.nanoTime();
    End end;
    do {
      end = new End();
      Future<Optional<T>> taken;
      try {
        if (Turns.isOver(began) && givesWay()) {
          return;
        }
        taken = Objects.requireNonNull(step.get(), "a step's end");
      } catch (Throwable e) {
        result.fail(e);
        return;
      }
      taken.onComplete(end);
    } while (end.wasAtOnce());
  }

  /// On an event loop, goes on in its next turn.
  private boolean givesWay() {
    Context context = Vertx.currentContext();
    if (context == null || !context.isEventLoopContext()) {
      return false;
    }
    Turns.next(context, Work.FOLD, this::run);
    return true;
  }

  /// The end of one step. Only the thread that began it can see it end at once, so nobody else
  /// looks at what that thread notes.
  private final class End implements Handler<AsyncResult<Optional<T>>> {
    private final Thread beginner = Thread.currentThread();
    private boolean begun;
    private boolean atOnce;

    @Override
    public void handle(AsyncResult<Optional<T>> ended) {
      if (ended.failed()) {
        result.fail(ended.cause());
      } else if (ended.result().isPresent()) {
        result.complete(ended.result().get());
      } else if (Thread.currentThread() == beginner && !begun) {
        atOnce = true;
      } else {
        run();
      }
    }

    boolean wasAtOnce() {
      begun = true;
      return atOnce;
    }
  }
}
