package vn.truc.demo;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import vn.truc.send.FactSender;
import vn.truc.send.FactStream;
import vn.truc.send.PacedStream;
import vn.truc.send.Reporter;

/// The verb `simulate`: an even flow of simulated facts at a rate, each happening now. The days are
/// run through in a hurry, so that cases begun in the first second are answered within the minute
/// and every number moves, whatever the hour.
public final class Simulate {
  private static final long REPORT_MILLIS = 10_000;
  private static final int FACTS_PER_DOSSIER = 5;

  /// What takes [#LIFE_DAYS] in the offices passes within this many seconds.
  private static final double LIFE_SECONDS = 180;

  private static final double LIFE_DAYS = 5;

  /// What the number of cases is made for when no rate is given.
  private static final double UNBOUND_RATE = 50_000;

  /// What to send where.
  ///
  /// @param settings the server, and a source key that covers `sourcePrefix` and what is below
  /// @param rate facts per second; 0 means as fast as the server takes them
  /// @param count facts altogether; empty means until stopped
  /// @param seed which province
  /// @param sourcePrefix what stands before every source; empty or like `/demo`
  /// @param startMicros the domain time to start at, for a server on a clock of its own; empty
  /// means this machine's clock
  public record Options(
      FactSender.Settings settings,
      double rate,
      OptionalLong count,
      long seed,
      String sourcePrefix,
      OptionalLong startMicros,
      SimulatedPlaces places) {
    public Options {
      if (!(rate >= 0)) {
        throw new IllegalArgumentException("the rate is not negative");
      }
    }
  }

  private final Vertx vertx;
  private final Options options;
  private final Consumer<String> say;

  /// @param say takes one line for people at a time
  public Simulate(Vertx vertx, Options options, Consumer<String> say) {
    this.vertx = vertx;
    this.options = options;
    this.say = say;
  }

  /// Sends until the count is reached, or forever. Completes with the exit code.
  public Future<Integer> run() {
    say.accept("seed " + options.seed());
    FactSender sender = new FactSender(vertx, options.settings(), say);
    Reporter reporter = new Reporter(say);
    FactStream facts = new Province(options, clock(options.startMicros()));
    FactStream stream =
        options.rate() == 0 ? facts : new PacedStream(facts, options.rate(), System::nanoTime);
    long timer = vertx.setPeriodic(REPORT_MILLIS, _ -> reporter.tell(sender.totals()));
    return reporter.exitCode(sender, sender.send(stream)).onComplete(_ -> vertx.cancelTimer(timer));
  }

  /// This machine's clock, moved so that it begins at a given instant.
  private static LongSupplier clock(OptionalLong startMicros) {
    long now = TimeUnit.MILLISECONDS.toMicros(System.currentTimeMillis());
    long shift = startMicros.orElse(now) - now;
    return () -> TimeUnit.MILLISECONDS.toMicros(System.currentTimeMillis()) + shift;
  }

  /// The simulated facts as a stream.
  static final class Province implements FactStream {
    private final SimulatedProvince province;
    private long left;

    Province(Options options, LongSupplier clockMicros) {
      this.left = options.count().orElse(Long.MAX_VALUE);
      // As many cases as make the rate when a life takes LIFE_SECONDS instead of LIFE_DAYS.
      double hurry = LIFE_DAYS * 86_400 / LIFE_SECONDS;
      double rate = options.rate() == 0 ? UNBOUND_RATE : options.rate();
      double factsPerDay = rate / hurry * 86_400;
      int dossiers = (int) Math.clamp(factsPerDay * 0.8 / FACTS_PER_DOSSIER, 20, 1_000_000);
      int feedback = (int) Math.clamp(factsPerDay * 0.2 / FACTS_PER_DOSSIER, 10, 1_000_000);
      long from = clockMicros.getAsLong();
      // The round keeps the codes of two runs on one day apart.
      int round = (int) (from / WorkHours.MINUTE % 90) + 1;
      SimulationSettings settings =
          new SimulationSettings(
              options.seed(),
              dossiers,
              feedback,
              true,
              round,
              options.sourcePrefix(),
              OptionalLong.empty(),
              OptionalLong.empty());
      this.province =
          new SimulatedProvince(settings, options.places(), from, Long.MAX_VALUE)
              .hurried(clockMicros, hurry);
    }

    @Override
    public Next next(int max) {
      if (left == 0) {
        return new End();
      }
      int size = (int) Math.min(max, left);
      List<String> facts = new ArrayList<>(size);
      for (int i = 0; i < size; i++) {
        facts.add(province.next().json());
      }
      left -= size;
      return new Batch(facts);
    }
  }
}
