package vn.truc.testing;

import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import io.vertx.core.streams.ReadStream;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import vn.truc.event.EventTypes;
import vn.truc.event.LogRecord;
import vn.truc.log.Draft;
import vn.truc.log.EventLog;
import vn.truc.log.LogException;
import vn.truc.log.LogSettings;
import vn.truc.log.MemoryFollowers;

/// A log in memory that a test can hold back and break. Records go to one listener before their
/// append completes, as the seam promises.
///
/// Opened on a [Store] it keeps the contract of every engine, and its followers get records as
/// theirs do. Made by itself it begins without a record of its own, so that a test counts what it
/// appends; it needs no Vert.x, and whoever follows it gets what the test hands over.
public class MemoryEventLog implements EventLog {
  private static final SecureRandom RANDOM = new SecureRandom();

  /// What is left of a log when it is closed.
  public static final class Store {
    private final List<Draft> drafts = new ArrayList<>();
    private final List<LogRecord> records = new ArrayList<>();
    private final Map<String, Buffer> secrets = new HashMap<>();
    private String id = "memory";
    private @Nullable MemorySnapshot newest;
  }

  private final Store store;
  private final Optional<Vertx> vertx;
  private final MemoryFollowers followers;
  private final Deque<Runnable> held = new ArrayDeque<>();
  private Consumer<LogRecord> listener = _ -> {};
  private Optional<LogException.Reason> broken = Optional.empty();
  private Optional<LogException.Reason> lost = Optional.empty();
  private int appendsBeforeBreaking = Integer.MAX_VALUE;
  private boolean holding;
  private int heldRecords;
  private long heldBytes;
  private Optional<Context> later = Optional.empty();
  private int refusals;
  private boolean writing;
  private boolean closed;
  private Handler<List<LogRecord>> follower = _ -> {};
  private long handedOver;

  public MemoryEventLog() {
    this(new Store(), Optional.empty(), LogSettings.defaults());
  }

  private MemoryEventLog(Store store, Optional<Vertx> vertx, LogSettings settings) {
    this.store = store;
    this.vertx = vertx;
    this.followers = new MemoryFollowers(settings);
  }

  /// Opens what a store holds, or begins a log in it.
  public static MemoryEventLog open(Vertx vertx, Store store, LogSettings settings) {
    MemoryEventLog log = new MemoryEventLog(store, Optional.of(vertx), settings);
    if (store.drafts.isEmpty()) {
      store.id = HexFormat.of().formatHex(random(16));
      String data = new JsonObject().put("id", store.id).encode();
      log.put(List.of(Draft.of(LogRecord.internal(EventTypes.LOG_CREATED, "l", null, 1, data))));
    }
    return log;
  }

