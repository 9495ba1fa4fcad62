package vn.truc.send;

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
import io.vertx.core.net.PemTrustOptions;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Posts facts to a server in batches of NDJSON. Pulls from its stream only while fewer than
/// `inFlightMax` posts are under way, so a slow server slows the source and nothing piles up.
///
/// 429 and 503 are obeyed (`Retry-After`, with jitter); a lost connection, a timeout and other 5xx
/// are tried again: facts have identities, so a repeat is harmless. 413 halves the batch. Any other
/// answer, redirects too, and a connection that cannot be secured end the sending with a
/// [SendingException], once all that is under way is answered or given up. Why it waits is said at
/// once, and every [#TOLD_SECONDS].
///
/// Runs on the context [#send] is called on.
public final class FactSender {
  /// How often is said that the server does not answer, in seconds.
  static final int TOLD_SECONDS = 10;

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
  /// @param trusted certificates (PEM) the server's may be signed by; the machine's own when empty
  public record Settings(
      String url,
      String key,
      int batchFacts,
      int inFlightMax,
      long timeoutMillis,
      long retryMillisMin,
      long retryMillisMax,
      int attemptsMax,
      Optional<Path> trusted) {

    public static Settings defaults(String url, String key, Optional<Path> trusted) {
      return new Settings(url, key, 512, 4, 30_000, 100, 10_000, 60, trusted);
    }
  }

  /// What became of the facts, by the server's word. `sent` = `accepted` + `duplicates` +
  /// `rejected`.
  ///
  /// @param accepted stored by these posts, those included that were made again
  /// @param unanswered facts that were posted and given up without an answer: they may be stored
  /// @param retries posts that had to be made again
  /// @param reasons the first refusals in words
  /// @param kept false where the server said that it stores nothing: the key is for trials
  public record Totals(
      long sent,
      long accepted,
      long duplicates,
      long rejected,
      long unanswered,
      long retries,
      List<String> reasons,
      boolean kept) {
    public Totals {
      reasons = List.copyOf(reasons);
    }
  }

  /// The sending cannot go on.
  public static final class SendingException extends Reasons.ToldException {
    private static final long serialVersionUID = 1L;

    SendingException(String message) {
      super(message);
    }
  }

  /// Facts on their way, and what is known of them from attempts that failed.
  ///
  /// @param number of this attempt, from 1
  /// @param stored how many of them an earlier attempt stored, by the server's word
  /// @param posted whether an earlier attempt was posted and not answered
  private record Attempt(FactStream.Batch batch, int number, long stored, boolean posted) {
    static Attempt first(FactStream.Batch batch) {
      return new Attempt(batch, 1, 0, false);
    }

    Attempt next(long storedNow, boolean lost) {
      return new Attempt(batch, number + 1, stored + storedNow, posted || lost);
    }

    List<String> facts() {
      return batch.facts();
    }

    /// Some of them, as if they were sent for the first time.
    Attempt part(int from, int to) {
      List<String> places = batch.places();
      return first(
          new FactStream.Batch(
              batch.facts().subList(from, to),
              places.isEmpty() ? places : places.subList(from, to)));
    }

    /// Where one of them stands, before what is said of it.
    String place(JsonObject refusal) {
      long at = refusal.getLong("index", -1L);
      return at >= 0 && at < batch.places().size() ? batch.places().get((int) at) + ", " : "";
    }
  }

  private final Vertx vertx;
  private final HttpClient client;
  private final Settings settings;
  private final RequestOptions request;
  private final Trouble trouble;
  private final List<String> reasons = new ArrayList<>();
  private long sent;
  private long accepted;
  private long duplicates;
  private long rejected;
  private long unanswered;
  private boolean kept = true;
  private long retries;
  private boolean aborted;

