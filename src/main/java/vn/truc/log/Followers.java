package vn.truc.log;

import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.internal.ContextInternal;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import vn.truc.event.LogRecord;
import vn.truc.loop.Turns;
import vn.truc.loop.Work;

/// All followers of one log, and the rule of every commit: first the followers get the records,
/// then the appends are answered.
final class Followers {
  private final CopyOnWriteArrayList<Follower> active = new CopyOnWriteArrayList<>();

  /// By context; touched by the thread that commits.
  private final Map<Context, Lane> lanes = new HashMap<>();

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

  /// Hands the records of one commit over, then answers its appends, each as soon as its own last
  /// record was handed over. Called by the one thread that commits.
  void publish(List<LogRecord> records, List<Settled> settled) {
    Set<Context> contexts = contextsOfFollowers();
    if (contexts.isEmpty()) {
      answer(settled);
      return;
    }
    Commit commit = new Commit(records, settled, new AtomicInteger(contexts.size()));
    for (Context context : contexts) {
      Lane lane = lanes.computeIfAbsent(context, Lane::new);
      context.runOnContext(_ -> lane.take(commit));
    }
  }

  /// What one commit made durable.
  ///
  /// @param lanes how many still have to hand it over; where there is but one, it answers as it
  ///     goes
  private record Commit(List<LogRecord> records, List<Settled> settled, AtomicInteger lanes) {}

  /// The commits on their way to the followers of one context, in pieces short enough for its event
  /// loop: a group of thousands of records does not hold it. Touched by that context alone.
  private final class Lane {
    /// Records handed over between two looks at the time.
    private static final int PIECE_RECORDS = 16;

    private final Context context;
    private final ArrayDeque<Commit> waiting = new ArrayDeque<>();
    private final Promise<Void> through = Promise.promise();
    private boolean working;
    private boolean ending;
    private int offered;
    private int answered;

    Lane(Context context) {
      this.context = context;
    }

    private void take(Commit commit) {
      waiting.add(commit);
      if (!working) {
        working = true;
        work();
      }
    }

    private void end() {
      ending = true;
      if (!working) {
        endFollowers();
      }
    }

    private void work() {
      long began = System.nanoTime();
      while (step()) {
        if (Turns.isOver(began)) {
          Turns.next(context, Work.FOLD, this::work);
          return;
        }
      }
      working = false;
      if (ending) {
        endFollowers();
      }
    }

    /// Does a little; false when nothing is left.
    private boolean step() {
      Commit commit = waiting.peek();
      if (commit == null) {
        return false;
      }
      List<LogRecord> records = commit.records();
      boolean alone = commit.lanes().get() == 1;
      if (alone && answered < commit.settled().size()) {
        Settled next = commit.settled().get(answered);
        if (next.last() < records.getFirst().position() + offered) {
          answered++;
          answerFrom(context, next);
          return true;
        }
      }
      if (offered < records.size()) {
        int to = Math.min(records.size(), offered + PIECE_RECORDS);
        List<LogRecord> piece = records.subList(offered, to);
        offered = to;
        offer(context, piece);
        return true;
      }
      waiting.remove();
      if (commit.lanes().decrementAndGet() == 0) {
        commit
            .settled()
            .subList(answered, commit.settled().size())
            .forEach(one -> answerFrom(context, one));
      }
      offered = 0;
      answered = 0;
      return true;
    }

    private void endFollowers() {
      for (Follower follower : active) {
        if (follower.context().equals(context)) {
          follower.end();
        }
      }
      through.tryComplete();
    }
  }

  /// An append that is durable, and where it begins.
  record Settled(WorkQueue.Append append, long first) {
    Context root() {
      return Followers.root(append.context());
    }

    /// The position of its last record.
    long last() {
      return first + append.batch().size() - 1;
    }

    /// Answers on the very context that asked; called on a thread of its root.
    void answer() {
      ((ContextInternal) append.context()).dispatch(() -> append.promise().complete(first));
    }
  }

  private Set<Context> contextsOfFollowers() {
    Set<Context> contexts = new HashSet<>();
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

  private static void answerFrom(Context current, Settled one) {
    if (one.root().equals(current)) {
      one.answer();
    } else {
      answer(List.of(one));
    }
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

  /// Ends every stream, behind all that was published: the log is closed. Completes when each has
  /// ended.
  Future<Void> end() {
    List<Future<Void>> ended = new ArrayList<>();
    for (Context context : contextsOfFollowers()) {
      lanes.computeIfAbsent(context, Lane::new);
    }
    lanes.forEach(
        (context, lane) -> {
          context.runOnContext(_ -> lane.end());
          ended.add(lane.through.future());
        });
    return Future.join(ended).mapEmpty();
  }
}
