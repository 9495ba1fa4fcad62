package vn.truc;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import vn.truc.cli.VerbException;

/// Whether the process was told to end, for a start that is not done yet: it goes on no longer.
///
/// @param told completes when it was, on the start's event loop
record Stop(Future<Void> told) {

  /// For work that runs to its end, whatever happens.
  static Stop never() {
    return new Stop(Promise.<Void>promise().future());
  }

  /// What the work completes with, or a failure as soon as the process is told to end; the work
  /// itself is not stopped by that.
  <T> Future<T> before(Future<T> work) {
    Promise<T> first = Promise.promise();
    work.onSuccess(first::tryComplete).onFailure(first::tryFail);
    told.onSuccess(_ -> first.tryFail(new VerbException("told to end before it served")));
    return first.future();
  }
}