  /// Throws [IllegalArgumentException] when the URL is none.
  ///
  /// @param say takes one line for people at a time: why the sending waits
  public FactSender(Vertx vertx, Settings settings, Consumer<String> say) {
    this.vertx = vertx;
    this.settings = settings;
    this.trouble = new Trouble(say, System::nanoTime);
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
    HttpClientOptions options = new HttpClientOptions().setConnectTimeout(5_000);
    settings.trusted.ifPresent(
        file -> options.setTrustOptions(new PemTrustOptions().addCertPath(file.toString())));
    this.client =
        vertx
            .httpClientBuilder()
            .with(options)
            .with(new PoolOptions().setHttp1MaxSize(settings.inFlightMax))
            // What ends a connection fails its request too, and is told there.
            .withConnectHandler(connection -> connection.exceptionHandler(_ -> {}))
            .build();
  }

  /// Sends everything the stream gives. Completes with the totals when the last fact is answered;
  /// fails with a [SendingException] when the server cannot or will not take them. Call once.
  public Future<Totals> send(FactStream stream) {
    return new Sending(stream).begin();
  }

  /// The totals so far.
  public Totals totals() {
    return new Totals(sent, accepted, duplicates, rejected, unanswered, retries, reasons, kept);
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
    private @Nullable Throwable failure;

    Sending(FactStream stream) {
      this.stream = stream;
    }

    Future<Totals> begin() {
      long looks =
          vertx.setPeriodic(
              TimeUnit.SECONDS.toMillis(TOLD_SECONDS),
              _ -> {
                if (inFlight > 0) {
                  trouble.look();
                }
              });
      vertx.getOrCreateContext().runOnContext(_ -> pump());
      return done.future().onComplete(_ -> vertx.cancelTimer(looks));
    }

    private void pump() {
      while (!ended && !pausing && inFlight < settings.inFlightMax) {
        try {
          step(stream.next(settings.batchFacts));
        } catch (RuntimeException e) {
          fail(e);
        }
      }
      if (ended && inFlight == 0) {
        Throwable failed = failure;
        if (failed == null) {
          done.tryComplete(totals());
        } else {
          done.tryFail(failed);
        }
      }
    }

    /// What is under way still counts: the sending ends when all of it is answered.
    private void fail(Throwable cause) {
      ended = true;
      aborted = true;
      if (failure == null) {
        failure = cause;
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
        case FactStream.Batch batch -> {
          if (inFlight == 0) {
            trouble.idle();
          }
          inFlight++;
          post(Attempt.first(batch))
              .onComplete(
                  result -> {
                    inFlight--;
                    if (result.failed()) {
                      fail(result.cause());
                    }
                    pump();
                  });
        }
      }
    }
  }

  /// An answer with its body.
  private record Answer(int status, String retryAfter, String location, Buffer body) {}

