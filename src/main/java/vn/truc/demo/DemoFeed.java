package vn.truc.demo;

import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import vn.truc.send.Backoff;

/// Leads a simulated province to a door: first its history as fast as the door takes it, then each
/// fact when the domain clock reaches it. A refused batch is offered again, later each time; that
/// some of it may have been taken does no harm, since a repeat changes nothing.
///
/// Everything runs on the context the feed is created on; one slice of at most one batch at a time.
public final class DemoFeed {
  private static final Logger LOG = LoggerFactory.getLogger(DemoFeed.class);

  /// Where the facts go.
  public interface Sink {
    /// Completes when all of them are taken (or were known); fails when the door cannot take them
    /// now.
    Future<Void> post(List<SimulatedFact> facts);
  }

  /// The bounds of a feed.
  ///
  /// @param batchFacts facts in one post at most
  /// @param inFlightMax posts of history under way at once
  /// @param tickMillis how often the clock is looked at
  /// @param retryMillisMin the first wait after a refusal; doubles up to `retryMillisMax`
  /// @param attemptsMax posts of one batch before it is given up
  public record Settings(
      int batchFacts,
      int inFlightMax,
      long tickMillis,
      long retryMillisMin,
      long retryMillisMax,
      int attemptsMax) {

    public static Settings defaults() {
      return new Settings(512, 4, 50, 25, 2_000, 100);
    }
  }

  private final Vertx vertx;
  private final Context context;
  private final SimulatedProvince province;
  private final Sink sink;
  private final LongSupplier domainMicros;
  private final Settings settings;
  private Future<Void> posting = Future.succeededFuture();
  private long timer = -1;
  private boolean stopped;

  /// @param domainMicros the domain clock, microseconds since 1970
  public DemoFeed(
      Vertx vertx,
      SimulatedProvince province,
      Sink sink,
      LongSupplier domainMicros,
      Settings settings) {
    this.vertx = vertx;
    this.context = vertx.getOrCreateContext();
    this.province = province;
    this.sink = sink;
    this.domainMicros = domainMicros;
    this.settings = settings;
  }

  /// Posts everything that was sent before an instant. Completes with the number of facts when the
  /// door has taken all of them; fails when a batch was refused too often.
  public Future<Long> loadHistory(long untilMicros) {
    History history = new History(untilMicros);
    context.runOnContext(_ -> history.pump());
    return history.done.future();
  }

  /// Begins to post facts as the clock reaches them. Call it after the history is in.
  public void start() {
    if (timer == -1 && !stopped) {
      timer = vertx.setPeriodic(settings.tickMillis, _ -> tick());
    }
  }

  /// Ends the feed; completes when the post under way has ended. May be called twice.
  public Future<Void> stop() {
    stopped = true;
    if (timer != -1) {
      vertx.cancelTimer(timer);
    }
    return posting.otherwiseEmpty();
  }

  private void tick() {
    if (!posting.isComplete() || stopped) {
      return;
    }
    List<SimulatedFact> batch = take(domainMicros.getAsLong() + 1);
    if (batch.isEmpty()) {
      return;
    }
    posting =
        deliver(batch, 1)
            .onFailure(
                e ->
                    LOG.error(
                        "demo_batch_given_up facts={} reason={}", batch.size(), e.toString()));
  }

  /// The facts sent before an instant, at most one batch.
  private List<SimulatedFact> take(long untilMicros) {
    List<SimulatedFact> batch = new ArrayList<>();
    while (batch.size() < settings.batchFacts && province.nextMicros() < untilMicros) {
      if (!province.hasNext()) {
        break;
      }
      batch.add(province.next());
    }
    return batch;
  }

  private Future<Void> deliver(List<SimulatedFact> batch, int attempt) {
    return sink.post(batch).recover(refusal -> later(batch, attempt, refusal));
  }

  private Future<Void> later(List<SimulatedFact> batch, int attempt, Throwable refusal) {
    if (stopped || attempt >= settings.attemptsMax) {
      return Future.failedFuture(refusal);
    }
    if (attempt == 1) {
      LOG.debug("demo_batch_refused facts={} reason={}", batch.size(), refusal.toString());
    }
    return vertx
        .timer(
            Backoff.millis(settings.retryMillisMin, settings.retryMillisMax, attempt),
            TimeUnit.MILLISECONDS)
        .compose(_ -> deliver(batch, attempt + 1));
  }

  /// The loading of the history: some posts under way, the next batch made when there is room.
  private final class History {
    private final long until;
    private final Promise<Long> done = Promise.promise();
    private int inFlight;
    private long facts;

    History(long until) {
      this.until = until;
    }

    void pump() {
      if (done.future().isComplete()) {
        return;
      }
      if (stopped) {
        done.tryFail("the feed was stopped");
        return;
      }
      List<SimulatedFact> batch = inFlight < settings.inFlightMax ? take(until) : List.of();
      if (batch.isEmpty()) {
        if (inFlight == 0) {
          done.tryComplete(facts);
        }
        return;
      }
      inFlight++;
      facts += batch.size();
      deliver(batch, 1)
          .onComplete(
              result -> {
                inFlight--;
                if (result.failed()) {
                  done.tryFail(result.cause());
                } else {
                  context.runOnContext(_ -> pump());
                }
              });
      context.runOnContext(_ -> pump());
    }
  }
}
