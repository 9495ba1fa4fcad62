package vn.truc.http;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.RoutingContext;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import vn.truc.loop.Turns;
import vn.truc.loop.Work;

/// Answers that take long, all on one schedule. A few take turns, a piece of work each, and a turn
/// of the loop is bounded in time over all of them together; more wait, and beyond that it is 429.
/// Of those that wait, one user has at most half, and the user with the fewest at work goes first.
///
/// A read whose reader does not read keeps nothing at work: it goes on when there is room in the
/// socket again, and of too many such the one that stands longest is cut. A reader who is gone is
/// not read for. Belongs to one event loop.
public final class HeavyReads {
  private static final int STALLED_PER_RUNNING = 4;

  /// What a piece of a read says about the next.
  enum Next {
    /// At the next turn.
    MORE,
    /// When the read calls for it: it waits for the store.
    STORE,
    /// When there is room in the socket.
    READER,
    /// It has answered.
    DONE
  }

  /// One read.
  interface Read {
    /// Does a piece of it, well below a turn.
    Next step();

    /// Nobody waits for it any more.
    default void abandon() {}
  }

  private enum State {
    WAITING,
    READY,
    STORE,
    STALLED,
    OVER
  }

  /// A read and where it stands.
  private static final class Entry {
    private final HttpServerRequest request;
    private final HttpServerResponse response;
    private final String user;
    private final Function<Runnable, Read> begin;
    private @Nullable Read read;
    private State state = State.WAITING;

    Entry(HttpServerRequest request, String user, Function<Runnable, Read> begin) {
      this.request = request;
      this.response = request.response();
      this.user = user;
      this.begin = begin;
    }
  }

  private final Vertx vertx;
  private final RequestFaults faults;
  private final int runningMax;
  private final int waitingMax;
  private final Counter refused;
  private final Counter cut;
  private final Deque<Entry> waiting = new ArrayDeque<>();
  private final Deque<Entry> ready = new ArrayDeque<>();
  private final Set<Entry> running = new LinkedHashSet<>();
  private final Set<Entry> stalled = new LinkedHashSet<>();
  private boolean scheduled;

  public HeavyReads(
      Vertx vertx, HttpSettings settings, RequestFaults faults, MeterRegistry registry) {
    this.faults = faults;
    this.vertx = vertx;
    runningMax = settings.readsRunningMax();
    waitingMax = settings.readsWaitingMax();
    refused =
        Counter.builder("truc.http.reads.refused")
            .description("heavy reads answered 429, too many waiting")
            .register(registry);
    cut =
        Counter.builder("truc.http.reads.cut")
            .description("heavy reads cut, their readers not reading")
            .register(registry);
    Gauge.builder("truc.http.reads.running", running::size)
        .description("heavy reads at work")
        .register(registry);
    Gauge.builder("truc.http.reads.waiting", waiting::size)
        .description("heavy reads that wait for their turn")
        .register(registry);
    Gauge.builder("truc.http.reads.stalled", stalled::size)
        .description("heavy reads that wait for their readers to read")
        .register(registry);
  }

  /// Answers a request in its turn, or with 429.
  ///
  /// @param user whose read it is
  /// @param begin makes the read when its turn comes; what it is given calls for the next piece
  /// after [Next#STORE]
  void answer(RoutingContext context, String user, Function<Runnable, Read> begin) {
    HttpServerResponse response = context.response();
    if (running.size() >= runningMax && isFull(user)) {
      refused.increment();
      response.putHeader(HttpHeaders.RETRY_AFTER, "1");
      Problem.of(429, "too many long reads wait already: ask again later").send(response);
      return;
    }
    Entry entry = new Entry(context.request(), user, begin);
    response.closeHandler(_ -> gone(entry));
    waiting.add(entry);
    admit();
  }

  private boolean isFull(String user) {
    long own = waiting.stream().filter(entry -> entry.user.equals(user)).count();
    return waiting.size() >= waitingMax || own >= Math.max(1, waitingMax / 2);
  }

  private void admit() {
    while (running.size() < runningMax && !waiting.isEmpty()) {
      Entry next = waiting.getFirst();
      long fewest = atWork(next.user);
      for (Iterator<Entry> all = waiting.iterator(); fewest > 0 && all.hasNext(); ) {
        Entry other = all.next();
        if (atWork(other.user) < fewest) {
          next = other;
          fewest = atWork(other.user);
        }
      }
      waiting.remove(next);
      running.add(next);
      next.state = State.READY;
      ready.add(next);
    }
    schedule();
  }

  private long atWork(String user) {
    return running.stream().filter(entry -> entry.user.equals(user)).count();
  }

  private void schedule() {
    if (!scheduled && !ready.isEmpty()) {
      scheduled = true;
      Turns.next(vertx.getOrCreateContext(), Work.READS, this::turn);
    }
  }

  private void turn() {
    scheduled = false;
    long began = System.nanoTime();
    Entry entry = ready.poll();
    while (entry != null) {
      piece(entry);
      entry = Turns.isOver(began) ? null : ready.poll();
    }
    admit();
  }

  private void piece(Entry entry) {
    if (entry.response.closed()) {
      gone(entry);
      return;
    }
    Next next;
    try {
      Read read = entry.read;
      if (read == null) {
        read = entry.begin.apply(() -> goOn(entry));
        entry.read = read;
      }
      // what the piece calls for may come while it is at work
      entry.state = State.STORE;
      next = read.step();
    } catch (RuntimeException e) {
      failed(entry, e);
      return;
    }
    switch (next) {
      case MORE -> again(entry);
      case STORE -> {}
      case READER -> {
        if (entry.response.writeQueueFull()) {
          stall(entry);
        } else {
          again(entry);
        }
      }
      case DONE -> over(entry);
    }
  }

  private void again(Entry entry) {
    if (entry.state == State.STORE) {
      entry.state = State.READY;
      ready.add(entry);
    }
  }

  /// The store answered.
  private void goOn(Entry entry) {
    again(entry);
    schedule();
  }

  private void stall(Entry entry) {
    running.remove(entry);
    entry.state = State.STALLED;
    stalled.add(entry);
    entry.response.drainHandler(
        _ -> {
          if (entry.state == State.STALLED) {
            stalled.remove(entry);
            entry.state = State.WAITING;
            waiting.addFirst(entry);
            admit();
          }
        });
    if (stalled.size() > STALLED_PER_RUNNING * runningMax) {
      cut.increment();
      cut(stalled.iterator().next());
    }
  }

  /// Ends a read whose answer is under way and cannot be ended well.
  private void cut(Entry entry) {
    gone(entry);
    var _ = entry.response.reset();
  }

  private void failed(Entry entry, RuntimeException cause) {
    gone(entry);
    faults.answer(entry.request, cause);
  }

  private void gone(Entry entry) {
    if (entry.state != State.OVER) {
      over(entry);
      Read read = entry.read;
      if (read != null) {
        read.abandon();
      }
      admit();
    }
  }

  private void over(Entry entry) {
    entry.state = State.OVER;
    running.remove(entry);
    stalled.remove(entry);
    waiting.remove(entry);
    ready.remove(entry);
  }

  /// What is at work, waits or stalls, for tests.
  List<Integer> counts() {
    return new ArrayList<>(List.of(running.size(), waiting.size(), stalled.size()));
  }
}
