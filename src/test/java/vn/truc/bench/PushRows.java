package vn.truc.bench;

import io.netty.channel.EventLoopGroup;
import io.netty.util.concurrent.ScheduledFuture;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// The rows about sockets beside the plain frame: many topics in one frame, and sockets that wait.
final class PushRows {
  private static final int SOCKETS = 1_000;
  private static final int TICKS_A_SECOND = 10;
  private static final int IDLE_SOCKETS = 4_000;

  /// What two facts change, one of each kind, that both lie in these scopes.
  private static final List<String> TOPICS =
      Stream.of("province", "so-xay-dung", "tt-dang-kiem", "00691", "field:giao-thong")
          .flatMap(scope -> Stream.of("dossier:" + scope, "feedback:" + scope))
          .toList();

  private static final String IDLE_HEAP = "-Xms768m -Xmx768m -Xmn128m -XX:+AlwaysPreTouch";

  private final Bench bench;
  private final EventLoopGroup loop;
  private int facts;

  PushRows(Bench bench, EventLoopGroup loop) {
    this.bench = bench;
    this.loop = loop;
  }

  private byte[] change() {
    StringBuilder body = new StringBuilder("[");
    for (String kind : List.of("dossier", "feedback")) {
      String code = kind + "-T-" + facts++;
      body.append(body.length() > 1 ? "," : "")
          .append("{\"specversion\":\"1.0\",\"type\":\"vn.ioc.")
          .append(kind)
          .append(".status\",\"source\":\"")
          .append(Facts.SOURCE)
          .append("\",\"id\":\"")
          .append(code)
          .append("\",\"subject\":\"")
          .append(code)
          .append("\",\"time\":\"")
          .append(java.time.Instant.now())
          .append("\",\"data\":{\"status\":")
          .append(kind.equals("dossier") ? "2" : "\"received\"")
          .append(",\"agency\":\"tt-dang-kiem\",\"area\":\"00691\",\"field\":\"giao-thong\"}}");
    }
    return body.append(']').toString().getBytes(java.nio.charset.StandardCharsets.UTF_8);
  }

  private static String hello(String token, List<String> channels) {
    StringBuilder hello = new StringBuilder("{\"id\":1,\"connect\":{\"token\":\"" + token + "\"}}");
    int id = 2;
    for (String channel : channels) {
      hello.append("\n{\"id\":").append(id++);
      hello.append(",\"subscribe\":{\"channel\":\"").append(channel).append("\"}}");
    }
    return hello.toString();
  }

  /// Processor time for one topic's update to one socket: ten topics, ten times a second, one frame
  /// a tick for sockets that all watch the same.
  void topics() throws IOException, InterruptedException {
    Path folder = Files.createDirectories(bench.data().resolve("topics"));
    try (Child ours = Child.server(bench.root(), folder, bench.root().resolve("config"))) {
      int port = ours.port();
      String hello = hello(bench.token(folder), TOPICS);
      String head = HttpLoad.eventsHead("application/cloudevents-batch+json", bench.key(folder));
      try (HttpLoad posts = new HttpLoad(loop, port, 1, 1, head, this::change)) {
        int frame = (int) delivered(ours, port, hello, posts, 2).bytes();
        List<Double> mine = new ArrayList<>();
        List<Double> theirs = new ArrayList<>();
        int[] pushed = new int[1];
        try (Child reference =
            Child.reference(
                ReferencePush.class, Integer.toString(frame), Integer.toString(TICKS_A_SECOND))) {
          int otherPort = reference.port();
          for (int round = 0; round <= bench.rounds(); round++) {
            Delivered here = delivered(ours, port, hello, posts, bench.seconds(5));
            Delivered there = delivered(reference, otherPort, "", null, bench.seconds(5));
            if (round > 0) {
              mine.add(here.micros() / TOPICS.size());
              theirs.add(there.micros() / TOPICS.size());
              pushed[0] = (int) here.bytes();
            }
          }
        }
        bench.row(
            "processor microseconds a topic update, %d sockets x %d topics, %d a second, frames of %d B (here %d)"
                .formatted(SOCKETS, TOPICS.size(), TICKS_A_SECOND, frame, pushed[0]),
            mine,
            theirs,
            2,
            "<= 1.3");
      }
    }
  }

  private record Delivered(double micros, double bytes) {}

  private Delivered delivered(
      Child server,
      int port,
      String hello,
      @org.jspecify.annotations.Nullable HttpLoad posts,
      double seconds)
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
                  1_000 / TICKS_A_SECOND,
                  TimeUnit.MILLISECONDS);
      sockets.await();
      Bench.pause(1_500);
      long frames = sockets.frames();
      long bytes = sockets.payloadBytes();
      double processor = server.processorSeconds();
      Bench.pause((long) (seconds * 1_000));
      processor = server.processorSeconds() - processor;
      frames = sockets.frames() - frames;
      bytes = sockets.payloadBytes() - bytes;
      posting.cancel(false);
      return new Delivered(processor * 1e6 / frames, (double) bytes / frames);
    }
  }

  /// Memory for one socket that is connected, watches one channel and waits: growth of the heap in
  /// use after a collection, and of what lies outside it, the heap being resident from the start.
  void idle() throws IOException, InterruptedException {
    Path folder = Files.createDirectories(bench.data().resolve("idle"));
    List<Double> mine = new ArrayList<>();
    List<Double> theirs = new ArrayList<>();
    for (int round = 0; round < bench.rounds(); round++) {
      try (Child ours =
          Child.server(bench.root(), folder, bench.root().resolve("config"), IDLE_HEAP)) {
        int port = ours.port();
        mine.add(held(ours, port, hello(bench.token(folder), List.of("feedback:00691"))));
      }
      try (Child reference =
          Child.reference(
              ReferencePush.class,
              Stream.of(IDLE_HEAP.split(" ", -1)).collect(Collectors.toList()),
              "16",
              "1")) {
        theirs.add(held(reference, reference.port(), ""));
      }
    }
    bench.row("KB a waiting socket, of %d".formatted(IDLE_SOCKETS), mine, theirs, 1, "<= 14 KB");
  }

  private double held(Child server, int port, String hello)
      throws IOException, InterruptedException {
    try (SocketLoad few = new SocketLoad(loop, port, 50, hello)) {
      few.await();
    }
    Bench.pause(1_000);
    long before = server.residentBytes() + server.heapBytes();
    try (SocketLoad sockets = new SocketLoad(loop, port, IDLE_SOCKETS, hello)) {
      sockets.await();
      Bench.pause(2_000);
      long after = server.residentBytes() + server.heapBytes();
      return (after - before) / 1_024.0 / IDLE_SOCKETS;
    }
  }
}
