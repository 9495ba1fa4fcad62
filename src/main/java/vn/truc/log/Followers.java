package vn.truc.log;

import io.vertx.core.Context;
import io.vertx.core.internal.ContextInternal;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import vn.truc.event.LogRecord;

/// All followers of one log, and the rule of every commit: first the followers get the records,
/// then the appends are answered.
final class Followers {
  private final CopyOnWriteArrayList<Follower> active = new CopyOnWriteArrayList<>();

  /// The context a request's own context was split off from: all of one root run on one thread, so
  /// one task serves them all.
  static Context root(Context context) {
    return ((ContextInternal) context).unwrap();
  }

  void add(Follower follower) {
    active.add(follower);
  }

  void remove(Follower follower) {
    active.remove(follower);
  }

  /// Hands the records of one commit over, then answers its appends. Called by the thread that
  /// committed; in the ordinary case, where all live on one context, this is one task there.
  void publish(List<LogRecord> records, List<Settled> settled) {
    Set<Context> contexts = contextsOfFollowers();
    if (contexts.isEmpty()) {
      answer(settled);
      return;
    }
    AtomicInteger left = new AtomicInteger(contexts.size());
    for (Context context : contexts) {
      context.runOnContext(
          _ -> {
            try {
              offer(context, records);
            } finally {
              if (left.decrementAndGet() == 0) {
                answerFrom(context, settled);
              }
            }
          });
    }
  }

  /// An append that is durable, and where it begins.
  record Settled(WorkQueue.Append append, long first) {
    Context root() {
      return Followers.root(append.context());
    }

    /// Answers on the very context that asked; called on a thread of its root.
    void answer() {
      ((ContextInternal) append.context()).dispatch(() -> append.promise().complete(first));
    }
  }

  private Set<Context> contextsOfFollowers() {
    Set<Context> contexts = Collections.newSetFromMap(new IdentityHashMap<>());
    active.forEach(follower -> contexts.add(follower.context()));
    return contexts;
  }

  private void offer(Context context, List<LogRecord> records) {
    for (Follower follower : active) {
      if (follower.context().equals(context)) {
        follower.offer(records);
      }
    }
  }

  private static void answerFrom(Context current, List<Settled> settled) {
    List<Settled> elsewhere = new ArrayList<>();
    for (Settled one : settled) {
      if (one.root().equals(current)) {
        one.answer();
      } else {
        elsewhere.add(one);
      }
    }
    answer(elsewhere);
  }

  /// One task for each run of appends of the same root.
  private static void answer(List<Settled> settled) {
    int from = 0;
    while (from < settled.size()) {
      Context context = settled.get(from).root();
      int to = from + 1;
      while (to < settled.size() && settled.get(to).root().equals(context)) {
        to++;
      }
      List<Settled> run = settled.subList(from, to);
      context.runOnContext(_ -> run.forEach(Settled::answer));
      from = to;
    }
  }

  /// Ends every stream: the log is closed.
  void end() {
    for (Follower follower : active) {
      follower.context().runOnContext(_ -> follower.end());
    }
  }
}
