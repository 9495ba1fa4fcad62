package vn.truc.log;

import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.internal.ContextInternal;
import io.vertx.core.streams.ReadStream;
import io.vertx.redis.client.Command;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import vn.truc.event.LogRecord;

/// The log in Redis: for several nodes that all fold the same stream. Keys, fields, recovery rules
/// and what is assumed of the store: docs/LOG.md.
///
/// Everything of it happens on the context that opened it; nothing blocks. An append is answered
/// when it has come back over the stream: then the store has flushed it, and this node's followers
/// have it.
public final class RedisEventLog implements EventLog, LogMetrics.Watched {
  private static final Logger LOG = LoggerFactory.getLogger(RedisEventLog.class);
  private static final SecureRandom RANDOM = new SecureRandom();
  private static final int SECRET_BYTES = 32;

  /// What a log is opened with.
  ///
  /// @param birth what follows record 1 in a log that is begun here
  /// @param folder where a node notes what it has seen, so that it refuses an older store after a
  /// restart too
  /// @param visit what this process is there for
  /// @param personalKept how long personal fields are kept that stood in records of older versions
  public record Plan(
      RedisAddress address,
      LogSettings settings,
      RedisSettings redis,
      List<LogRecord> birth,
      Path folder,
      Visit visit,
      Duration personalKept) {
    public Plan {
      birth = List.copyOf(birth);
    }

    /// With the usual time.
    public Plan(
        RedisAddress address,
        LogSettings settings,
        RedisSettings redis,
        List<LogRecord> birth,
        Path folder,
        Visit visit) {
      this(address, settings, redis, birth, folder, visit, LogSettings.PERSONAL_KEPT);
    }

    boolean staying() {
      return visit == Visit.STAYING;
    }

    boolean restoring() {
      return visit == Visit.RESTORING;
    }
  }

  /// What a process opens a log for.
  public enum Visit {
    /// To serve: it owns the folder while the log is open, and writes the note.
    STAYING,
    /// For a verb: it heeds the note where there is one, and leaves none.
    PASSING,
    /// To declare that an older copy was put back on purpose: it takes the log as it is, and begins
    /// none.
    RESTORING
  }

  private final Vertx vertx;
  private final Context owner;
  private final LogSettings settings;
  private final RedisCondition condition;
  private final LogMetrics metrics;
  private final Followers followers = new Followers();
  private final RedisWriter writer;
  private final RedisReader reader;
  private final RedisTail tail;
  private final RedisPersonal personal;
  private final RedisSnapshots snapshots;
  private final RedisCourse course;
  private boolean snapshotOpen;

  private RedisEventLog(Vertx vertx, Context owner, Plan plan, MeterRegistry registry)
      throws java.io.IOException {
    this.vertx = vertx;
    this.owner = owner;
    this.settings = plan.settings();
    this.condition = new RedisCondition(plan.address());
    this.metrics = new LogMetrics(registry);
    this.personal = new RedisPersonal(vertx, plan.redis());
    this.course = new RedisCourse(vertx, owner, plan, condition, personal, metrics);
    this.writer = new RedisWriter(owner, settings, plan.redis(), metrics, course);
    this.reader = new RedisReader(vertx, settings, plan.redis(), course.link());
    this.tail = new RedisTail(owner, plan.redis(), writer, reader, followers, course);
    this.snapshots = new RedisSnapshots(plan.redis(), course.link());
    course.wire(writer, tail, this::sweep);
  }

  /// Opens the log of a store, or begins one in an empty store.
  ///
  /// Fails with [LogException]: `CORRUPT` (the store holds another log than this node has seen, or
  /// a shorter one), `UNWRITABLE` (it cannot be reached, or would lose records), `NOT_OWNER`
  /// (another process owns the folder).
  public static Future<RedisEventLog> open(Vertx vertx, Plan plan, MeterRegistry registry) {
    ContextInternal caller = (ContextInternal) vertx.getOrCreateContext();
    Promise<RedisEventLog> opened = caller.promise();
    Context owner = Followers.root(caller);
    owner.runOnContext(
        _ -> {
          try {
            RedisEventLog log = new RedisEventLog(vertx, owner, plan, registry);
            log.course
                .begin()
                .onSuccess(_ -> log.metrics.watch(log))
                .map(log)
                .recover(cause -> log.close().transform(_ -> Future.failedFuture(cause)))
                .onComplete(opened);
          } catch (java.io.IOException e) {
            opened.fail(
                new LogException(
                    LogException.Reason.UNWRITABLE, "the data folder cannot be used", e));
          } catch (LogException e) {
            opened.fail(e);
          }
        });
    return opened.future();
  }

