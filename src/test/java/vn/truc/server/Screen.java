package vn.truc.server;

import io.vertx.core.json.JsonObject;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/// A screen on the push connection: JSON objects, one a line, pings answered.
final class Screen implements WebSocket.Listener, AutoCloseable {
  private static final long WAIT_SECONDS = 10;

  private final HttpClient http;
  private final BlockingQueue<JsonObject> frames = new LinkedBlockingQueue<>();
  private final CompletableFuture<Integer> closed = new CompletableFuture<>();
  private final StringBuilder part = new StringBuilder();
  private final WebSocket socket;
  private int commands;

  private Screen(HttpClient http, String url) {
    this.http = http;
    socket =
        http.newWebSocketBuilder()
            .buildAsync(URI.create(url.replaceFirst("http", "ws") + "/connection/websocket"), this)
            .join();
  }

  /// Connects and waits for the reply.
  static Screen connect(RunningServer server, String token) {
    return connect(server, HttpClient.newHttpClient(), token);
  }

  /// Connects as a client that may trust a certificate of the test's own.
  static Screen connect(RunningServer server, HttpClient http, String token) {
    return connect(http, server.url(), token);
  }

  /// The same to what stands before a server.
  ///
  /// @param http of this screen alone, which ends with it
  static Screen connect(HttpClient http, String url, String token) {
    Screen screen = new Screen(http, url);
    screen.command("connect", new JsonObject().put("token", token));
    screen.await(frame -> frame.containsKey("connect"));
    return screen;
  }

  /// Sends a command; its id.
  private int command(String name, JsonObject arguments) {
    int id = ++commands;
    socket.sendText(new JsonObject().put("id", id).put(name, arguments).encode(), true).join();
    return id;
  }

  /// Subscribes; the reply, an error or not.
  JsonObject subscribe(String channel) {
    return subscribe(channel, new JsonObject());
  }

  /// Subscribes from a position; the reply, an error or not.
  JsonObject subscribe(String channel, JsonObject position) {
    int id = command("subscribe", position.copy().put("channel", channel));
    return await(frame -> frame.getInteger("id", 0) == id);
  }

  /// Subscribes to a cache channel and waits until it shows what is wanted. The reply carries the
  /// newest publication, which may be a flush tick old; what changed since comes with the next.
  JsonObject subscribe(String channel, Predicate<JsonObject> condition) {
    JsonObject newest =
        subscribe(channel)
            .getJsonObject("subscribe")
            .getJsonArray("publications")
            .getJsonObject(0)
            .getJsonObject("data");
    return condition.test(newest) ? newest : publication(channel, condition);
  }

  /// Subscribes from a position a screen had before; the reply's body.
  JsonObject resume(String channel, long offset, String epoch) {
    JsonObject position = new JsonObject().put("offset", offset).put("epoch", epoch);
    int id = command("subscribe", position.put("channel", channel).put("recover", true));
    return await(frame -> frame.getInteger("id", 0) == id).getJsonObject("subscribe");
  }

  /// The next publication of a channel that fulfils a condition.
  JsonObject publication(String channel, Predicate<JsonObject> condition) {
    return await(
            frame ->
                frame.containsKey("push")
                    && channel.equals(frame.getJsonObject("push").getString("channel"))
                    && frame.getJsonObject("push").containsKey("pub")
                    && condition.test(data(frame)))
        .getJsonObject("push")
        .getJsonObject("pub")
        .getJsonObject("data");
  }

  private static JsonObject data(JsonObject frame) {
    return frame.getJsonObject("push").getJsonObject("pub").getJsonObject("data");
  }

  /// The next frame that fulfils a condition; those before it are dropped.
  private JsonObject await(Predicate<JsonObject> condition) {
    List<JsonObject> passed = new ArrayList<>();
    try {
      while (true) {
        JsonObject frame = frames.poll(WAIT_SECONDS, TimeUnit.SECONDS);
        if (frame == null) {
          throw new AssertionError("nothing within " + WAIT_SECONDS + " s; seen: " + passed);
        }
        if (condition.test(frame)) {
          return frame;
        }
        passed.add(frame);
      }
    } catch (InterruptedException e) {
      throw new AssertionError("interrupted", e);
    }
  }

  /// The code the server closes with.
  int closeCode() {
    return closed.completeOnTimeout(-1, WAIT_SECONDS, TimeUnit.SECONDS).join();
  }

  /// Says goodbye, with 1000.
  void end() {
    socket.sendClose(WebSocket.NORMAL_CLOSURE, "").join();
  }

  boolean open() {
    return !closed.isDone();
  }

  @Override
  public CompletionStage<?> onText(WebSocket from, CharSequence text, boolean last) {
    part.append(text);
    if (last) {
      String whole = part.toString();
      part.setLength(0);
      for (String line : whole.lines().toList()) {
        JsonObject frame = new JsonObject(line);
        if (frame.isEmpty()) {
          var _ = from.sendText("{}", true);
        } else {
          frames.add(frame);
        }
      }
    }
    from.request(1);
    return CompletableFuture.completedFuture(null);
  }

  @Override
  public CompletionStage<?> onClose(WebSocket from, int code, String reason) {
    closed.complete(code);
    return CompletableFuture.completedFuture(null);
  }

  @Override
  public void onError(WebSocket from, Throwable error) {
    closed.complete(0);
  }

  @Override
  public void close() {
    socket.abort();
    http.shutdownNow();
  }
}
