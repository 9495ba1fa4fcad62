package vn.truc;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import vn.truc.access.SourceKey;
import vn.truc.access.SourceKeys;
import vn.truc.board.Board;
import vn.truc.cli.AdminSocket;
import vn.truc.cli.ConfigFolder;
import vn.truc.cli.ServerOptions;
import vn.truc.cli.VerbException;
import vn.truc.event.LogRecord;
import vn.truc.http.Authority;
import vn.truc.http.BoardRoutes;
import vn.truc.http.CaseRoutes;
import vn.truc.http.Certificates;
import vn.truc.http.Clients;
import vn.truc.http.Connections;
import vn.truc.http.EventsHandler;
import vn.truc.http.Gate;
import vn.truc.http.HeavyReads;
import vn.truc.http.Methods;
import vn.truc.http.Problem;
import vn.truc.http.RequestFaults;
import vn.truc.http.ScreenRoutes;
import vn.truc.http.SourceHandler;
import vn.truc.http.SourceReaders;
import vn.truc.http.SystemRoutes;
import vn.truc.http.TokenRoutes;
import vn.truc.http.UnreadableHead;
import vn.truc.intake.Door;
import vn.truc.intake.IntakeException;
import vn.truc.intake.IntakeMetrics;
import vn.truc.intake.Keyring;
import vn.truc.intake.SourceLedger;
import vn.truc.log.EventLog;
import vn.truc.log.LogSettings;
import vn.truc.loop.Arrivals;
import vn.truc.loop.LoopLag;
import vn.truc.push.WebSocketEndpoint;

/// A running server: everything wired in one straight method, and its undo.
final class App {
  private static final Logger LOG = LoggerFactory.getLogger(App.class);
  private static final int TICK_MILLIS = 20;
  private static final String API = "/api/v1/";
  private static final int HEAD_BYTES_MAX = 32 * 1024;

  private final Core core;
  private final Door door;
  private final String url;
  private final Undo undo;

  private App(Core core, Door door, String url, Undo undo) {
    this.core = core;
    this.door = door;
    this.url = url;
    this.undo = undo;
  }

  /// What distinguishes one server from another.
  ///
  /// @param files the configuration files of this node, `truc.yaml` among them or not
  /// @param demo whether it shows a simulated province and lets a local browser in
  record Plan(
      ServerOptions options,
      Path dataFolder,
      Map<String, String> files,
      Settings settings,
      boolean demo) {}

  /// Starts a server on the current context. Fails, with everything undone, when any step does, and
  /// when the process is told to end before the log is folded.
  static Future<App> start(Vertx vertx, Plan plan, Stop stop) {
    Undo undo = new Undo();
    return begin(vertx, plan, stop, undo)
        .recover(e -> undo.run().transform(_ -> Future.failedFuture(e)));
  }

  private static Future<App> begin(Vertx vertx, Plan plan, Stop stop, Undo undo) {
    PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    undo.onStop("metrics", () -> Future.succeededFuture().andThen(_ -> registry.close()));
    LoopLag lag = new LoopLag(vertx, registry);
    undo.onStop("loop lag", () -> Future.succeededFuture().andThen(_ -> lag.stop()));
    RequestFaults faults = new RequestFaults(registry);
    vertx.getOrCreateContext().exceptionHandler(faults::uncaught);
    Gate gate = new Gate(faults);
    LogStore store = new LogStore(plan.options(), plan.dataFolder(), true);
    return certificates(vertx, plan, registry)
        .compose(
            certificates ->
                listen(vertx, plan, undo, registry, gate, certificates)
                    .compose(
                        server ->
                            Core.open(
                                    vertx,
                                    store,
                                    recorded(plan),
                                    plan.settings(),
                                    Core.Depth.WHOLE,
                                    registry,
                                    stop)
                                .compose(
                                    core ->
                                        begin(
                                            vertx,
                                            plan,
                                            undo,
                                            registry,
                                            lag,
                                            core,
                                            gate,
                                            faults,
                                            server,
                                            certificates))));
  }