  /// Runs work on the owning context; the answer comes on the caller's.
  private <T> Future<T> here(Supplier<Future<T>> work) {
    ContextInternal caller = (ContextInternal) vertx.getOrCreateContext();
    Promise<T> promise = caller.promise();
    if (Followers.root(caller).equals(owner)) {
      run(work, promise);
    } else {
      owner.runOnContext(_ -> run(work, promise));
    }
    return promise.future();
  }

  private static <T> void run(Supplier<Future<T>> work, Promise<T> promise) {
    Future.succeededFuture().compose(_ -> work.get()).onComplete(promise);
  }

  /// The same with a session; fails at once where there is none.
  private <T> Future<T> withSession(
      java.util.function.Function<RedisLink.Session, Future<T>> work) {
    return here(
        () -> {
          if (course.closed()) {
            return Future.failedFuture(RedisLink.closedFailure());
          }
          return course
              .link()
              .session()
              .map(work)
              .orElseGet(
                  () ->
                      Future.failedFuture(
                          new LogException(
                              LogException.Reason.UNREADABLE,
                              condition.trouble().orElse("the store cannot be reached"))))
              .recover(cause -> Future.failedFuture(failure(cause)));
        });
  }

  private static Throwable failure(Throwable cause) {
    return cause instanceof RuntimeException known
        ? known
        : new LogException(LogException.Reason.UNREADABLE, "the store did not answer", cause);
  }

  @Override
  public String id() {
    return course.id();
  }

  @Override
  public long head() {
    return tail.head();
  }

  @Override
  public Future<Long> append(List<Draft> batch) {
    if (batch.isEmpty()) {
      return Future.failedFuture(new IllegalArgumentException("an append of nothing"));
    }
    Promise<Long> promise = Promise.promise();
    Context caller = vertx.getOrCreateContext();
    WorkQueue.Append append =
        new WorkQueue.Append(List.copyOf(batch), WorkQueue.bytesOf(batch), caller, promise);
    if (Followers.root(caller).equals(owner)) {
      take(append);
    } else {
      owner.runOnContext(_ -> take(append));
    }
    return promise.future();
  }

  private void take(WorkQueue.Append append) {
    int count = append.batch().size();
    Optional<LogException> refusal =
        course.closed() ? Optional.of(RedisLink.closedFailure()) : Optional.empty();
    if (refusal.isEmpty()) {
      refusal =
          condition
              .trouble()
              .map(trouble -> new LogException(LogException.Reason.UNWRITABLE, trouble));
    }
    if (refusal.isEmpty()) {
      refusal = writer.offer(append);
    }
    if (refusal.isEmpty()) {
      metrics.taken(count);
      return;
    }
    metrics.refused(count);
    LogException cause = refusal.get();
    append.context().runOnContext(_ -> append.promise().fail(cause));
  }

  @Override
  public ReadStream<List<LogRecord>> follow(long after) {
    Context context = Followers.root(vertx.getOrCreateContext());
    Follower follower =
        new Follower(
            context,
            position -> here(() -> reader.after(course.keys(), position)),
            after,
            settings,
            metrics,
            followers::remove);
    followers.add(follower);
    follower.knows(head());
    return follower;
  }

  @Override
  public Future<Optional<LogRecord>> read(long position) {
    return withSession(
        session ->
            reader
                .entry(session, course.keys(), position)
                .map(found -> found.map(entry -> entry.record(position))));
  }

  @Override
  public Future<Optional<String>> personal(long position) {
    return withSession(
        session ->
            reader
                .entry(session, course.keys(), position)
                .compose(
                    found ->
                        found
                            .flatMap(RedisEntry::personal)
                            .map(
                                reference ->
                                    personal.read(
                                        session,
                                        course.keys(),
                                        reference,
                                        found.orElseThrow().record(position)))
                            .orElseGet(() -> Future.succeededFuture(Optional.empty()))));
  }

  @Override
  public Future<Integer> erase(String kind, String code) {
    return withSession(session -> personal.erase(session, course.keys(), kind, code))
        .onSuccess(metrics::erased);
  }

