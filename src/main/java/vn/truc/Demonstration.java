package vn.truc;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import vn.truc.access.SourceKey;
import vn.truc.board.BoardConfig;
import vn.truc.cli.ClockOption;
import vn.truc.cli.ServerOptions;
import vn.truc.demo.DemoFeed;
import vn.truc.demo.SimulatedFact;
import vn.truc.demo.SimulatedPlaces;
import vn.truc.demo.SimulatedProvince;
import vn.truc.demo.SimulationSettings;
import vn.truc.event.DecodeContext;
import vn.truc.event.Decoded;
import vn.truc.event.EventCodec;
import vn.truc.intake.Receipt;

/// The demonstration: a server, eight weeks of simulated history, and a simulated day that begins
/// at 07:30 and runs twenty times as fast as real time unless `--clock` says otherwise.
final class Demonstration {
  private static final Logger LOG = LoggerFactory.getLogger(Demonstration.class);
  private static final double SPEED = 20;
  private static final long WEEK_MICROS = 7 * 86_400_000_000L;
  private static final int HISTORY_WEEKS = 8;
  private static final String SOURCE_PREFIX = "/mo-phong";

  private Demonstration() {}

  static Future<App> start(Vertx vertx, App.Plan plan, Stop stop) {
    long dayStart = SimulatedProvince.demoStart(DomainClock.micros(Instant.now()));
    ServerOptions options = plan.options();
    ClockOption clock =
        options
            .clock()
            .orElseGet(
                () ->
                    new ClockOption(
                        Instant.EPOCH.plus(dayStart, java.time.temporal.ChronoUnit.MICROS), SPEED));
    ServerOptions clocked =
        new ServerOptions(
            options.host(),
            options.port(),
            options.data(),
            options.config(),
            options.store(),
            Optional.of(clock),
            options.tlsCert(),
            options.tlsKey());
    App.Plan simulated =
        new App.Plan(clocked, plan.dataFolder(), plan.files(), plan.settings(), true);
    long from = DomainClock.micros(clock.from());
    return App.start(vertx, simulated, stop)
        .compose(
            app ->
                stop.before(feed(vertx, app, plan.settings(), from))
                    .recover(e -> app.stop().transform(_ -> Future.failedFuture(e))));
  }

  private static Future<App> feed(Vertx vertx, App app, Settings settings, long dayStart) {
    BoardConfig config = app.core().board().config();
    SimulatedPlaces places =
        new SimulatedPlaces(
            config.agencies().stream().map(BoardConfig.Agency::id).toList(),
            config.areas().stream().map(BoardConfig.Area::code).toList(),
            config.fields().stream().map(BoardConfig.Field::id).toList(),
            config.indicators().stream().map(BoardConfig.IndicatorSpec::id).toList());
    SimulationSettings simulation =
        SimulationSettings.defaults().withSourcePrefix(SOURCE_PREFIX).withDemoDay(dayStart);
    long began = System.nanoTime();
    Senders senders = new Senders(app, new EventCodec(settings.intake().codec()));
    SimulatedProvince province =
        new SimulatedProvince(
            simulation, places, dayStart - HISTORY_WEEKS * WEEK_MICROS, Long.MAX_VALUE);
    DemoFeed feed =
        new DemoFeed(
            vertx, province, senders, app.core().fold()::now, DemoFeed.Settings.defaults());
    app.onStop("simulation", feed::stop);
    return feed.loadHistory(dayStart)
        .onSuccess(
            count ->
                LOG.info(
                    "history_loaded facts={} millis={}",
                    count,
                    (System.nanoTime() - began) / 1_000_000))
        .map(
            _ -> {
              feed.start();
              return app;
            });
  }

  /// The simulated systems: each sends with a key of its own, made when it first has something to
  /// say, so that the board of its source shows how it arrives and when it goes quiet.
  private static final class Senders implements DemoFeed.Sink {
    private final App app;
    private final EventCodec codec;
    private final Map<String, Future<SourceKey>> keys = new HashMap<>();

    Senders(App app, EventCodec codec) {
      this.app = app;
      this.codec = codec;
    }

    @Override
    public Future<Void> post(List<SimulatedFact> facts) {
      Map<String, List<SimulatedFact>> bySource = new LinkedHashMap<>();
      facts.forEach(
          fact -> bySource.computeIfAbsent(fact.source(), _ -> new ArrayList<>()).add(fact));
      List<Future<Receipt>> posts = new ArrayList<>();
      bySource.forEach(
          (source, own) ->
              posts.add(
                  keys.computeIfAbsent(source, _ -> app.ownKey(source, "Mô phỏng " + source))
                      .compose(key -> app.door().submit(key, decoded(key, own)))));
      return Future.all(posts).mapEmpty();
    }

    private List<Decoded> decoded(SourceKey key, List<SimulatedFact> facts) {
      DecodeContext context = new DecodeContext(app.door().nowMicros(), key.keyId());
      List<Decoded> decoded = new ArrayList<>();
      for (SimulatedFact fact : facts) {
        byte[] json = fact.json().getBytes(StandardCharsets.UTF_8);
        decoded.add(codec.decode(json, 0, json.length, decoded.size(), context));
      }
      return decoded;
    }
  }
}
