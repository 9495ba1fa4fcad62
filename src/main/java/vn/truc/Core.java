package vn.truc;

import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import vn.truc.access.Access;
import vn.truc.access.AccessSettings;
import vn.truc.access.DashboardTokens;
import vn.truc.access.SourceKeys;
import vn.truc.access.TokenRegister;
import vn.truc.board.Board;
import vn.truc.board.BoardConfig;
import vn.truc.cli.ClockOption;
import vn.truc.event.LogRecord;
import vn.truc.fold.Projections;
import vn.truc.log.Draft;
import vn.truc.log.EventLog;
import vn.truc.push.Grant;
import vn.truc.push.Hub;
import vn.truc.push.PushMetrics;
import vn.truc.push.Tokens;

/// The log and everything folded from it, without any door to the outside: what a server, and an
/// administrative verb on a folder nobody owns, have in common. Belongs to one context.
final class Core {
  private static final Logger LOG = LoggerFactory.getLogger(Core.class);

  /// How long a log that is just being opened is waited for, to be closed again.
  private static final long CLOSE_SECONDS = 2;

  private final EventLog log;
  private final Board board;
  private final SourceKeys keys = new SourceKeys();
  private final TokenRegister register = new TokenRegister();
  private final DomainClock clock = new DomainClock();
  private final AppliedConfig config;
  private final Projections projections = new Projections();
  private final FoldLoop fold;
  private final BoardChannels channels;
  private final Hub hub;
  private final DashboardTokens tokens;
  private final TokenSecret secret;
  private final Snapshots snapshots;
  private final Briefs briefs;
  private final FailedFacts failed;
  private final ClockSetback setback;
  private final RevokedList revoked;
  private final AccessSettings access;
  private Future<Void> secretReady = Future.succeededFuture();
  private final ForeignEntries foreign;
  private boolean virtualWanted;

  private Core(
      Vertx vertx,
      EventLog log,
      LogStore store,
      Buffer tokenSecret,
      Settings settings,
      PushMetrics metrics,
      FailedFacts failed,
      ForeignEntries foreign,
      MeterRegistry registry) {
    this.log = log;
    this.failed = failed;
    access = settings.access();
    revoked = new RevokedList(vertx, store.folder(), store.keepsLists(), register, keys);
    this.foreign = foreign;
    InstantSource real = InstantSource.system();
    board = new Board(BoardConfig.none(), settings.board(), new SecureRandom());
    config = new AppliedConfig(vertx, board);
    setback =
        new ClockSetback(
            TimeUnit.MILLISECONDS.toMicros(settings.clock().backwardsMax().toMillis()), registry);
    fold = new FoldLoop(vertx, board, projections, keys, clock, config, failed, setback, real);
    channels = new BoardChannels(board, log::id);
    tokens = new DashboardTokens(tokenSecret, real, register, settings.access());
    secret = new TokenSecret(vertx, log, register, tokens);
    hub = new Hub(vertx, settings.push(), channels, this::judge, metrics);
    // whatever is made of the log; the configuration comes back before the cases it places
    projections
        .add(new LogStory())
        .add(clock)
        .add(config)
        .add(foreign)
        .add(failed)
        .add(keys)
        .add(register)
        .add(board)
        .add(new FeedRings(hub, log::head));
    snapshots = new Snapshots(log, projections, fold, settings.snapshot());
    briefs = new Briefs(log, projections, fold, snapshots);
    fold.onChange(change -> channels.publish(hub, change));
    fold.onProgress(hub::changed);
    fold.onTick(hub::upToDate);
    fold.onSetback((asOf, now) -> setback.begins(asOf, now, fold.position(), log));
    fold.onRevoked(this::revoked);
    keys.onRevoked(fold::revoked);
    register.onRevoked(fold::revoked);
    // a young log's first configuration comes before any fact: nothing can have been missed
    config.onSwap(() -> hub.reconfigured(board.factCount() > 0));
  }

