package vn.truc.log;

import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import vn.truc.event.EventTypes;
import vn.truc.event.LogRecord;

/// The life of a log in Redis on this node: from the first verified session, through outages and
/// stores that are not ours, to the close. Everything that happens to the store comes together
/// here.
///
/// Belongs to one context; the id may be read from any.
final class RedisCourse implements RedisLink.Watcher, RedisWriter.Alarm, RedisTail.Listener {
  private static final Logger LOG = LoggerFactory.getLogger(RedisCourse.class);

  private final Vertx vertx;
  private final RedisEventLog.Plan plan;
  private final RedisCondition condition;
  private final LogMetrics metrics;
  private final RedisIdentity identity;
  private final RedisLink link;
  private final RedisSeen seen;
  private final RedisErasures erasures;
  private final RedisReach reach;
  private final RedisScrub scrub;
  private final RedisPersonal personal;
  private final Promise<Void> opened = Promise.promise();
  private final List<Long> timers = new ArrayList<>();
  private @Nullable RedisWriter writer;
  private @Nullable RedisTail tail;
  private Consumer<RedisLink.Session> sweeper = _ -> {};
  private @Nullable RedisKeys keys;
  private volatile String id = "";
  /// Every id the log had.
  private final Set<String> ids = new LinkedHashSet<>();
  /// How far the stream reached when the session was verified.
  private long target;
  /// Position up to which followers have everything.
  private long delivered;
  /// Entries that were missing from the stream, and known to be, when this node began to count.
  private long lost;

  /// Whether the list of erasures was compared in this session.
  private boolean agreed;

  /// Whether the store refused a write and took none since.
  private boolean writeRefused;

  /// Whether records of an older version are being written anew.
  private boolean scrubbing;

  /// Whether they were since it was last looked whether the store is reached.
  private boolean scrubbed;

  /// When the check under way began; 0 when none is.
  private long checkBegan;

  private boolean closed;

  RedisCourse(
      Vertx vertx,
      Context owner,
      RedisEventLog.Plan plan,
      RedisCondition condition,
      RedisPersonal personal,
      LogMetrics metrics)
      throws IOException {
    this.vertx = vertx;
    this.plan = plan;
    this.condition = condition;
    this.metrics = metrics;
    this.identity = new RedisIdentity(plan.address(), plan.birth(), plan.restoring());
    this.seen = RedisSeen.in(vertx, plan.folder(), plan.visit());
    this.erasures = RedisErasures.in(vertx, plan.folder(), plan.staying(), personal);
    this.reach = new RedisReach(vertx, plan.redis().syncMillisMax());
    this.personal = personal;
    long kept = TimeUnit.MILLISECONDS.toMicros(plan.personalKept().toMillis());
    this.scrub = new RedisScrub(vertx, plan.redis(), personal, kept);
    this.link =
        new RedisLink(
            vertx,
            owner,
            plan.address(),
            plan.redis(),
            RedisWriter.commandsMax(plan.settings()),
            this);
  }

  /// Brings the parts together; once, before [#begin()].
  void wire(RedisWriter appends, RedisTail follows, Consumer<RedisLink.Session> sweeps) {
    writer = appends;
    tail = follows;
    sweeper = sweeps;
  }

  private RedisWriter writer() {
    return wired(writer);
  }

  private RedisTail tail() {
    return wired(tail);
  }

  private static <T> T wired(@Nullable T part) {
    if (part == null) {
      throw new IllegalStateException("the log is not opened yet");
    }
    return part;
  }

  RedisLink link() {
    return link;
  }

  RedisKeys keys() {
    return wired(keys);
  }

  String id() {
    return id;
  }

  boolean closed() {
    return closed;
  }

  /// Connects; completes when the log is open.
  Future<Void> begin() {
    metrics.watchStore(
        condition,
        watched ->
            watched.isLive()
                ? 0
                : (SqliteStore.micros(Instant.now()) - watched.heardMicros()) / 1e6,
        watched -> watched.course() == RedisCondition.Course.REFUSED ? 1 : 0);
    waitForOpening();
    timers.add(vertx.setPeriodic(plan.redis().checkMillis(), _ -> check()));
    timers.add(
        vertx.setPeriodic(
            plan.settings().personalSweepMillis(),
            _ -> {
              if (condition.isLive()) {
                link.session().ifPresent(sweeper);
              }
            }));
    link.begin();
    return opened.future();
  }

