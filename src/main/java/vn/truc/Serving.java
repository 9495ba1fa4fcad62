package vn.truc;

import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.ThreadingModel;
import io.vertx.core.VerticleBase;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BiFunction;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import vn.truc.cli.ConfigFolder;
import vn.truc.cli.NodeFile;
import vn.truc.cli.OwnedException;
import vn.truc.cli.ServerOptions;
import vn.truc.cli.VerbException;
import vn.truc.cli.Verbs.Terminal;
import vn.truc.config.Faults;
import vn.truc.log.LogException;
import vn.truc.loop.ShortTurns;
import vn.truc.systemd.ServiceManager;

/// Runs servers and clients for the command line: makes Vert.x, waits on the calling thread, and
/// ends cleanly on SIGTERM. The only place of the product where a thread waits for a future.
final class Serving {
  private static final Logger LOG = LoggerFactory.getLogger(Serving.class);
  private static final long STOP_SECONDS = 9;
  private static final long STOP_LOOK_MILLIS = 50;

  /// A start takes as long as its log is long, and a verb as the log it opens.
  private static final long WITHOUT_END = Long.MAX_VALUE / 2;

  private Serving() {}

  /// `serve`: runs until the process is told to end.
  static int serve(ServerOptions options, Terminal terminal) throws Exception {
    Map<String, String> files = files(options);
    Settings settings = Settings.of(files);
    List<String> absent = ConfigCheck.missing(files);
    if (!absent.isEmpty()) {
      LOG.warn("config_files_absent files={}", absent);
    }
    App.Plan plan = new App.Plan(options, options.dataFolder(), files, settings, false);
    return run(terminal, (vertx, stop) -> App.start(vertx, plan, stop), () -> {});
  }

  /// `demo`: serve, with a simulated day on a virtual clock and history behind it.
  static int demo(ServerOptions options, Terminal terminal) throws Exception {
    Map<String, String> files = files(options);
    Settings settings = Settings.of(files);
    boolean throwAway = options.data().isEmpty();
    Path folder = throwAway ? Files.createTempDirectory("truc-demo") : options.dataFolder();
    App.Plan plan = new App.Plan(options, folder, files, settings, true);
    return run(
        terminal,
        (vertx, stop) -> Demonstration.start(vertx, plan, stop),
        () -> {
          if (throwAway) {
            remove(folder);
          }
        });
  }

  /// The files of a server. What they are at fault with, `truc.yaml` and those that go into the log
  /// alike, is told together before anything is opened or recorded.
  private static Map<String, String> files(ServerOptions options) {
    Faults faults = new Faults();
    Map<String, String> files = ConfigFolder.read(options.config(), faults);
    ConfigCheck.names(files, faults);
    NodeFile.read(files, faults, Settings::read);
    ConfigCheck.recorded(files, faults);
    faults.throwIfAny();
    return files;
  }

  /// What is left to do when a server has ended.
  private interface Aftermath {
    void run() throws IOException;
  }