  /// How much of a log is folded.
  enum Depth {
    /// All of it.
    WHOLE,
    /// Keys, clock and configuration: what most verbs need, and what a log of millions of facts
    /// tells in a moment.
    WITHOUT_FACTS
  }

  /// Opens a store and folds its log.
  ///
  /// @param files the configuration that a log without one begins with
  /// @param stop ends the opening, with the log closed again
  static Future<Core> open(
      Vertx vertx,
      LogStore store,
      Map<String, String> files,
      Settings settings,
      Depth depth,
      MeterRegistry registry,
      Stop stop) {
    Future<EventLog> opening = store.open(vertx, files, settings, registry).map(log -> log);
    return stop.before(opening)
        .recover(
            e ->
                opening
                    .timeout(CLOSE_SECONDS, TimeUnit.SECONDS)
                    .compose(EventLog::close)
                    .transform(_ -> Future.failedFuture(e)))
        .compose(
            log ->
                stop.before(folded(vertx, log, store, files, settings, depth, registry))
                    .recover(e -> log.close().transform(_ -> Future.failedFuture(e))));
  }

  private static Future<Core> folded(
      Vertx vertx,
      EventLog log,
      LogStore store,
      Map<String, String> files,
      Settings settings,
      Depth depth,
      MeterRegistry registry) {
    return log.secret("tokens")
        .compose(
            secret -> {
              PushMetrics metrics = new PushMetrics(registry);
              FailedFacts failed = new FailedFacts(settings.board().failedFactsMax(), registry);
              ForeignEntries foreign = new ForeignEntries(registry);
              return begun(
                  () -> {
                    failed.clear();
                    foreign.clear();
                    return new Core(
                        vertx, log, store, secret, settings, metrics, failed, foreign, registry);
                  },
                  depth);
            })
        .compose(core -> core.fold(files).map(core));
  }

  /// What the newest snapshot holds; where that cannot be used nothing yet, so that the whole log
  /// is folded.
  private static Future<Core> begun(Supplier<Core> empty, Depth depth) {
    Core core = empty.get();
    return (depth == Depth.WHOLE ? core.snapshots.load() : core.briefs.load())
        .map(core)
        .recover(
            e -> {
              LOG.error("snapshot_ignored then=fold_whole_log cause={}", e.toString());
              return Future.succeededFuture(empty.get());
            })
        .onSuccess(
            begun -> {
              if (depth == Depth.WITHOUT_FACTS) {
                begun.fold.withoutFacts();
              }
            });
  }

  private Future<Void> fold(Map<String, String> files) {
    long from = fold.position();
    return fold.follow(log)
        .compose(_ -> fold.retryFailed(log))
        .compose(_ -> secret.newest())
        .compose(_ -> revokedOfTheList())
        .compose(_ -> config.settle())
        .compose(_ -> config.hash().isEmpty() ? applyConfig(files) : Future.succeededFuture())
        .onSuccess(
            _ ->
                LOG.info(
                    "folded position={} records={} cases={} facts={}",
                    fold.position(),
                    fold.position() - from,
                    board.caseCount(),
                    board.factCount()));
  }

  /// Appends a configuration that differs from the log's; completes when everything answers under
  /// it. No files at all are no configuration: then the log's stays.
  Future<Void> applyConfig(Map<String, String> files) {
    if (AppliedConfig.hash(files).equals(config.hash())) {
      return Future.succeededFuture();
    }
    if (files.isEmpty() && !config.files().isEmpty()) {
      LOG.warn("config_files_none hash={}", config.hash());
      return Future.succeededFuture();
    }
    return append(AppliedConfig.record(files, fold.now())).compose(_ -> config.settle());
  }

  /// Sets the domain clock where that moves it forward; completes when it is folded. False where it
  /// stands there or further already.
  Future<Boolean> setClock(ClockOption option) {
    Optional<LogRecord> record =
        clock.setting(DomainClock.micros(option.from()), fold.realMicros(), option.speed());
    return record.isEmpty() ? Future.succeededFuture(false) : append(record.get()).map(true);
  }

