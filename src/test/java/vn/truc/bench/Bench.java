package vn.truc.bench;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.util.concurrent.ScheduledFuture;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// Measures the packaged server against its references, each pair in one run, round about round
/// (A B A B), and prints medians and ratios as a table. Run by `.ci/bench`, which pins this process
/// to processor 1; the servers run on processor 0.
///
/// Arguments: the project folder, a folder for data, then any of `--quick` and the names of
/// measurements; `soak` is only run when named, for `minutes=N` (20).
public final class Bench {

  /// Pipelined requests of one connection are handled one after another, so what waits together for
  /// one commit is as many requests as there are connections.
  static final int POST_CONNECTIONS = 1_024;

  private static final int POST_DEPTH = 1;
  static final int BATCH_CONNECTIONS = 8;
  static final int BATCH_LINES = 512;
  private static final int SOCKETS = 2_000;
  private static final int FRAMES_A_SECOND = 50;
  private static final int FRAME_BYTES = 512;

  private final Path root;
  private final Path data;
  private final boolean quick;
  private final EventLoopGroup loop =
      new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());
  private final List<String> rows = new ArrayList<>();

  /// Payload of our frames in the newest round. Far above the size wanted, publications came in
  /// bunches and the round does not compare.
  private double frameBytes;

  private Bench(Path root, Path data, boolean quick) {
    this.root = root;
    this.data = data;
    this.quick = quick;
  }

  /// Prints one line of a Markdown table for each measurement.
  public static void main(String[] arguments) throws IOException, InterruptedException {
    Set<String> options = Set.of(arguments);
    Bench bench =
        new Bench(Path.of(arguments[0]), Path.of(arguments[1]), options.contains("--quick"));
    PushRows pushed = new PushRows(bench, bench.loop);
    FlowRows flow = new FlowRows(bench, bench.loop);
    StoreRows store = new StoreRows(bench, bench.loop);
    AbuseRows abuse = new AbuseRows(bench, bench.loop);
    RedisRows redis = new RedisRows(bench, bench.loop);
    boolean all = NAMES.stream().noneMatch(options::contains);
    try {
      for (String name : NAMES) {
        if (options.contains(name) || (all && !name.equals("soak"))) {
          switch (name) {
            case "post" -> bench.post();
            case "batch" -> bench.batch();
            case "push" -> bench.push();
            case "topics" -> pushed.topics();
            case "idle" -> pushed.idle();
            case "latency" -> flow.latency();
            case "fold" -> store.fold();
            case "start" -> store.start();
            case "redis" -> redis.appends();
            case "redis-start" -> store.redisReplay();
            case "abuse" -> abuse.abuse();
            case "soak" -> flow.soak(minutes(arguments));
            default -> throw new IllegalStateException(name);
          }
        }
      }
    } finally {
      bench.loop.shutdownGracefully(0, 1, TimeUnit.SECONDS).sync();
    }
    System.out.println("| what | here | reference | ratio | aim |");
    System.out.println("|---|---:|---:|---:|---|");
    bench.rows.forEach(System.out::println);
  }

  private static final List<String> NAMES =
      List.of(
          "post",
          "batch",
          "push",
          "topics",
          "idle",
          "latency",
          "fold",
          "start",
          "redis",
          "redis-start",
          "abuse",
          "soak");

  private static int minutes(String[] arguments) {
    return Stream.of(arguments)
        .filter(argument -> argument.startsWith("minutes="))
        .map(argument -> Integer.parseInt(argument.substring("minutes=".length())))
        .findFirst()
        .orElse(20);
  }

  Path root() {
    return root;
  }

  Path data() {
    return data;
  }

  boolean quick() {
    return quick;
  }

  int rounds() {
    return quick ? 1 : 3;
  }

  double seconds(double full) {
    return quick ? full / 2 : full;
  }

  private void post() throws IOException, InterruptedException {
    Path folder = Files.createDirectories(data.resolve("post"));
    try (Child ours = Child.server(root, folder, root.resolve("config"));
        Child reference = Child.reference(ReferenceHttp.class)) {
      int port = ours.port();
      String head = HttpLoad.eventsHead("application/cloudevents+json", key(folder));
      Facts facts = new Facts("post");
      Facts others = new Facts("ref");
      try (HttpLoad here =
              new HttpLoad(loop, port, POST_CONNECTIONS, POST_DEPTH, head, facts::next);
          HttpLoad there =
              new HttpLoad(
                  loop, reference.port(), POST_CONNECTIONS, POST_DEPTH, head, others::next)) {
        here.run(seconds(24));
        there.run(seconds(12));
        List<Double> mine = new ArrayList<>();
        List<Double> theirs = new ArrayList<>();
        for (int round = 0; round < rounds(); round++) {
          mine.add(here.run(seconds(3)));
          theirs.add(there.run(seconds(3)));
        }
        row(
            "single-event POST a second, %d connections".formatted(POST_CONNECTIONS),
            mine,
            theirs,
            0,
            ">= 0.4");
      }
    }
  }

  private void batch() throws IOException, InterruptedException {
    Path folder = Files.createDirectories(data.resolve("batch"));
    Path bare = Files.createDirectories(data.resolve("bare"));
    try (Child ours = Child.server(root, folder, root.resolve("config"));
        Child reference = Child.reference(ReferenceInserts.class, bare.toString())) {
      int port = ours.port();
      String head = HttpLoad.eventsHead("application/x-ndjson", key(folder));
      Facts facts = new Facts("batch");
      try (HttpLoad here =
          new HttpLoad(loop, port, BATCH_CONNECTIONS, 1, head, () -> facts.lines(BATCH_LINES))) {
        here.run(seconds(10));
        inserts(reference, seconds(4));
        List<Double> mine = new ArrayList<>();
        List<Double> theirs = new ArrayList<>();
        for (int round = 0; round < rounds(); round++) {
          mine.add(here.run(seconds(3)) * BATCH_LINES);
          theirs.add(inserts(reference, seconds(3)));
        }
        row(
            "facts a second in NDJSON batches of %d, %d connections"
                .formatted(BATCH_LINES, BATCH_CONNECTIONS),
            mine,
            theirs,
            0,
            ">= 0.4");
      }
    }
  }

  /// Rows a second of a reference that is told for how long.
  static double inserts(Child reference, double seconds) throws IOException {
    reference.tell(Double.toString(seconds));
    return Double.parseDouble(reference.line());
  }

  private void push() throws IOException, InterruptedException {
    Path folder = Files.createDirectories(data.resolve("push"));
    try (Child ours = Child.server(root, folder, pushConfig());
        Child reference =
            Child.reference(
                ReferencePush.class,
                Integer.toString(FRAME_BYTES),
                Integer.toString(FRAMES_A_SECOND))) {
      int port = ours.port();
      int otherPort = reference.port();
      String token = token(folder);
      String hello =
          "{\"id\":1,\"connect\":{\"token\":\"%s\"}}\n{\"id\":2,\"subscribe\":{\"channel\":\"feed:province\"}}"
              .formatted(token);
      Publisher publisher = new Publisher();
      String head = HttpLoad.eventsHead("application/cloudevents+json", key(folder));
      List<Double> mine = new ArrayList<>();
      List<Double> theirs = new ArrayList<>();
      try (HttpLoad posts = new HttpLoad(loop, port, 1, 1, head, publisher::next)) {
        publisher.fit(frameOfOne(port, hello, posts));
        for (int round = 0; round < rounds() + 1; round++) {
          double here = delivering(ours, port, hello, posts);
          double there = delivering(reference, otherPort, "", null);
          if (round > 0 || quick) {
            mine.add(here);
            theirs.add(there);
          }
        }
      }
      row(
          "processor microseconds a delivery, %d sockets, frames of %d B (here %.0f), %d a second"
              .formatted(SOCKETS, FRAME_BYTES, frameBytes, FRAMES_A_SECOND),
          mine,
          theirs,
          2,
          "<= 1.15");
    }
  }

  /// The payload of the frame that one publication makes.
  private int frameOfOne(int port, String hello, HttpLoad posts) throws InterruptedException {
    try (SocketLoad one = new SocketLoad(loop, port, 1, hello)) {
      one.await();
      long before = one.payloadBytes();
      posts.once();
      for (int i = 0; i < 100 && one.payloadBytes() == before; i++) {
        pause(50);
      }
      pause(200);
      return (int) (one.payloadBytes() - before);
    }
  }

  /// Processor time of a server for one delivery, in microseconds. Where a flush of ours takes as
  /// long as the time between two posts, a frame carries two publications: each counts.
  private double delivering(
      Child server, int port, String hello, @org.jspecify.annotations.Nullable HttpLoad posts)
      throws IOException, InterruptedException {
    try (SocketLoad sockets = new SocketLoad(loop, port, SOCKETS, hello)) {
      ScheduledFuture<?> posting =
          loop.next()
              .scheduleAtFixedRate(
                  () -> {
                    if (posts != null) {
                      posts.once();
                    }
                  },
                  0,
                  1_000_000 / FRAMES_A_SECOND,
                  TimeUnit.MICROSECONDS);
      sockets.await();
      pause((long) (seconds(3) * 1_000));
      long frames = sockets.frames();
      long bytes = sockets.payloadBytes();
      double published = posts == null ? 0 : deliveries(port);
      double processor = server.processorSeconds();
      pause((long) (seconds(5) * 1_000));
      processor = server.processorSeconds() - processor;
      frames = sockets.frames() - frames;
      bytes = sockets.payloadBytes() - bytes;
      double delivered = posts == null ? frames : deliveries(port) - published;
      posting.cancel(false);
      System.err.printf(
          Locale.ROOT,
          "bench: %d frames of %.0f B, %.0f deliveries, %.2f us each%n",
          frames,
          (double) bytes / frames,
          delivered,
          processor * 1e6 / delivered);
      if (posts != null) {
        frameBytes = (double) bytes / frames;
      }
      return processor * 1e6 / delivered;
    }
  }

  /// Publications our server has written to sockets so far.
  private static double deliveries(int port) throws IOException, InterruptedException {
    return get(port, "/metrics", "")
        .lines()
        .filter(line -> line.startsWith("truc_push_deliveries_total "))
        .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
        .sum();
  }

  static String get(int port, String path, String token) throws IOException, InterruptedException {
    try (HttpClient client = HttpClient.newHttpClient()) {
      return client
          .send(
              HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                  .header("Authorization", "Bearer " + token)
                  .build(),
              HttpResponse.BodyHandlers.ofString())
          .body();
    }
  }

  static void pause(long millis) {
    java.util.concurrent.locks.LockSupport.parkNanos(millis * 1_000_000);
  }

  /// The shipped configuration with a flush tick below the time between two publications.
  private Path pushConfig() throws IOException {
    return config("push-config", "push:\n  flushTickMillis: 10\n");
  }

  /// The shipped configuration with another `truc.yaml`.
  Path config(String name, String yaml) throws IOException {
    Path config = Files.createDirectories(data.resolve(name));
    try (Stream<Path> files = Files.list(root.resolve("config"))) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        Files.copy(file, config.resolve(file.getFileName().toString()));
      }
    }
    Files.writeString(config.resolve("truc.yaml"), yaml);
    return config;
  }

  String token(Path folder) throws IOException, InterruptedException {
    return Child.verb(
        root, "token", "--data", folder.toString(), "--role", "viewer", "--scope", "province");
  }

  /// Cases the province counts as received this year.
  long received(int port, String token) throws IOException, InterruptedException {
    Matcher counted =
        Pattern.compile("\"(?:dossier|feedback).received.year\":(\\d+)")
            .matcher(get(port, "/api/v1/board/province", token));
    long sum = 0;
    while (counted.find()) {
      sum += Long.parseLong(counted.group(1));
    }
    return sum;
  }

  String key(Path folder) throws IOException, InterruptedException {
    return Child.verb(
        root,
        "key",
        "add",
        "--data",
        folder.toString(),
        "--source",
        Facts.SOURCE,
        "--name",
        "bench");
  }

  void row(String what, List<Double> here, List<Double> there, int decimals, String aim) {
    String number = "%,." + decimals + "f";
    System.err.printf(Locale.ROOT, "bench: %s: %s against %s%n", what, here, there);
    rows.add(
        String.format(
            Locale.ROOT,
            "| %s | " + number + " | " + number + " | %.2f | %s |",
            what,
            median(here),
            median(there),
            median(here) / median(there),
            aim));
  }

  /// A figure that stands for itself.
  void figure(String what, double value, String aim) {
    String number = value < 100 ? "%.2f" : "%,.0f";
    rows.add(String.format(Locale.ROOT, "| %s | " + number + " | | | %s |", what, value, aim));
  }

  static double percentile(List<Double> values, int percent) {
    List<Double> sorted = values.stream().sorted().toList();
    return sorted.get(Math.max(0, Math.ceilDiv(sorted.size() * percent, 100) - 1));
  }

  static double median(List<Double> values) {
    List<Double> sorted = values.stream().sorted(Comparator.naturalOrder()).toList();
    int middle = sorted.size() / 2;
    return sorted.size() % 2 == 1
        ? sorted.get(middle)
        : (sorted.get(middle - 1) + sorted.get(middle)) / 2;
  }

  /// Feedback whose publication on the feed of the province fills a frame of the size wanted.
  private static final class Publisher {
    private int padding = 1;
    private int count;

    void fit(int frameBytes) {
      padding += FRAME_BYTES - frameBytes;
    }

    byte[] next() {
      String time =
          DateTimeFormatter.ISO_INSTANT.format(Instant.now().truncatedTo(ChronoUnit.MILLIS));
      String code = "PA-%08d".formatted(count++);
      return """
      {"specversion":"1.0","type":"vn.ioc.feedback.status","source":"%s","id":"%s","subject":"%s",\
      "time":"%s","data":{"status":"received","agency":"%s"}}"""
          .formatted(Facts.SOURCE, code, code, time, "x".repeat(padding))
          .getBytes(UTF_8);
    }
  }
}