  /// Runs a server until the process is told to end. A stop in good order, during the start too, is
  /// exit code 0; the virtual machine by itself would make 128 and the signal's number of it.
  private static int run(
      Terminal terminal, BiFunction<Vertx, Stop, Future<App>> start, Aftermath aftermath)
      throws Exception {
    CountDownLatch ended = new CountDownLatch(1);
    CountDownLatch stopped = new CountDownLatch(1);
    AtomicBoolean inOrder = new AtomicBoolean();
    Thread hook =
        Thread.ofPlatform()
            .unstarted(
                () -> {
                  ended.countDown();
                  try {
                    if (!stopped.await(STOP_SECONDS, TimeUnit.SECONDS)) {
                      terminal.err().println("truc: not everything was stopped in time");
                    } else if (inOrder.get()) {
                      Runtime.getRuntime().halt(0);
                    }
                  } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                  }
                });
    Runtime.getRuntime().addShutdownHook(hook);
    Vertx vertx = vertx();
    try {
      Main main = new Main(start, () -> ended.getCount() == 0);
      await(
          vertx.deployVerticle(
              main, new DeploymentOptions().setThreadingModel(ThreadingModel.EVENT_LOOP)),
          WITHOUT_END);
      terminal.out().println(main.app().url());
      terminal.out().flush();
      ended.await();
      await(vertx.close(), STOP_SECONDS);
      inOrder.set(true);
      return 0;
    } catch (VerbException e) {
      terminal.err().println("truc: " + e.getMessage());
      await(vertx.close(), STOP_SECONDS);
      inOrder.set(ended.getCount() == 0);
      return 1;
    } finally {
      try {
        aftermath.run();
      } finally {
        stopped.countDown();
      }
    }
  }

  /// The one verticle: a server on one event loop.
  private static final class Main extends VerticleBase {
    private final BiFunction<Vertx, Stop, Future<App>> start;
    private final BooleanSupplier ending;
    private @org.jspecify.annotations.Nullable App app;
    private @org.jspecify.annotations.Nullable ServiceManager manager;

    /// @param ending whether the process was told to end; looked at while the start is under way
    Main(BiFunction<Vertx, Stop, Future<App>> start, BooleanSupplier ending) {
      this.start = start;
      this.ending = ending;
    }

    @Override
    public Future<?> start() {
      ServiceManager told =
          new ServiceManager(context, System.getenv(), ProcessHandle.current().pid());
      manager = told;
      told.starting();
      Promise<Void> stop = Promise.promise();
      long looks =
          vertx.setPeriodic(
              STOP_LOOK_MILLIS,
              _ -> {
                if (ending.getAsBoolean()) {
                  stop.tryComplete();
                }
              });
      return start
          .apply(vertx, new Stop(stop.future()))
          .onComplete(_ -> vertx.cancelTimer(looks))
          .onSuccess(
              started -> {
                app = started;
                told.ready(started.url());
              })
          .onFailure(_ -> told.close());
    }

    @Override
    public Future<?> stop() {
      App running = app;
      ServiceManager told = manager;
      if (running == null || told == null) {
        return Future.succeededFuture();
      }
      told.stopping();
      return running.stop().onComplete(_ -> told.close());
    }

    App app() {
      App running = app;
      if (running == null) {
        throw new IllegalStateException("not started");
      }
      return running;
    }
  }

  /// Does one administrative verb on a folder that no process owns, or on a log in Redis.
  static JsonObject offline(ServerOptions options, String verb, JsonObject arguments)
      throws Exception {
    Map<String, String> files = files(options);
    Settings settings = Settings.of(files);
    Path folder = options.dataFolder();
    return client(
        vertx ->
            Core.open(
                    vertx,
                    new LogStore(options, folder, false),
                    ConfigFolder.recorded(files),
                    settings,
                    Administration.depthOf(verb),
                    new io.micrometer.core.instrument.simple.SimpleMeterRegistry(),
                    Stop.never())
                .compose(
                    core ->
                        Future.succeededFuture()
                            .compose(_ -> handle(core, verb, arguments))
                            .eventually(core.log()::close)));
  }

  private static Future<JsonObject> handle(Core core, String verb, JsonObject arguments) {
    Function<JsonObject, Future<JsonObject>> handler =
        new Administration(core).handlers().get(verb);
    if (handler == null) {
      throw new VerbException("unknown verb '" + verb + "'");
    }
    return handler.apply(arguments);
  }

  /// Runs something on an event loop and waits for it.
  static <T> T client(Function<Vertx, Future<T>> work) throws Exception {
    Vertx vertx = vertx();
    try {
      Promise<T> done = Promise.promise();
      vertx.runOnContext(
          _ -> Future.succeededFuture().compose(_ -> work.apply(vertx)).onComplete(done));
      return await(done.future(), WITHOUT_END);
    } finally {
      await(vertx.close(), STOP_SECONDS);
    }
  }

  private static Vertx vertx() {
    return ShortTurns.builder()
        .with(
            new VertxOptions()
                .setPreferNativeTransport(true)
                .setEventLoopPoolSize(1)
                .setWorkerPoolSize(2)
                .setInternalBlockingPoolSize(2))
        .build();
  }

  private static <T> T await(Future<T> future, long seconds) throws Exception {
    try {
      return future.toCompletionStage().toCompletableFuture().get(seconds, TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      Throwable cause = e.getCause();
      if (cause instanceof VerbException refused) {
        throw refused;
      }
      if (cause instanceof LogException log && log.reason() == LogException.Reason.OWNED) {
        throw new OwnedException(message(log), e);
      }
      throw new VerbException(String.valueOf(cause == null ? e : message(cause)), e);
    } catch (TimeoutException e) {
      throw new VerbException("not done after " + seconds + " s", e);
    }
  }

  private static String message(Throwable cause) {
    return cause.getMessage() == null ? cause.toString() : cause.getMessage();
  }

  private static void remove(Path folder) throws IOException {
    try (var walk = Files.walk(folder)) {
      for (Path path : walk.sorted(java.util.Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(path);
      }
    }
  }
}
