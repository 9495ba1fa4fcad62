package vn.truc.testing;

import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.streams.ReadStream;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import vn.truc.event.LogRecord;
import vn.truc.log.Draft;
import vn.truc.log.EventLog;
import vn.truc.log.LogException;

/// A log in memory that a test can hold back and break. Records go to one listener before their
/// append completes, as the seam promises. Whoever follows it gets what the test hands over. No
/// snapshots.
public final class MemoryEventLog implements EventLog {
  private final List<Draft> drafts = new ArrayList<>();
  private final Deque<Runnable> held = new ArrayDeque<>();
  private Consumer<LogRecord> listener = _ -> {};
  private Optional<LogException.Reason> broken = Optional.empty();
  private int appendsBeforeBreaking = Integer.MAX_VALUE;
  private boolean holding;
  private Handler<List<LogRecord>> follower = _ -> {};
  private long handedOver;

  /// Records appended from now on go here first.
  public void listener(Consumer<LogRecord> newListener) {
    listener = newListener;
  }

  /// Every append from now on fails so; empty mends it.
  public void broken(Optional<LogException.Reason> reason) {
    broken = reason;
    appendsBeforeBreaking = 0;
  }

  /// Appends fail so after some more have gone well.
  public void brokenAfter(int appends, LogException.Reason reason) {
    broken = Optional.of(reason);
    appendsBeforeBreaking = appends;
  }

  /// Appends wait from now on until [#letGo()].
  public void hold() {
    holding = true;
  }

  /// Number of appends that wait.
  public int waiting() {
    return held.size();
  }

  /// Lets all waiting appends through, and those to come.
  public void letGo() {
    holding = false;
    while (!held.isEmpty()) {
      held.removeFirst().run();
    }
  }

  /// What was appended.
  public List<Draft> drafts() {
    return List.copyOf(drafts);
  }

  @Override
  public String id() {
    return "memory";
  }

  @Override
  public long head() {
    return drafts.size();
  }

  @Override
  public Future<Long> append(List<Draft> batch) {
    if (broken.isPresent() && appendsBeforeBreaking-- <= 0) {
      return Future.failedFuture(new LogException(broken.get(), "broken by the test"));
    }
    if (!holding) {
      return Future.succeededFuture(appended(batch));
    }
    Promise<Long> promise = Promise.promise();
    held.addLast(() -> promise.complete(appended(batch)));
    return promise.future();
  }

  private long appended(List<Draft> batch) {
    long first = drafts.size() + 1L;
    for (Draft draft : batch) {
      drafts.add(draft);
      listener.accept(draft.record().at(drafts.size()));
    }
    return first;
  }

  @Override
  public ReadStream<List<LogRecord>> follow(long after) {
    handedOver = after;
    return new Handed();
  }

  /// Hands the next records to who follows, as one batch.
  public void handOver(int records) {
    List<LogRecord> batch = new ArrayList<>();
    for (int i = 0; i < records; i++) {
      batch.add(drafts.get((int) handedOver).record().at(++handedOver));
    }
    follower.handle(batch);
  }

  /// What hands over when the test says so.
  private final class Handed implements ReadStream<List<LogRecord>> {
    @Override
    public Handed handler(@Nullable Handler<List<LogRecord>> handler) {
      follower = handler == null ? _ -> {} : handler;
      return this;
    }

    @Override
    public Handed exceptionHandler(@Nullable Handler<Throwable> handler) {
      return this;
    }

    @Override
    public Handed endHandler(@Nullable Handler<Void> handler) {
      return this;
    }

    @Override
    public Handed pause() {
      return this;
    }

    @Override
    public Handed resume() {
      return this;
    }

    @Override
    public Handed fetch(long batches) {
      return this;
    }
  }

  @Override
  public Future<Optional<LogRecord>> read(long position) {
    return Future.succeededFuture(
        position < 1 || position > drafts.size()
            ? Optional.empty()
            : Optional.of(drafts.get((int) position - 1).record().at(position)));
  }

  @Override
  public Future<Optional<String>> personal(long position) {
    return Future.succeededFuture(
        drafts.get((int) position - 1).personal().map(Draft.Personal::json));
  }

  @Override
  public Future<Integer> erase(String kind, String code) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Future<Void> forget(List<Long> positions) {
    for (long position : positions) {
      int index = (int) position - 1;
      drafts.set(index, Draft.of(drafts.get(index).record()));
    }
    return Future.succeededFuture();
  }

  @Override
  public Future<Buffer> secret(String name) {
    return Future.succeededFuture(Buffer.buffer(new byte[32]));
  }

  @Override
  public Future<SnapshotWriter> beginSnapshot() {
    throw new UnsupportedOperationException();
  }

  @Override
  public Future<Optional<SnapshotReader>> newestSnapshot() {
    return Future.succeededFuture(Optional.empty());
  }

  @Override
  public Optional<String> unwritable() {
    return broken.map(Enum::name);
  }

  @Override
  public Future<Void> close() {
    return Future.succeededFuture();
  }
}
