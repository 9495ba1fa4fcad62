package vn.truc.demo;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// Posts facts to a server in batches of NDJSON. Pulls from its stream only while fewer than
/// `inFlightMax` posts are under way, so a slow server slows the source and nothing piles up.
///
/// 429 and 503 are obeyed (`Retry-After`, with jitter); a lost connection, a timeout and other 5xx
/// are tried again: facts have identities, so a repeat is harmless. 413 halves the batch. Any other
/// answer ends the sending with a [SendingException].
///
/// Runs on the context [#send] is called on.
public final class FactSender {
  private static final int REASONS_MAX = 10;

  /// Where and how to send.
  ///
  /// @param url where the server is, like `http://127.0.0.1:8080`; a path in it stays
  /// @param key the source key
  /// @param batchFacts facts in one post at most
  /// @param inFlightMax posts under way at once
  /// @param timeoutMillis for one answer
  /// @param retryMillisMin first wait after a failure; doubles up to `retryMillisMax`
  /// @param retryMillisMax bounds `Retry-After` too
  /// @param attemptsMax posts of one batch before the sending ends
  public record Settings(
      String url,
      String key,
      int batchFacts,
      int inFlightMax,
      long timeoutMillis,
      long retryMillisMin,
      long retryMillisMax,
      int attemptsMax) {

    public static Settings defaults(String url, String key) {
      return new Settings(url, key, 512, 4, 30_000, 100, 10_000, 60);
    }
  }

  /// What became of the facts. `sent` = `accepted` + `duplicates` + `rejected`.
  ///
  /// @param retries posts that had to be made again
  /// @param reasons the first refusals in words
  public record Totals(
      long sent,
      long accepted,
      long duplicates,
      long rejected,
      long retries,
      List<String> reasons) {
    public Totals {
      reasons = List.copyOf(reasons);
    }
  }