  /// Gives the start up when the store was not reached for too long, which it is while old records
  /// are written anew.
  private void waitForOpening() {
    timers.add(
        vertx.setTimer(
            plan.redis().openMillisMax(),
            _ -> {
              if (scrubbed) {
                scrubbed = scrubbing;
                waitForOpening();
              } else if (link.session().isEmpty()) {
                opened.tryFail(
                    new LogException(
                        LogException.Reason.UNWRITABLE,
                        condition.trouble().orElse("the store does not answer")));
              }
            }));
  }

  @Override
  public Future<Void> verify(RedisLink.Session session) {
    return look(session)
        .compose(
            found -> {
              if (keys == null) {
                keys = new RedisKeys(found.logId());
                ids.add(found.logId());
                seen.last().ifPresent(last -> ids.addAll(last.ids()));
                tail().startAt(found.length(), found.lastStreamId());
                delivered = found.length();
                lost = found.lost();
                reach.reached(delivered);
              }
              renamed(found.newestId());
              target = found.length();
              return personal
                  .begin(session, keys())
                  .compose(_ -> RedisCheck.look(session, keys(), false));
            })
        .map(
            looked -> {
              settle(looked);
              return null;
            });
  }

  private Future<RedisIdentity.Found> look(RedisLink.Session session) {
    return identity
        .look(session, memory())
        .compose(found -> found.old() ? rewrite(session, found) : Future.succeededFuture(found));
  }

  private Future<RedisIdentity.Found> rewrite(
      RedisLink.Session session, RedisIdentity.Found found) {
    session.takesLong();
    scrubbing = true;
    scrubbed = true;
    return scrub
        .runFor(plan, session, new RedisKeys(found.logId()))
        .onSuccess(done -> metrics.rewritten(done.records()))
        .onComplete(_ -> scrubbing = false)
        .compose(_ -> look(session));
  }

  private RedisIdentity.Memory memory() {
    return keys == null
        ? new RedisIdentity.Memory(seen.last(), false, seen.mayBegin(), 0)
        : new RedisIdentity.Memory(Optional.of(known(keys)), true, false, lost);
  }

  private RedisIdentity.Known known(RedisKeys log) {
    return new RedisIdentity.Known(log.logId(), ids, tail().head(), tail().streamId());
  }

  private void renamed(String newest) {
    id = newest;
    ids.add(newest);
  }

  @Override
  public void up(RedisLink.Session session) {
    metrics.connected();
    checkBegan = 0;
    condition.heard();
    condition.reading();
    writer().use(session, keys());
    agreed = false;
    erasures
        .agree(session, keys())
        .onSuccess(_ -> agreed(session))
        .onFailure(cause -> link.lost(session, cause));
    tail().follow(session, keys());
    note();
    if (writeRefused) {
      check();
    }
  }

  private void agreed(RedisLink.Session session) {
    if (!session.over()) {
      agreed = true;
      liveIfReached();
      opened.tryComplete();
    }
  }

  @Override
  public void down(Throwable cause) {
    writer().lost(String.valueOf(cause.getMessage()));
    note();
    boolean refused =
        cause instanceof LogException known && known.reason() == LogException.Reason.CORRUPT;
    if (refused) {
      condition.refused(cause);
    } else {
      condition.away(cause);
    }
    if (cause instanceof LogException) {
      opened.tryFail(cause);
    }
  }

  @Override
  public void gone(RedisLink.Session session) {
    refuse(session, "has lost the stream of log " + keys().logId());
  }

  @Override
  public void failed(String what) {
    if (condition.isLive()) {
      writeRefused = true;
      condition.fault(Optional.of("the store " + plan.address() + " takes no append: " + what));
    }
  }

  @Override
  public void broken(RedisLink.Session session, LogException cause) {
    link.lost(session, cause);
  }

  private void refuse(RedisLink.Session session, String what) {
    link.lost(
        session,
        new LogException(LogException.Reason.CORRUPT, "the store " + plan.address() + " " + what));
  }

  @Override
  public void heard() {
    condition.heard();
  }