  /// Ends a virtual clock; completes when that is folded. False where the clock is real already.
  Future<Boolean> setClockReal() {
    return clock.virtual()
        ? append(DomainClock.real(fold.realMicros())).map(true)
        : Future.succeededFuture(false);
  }

  /// Appends one internal record; completes with its position when it is durable and folded here.
  Future<Long> append(LogRecord record) {
    return log.append(List.of(Draft.of(record)));
  }

  /// Keys or tokens were ended: what shows one is closed, and an older copy of the log must not
  /// undo it.
  private void revoked() {
    secretReady = secret.newest();
    hub.recheck();
    revoked.keep().onFailure(e -> LOG.error("revocations_not_listed cause={}", e.toString()));
  }

  /// Completes when what was revoked by now is in force here and kept beside the log.
  Future<Void> revocationsKept() {
    return secretReady.compose(_ -> revoked.keep());
  }

  /// Ends again what the list beside the log says was ended, where an older copy of the log was put
  /// back.
  private Future<Void> revokedOfTheList() {
    return revoked
        .missing(fold::now)
        .compose(
            missing -> {
              if (missing.isEmpty()) {
                return revoked.keep();
              }
              LOG.warn("revoked_again records={}", missing.size());
              return log.append(missing.stream().map(Draft::of).toList())
                  .compose(_ -> revocationsKept());
            });
  }

  private Tokens.Verdict judge(String token) {
    return switch (tokens.judge(token)) {
      case Access.Granted granted -> {
        long generation = register.generation();
        yield new Tokens.Verdict.Granted(
            new Grant(
                granted.user(),
                granted.expiresAt().getEpochSecond(),
                channel -> config.rules().mayReadChannel(granted, channel),
                () -> register.generation() != generation || register.revoked(granted)));
      }
      case Access.Revoked _ -> new Tokens.Verdict.Invalid();
      case Access.Expired _ -> new Tokens.Verdict.Expired();
      case Access.Invalid _ -> new Tokens.Verdict.Invalid();
    };
  }

  /// Lets the screens say since when they may lack something, or that they do no longer.
  void tellStaleness() {
    if (channels.stale(log.behind().map(EventLog.Behind::sinceMicros))) {
      hub.changed();
    }
  }

  /// What keeps this node from being ready.
  List<String> unready() {
    List<String> reasons = new ArrayList<>();
    log.unwritable().ifPresent(reasons::add);
    fold.failure().ifPresent(reasons::add);
    config.fault().ifPresent(reasons::add);
    if (reasons.isEmpty() && !fold.caughtUp()) {
      reasons.add("the fold has not caught up with the log");
    }
    return reasons;
  }

  EventLog log() {
    return log;
  }

  /// What whoever runs this node should know though it is ready.
  List<String> notices() {
    List<String> notices = new ArrayList<>();
    failed.notice().ifPresent(notices::add);
    setback.notice().ifPresent(notices::add);
    foreign.notice().ifPresent(notices::add);
    if (clock.virtual() && !virtualWanted) {
      notices.add(
          "the clock of this log is virtual, it shows "
              + Board.timeText(fold.now())
              + "; start the server with --clock, or end it for good with: truc clock real");
    }
    return notices;
  }

  /// This server was started with `--clock`.
  void wantsVirtualClock() {
    virtualWanted = true;
  }

  Board board() {
    return board;
  }

  SourceKeys keys() {
    return keys;
  }

  DomainClock clock() {
    return clock;
  }

  AppliedConfig config() {
    return config;
  }

  FoldLoop fold() {
    return fold;
  }

  Hub hub() {
    return hub;
  }

  DashboardTokens tokens() {
    return tokens;
  }

  TokenRegister register() {
    return register;
  }

  AccessSettings access() {
    return access;
  }

  Snapshots snapshots() {
    return snapshots;
  }

  Briefs briefs() {
    return briefs;
  }
}