  private static byte[] random(int count) {
    byte[] bytes = new byte[count];
    RANDOM.nextBytes(bytes);
    return bytes;
  }

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
    heldRecords = 0;
    heldBytes = 0;
    while (!held.isEmpty()) {
      held.removeFirst().run();
    }
  }

  /// Fails all waiting appends; those to come go through.
  public void lose(LogException.Reason reason) {
    lost = Optional.of(reason);
    letGo();
    lost = Optional.empty();
  }

  /// What was appended.
  public List<Draft> drafts() {
    return List.copyOf(store.drafts);
  }

  @Override
  public String id() {
    return store.id;
  }

  @Override
  public long head() {
    return store.records.size();
  }

  @Override
  public Future<Long> append(List<Draft> batch) {
    if (batch.isEmpty()) {
      return Future.failedFuture(new IllegalArgumentException("an append of nothing"));
    }
    if (closed) {
      return refused(LogException.Reason.CLOSED);
    }
    if (broken.isPresent() && appendsBeforeBreaking-- <= 0) {
      return refused(broken.get());
    }
    if (followers.refuses(batch, heldRecords, heldBytes)) {
      return refused(LogException.Reason.QUEUE_FULL);
    }
    Promise<Long> promise = Promise.promise();
    if (holding) {
      heldRecords += batch.size();
      heldBytes += MemoryFollowers.bytesOf(batch);
      held.addLast(
          () ->
              lost.ifPresentOrElse(
                  reason -> promise.fail(new LogException(reason, "lost by the test")),
                  () -> appended(batch, promise)));
    } else {
      appended(batch, promise);
    }
    return promise.future();
  }

  private static <T> Future<T> refused(LogException.Reason reason) {
    return Future.failedFuture(new LogException(reason, "refused by the test"));
  }

  private void appended(List<Draft> batch, Promise<Long> promise) {
    List<LogRecord> records = put(batch);
    if (vertx.isPresent()) {
      followers.publish(vertx.get(), batch, records, promise);
    } else {
      promise.complete(records.getFirst().position());
    }
  }

  private List<LogRecord> put(List<Draft> batch) {
    List<LogRecord> records = new ArrayList<>();
    for (Draft draft : batch) {
      LogRecord record = draft.record().at(store.records.size() + 1L);
      store.drafts.add(draft);
      store.records.add(record);
      records.add(record);
      if (record.type().equals(EventTypes.LOG_RESTORED)) {
        store.id = new JsonObject(record.data()).getString("id");
      }
      listener.accept(record);
    }
    return records;
  }

  @Override
  public ReadStream<List<LogRecord>> follow(long after) {
    if (vertx.isPresent()) {
      return followers.follow(vertx.get(), store.records, after);
    }
    handedOver = after;
    return new Handed();
  }

  /// Hands the next records to who follows, as one batch.
  public void handOver(int records) {
    int from = (int) handedOver;
    handedOver += records;
    follower.handle(List.copyOf(store.records.subList(from, (int) handedOver)));
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

  /// What is asked from now on is answered in a task of its own.
  public void answersIn(Context context) {
    later = Optional.of(context);
  }

  /// So many questions from now on are refused.
  public void refuse(int questions) {
    refusals = questions;
  }

  private <T> Future<T> unlessClosed(Supplier<Future<T>> work) {
    if (later.isEmpty()) {
      return answer(work);
    }
    Promise<T> answered = Promise.promise();
    later.get().runOnContext(_ -> answer(work).onComplete(answered));
    return answered.future();
  }

  private <T> Future<T> answer(Supplier<Future<T>> work) {
    if (closed) {
      return refused(LogException.Reason.CLOSED);
    }
    return refusals-- > 0 ? refused(LogException.Reason.UNREADABLE) : work.get();
  }

  private boolean there(long position) {
    return position >= 1 && position <= store.records.size();
  }

  @Override
  public Future<Optional<LogRecord>> read(long position) {
    return unlessClosed(
        () ->
            Future.succeededFuture(
                there(position)
                    ? Optional.of(store.records.get((int) position - 1))
                    : Optional.empty()));
  }

  @Override
  public Future<Optional<String>> personal(long position) {
    return unlessClosed(
        () ->
            Future.succeededFuture(
                there(position)
                    ? store
                        .drafts
                        .get((int) position - 1)
                        .personal()
                        .filter(fields -> fields.expiresAtMicros() > nowMicros())
                        .map(Draft.Personal::json)
                    : Optional.empty()));
  }

  private static long nowMicros() {
    return TimeUnit.MILLISECONDS.toMicros(Instant.now().toEpochMilli());
  }

  @Override
  public Future<Integer> erase(String kind, String code) {
    return unlessClosed(
        () -> {
          int count = 0;
          for (long position = 1; position <= head(); position++) {
            Optional<Draft.Personal> fields = store.drafts.get((int) position - 1).personal();
            if (fields
                .filter(one -> one.kind().equals(kind) && one.code().equals(code))
                .isPresent()) {
              drop(position);
              count++;
            }
          }
          return Future.succeededFuture(count);
        });
  }

  private void drop(long position) {
    int index = (int) position - 1;
    store.drafts.set(index, Draft.of(store.drafts.get(index).record()));
  }

  @Override
  public Future<Void> forget(List<Long> positions) {
    return unlessClosed(
        () -> {
          positions.stream().filter(this::there).forEach(this::drop);
          return Future.succeededFuture();
        });
  }

  @Override
  public Future<Buffer> secret(String name) {
    return unlessClosed(
        () ->
            Future.succeededFuture(
                store.secrets.computeIfAbsent(name, _ -> Buffer.buffer(random(32)))));
  }

  @Override
  public Future<SnapshotWriter> beginSnapshot() {
    return unlessClosed(
        () -> {
          if (writing) {
            return Future.failedFuture(new IllegalStateException("one is being written"));
          }
          writing = true;
          return Future.succeededFuture(
              new MemorySnapshot.Writer(
                  made -> {
                    writing = false;
                    made.ifPresent(snapshot -> store.newest = snapshot);
                  }));
        });
  }

  @Override
  public Future<Optional<SnapshotReader>> newestSnapshot() {
    return unlessClosed(() -> Future.succeededFuture(Optional.ofNullable(store.newest)));
  }

  @Override
  public Optional<String> unwritable() {
    return broken.map(Enum::name);
  }

  @Override
  public Future<Void> close() {
    closed = true;
    return followers.end();
  }
}
