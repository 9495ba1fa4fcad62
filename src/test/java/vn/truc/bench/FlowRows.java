package vn.truc.bench;

import io.netty.channel.EventLoopGroup;
import io.netty.util.concurrent.ScheduledFuture;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/// From the post of a fact to the number on a socket, under a steady load; for a while, or for as
/// long as a soak lasts.
final class FlowRows {
  private static final int FACTS_A_SECOND = 5_000;
  private static final int BODIES_A_SECOND = 50;
  private static final int SOCKETS = 1_000;
  private static final int TICK_MILLIS = 100;

  /// What is still on its way at the end has this long to arrive.
  private static final int DRAIN_SECONDS = 30;

  private final Bench bench;
  private final EventLoopGroup loop;

  FlowRows(Bench bench, EventLoopGroup loop) {
    this.bench = bench;
    this.loop = loop;
  }

  /// The 99th percentile of a few minutes.
  void latency() throws IOException, InterruptedException {
    run("latency", bench.seconds(40), 1);
  }

  /// The same for so long, told minute by minute, with memory; fails when a fact is missing.
  void soak(int minutes) throws IOException, InterruptedException {
    run("soak", 60, minutes);
  }

  private void run(String name, double seconds, int rounds)
      throws IOException, InterruptedException {
    Path folder = Files.createDirectories(bench.data().resolve(name));
    try (Child ours = Child.server(bench.root(), folder, bench.root().resolve("config"))) {
      int port = ours.port();
      String key = bench.key(folder);
      String token = bench.token(folder);
      String hello =
          """
          {"id":1,"connect":{"token":"%s"}}
          {"id":2,"subscribe":{"channel":"feedback:province"}}
          {"id":3,"subscribe":{"channel":"dossier:province"}}"""
              .formatted(token);
      int lines = FACTS_A_SECOND / BODIES_A_SECOND;
      Facts facts = new Facts(name);
      long[] posted = new long[1];
      try (SocketLoad sockets = new SocketLoad(loop, port, SOCKETS, hello);
          HttpLoad posts =
              new HttpLoad(
                  loop,
                  port,
                  4,
                  1,
                  HttpLoad.eventsHead("application/x-ndjson", key),
                  () -> facts.lines(lines));
          Probe probe = new Probe(loop, port, key, token)) {
        sockets.await();
        ScheduledFuture<?> posting =
            loop.next()
                .scheduleAtFixedRate(
                    () -> {
                      posts.once();
                      posted[0] += lines;
                    },
                    0,
                    1_000_000 / BODIES_A_SECOND,
                    TimeUnit.MICROSECONDS);
        probe.times(bench.seconds(6));
        List<Double> all = new ArrayList<>();
        for (int round = 1; round <= rounds; round++) {
          List<Double> times = probe.times(seconds);
          all.addAll(times);
          System.err.printf(
              Locale.ROOT,
              "bench: %s %d: %d probes, p50 %.0f ms, p99 %.0f ms, worst %.0f ms, %d MiB resident%n",
              name,
              round,
              times.size(),
              Bench.percentile(times, 50),
              Bench.percentile(times, 99),
              Bench.percentile(times, 100),
              ours.residentBytes() >> 20);
        }
        posting.cancel(false);
        long expected = facts.dossiersReceived() + probe.count();
        long stored = bench.received(port, token);
        for (int i = 0; i < DRAIN_SECONDS && stored != expected; i++) {
          Bench.pause(1_000);
          stored = bench.received(port, token);
        }
        if (stored != expected) {
          throw new IllegalStateException(stored + " cases received, " + expected + " posted");
        }
        bench.figure(
            "ms from post to socket, p99, %d facts a second, %d sockets, %d probes, p50 %.0f"
                .formatted(FACTS_A_SECOND, SOCKETS, all.size(), Bench.percentile(all, 50)),
            Bench.percentile(all, 99),
            "<= " + (TICK_MILLIS + 20));
      }
    }
  }
}