  /// The sending cannot go on.
  public static final class SendingException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    SendingException(String message) {
      super(message);
    }
  }

  private final Vertx vertx;
  private final HttpClient client;
  private final Settings settings;
  private final RequestOptions request;
  private final List<String> reasons = new ArrayList<>();
  private long sent;
  private long accepted;
  private long duplicates;
  private long rejected;
  private long retries;

  /// Throws [IllegalArgumentException] when the URL is none.
  public FactSender(Vertx vertx, Settings settings) {
    this.vertx = vertx;
    this.settings = settings;
    String base = settings.url.replaceAll("/+$", "");
    if (!base.matches("https?://[^/]+(/.*)?")) {
      throw new IllegalArgumentException("not an http address: " + settings.url);
    }
    this.request =
        new RequestOptions()
            .setAbsoluteURI(base + "/api/v1/events")
            .setMethod(HttpMethod.POST)
            .setTimeout(settings.timeoutMillis)
            .putHeader("Authorization", "Bearer " + settings.key)
            .putHeader("Content-Type", "application/x-ndjson");
    this.client =
        vertx.createHttpClient(
            new HttpClientOptions().setConnectTimeout(5_000),
            new PoolOptions().setHttp1MaxSize(settings.inFlightMax));
  }

  /// Sends everything the stream gives. Completes with the totals when the last fact is answered;
  /// fails with a [SendingException] when the server cannot or will not take them. Call once.
  public Future<Totals> send(FactStream stream) {
    return new Sending(stream).begin();
  }

  /// The totals so far.
  public Totals totals() {
    return new Totals(sent, accepted, duplicates, rejected, retries, reasons);
  }

  public Future<Void> close() {
    return client.close();
  }

  private final class Sending {
    private final FactStream stream;
    private final Promise<Totals> done = Promise.promise();
    private int inFlight;
    private boolean pausing;
    private boolean ended;

    Sending(FactStream stream) {
      this.stream = stream;
    }

    Future<Totals> begin() {
      vertx.getOrCreateContext().runOnContext(_ -> pump());
      return done.future();
    }

    private void pump() {
      while (!ended && !pausing && inFlight < settings.inFlightMax && !done.future().isComplete()) {
        try {
          step(stream.next(settings.batchFacts));
        } catch (RuntimeException e) {
          ended = true;
          done.tryFail(e);
        }
      }
      if (ended && inFlight == 0) {
        done.tryComplete(totals());
      }
    }

    private void step(FactStream.Next next) {
      switch (next) {
        case FactStream.End() -> ended = true;
        case FactStream.Pause(long millis) -> {
          pausing = true;
          vertx.setTimer(
              Math.max(1, millis),
              _ -> {
                pausing = false;
                pump();
              });
        }
        case FactStream.Batch(List<String> facts) -> {
          inFlight++;
          post(facts, 1)
              .onComplete(
                  result -> {
                    inFlight--;
                    if (result.failed()) {
                      done.tryFail(result.cause());
                    }
                    pump();
                  });
        }
      }
    }
  }

  /// An answer with its body.
  private record Answer(int status, String retryAfter, Buffer body) {}

  private Future<Void> post(List<String> facts, int attempt) {
    Buffer body = Buffer.buffer();
    for (String fact : facts) {
      body.appendString(fact).appendString("\n");
    }
    return client
        .request(request)
        .compose(prepared -> exchanged(prepared, body))
        .transform(
            result ->
                result.failed()
                    ? again(facts, attempt, 0, String.valueOf(result.cause().getMessage()))
                    : judged(facts, attempt, result.result()));
  }

  private static Future<Answer> exchanged(HttpClientRequest prepared, Buffer body) {
    return prepared
        .send(body)
        .compose(
            response ->
                response
                    .body()
                    .map(
                        text ->
                            new Answer(
                                response.statusCode(),
                                String.valueOf(response.getHeader("Retry-After")),
                                text)));
  }

  private Future<Void> judged(List<String> facts, int attempt, Answer answer) {
    return switch (answer.status) {
      case 202, 422 -> counted(facts, answer);
      case 413 -> facts.size() > 1 ? halved(facts) : ended(answer);
      case 429, 500, 502, 503, 504 ->
          again(facts, attempt, seconds(answer.retryAfter) * 1_000, "status " + answer.status);
      default -> ended(answer);
    };
  }

  private Future<Void> halved(List<String> facts) {
    int half = facts.size() / 2;
    retries++;
    return post(facts.subList(0, half), 1).compose(_ -> post(facts.subList(half, facts.size()), 1));
  }

  private static Future<Void> ended(Answer answer) {
    return Future.failedFuture(
        new SendingException("the server answered " + answer.status + ": " + detail(answer.body)));
  }

  private Future<Void> again(List<String> facts, int attempt, long waitMillis, String why) {
    if (attempt >= settings.attemptsMax) {
      return Future.failedFuture(
          new SendingException("given up after " + attempt + " attempts: " + why));
    }
    retries++;
    long wait =
        Math.min(waitMillis, settings.retryMillisMax)
            + Backoff.millis(settings.retryMillisMin, settings.retryMillisMax, attempt);
    return vertx.timer(wait, TimeUnit.MILLISECONDS).compose(_ -> post(facts, attempt + 1));
  }

  private Future<Void> counted(List<String> facts, Answer answer) {
    JsonObject told;
    try {
      told = new JsonObject(answer.body);
    } catch (DecodeException e) {
      return Future.failedFuture(new SendingException("the server's answer is not JSON"));
    }
    JsonArray list = told.getJsonArray("rejected", new JsonArray());
    long refused = told.getLong("rejectedCount", (long) list.size());
    sent += facts.size();
    accepted += told.getLong("accepted", 0L);
    duplicates += told.getLong("duplicates", 0L);
    rejected += refused;
    for (int i = 0; i < list.size() && reasons.size() < REASONS_MAX; i++) {
      JsonObject item = list.getJsonObject(i);
      reasons.add(
          "%s: %s %s: %s"
              .formatted(
                  item.getString("id", "?"),
                  item.getString("reason", "?"),
                  item.getString("field", ""),
                  item.getString("message", "")));
    }
    return Future.succeededFuture();
  }

  private static long seconds(String retryAfter) {
    return retryAfter.matches("[0-9]{1,6}") ? Long.parseLong(retryAfter) : 0;
  }

  private static String detail(Buffer body) {
    try {
      JsonObject problem = new JsonObject(body);
      return problem.getString("detail", problem.getString("title", ""));
    } catch (DecodeException e) {
      return "";
    }
  }
}