  @Override
  public Future<Void> forget(List<Long> positions) {
    return withSession(session -> forget(session, positions));
  }

  private Future<Void> forget(RedisLink.Session session, List<Long> positions) {
    List<Future<Optional<RedisEntry>>> entries =
        positions.stream().map(position -> reader.entry(session, course.keys(), position)).toList();
    return Future.all(entries)
        .compose(
            found -> {
              Map<String, LogRecord> records = new HashMap<>();
              for (int i = 0; i < positions.size(); i++) {
                Optional<RedisEntry> entry = found.resultAt(i);
                Optional<String> reference = entry.flatMap(RedisEntry::personal);
                if (reference.isPresent()) {
                  records.put(reference.get(), entry.orElseThrow().record(positions.get(i)));
                }
              }
              return personal.forget(session, course.keys(), records);
            });
  }

  private void sweep(RedisLink.Session session) {
    personal
        .sweep(session, course.keys())
        .onSuccess(metrics::expired)
        .onFailure(cause -> LOG.debug("personal_sweep_failed cause={}", cause.toString()));
  }

  @Override
  public Future<Buffer> secret(String name) {
    byte[] fresh = new byte[SECRET_BYTES];
    RANDOM.nextBytes(fresh);
    return withSession(
        session ->
            session
                .send(RedisReply.command(Command.SET, course.keys().secret(name), fresh, "NX"))
                .compose(
                    _ -> session.send(RedisReply.command(Command.GET, course.keys().secret(name))))
                .map(reply -> reply.bytes().orElseThrow()));
  }

  @Override
  public Future<SnapshotWriter> beginSnapshot() {
    return withSession(
        _ -> {
          if (snapshotOpen) {
            return Future.failedFuture(
                new IllegalStateException("a snapshot is being written already"));
          }
          snapshotOpen = true;
          return snapshots
              .begin(course.keys())
              .<SnapshotWriter>map(
                  turn ->
                      new RedisSnapshotWriter(
                          snapshots,
                          turn,
                          settings.snapshotQueueBytesMax(),
                          this::here,
                          () -> snapshotOpen = false))
              .onFailure(_ -> snapshotOpen = false);
        });
  }

  @Override
  public Future<Optional<SnapshotReader>> newestSnapshot() {
    return withSession(_ -> snapshots.newest(course.keys()).map(found -> found.map(Complete::new)));
  }

  /// A complete snapshot, read chunk by chunk.
  private final class Complete implements SnapshotReader {
    private final RedisSnapshots.Complete content;

    Complete(RedisSnapshots.Complete content) {
      this.content = content;
    }

    @Override
    public List<Section> sections() {
      return new ArrayList<>(content.sections());
    }

    @Override
    public Future<Buffer> chunk(Section section, int index) {
      return withSession(_ -> snapshots.chunk(content, section.name(), index));
    }
  }

  @Override
  public Future<Void> keepBrief(Brief brief) {
    return withSession(session -> RedisBrief.keep(session, course.keys(), brief));
  }

  @Override
  public Future<Optional<Brief>> brief() {
    return withSession(session -> RedisBrief.read(session, course.keys()));
  }

  /// Records that are missing from the stream.
  long lost() {
    return course.lost();
  }

  /// Takes the stream for what it is, with what is missing; for a restore.
  Future<RedisGap> acceptLoss() {
    return withSession(
        session ->
            snapshots
                .numbers(course.keys())
                .compose(numbers -> RedisGap.accept(session, course.keys(), numbers)));
  }

  @Override
  public Optional<String> unwritable() {
    return condition.trouble();
  }

  @Override
  public Optional<Behind> behind() {
    return condition.isLive()
        ? Optional.empty()
        : Optional.of(
            new Behind(
                condition.heardMicros(), condition.course() == RedisCondition.Course.READING));
  }

  @Override
  public Future<Void> reachHead() {
    return withSession(course::reachHead);
  }

  @Override
  public Future<Void> close() {
    return here(() -> course.close().compose(_ -> followers.end()))
        .onComplete(_ -> metrics.close());
  }

  @Override
  public int queued() {
    return writer.records();
  }

  @Override
  public long queuedBytes() {
    return writer.bytes();
  }

  @Override
  public double writableFlag() {
    return condition.trouble().isPresent() ? 0 : 1;
  }

  @Override
  public double expiryHeldFlag() {
    return personal.expiryHeld() ? 1 : 0;
  }
}
