package vn.truc.demo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static vn.truc.send.ScriptedServer.await;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class DemoFeedTest {
  private static final long START = SimulatedProvince.demoStart(1_795_000_000_000_000L);
  private static final long HISTORY = START - 7 * WorkHours.DAY;

  private final Vertx vertx = Vertx.vertx();
  private final List<String> taken = Collections.synchronizedList(new ArrayList<>());
  private final AtomicLong clock = new AtomicLong(START);
  private final AtomicLong posts = new AtomicLong();
  private final AtomicLong underWay = new AtomicLong();
  private final AtomicLong underWayMax = new AtomicLong();

  @AfterEach
  void close() throws Exception {
    await(vertx.close());
  }

  private static SimulatedProvince province() {
    return new SimulatedProvince(
        SimulationSettings.defaults().withDemoDay(START),
        DemoPlaces.province(),
        HISTORY,
        Long.MAX_VALUE);
  }

  /// A door that refuses every third post and takes a millisecond for the others.
  private Future<Void> moody(List<SimulatedFact> facts) {
    underWayMax.accumulateAndGet(underWay.incrementAndGet(), Math::max);
    boolean refuses = posts.incrementAndGet() % 3 == 0;
    return vertx
        .timer(1, TimeUnit.MILLISECONDS)
        .compose(
            _ -> {
              underWay.decrementAndGet();
              if (refuses) {
                return Future.failedFuture("busy");
              }
              facts.forEach(fact -> taken.add(fact.json()));
              return Future.succeededFuture();
            });
  }

  private static Map<String, Integer> expected(long until) {
    Map<String, Integer> facts = new HashMap<>();
    SimulatedProvince province = province();
    while (province.nextMicros() < until) {
      facts.merge(province.next().json(), 1, Integer::sum);
    }
    return facts;
  }

  private Map<String, Integer> counted() {
    Map<String, Integer> facts = new HashMap<>();
    taken.forEach(fact -> facts.merge(fact, 1, Integer::sum));
    return facts;
  }

  private DemoFeed feed(DemoFeed.Sink sink) {
    DemoFeed.Settings settings = new DemoFeed.Settings(512, 4, 5, 1, 4, 20);
    return new DemoFeed(vertx, province(), sink, clock::get, settings);
  }

  @Test
  void historyIsTakenWholeThoughTheDoorRefusesNowAndThen() throws Exception {
    long facts = await(feed(this::moody).loadHistory(START));
    assertEquals(facts, taken.size());
    assertEquals(expected(START), counted());
    assertTrue(underWayMax.get() <= 4, "under way: " + underWayMax);
  }

  @Test
  void liveFactsComeWhenTheClockReachesThemAndNotBefore() throws Exception {
    DemoFeed feed = feed(this::moody);
    await(feed.loadHistory(START));
    long until = START + 60 * WorkHours.MINUTE;
    Map<String, Integer> wanted = expected(until + 1);
    int total = wanted.values().stream().mapToInt(Integer::intValue).sum();
    Promise<Void> reached = Promise.promise();
    feed.start();
    vertx.setPeriodic(
        5,
        _ -> {
          clock.set(Math.min(until, clock.get() + 5 * WorkHours.MINUTE));
          if (taken.size() >= total) {
            reached.tryComplete();
          }
        });
    await(reached.future());
    await(feed.stop());
    assertEquals(wanted, counted());
  }

  @Test
  void aDoorThatNeverTakesEndsTheHistoryWithItsReason() {
    DemoFeed feed = feed(_ -> Future.failedFuture("forbidden"));
    ExecutionException e =
        assertThrows(ExecutionException.class, () -> await(feed.loadHistory(START)));
    assertTrue(String.valueOf(e.getMessage()).contains("forbidden"), e.getMessage());
  }
}