  private Future<Void> post(Attempt attempt) {
    Buffer body = Buffer.buffer();
    for (String fact : attempt.facts()) {
      body.appendString(fact).appendString("\n");
    }
    return client
        .request(request)
        .transform(
            connected ->
                connected.failed()
                    ? unreachable(attempt, connected.cause(), false)
                    : exchanged(connected.result(), body)
                        .transform(
                            result ->
                                result.failed()
                                    ? unreachable(attempt, result.cause(), true)
                                    : judged(attempt, result.result())));
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
                                String.valueOf(response.getHeader("Location")),
                                text)));
  }

  /// No answer came.
  ///
  /// @param posted whether the facts, or some of them, may have arrived
  private Future<Void> unreachable(Attempt attempt, Throwable cause, boolean posted) {
    Optional<String> hopeless = Reasons.hopeless(cause);
    Attempt next = attempt.next(0, posted);
    return hopeless.isPresent()
        ? givenUp(next, settings.url + ": " + hopeless.get())
        : again(next, 0, Reasons.of(cause), false);
  }

  private Future<Void> judged(Attempt attempt, Answer answer) {
    return switch (answer.status) {
      case 202, 422 -> counted(attempt, answer);
      case 413 -> attempt.facts().size() > 1 ? halved(attempt) : refused(attempt, answer);
      case 429, 500, 502, 503, 504 ->
          again(
              attempt.next(storedOf(answer), false),
              seconds(answer.retryAfter) * 1_000,
              said(answer),
              answer.status == 429);
      default -> refused(attempt, answer);
    };
  }

  private Future<Void> halved(Attempt attempt) {
    int all = attempt.facts().size();
    int half = all / 2;
    retries++;
    return post(attempt.part(0, half)).compose(_ -> post(attempt.part(half, all)));
  }

  private Future<Void> refused(Attempt attempt, Answer answer) {
    return givenUp(attempt.next(storedOf(answer), false), said(answer));
  }

  /// What the server said, with where it sends those who ask for another address.
  private static String said(Answer answer) {
    String detail = detail(answer.body);
    String where =
        answer.status >= 300 && answer.status < 400
            ? " to " + answer.location + "; --url names where the facts are taken"
            : "";
    return "the server answered " + answer.status + (detail.isEmpty() ? where : ": " + detail);
  }

  private Future<Void> again(Attempt next, long waitMillis, String why, boolean busy) {
    if (aborted) {
      return givenUp(next, why);
    }
    if (next.number > settings.attemptsMax) {
      return givenUp(next, "given up after " + (next.number - 1) + " attempts: " + why);
    }
    trouble.met(why, busy);
    retries++;
    long wait =
        Math.min(waitMillis, settings.retryMillisMax)
            + Backoff.millis(settings.retryMillisMin, settings.retryMillisMax, next.number - 1);
    return vertx
        .timer(wait, TimeUnit.MILLISECONDS)
        .compose(_ -> aborted ? givenUp(next, why) : post(next));
  }

  /// Counts what is known of facts that are not sent again.
  private Future<Void> givenUp(Attempt last, String why) {
    sent += last.stored;
    accepted += last.stored;
    if (last.posted) {
      unanswered += last.facts().size() - last.stored;
    }
    return Future.failedFuture(new SendingException(why));
  }

  private Future<Void> counted(Attempt attempt, Answer answer) {
    JsonObject told;
    try {
      told = new JsonObject(answer.body);
    } catch (DecodeException e) {
      return givenUp(attempt.next(0, true), "the server's answer is not JSON");
    }
    trouble.over();
    kept &= told.getBoolean("stored", true);
    JsonArray list = told.getJsonArray("rejected", new JsonArray());
    long refused = told.getLong("rejectedCount", (long) list.size());
    // what an earlier attempt stored is known to the server now, and yet of this sending
    long known = told.getLong("duplicates", 0L);
    long before = Math.min(attempt.stored, known);
    sent += attempt.facts().size();
    accepted += told.getLong("accepted", 0L) + before;
    duplicates += known - before;
    rejected += refused;
    for (int i = 0; i < list.size() && reasons.size() < REASONS_MAX; i++) {
      JsonObject item = list.getJsonObject(i);
      StringBuilder line = new StringBuilder(attempt.place(item));
      line.append(textOf(item, "id", ": ")).append(textOf(item, "reason", " "));
      line.append(textOf(item, "field", ": ")).append(textOf(item, "message", ""));
      reasons.add(line.toString());
    }
    return Future.succeededFuture();
  }

  /// A member with what follows it; nothing where a refusal names none.
  private static String textOf(JsonObject item, String member, String end) {
    return item.getValue(member) instanceof String text ? text + end : "";
  }

  /// How many facts of a body that was not taken whole were stored.
  private static long storedOf(Answer answer) {
    try {
      return new JsonObject(answer.body).getLong("accepted", 0L);
    } catch (DecodeException | ClassCastException e) {
      return 0;
    }
  }

  private static long seconds(String retryAfter) {
    return retryAfter.matches("[0-9]{1,6}") ? Long.parseLong(retryAfter) : 0;
  }

  private static String detail(Buffer body) {
    try {
      JsonObject problem = new JsonObject(body);
      return problem.getString("detail", problem.getString("title", ""));
    } catch (DecodeException | ClassCastException e) {
      return "";
    }
  }
}