  @Override
  public void record(LogRecord record) {
    if (record.type().equals(EventTypes.LOG_RESTORED)) {
      renamed(SqliteStore.idIn(record.data()));
    } else if (record.type().equals(EventTypes.PERSONAL_ERASED)) {
      link.session().ifPresent(this::listErasures);
    }
  }

  private void listErasures(RedisLink.Session session) {
    erasures
        .agree(session, keys())
        .onFailure(cause -> LOG.debug("erasures_not_compared cause={}", cause.toString()));
  }

  @Override
  public void reached(long position) {
    delivered = Math.max(delivered, position);
    liveIfReached();
    reach.reached(delivered);
  }

  private void liveIfReached() {
    if (agreed && condition.course() == RedisCondition.Course.READING && delivered >= target) {
      condition.live();
      link.steady();
    }
  }

  /// One look at the store a time; one that is not answered ends the session.
  private void check() {
    note();
    Optional<RedisLink.Session> now = link.session();
    if (closed || now.isEmpty()) {
      return;
    }
    RedisLink.Session session = now.get();
    long patience = TimeUnit.MILLISECONDS.toNanos(plan.redis().answerMillisMax());
    boolean silent = checkBegan != 0 && System.nanoTime() - checkBegan > patience;
    if (silent || tail().silentNanos() > patience) {
      link.lost(
          session,
          new IllegalStateException("no answer in " + plan.redis().answerMillisMax() + " ms"));
    } else if (checkBegan == 0) {
      if (erasures.owed()) {
        listErasures(session);
      }
      checkBegan = System.nanoTime();
      boolean probing = writeRefused;
      RedisCheck.look(session, keys(), probing)
          .onSuccess(
              looked -> {
                writeRefused &= !probing;
                judge(session, looked);
              })
          .onFailure(
              cause -> {
                if (!session.over()) {
                  checkBegan = 0;
                  lookFailed(session, cause);
                }
              });
    }
  }

  private void lookFailed(RedisLink.Session session, Throwable cause) {
    if (cause instanceof LogException known && known.reason() == LogException.Reason.CORRUPT) {
      link.lost(session, cause);
    } else {
      failed(String.valueOf(cause.getMessage()));
    }
  }

  private void judge(RedisLink.Session session, RedisCheck.Seen looked) {
    if (session.over()) {
      return;
    }
    checkBegan = 0;
    String logId = keys().logId();
    if (!looked.pointer().equals(Optional.of(logId))) {
      refuse(session, "names log " + looked.pointer().orElse("none") + " instead of " + logId);
    } else if (looked.length() == 0) {
      gone(session);
    } else if (plan.visit() == RedisEventLog.Visit.RESTORING) {
      settle(looked);
    } else {
      looked
          .gap()
          .missing(looked.noted(), lost, logId)
          .ifPresentOrElse(what -> refuse(session, what), () -> settle(looked));
    }
  }

  /// Entries that were missing when this process looked.
  long lost() {
    return lost;
  }

  /// Settings that are right do not mend a refused write: the store may be full. That ends when it
  /// takes one.
  private void settle(RedisCheck.Seen looked) {
    if (!writeRefused) {
      condition.fault(looked.trouble());
    }
  }

  private void note() {
    Optional.ofNullable(keys).ifPresent(log -> seen.note(known(log)));
  }

  /// Completes when followers have everything the store holds now; see [RedisReach].
  Future<Void> reachHead(RedisLink.Session session) {
    return reach.head(session, keys());
  }

  /// Refuses what comes, waits for what was taken, and lets the store go.
  Future<Void> close() {
    if (closed) {
      return Future.succeededFuture();
    }
    closed = true;
    Promise<Void> idle = Promise.promise();
    long timer = vertx.setTimer(plan.redis().closeMillisMax(), _ -> idle.tryComplete());
    writer().whenIdle(idle::tryComplete);
    return idle.future()
        .compose(
            _ -> {
              vertx.cancelTimer(timer);
              timers.forEach(vertx::cancelTimer);
              link.close();
              writer().lost("the log was closed");
              return seen.close(Optional.ofNullable(keys).map(this::known));
            })
        .onFailure(cause -> LOG.warn("log_note_unsure cause={}", cause.toString()));
  }
}
