package vn.truc.bench;

import io.netty.channel.EventLoopGroup;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import vn.truc.testing.RedisProcess;

/// Appends over Redis, against a bare client of a Redis of its own. Both Redis servers share
/// processor 1 with the load, as children of this process; only one of them works at a time.
final class RedisRows {
  /// No rewrite of the journal in mid-measurement; the settings that keep records are the usual.
  static final String[] OPTIONS = {"--auto-aof-rewrite-percentage", "0"};

  private final Bench bench;
  private final EventLoopGroup loop;

  RedisRows(Bench bench, EventLoopGroup loop) {
    this.bench = bench;
    this.loop = loop;
  }

  /// Single facts and batches, durable and folded.
  void appends() throws IOException, InterruptedException {
    Path folder = Files.createDirectories(bench.data().resolve("redis"));
    Path config = bench.root().resolve("config");
    try (RedisProcess redis = RedisProcess.start(folder.resolve("redis"), OPTIONS);
        RedisProcess bare = RedisProcess.start(folder.resolve("bare"), OPTIONS);
        Child ours =
            Child.server(
                bench.root(), folder.resolve("node"), config, new Child.Store(redis.address()));
        Child reference = Child.reference(ReferenceStream.class, Integer.toString(bare.port()))) {
      int port = ours.port();
      String key = bench.key(folder.resolve("node"));
      Facts single = new Facts("rpost");
      String structured = HttpLoad.eventsHead("application/cloudevents+json", key);
      try (HttpLoad load =
          new HttpLoad(loop, port, Bench.POST_CONNECTIONS, 1, structured, single::next)) {
        compare(
            "single-event POST a second on Redis, %d connections".formatted(Bench.POST_CONNECTIONS),
            load,
            1,
            reference,
            "");
      }
      Facts many = new Facts("rbatch");
      String ndjson = HttpLoad.eventsHead("application/x-ndjson", key);
      try (HttpLoad load =
          new HttpLoad(
              loop,
              port,
              Bench.BATCH_CONNECTIONS,
              1,
              ndjson,
              () -> many.lines(Bench.BATCH_LINES))) {
        compare(
            "facts a second on Redis in NDJSON batches of %d, %d connections"
                .formatted(Bench.BATCH_LINES, Bench.BATCH_CONNECTIONS),
            load,
            Bench.BATCH_LINES,
            reference,
            ">= 0.5");
      }
    }
  }

  private void compare(String what, HttpLoad load, int factsAnAnswer, Child reference, String aim)
      throws IOException, InterruptedException {
    load.run(bench.seconds(6));
    Bench.inserts(reference, bench.seconds(3));
    List<Double> mine = new ArrayList<>();
    List<Double> theirs = new ArrayList<>();
    for (int round = 0; round < bench.rounds(); round++) {
      mine.add(load.run(bench.seconds(3)) * factsAnAnswer);
      theirs.add(Bench.inserts(reference, bench.seconds(3)));
    }
    bench.row(what, mine, theirs, 0, aim);
  }
}