  private static Future<Optional<Certificates>> certificates(
      Vertx vertx, Plan plan, MeterRegistry registry) {
    Optional<Path> chain = plan.options().tlsCert();
    Optional<Path> key = plan.options().tlsKey();
    return chain.isPresent() && key.isPresent()
        ? Certificates.open(vertx, chain.get(), key.get(), registry).map(Optional::of)
        : Future.succeededFuture(Optional.empty());
  }

  private static Future<HttpServer> listen(
      Vertx vertx,
      Plan plan,
      Undo undo,
      MeterRegistry registry,
      Gate gate,
      Optional<Certificates> certificates) {
    HttpServerOptions options = httpOptions(plan);
    certificates.ifPresent(one -> one.configure(options));
    return vertx
        .createHttpServer(options)
        .connectionHandler(
            new Connections(options, plan.settings().http(), registry, Arrivals.of(vertx)))
        .requestHandler(gate)
        .invalidRequestHandler(new UnreadableHead())
        .listen(plan.options().port(), plan.options().host())
        .recover(
            e ->
                Future.failedFuture(
                    new VerbException(
                        "cannot listen on %s, port %d: %s"
                            .formatted(
                                plan.options().host(), plan.options().port(), e.getMessage()),
                        e)))
        .map(
            server -> {
              undo.onStop("http", server::close);
              certificates.ifPresent(
                  one -> {
                    one.watch(server, options, plan.settings().http().certificateCheckMillis());
                    undo.onStop(
                        "certificates", () -> Future.succeededFuture().andThen(_ -> one.stop()));
                  });
              return server;
            });
  }

