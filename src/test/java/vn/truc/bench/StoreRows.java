package vn.truc.bench;

import io.netty.channel.EventLoopGroup;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import vn.truc.testing.RedisProcess;

/// The fold alone and the start of a server with a million cases behind it.
final class StoreRows {
  private static final int CASES = 1_000_000;
  private static final int FACTS_A_CASE = 2;
  private static final int LINES = 1_000;

  private final Bench bench;
  private final EventLoopGroup loop;

  StoreRows(Bench bench, EventLoopGroup loop) {
    this.bench = bench;
    this.loop = loop;
  }

  /// Facts a second and bytes a case, without log and server.
  void fold() throws IOException, InterruptedException {
    try (Child fold =
        Child.reference("vn.truc.board.FoldBench", List.of("-Xmx3g"), "600000", "0")) {
      double rate = 0;
      double bytes = 0;
      try (BufferedReader out = fold.out()) {
        for (String line = out.readLine(); line != null; line = out.readLine()) {
          System.err.println("bench: " + line);
          rate = line.startsWith("fold:") ? number(line, "([0-9]+) facts/s") : rate;
          bytes = line.startsWith("memory:") ? number(line, "([0-9]+) B a case") : bytes;
        }
      }
      bench.figure("facts a second, the fold alone", rate, ">= 1,000,000");
      bench.figure("bytes a case at 5 facts a case, counters included", bytes, "<= 400");
    }
  }

  private static double number(String line, String pattern) {
    Matcher found = Pattern.compile(pattern).matcher(line);
    if (!found.find()) {
      throw new IllegalStateException("no '" + pattern + "' in " + line);
    }
    return Double.parseDouble(found.group(1));
  }

  /// Start after a kill (the whole log is folded) and start after a stop (from its snapshot).
  void start() throws IOException, InterruptedException {
    Path folder = Files.createDirectories(bench.data().resolve("start"));
    Path config = withoutSnapshots("start-config");
    int facts = bench.quick() ? CASES * FACTS_A_CASE / 10 : CASES * FACTS_A_CASE;
    bench.figure(
        "records a second, replay of %,d from SQLite".formatted(facts),
        replay(folder, config, Child.Store.SQLITE, facts),
        ">= 250,000");
    List<Double> starts = new ArrayList<>();
    starts.add(began(folder, config, Child.Store.SQLITE, true));
    while (starts.size() < bench.rounds()) {
      starts.add(began(folder, config, Child.Store.SQLITE, false));
    }
    bench.figure(
        "seconds from exec to serving, snapshot of %,d cases".formatted(facts / FACTS_A_CASE),
        Bench.median(starts),
        "<= 3");
  }

  /// The same replay from Redis, of fewer records, since all of them lie in its memory.
  void redisReplay() throws IOException, InterruptedException {
    Path folder = Files.createDirectories(bench.data().resolve("redis-start"));
    int facts = bench.quick() ? CASES / 5 : CASES;
    try (RedisProcess redis = RedisProcess.start(folder.resolve("redis"), RedisRows.OPTIONS)) {
      bench.figure(
          "records a second, replay of %,d from Redis".formatted(facts),
          replay(
              folder.resolve("node"),
              withoutSnapshots("redis-start-config"),
              new Child.Store(redis.address()),
              facts),
          "");
    }
  }

  private Path withoutSnapshots(String name) throws IOException {
    return bench.config(name, "snapshot:\n  recordsMin: 1000000000\n");
  }

  /// Records a second of a start that folds the whole log, over one that finds it empty.
  private double replay(Path folder, Path config, Child.Store store, int facts)
      throws IOException, InterruptedException {
    double empty = began(folder, config, store, false);
    fill(folder, config, store, facts);
    return facts / (began(folder, config, store, false) - empty);
  }

  private void fill(Path folder, Path config, Child.Store store, int facts)
      throws IOException, InterruptedException {
    try (Child server = Child.server(bench.root(), folder, config, store)) {
      int port = server.port();
      Facts source = new Facts("start", CASES);
      String head = HttpLoad.eventsHead("application/x-ndjson", bench.key(folder));
      long[] bodies = new long[1];
      try (HttpLoad posts =
          new HttpLoad(
              loop,
              port,
              8,
              1,
              head,
              () -> {
                bodies[0]++;
                return source.lines(LINES);
              })) {
        while (bodies[0] * LINES < facts) {
          posts.run(0.5);
        }
      }
      server.kill();
    }
  }

  /// Seconds until it serves.
  ///
  /// @param twice whether it is stopped well and started again, and only that start is timed
  private double began(Path folder, Path config, Child.Store store, boolean twice)
      throws IOException {
    long began = System.nanoTime();
    double seconds;
    try (Child server = Child.server(bench.root(), folder, config, store)) {
      server.port();
      seconds = (System.nanoTime() - began) / 1e9;
      if (!twice) {
        server.kill();
      }
    }
    System.err.printf(Locale.ROOT, "bench: start in %.2f s%n", seconds);
    return twice ? began(folder, config, store, false) : seconds;
  }
}
