package vn.truc.bench;

import io.netty.channel.EventLoopGroup;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Times one fact after another from its post to the number on a subscribed socket, at random
/// moments: facts of one commune that nobody else reports from, on the channel of that commune.
/// Several probes, each with a commune of its own, ask more often.
final class Probe implements AutoCloseable {
  /// Communes for probes; no fact of the load comes from one.
  static final List<String> AREAS = List.of("02215", "02221", "02239", "02245", "02248");

  private static final Pattern RECEIVED = Pattern.compile("\"feedback.received.year\":(\\d+)");
  static final long WAIT_SECONDS = 20;

  private final String area;
  private final String channel;
  private final HttpLoad post;
  private final WebSocket socket;
  private final SynchronousQueue<Long> arrivals = new SynchronousQueue<>();
  private volatile boolean open;
  private int newest;
  private int count;

  Probe(EventLoopGroup loop, int port, String key, String token, String area)
      throws InterruptedException {
    this.area = area;
    channel = "\"feedback:" + area + "\"";
    post =
        new HttpLoad(
            loop, port, 1, 1, HttpLoad.eventsHead("application/cloudevents+json", key), this::fact);
    socket =
        HttpClient.newHttpClient()
            .newWebSocketBuilder()
            .buildAsync(
                URI.create("ws://127.0.0.1:" + port + "/connection/websocket"), new Listener())
            .join();
    socket
        .sendText(
            "{\"id\":1,\"connect\":{\"token\":\""
                + token
                + "\"}}\n"
                + "{\"id\":2,\"subscribe\":{\"channel\":"
                + channel
                + "}}",
            true)
        .join();
    for (int i = 0; i < 200 && !open; i++) {
      java.util.concurrent.locks.LockSupport.parkNanos(50_000_000);
    }
  }

  private byte[] fact() {
    String code = "PA-PROBE-" + area + "-" + Long.toString(System.nanoTime(), 36) + "-" + count++;
    String time =
        DateTimeFormatter.ISO_INSTANT.format(Instant.now().truncatedTo(ChronoUnit.MILLIS));
    return ("{\"specversion\":\"1.0\",\"type\":\"vn.ioc.feedback.status\",\"source\":\""
            + Facts.SOURCE
            + "\",\"id\":\""
            + code
            + "\",\"subject\":\""
            + code
            + "\",\"time\":\""
            + time
            + "\",\"data\":{\"status\":\"received\",\"area\":\""
            + area
            + "\"}}")
        .getBytes(java.nio.charset.StandardCharsets.UTF_8);
  }

  /// Milliseconds from post to number, one value a fact, for so long.
  ///
  /// @param patient whether a fact that does not come back counts as [#WAIT_SECONDS], rather than
  ///     as a failure of the measurement
  private List<Double> times(double seconds, boolean patient) throws InterruptedException {
    List<Double> times = new ArrayList<>();
    long until = System.nanoTime() + (long) (seconds * 1e9);
    while (System.nanoTime() < until) {
      java.util.concurrent.locks.LockSupport.parkNanos(
          ThreadLocalRandom.current().nextLong(20_000_000, 220_000_000));
      long began = System.nanoTime();
      post.once();
      Long arrived = arrivals.poll(WAIT_SECONDS, TimeUnit.SECONDS);
      if (arrived == null && patient) {
        times.add(WAIT_SECONDS * 1e3);
        continue;
      }
      if (arrived == null) {
        throw new IllegalStateException("a fact did not come back in " + WAIT_SECONDS + " s");
      }
      times.add((arrived - began) / 1e6);
    }
    return times;
  }

  /// The same of several probes at once; each fact must come back.
  static List<Double> times(List<Probe> probes, double seconds) throws InterruptedException {
    return times(probes, seconds, false);
  }

  /// The same where facts may not come back: they count as the twenty seconds waited for them.
  static List<Double> timesOrLost(List<Probe> probes, double seconds) throws InterruptedException {
    return times(probes, seconds, true);
  }

  private static List<Double> times(List<Probe> probes, double seconds, boolean patient)
      throws InterruptedException {
    List<Double> all = new ArrayList<>();
    try (var threads = Executors.newFixedThreadPool(probes.size())) {
      List<Future<List<Double>>> asked = new ArrayList<>();
      for (Probe probe : probes) {
        asked.add(threads.submit(() -> probe.times(seconds, patient)));
      }
      for (Future<List<Double>> one : asked) {
        all.addAll(one.get());
      }
    } catch (ExecutionException e) {
      throw new IllegalStateException(e.getCause());
    }
    return all;
  }

  /// Facts posted so far.
  int count() {
    return count;
  }

  @Override
  public void close() {
    socket.abort();
    post.close();
  }

  /// A publication may be older than the fact that is waited for.
  private void number(String message, long now) {
    Matcher received = RECEIVED.matcher(message);
    if (received.find()) {
      int told = Integer.parseInt(received.group(1));
      if (told > newest) {
        newest = told;
        boolean _ = arrivals.offer(now);
      }
    }
  }

  private final class Listener implements WebSocket.Listener {
    private final StringBuilder text = new StringBuilder();

    @Override
    public @Nullable CompletionStage<?> onText(WebSocket from, CharSequence part, boolean last) {
      text.append(part);
      if (last) {
        long now = System.nanoTime();
        String message = text.toString();
        text.setLength(0);
        if (message.equals("{}")) {
          var _ = from.sendText("{}", true);
        } else if (message.contains("{\"push\":{\"channel\":" + channel)) {
          number(message, now);
        } else if (message.contains("\"id\":2")) {
          open = true;
        }
      }
      from.request(1);
      return null;
    }
  }
}
