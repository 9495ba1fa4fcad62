package vn.truc;

import io.vertx.core.Future;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What must be taken back when the process stops or a start fails: each step that starts something
/// leaves its undo here at once; they run last first. A step that fails or takes too long is named
/// and the next one runs all the same.
final class Undo {
  private static final Logger LOG = LoggerFactory.getLogger(Undo.class);
  private static final long STEP_SECONDS = 5;

  private final Deque<Step> steps = new ArrayDeque<>();

  private record Step(String name, Supplier<Future<?>> action) {}

  void onStop(String name, Supplier<Future<?>> action) {
    steps.push(new Step(name, action));
  }

  /// Runs what is left to undo; completes when all was tried. A second call finds nothing to do.
  Future<Void> run() {
    Step step = steps.poll();
    if (step == null) {
      return Future.succeededFuture();
    }
    return Future.succeededFuture()
        .compose(_ -> step.action().get().mapEmpty())
        .timeout(STEP_SECONDS, TimeUnit.SECONDS)
        .transform(
            done -> {
              if (done.failed()) {
                LOG.warn("stop_step_failed step={} cause={}", step.name(), done.cause().toString());
              }
              return run();
            });
  }
}