  private static Future<App> begin(
      Vertx vertx,
      Plan plan,
      Undo undo,
      PrometheusMeterRegistry registry,
      LoopLag lag,
      Core core,
      Gate gate,
      RequestFaults faults,
      HttpServer server,
      Optional<Certificates> certificates) {
    undo.onStop("log", core.log()::close);
    undo.onStop("snapshot", core.snapshots()::makeLast);
    undo.onStop("brief", core.briefs()::keepLast);
    Settings settings = plan.settings();
    FoldLoop fold = core.fold();
    IntakeMetrics intakeMetrics = new IntakeMetrics(registry);
    SourceLedger ledger =
        new SourceLedger(
            settings.intake(),
            source -> core.keys().list().stream().anyMatch(key -> key.source().equals(source)));
    Keyring keyring = presented -> key(core, presented);
    Door door =
        new Door(
            settings.intake(),
            settings.retention(),
            core.log(),
            fold,
            ledger,
            intakeMetrics,
            fold::now,
            fold::realMicros);
    Clients clients = new Clients(settings.http());
    WebSocketEndpoint sockets = new WebSocketEndpoint(core.hub(), fold::showable, clients::host);
    Authority authority = new Authority(core.tokens(), core.config()::rules);
    EventsHandler events =
        new EventsHandler(vertx, settings.intake(), keyring, door, intakeMetrics);
    SourceHandler sources =
        new SourceHandler(ledger, keyring, new SourceReaders(authority), fold::now);

    ConfigWatch config = watchConfig(vertx, core, plan, registry);

    Router router = Router.router(vertx);
    Methods.post(router, "/api/v1/events", context -> events.handle(context.request()));
    Methods.get(router, "/api/v1/sources/:id", context -> sources.handle(context.request()));
    new TokenRoutes(authority, clients, plan.demo()).mount(router);
    HeavyReads reads = new HeavyReads(vertx, settings.http(), faults, registry);
    new BoardRoutes(
            reads,
            core.board(),
            authority,
            core.config()::swappedHash,
            ledger,
            fold::now,
            json -> Staleness.marked(json, core.log().behind().map(EventLog.Behind::sinceMicros)))
        .mount(router);
    new CaseRoutes(reads, core.board(), settings.board(), authority, new PersonalLog(core))
        .mount(router);
    new SystemRoutes(
            registry, authority, clients, core::unready, () -> notices(core, config, certificates))
        .mount(router);
    new ScreenRoutes(core.board(), authority, plan.demo(), () -> clock(core)).mount(router);
    router.errorHandler(400, App::malformed);
    router.errorHandler(500, context -> faults.answer(context.request(), context.failure()));

    watchUnknowns(core, ledger, registry);
    watchNode(core, settings.log(), registry);
    if (plan.options().clock().isPresent()) {
      core.wantsVirtualClock();
    } else if (core.clock().virtual()) {
      LOG.warn(
          "clock_virtual domain={} speed={}", Board.timeText(fold.now()), core.clock().speed());
    }
    return (plan.options().onRedis()
            ? Future.<Void>succeededFuture()
            : core.applyConfig(recorded(plan)))
        .compose(_ -> plan.options().clock().map(core::setClock).orElse(Future.succeededFuture()))
        .compose(
            _ -> {
              config.start(settings.config());
              undo.onStop("configuration files", config::stop);
              fold.tick();
              long timer =
                  vertx.setPeriodic(
                      TICK_MILLIS,
                      _ -> {
                        fold.tick();
                        core.tellStaleness();
                        core.briefs().keepIfDue();
                      });
              undo.onStop("clock", () -> Future.succeededFuture(vertx.cancelTimer(timer)));
              long snapshots =
                  vertx.setPeriodic(
                      TimeUnit.SECONDS.toMillis(settings.snapshot().checkSeconds()),
                      _ -> core.snapshots().makeIfDue());
              undo.onStop("snapshots", () -> Future.succeededFuture(vertx.cancelTimer(snapshots)));
              return AdminSocket.open(
                  vertx, plan.dataFolder(), new Administration(core).handlers());
            })
        .map(
            socket -> {
              undo.onStop("admin socket", socket::close);
              undo.onStop("sockets", sockets::shutdown);
              undo.onStop("door", () -> Future.succeededFuture().andThen(_ -> fold.refuse()));
              // the first look at all figures loads hundreds of classes: nobody waits for it
              boolean _ = registry.scrape().isEmpty();
              gate.open(request -> route(request, core, sockets, router));
              lag.served();
              String scheme = plan.options().tlsCert().isPresent() ? "https" : "http";
              String url = scheme + "://" + plan.options().host() + ":" + server.actualPort() + "/";
              LOG.info(
                  "serving url={} position={} data={}", url, fold.position(), plan.dataFolder());
              return new App(core, door, url, undo);
            });
  }

  /// The key somebody presents. One that is not known here may have been made by another node a
  /// moment ago, so this node reads to the end of the log before it says no; where it cannot, it
  /// does not know.
  private static Future<Optional<SourceKey>> key(Core core, String presented) {
    Optional<SourceKey> known = core.keys().authenticate(presented);
    if (known.isPresent() || !SourceKeys.wellFormed(presented)) {
      return Future.succeededFuture(known);
    }
    return core.log()
        .reachHead()
        .map(_ -> core.keys().authenticate(presented))
        .recover(cause -> Future.failedFuture(IntakeException.catchingUp(cause)));
  }

  private static ConfigWatch watchConfig(
      Vertx vertx, Core core, Plan plan, MeterRegistry registry) {
    ConfigWatch watch =
        new ConfigWatch(vertx, plan.options().config(), plan.files(), core.config()::swappedHash);
    Gauge.builder("truc.config.differs", watch, one -> one.differs() ? 1 : 0)
        .description("1 when this node's files are not the configuration in force")
        .strongReference(true)
        .register(registry);
    return watch;
  }

  /// What alerts compare with: whether `/readyz` says 200, and how much may wait for the log.
  private static void watchNode(Core core, LogSettings log, MeterRegistry registry) {
    Gauge.builder("truc.node.ready", core, one -> one.unready().isEmpty() ? 1 : 0)
        .description("1 when the log is writable and the fold stands at its head")
        .register(registry);
    Gauge.builder("truc.clock.ahead", core, App::aheadSeconds)
        .baseUnit("seconds")
        .description("How far the board stands ahead of the clock")
        .register(registry);
    Gauge.builder("truc.log.queue.limit.records", log, LogSettings::queueRecordsMax)
        .description("Records that may wait for their commit")
        .register(registry);
    Gauge.builder("truc.log.queue.limit.bytes", log, LogSettings::queueBytesMax)
        .description("Estimated bytes that may wait for their commit")
        .register(registry);
  }

