package vn.truc.bench;

import io.netty.channel.EventLoopGroup;
import io.netty.util.concurrent.ScheduledFuture;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// What a crowd of [Abusers] costs those who behave: a sender of some hundred facts a second and
/// viewers that wait for the number, on a server with a small heap, first alone, then beside the
/// crowd, then after it has gone.
final class AbuseRows {
  private static final int BODIES_A_SECOND = 10;
  private static final int LINES = 50;
  private static final String HEAP = "-Xmx512m";
  private static final Pattern HELD = Pattern.compile("(?m)^truc_loop_held_max_seconds (\\S+)$");

  private static final Pattern EPOCH = Pattern.compile("\"epoch\":\"([^\"]+)\"");

  private final Bench bench;
  private final EventLoopGroup loop;

  AbuseRows(Bench bench, EventLoopGroup loop) {
    this.bench = bench;
    this.loop = loop;
  }

  void abuse() throws IOException, InterruptedException {
    Path folder = Files.createDirectories(bench.data().resolve("abuse"));
    try (Child ours = Child.server(bench.root(), folder, bench.root().resolve("config"), HEAP)) {
      int port = ours.port();
      String key = bench.key(folder);
      String token = bench.token(folder);
      String worse =
          Child.verb(
              bench.root(),
              "key",
              "add",
              "--data",
              folder.toString(),
              "--source",
              "/abuse",
              "--name",
              "abuse");
      Facts facts = new Facts("abuse");
      List<Probe> probes = new ArrayList<>();
      try (HttpLoad posts =
          new HttpLoad(
              loop,
              port,
              2,
              1,
              HttpLoad.eventsHead("application/x-ndjson", key),
              () -> facts.lines(LINES))) {
        for (String area : Probe.AREAS) {
          probes.add(new Probe(loop, port, key, token, area));
        }
        ScheduledFuture<?> posting =
            loop.next()
                .scheduleAtFixedRate(
                    posts::once, 0, 1_000_000 / BODIES_A_SECOND, TimeUnit.MICROSECONDS);
        Probe.times(probes, bench.seconds(10));
        List<Double> alone = Probe.times(probes, bench.seconds(20));
        double heldAlone = held(port);
        long residentAlone = ours.residentBytes();
        List<Double> beside;
        long residentBeside;
        try (Child crowd =
            Child.load(
                Abusers.class,
                Integer.toString(port),
                epoch(port, token),
                bench.root().resolve("config/agencies.yaml").toString(),
                worse,
                token)) {
          beside = Probe.timesOrLost(probes, bench.seconds(60));
          residentBeside = ours.residentBytes();
          crowd.endInput();
          for (String line = crowd.out().readLine(); line != null; line = crowd.out().readLine()) {
            System.err.println("bench: abuse: " + line);
            if (line.startsWith("lists: ") && !line.contains("200=")) {
              throw new IOException("nobody read a list, so nothing was measured of that: " + line);
            }
          }
        }
        double heldBeside = held(port);
        Probe.timesOrLost(probes, bench.seconds(10));
        List<Double> after = Probe.timesOrLost(probes, bench.seconds(20));
        posting.cancel(false);
        tell("alone", alone, heldAlone, residentAlone);
        tell("beside the crowd", beside, heldBeside, residentBeside);
        tell("after it", after, held(port), ours.residentBytes());
        bench.row(
            "ms from post to socket, p99, beside a crowd of abusers (%d of %d did not come), against alone"
                .formatted(
                    beside.stream().filter(ms -> ms >= Probe.WAIT_SECONDS * 1e3).count(),
                    beside.size()),
            List.of(Bench.percentile(beside, 99)),
            List.of(Bench.percentile(alone, 99)),
            0,
            "");
        bench.figure(
            "ms from post to socket, p99, after they left", Bench.percentile(after, 99), "");
        bench.figure(
            "ms of processor the longest turn took beside them", heldBeside * 1e3, "<= 250");
        bench.figure(
            "MiB resident beside them, heap of 512 (alone %d)".formatted(residentAlone >> 20),
            residentBeside / 1048576.0,
            "");
      } finally {
        probes.forEach(Probe::close);
      }
    }
  }

  private static void tell(String when, List<Double> times, double held, long resident) {
    System.err.printf(
        Locale.ROOT,
        "bench: abuse, %s: %d probes, p50 %.0f ms, p99 %.0f ms, worst %.0f ms, longest turn so far"
            + " %.0f ms, %d MiB resident%n",
        when,
        times.size(),
        Bench.percentile(times, 50),
        Bench.percentile(times, 99),
        Bench.percentile(times, 100),
        held * 1e3,
        resident >> 20);
  }

  /// What the streams of the log are told apart by, as a subscriber is told it.
  private static String epoch(int port, String token) throws IOException {
    CompletableFuture<String> told = new CompletableFuture<>();
    StringBuilder text = new StringBuilder();
    WebSocket socket =
        HttpClient.newHttpClient()
            .newWebSocketBuilder()
            .buildAsync(
                URI.create("ws://127.0.0.1:" + port + "/connection/websocket"),
                new WebSocket.Listener() {
                  @Override
                  public @Nullable CompletionStage<?> onText(
                      WebSocket from, CharSequence part, boolean last) {
                    Matcher epoch = EPOCH.matcher(text.append(part));
                    if (epoch.find()) {
                      told.complete(epoch.group(1));
                    }
                    from.request(1);
                    return null;
                  }
                })
            .join();
    try {
      socket
          .sendText(
              "{\"id\":1,\"connect\":{\"token\":\""
                  + token
                  + "\"}}\n{\"id\":2,\"subscribe\":{\"channel\":\"feed:province\"}}",
              true)
          .join();
      return told.orTimeout(20, TimeUnit.SECONDS).join();
    } finally {
      socket.abort();
    }
  }

  private static double held(int port) throws IOException, InterruptedException {
    Matcher held = HELD.matcher(Bench.get(port, "/metrics", ""));
    if (!held.find()) {
      throw new IOException("the server does not tell how long its loop was held");
    }
    return Double.parseDouble(held.group(1));
  }
}
