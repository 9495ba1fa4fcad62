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
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// From the post of a fact to the number on a socket, under a steady load; for a while, or for as
/// long as a soak lasts.
final class FlowRows {
  private static final int FACTS_A_SECOND = 5_000;
  private static final int BODIES_A_SECOND = 50;
  private static final int SOCKETS = 1_000;
  private static final int TICK_MILLIS = 100;

  /// What is still on its way at the end has this long to arrive.
  private static final int DRAIN_SECONDS = 30;

  private static final Pattern PAUSE = Pattern.compile("Pause .* ([0-9.]+)ms$");

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
    boolean soak = rounds > 1;
    Path folder = Files.createDirectories(bench.data().resolve(name));
    Path pauses = bench.data().resolve(name + ".gc");
    try (Child ours =
        Child.server(
            bench.root(),
            folder,
            bench.root().resolve("config"),
            "-Xlog:gc:file=" + pauses + ":uptime:filecount=0")) {
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
      List<Probe> probes = new ArrayList<>();
      try (SocketLoad sockets = new SocketLoad(loop, port, SOCKETS, hello);
          HttpLoad posts =
              new HttpLoad(
                  loop,
                  port,
                  4,
                  1,
                  HttpLoad.eventsHead("application/x-ndjson", key),
                  () -> facts.lines(lines))) {
        for (String area : Probe.AREAS) {
          probes.add(new Probe(loop, port, key, token, area));
        }
        sockets.await();
        ScheduledFuture<?> posting =
            loop.next()
                .scheduleAtFixedRate(
                    posts::once, 0, 1_000_000 / BODIES_A_SECOND, TimeUnit.MICROSECONDS);
        Probe.times(probes, bench.seconds(6));
        Memory before = soak ? memory(ours, port, token) : Memory.NONE;
        int seen = pauses(pauses).size();
        List<Double> all = new ArrayList<>();
        for (int round = 1; round <= rounds; round++) {
          List<Double> times = Probe.times(probes, seconds);
          all.addAll(times);
          List<Double> collected = pauses(pauses);
          List<Double> ofRound = collected.subList(seen, collected.size());
          seen = collected.size();
          System.err.printf(
              Locale.ROOT,
              "bench: %s %d: %d probes, p50 %.0f ms, p99 %.0f ms, worst %.0f ms, %d MiB resident,"
                  + " %d pauses, worst %.0f ms%n",
              name,
              round,
              times.size(),
              Bench.percentile(times, 50),
              Bench.percentile(times, 99),
              Bench.percentile(times, 100),
              ours.residentBytes() >> 20,
              ofRound.size(),
              ofRound.isEmpty() ? 0 : Bench.percentile(ofRound, 100));
        }
        posting.cancel(false);
        whole(facts, probes, port, token);
        bench.figure(
            "ms from post to socket, p99, %d facts a second, %d sockets, %d probes, p50 %.0f"
                .formatted(FACTS_A_SECOND, SOCKETS, all.size(), Bench.percentile(all, 50)),
            Bench.percentile(all, 99),
            "<= " + (TICK_MILLIS + 20));
        if (soak) {
          Memory after = memory(ours, port, token);
          bench.figure(
              "B of heap a case more, soak of %d minutes, %,d cases, none lost"
                  .formatted(rounds, after.cases()),
              (double) (after.heap() - before.heap()) / (after.cases() - before.cases()),
              "<= 400 B");
          bench.figure(
              "MiB resident outside the heap more, after the soak",
              (after.outside() - before.outside()) / 1048576.0,
              "");
        }
      } finally {
        probes.forEach(Probe::close);
      }
    }
  }

  /// Waits until what was posted is counted; fails when it never is.
  private void whole(Facts facts, List<Probe> probes, int port, String token)
      throws IOException, InterruptedException {
    long expected = facts.dossiersReceived() + probes.stream().mapToInt(Probe::count).sum();
    long stored = bench.received(port, token);
    for (int i = 0; i < DRAIN_SECONDS && stored != expected; i++) {
      Bench.pause(1_000);
      stored = bench.received(port, token);
    }
    if (stored != expected) {
      throw new IllegalStateException(stored + " cases received, " + expected + " posted");
    }
  }

  /// What a server holds after a full collection.
  ///
  /// @param heap bytes in use on the heap
  /// @param outside resident bytes beside the heap
  /// @param cases cases received
  private record Memory(long heap, long outside, long cases) {
    static final Memory NONE = new Memory(0, 0, 0);
  }

  private Memory memory(Child server, int port, String token)
      throws IOException, InterruptedException {
    long heap = server.heapBytes();
    return new Memory(heap, server.outsideBytes(), bench.received(port, token));
  }

  /// Milliseconds of the collector's pauses so far.
  private static List<Double> pauses(Path log) throws IOException {
    List<Double> pauses = new ArrayList<>();
    for (String line : Files.readAllLines(log)) {
      Matcher pause = PAUSE.matcher(line);
      if (pause.find()) {
        pauses.add(Double.parseDouble(pause.group(1)));
      }
    }
    return pauses;
  }
}