  private static double aheadSeconds(Core core) {
    return Math.max(0, core.board().asOfMicros() - core.fold().now()) / 1e6;
  }

  private static void watchUnknowns(Core core, SourceLedger ledger, MeterRegistry registry) {
    core.fold()
        .onUnknown(
            (record, unknown) -> {
              Counter.builder("truc.board.unknown")
                  .description("codes in facts that the configuration does not know")
                  .tag("what", unknown.what())
                  .register(registry)
                  .increment();
              core.keys()
                  .byId(record.keyId())
                  .ifPresent(key -> ledger.unknown(key.source(), unknown.what(), unknown.code()));
            });
  }

  private static HttpServerOptions httpOptions(Plan plan) {
    HttpServerOptions options =
        WebSocketEndpoint.configure(new HttpServerOptions(), plan.settings().push())
            .setMaxHeaderSize(HEAD_BYTES_MAX);
    return Connections.configure(options, plan.settings().http());
  }

  private static void route(
      HttpServerRequest request, Core core, WebSocketEndpoint sockets, Router router) {
    boolean asked = request.path() != null && request.path().startsWith(API);
    if (WebSocketEndpoint.PATH.equals(request.path())) {
      sockets.handle(request);
    } else if (asked && !core.config().everInForce()) {
      // no configuration could ever be read: every scope would be 404
      request.response().putHeader(HttpHeaders.RETRY_AFTER, "1");
      Problem.of(503, core.config().fault().orElse("no configuration is in force"))
          .send(request.response());
    } else {
      router.handle(request);
    }
  }

  private static void malformed(RoutingContext context) {
    Problem.of(400, "the address cannot be read").send(context.response());
  }

  private static Map<String, String> recorded(Plan plan) {
    return ConfigFolder.recorded(plan.files());
  }

  private static List<String> notices(
      Core core, ConfigWatch config, Optional<Certificates> certificates) {
    List<String> notices = new ArrayList<>(config.notices());
    notices.addAll(core.notices());
    certificates.ifPresent(one -> notices.addAll(one.notices(Instant.now())));
    return notices;
  }

  private static JsonObject clock(Core core) {
    Instant now = Instant.EPOCH.plus(core.fold().now(), ChronoUnit.MICROS);
    return new JsonObject()
        .put(
            "domain", now.truncatedTo(ChronoUnit.MILLIS).atOffset(ZoneOffset.ofHours(7)).toString())
        .put("virtual", core.clock().virtual())
        .put("speed", core.clock().speed());
  }

  /// Where it answers, `http://HOST:PORT/`.
  String url() {
    return url;
  }

  Core core() {
    return core;
  }

  Door door() {
    return door;
  }

  /// Adds something to be undone before everything that is there.
  void onStop(String name, Supplier<Future<?>> action) {
    undo.onStop(name, action);
  }

  /// Refuses new facts, closes the sockets with 3001, flushes, writes a last snapshot, closes the
  /// log. Completes when all was tried.
  Future<Void> stop() {
    LOG.info("stopping");
    return undo.run().onSuccess(_ -> LOG.info("stopped"));
  }

  /// The key of a feed of this process itself; added where a kept folder has none yet.
  Future<SourceKey> ownKey(String source, String name) {
    for (SourceKey key : core.keys().list()) {
      if (key.source().equals(source) && key.name().equals(name)) {
        return Future.succeededFuture(key);
      }
    }
    SourceKeys.NewKey made = SourceKeys.create(source, name, false);
    LogRecord record = made.record(core.fold().now());
    return core.append(record).map(made.key());
  }
}
