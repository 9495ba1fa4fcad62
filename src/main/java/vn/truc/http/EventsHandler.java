package vn.truc.http;

import io.vertx.core.Context;
import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.json.JsonObject;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import vn.truc.access.SourceKey;
import vn.truc.event.DecodeContext;
import vn.truc.event.Decoded;
import vn.truc.event.EventCodec;
import vn.truc.event.MediaType;
import vn.truc.intake.ArraySplitter;
import vn.truc.intake.Door;
import vn.truc.intake.IntakeException;
import vn.truc.intake.IntakeMetrics;
import vn.truc.intake.IntakeSettings;
import vn.truc.intake.Keyring;
import vn.truc.intake.Receipt;
import vn.truc.loop.Turns;
import vn.truc.loop.Work;

/// `POST /api/v1/events`: CloudEvents in structured, batch, NDJSON and binary mode.
///
/// One instance serves one event loop, the one that owns the door.
public final class EventsHandler implements Handler<HttpServerRequest> {
  private static final Logger LOG = LoggerFactory.getLogger(EventsHandler.class);
  private static final String STRUCTURED = "application/cloudevents+json";
  private static final String BATCH = "application/cloudevents-batch+json";
  private static final String NDJSON = "application/x-ndjson";
  private static final int DECODES_BETWEEN_LOOKS = 32;

  private final Vertx vertx;
  private final IntakeSettings settings;
  private final Keyring keyring;
  private final Door door;
  private final IntakeMetrics metrics;
  private final EventCodec codec;
  private final BodyDeadlines deadlines;

  public EventsHandler(
      Vertx vertx, IntakeSettings settings, Keyring keyring, Door door, IntakeMetrics metrics) {
    this.vertx = vertx;
    this.settings = settings;
    this.keyring = keyring;
    this.door = door;
    this.metrics = metrics;
    this.codec = new EventCodec(settings.codec());
    this.deadlines = new BodyDeadlines(vertx, settings, metrics);
  }

  @Override
  public void handle(HttpServerRequest request) {
    request.pause();
    Optional<IntakeException> shut = door.shut();
    if (shut.isPresent()) {
      metrics.bodyRefused(shut.get().reason().status());
      refuse(request, shut.get());
      return;
    }
    Optional<String> secret = SourceKeys.presented(request);
    if (secret.isEmpty()) {
      unauthorized(request, "a source key is required: Authorization: Bearer, or X-Truc-Key");
      return;
    }
    keyring
        .find(secret.get())
        .onSuccess(
            found ->
                found.ifPresentOrElse(
                    key -> accept(request, key),
                    () -> unauthorized(request, unknown(secret.get()))))
        .onFailure(cause -> failed(request, cause));
  }

  /// Keys and tokens are shown at each other's doors; their forms tell them apart.
  private static String unknown(String secret) {
    return SourceKeys.isLikeOne(secret)
        ? "no such source key, or it was revoked"
        : "that is no source key: one begins with truc_ (./truc key add makes one)";
  }

  private void unauthorized(HttpServerRequest request, String detail) {
    request.response().putHeader("WWW-Authenticate", "Bearer");
    refuse(request, 401, detail);
  }

  private void accept(HttpServerRequest request, SourceKey key) {
    String header = request.getHeader("Content-Type");
    MediaType type = MediaType.of(header == null ? "" : header);
    String encoding = request.getHeader("Content-Encoding");
    if (encoding != null && !encoding.equalsIgnoreCase("identity")) {
      refuse(request, 415, "the content encoding is not supported");
      return;
    }
    for (String name : request.params().names()) {
      if (!name.equals("validate")) {
        // `?validat=true` is asked to store nothing
        refuse(request, Problem.of(400, "'" + name + "' is no parameter: validate is").at(name));
        return;
      }
    }
    String validate = Objects.requireNonNullElse(request.getParam("validate"), "false");
    if (!validate.equals("true") && !validate.equals("false")) {
      refuse(request, Problem.of(400, "validate is true or false").at("validate"));
      return;
    }
    boolean store = validate.equals("false");
    String essence = type.utf8() ? type.essence() : "";
    switch (essence) {
      case STRUCTURED -> structured(request, key, store);
      case BATCH -> batch(request, key, store);
      case NDJSON, "application/ndjson" ->
          new NdjsonBody(
                  request, settings, codec, door, key, store, deadlines, vertx.getOrCreateContext())
              .begin();
      default -> binaryOrNone(request, key, store, Optional.ofNullable(header));
    }
  }

  private void binaryOrNone(
      HttpServerRequest request, SourceKey key, boolean store, Optional<String> contentType) {
    boolean binary = false;
    for (Map.Entry<String, String> header : request.headers()) {
      binary |= header.getKey().toLowerCase(Locale.ROOT).startsWith("ce-");
    }
    boolean structured =
        contentType
            .map(type -> MediaType.of(type).essence().startsWith("application/cloudevents"))
            .orElse(false);
    if (!binary || structured) {
      refuse(
          request,
          415,
          "send "
              + STRUCTURED
              + ", "
              + BATCH
              + ", "
              + NDJSON
              + ", or JSON with ce- headers; the charset is UTF-8");
      return;
    }
    int status = contentType.map(type -> MediaType.of(type).isJson()).orElse(true) ? 422 : 415;
    BodyReader.read(request, door, deadlines, settings.codec().factBytesMax(), (_, _) -> {})
        .onSuccess(
            body -> {
              door.release(body.length);
              Decoded event =
                  codec.decodeBinary(request.headers(), contentType, body, 0, context(key));
              single(request, key, store, event, status);
            })
        .onFailure(cause -> unread(request, key, store, cause));
  }

  private void structured(HttpServerRequest request, SourceKey key, boolean store) {
    BodyReader.read(request, door, deadlines, settings.codec().factBytesMax(), (_, _) -> {})
        .onSuccess(
            body -> {
              door.release(body.length);
              single(request, key, store, codec.decode(body, 0, body.length, 0, context(key)), 422);
            })
        .onFailure(cause -> unread(request, key, store, cause));
  }

  private DecodeContext context(SourceKey key) {
    return new DecodeContext(door.nowMicros(), key.keyId());
  }

  private void single(
      HttpServerRequest request, SourceKey key, boolean store, Decoded event, int refusedStatus) {
    if (event instanceof Decoded.Refused refused && !refused.json()) {
      refuse(request, 400, "the body is not JSON: " + refused.rejection().message());
      return;
    }
    Door.Batch batch = door.batch(key, store);
    batch.add(event);
    batch
        .store()
        .onSuccess(
            receipt -> {
              if (refusedStatus == 415 && receipt.allRejected()) {
                Receipts.problem(415, "the data must be JSON", receipt, batch.stored())
                    .send(request.response());
              } else {
                Receipts.answer(request.response(), receipt, batch.stored());
              }
            })
        .onFailure(cause -> failed(request, cause));
  }

  /// A body that was not held: of a single event over the limit the answer names the refusal.
  private void unread(HttpServerRequest request, SourceKey key, boolean store, Throwable cause) {
    if (!(cause instanceof BodyReader.TooLargeException)) {
      noRoom(request, cause);
      return;
    }
    Door.Batch batch = door.batch(key, store);
    batch.add(codec.tooLarge(0));
    batch
        .store()
        .onSuccess(
            receipt ->
                Receipts.problem(413, message(cause), receipt, batch.stored())
                    .send(request.response()))
        .onFailure(failure -> failed(request, failure));
  }

  /// A body there was no room for, or that stalled; else its sender went away, and nobody waits for
  /// an answer.
  private void noRoom(HttpServerRequest request, Throwable cause) {
    if (cause instanceof IntakeException failure) {
      refuse(request, failure);
    }
  }

  private void batch(HttpServerRequest request, SourceKey key, boolean store) {
    ArraySplitter items = new ArraySplitter(settings.batchItemsMax());
    BodyReader.read(request, door, deadlines, settings.batchBytesMax(), items::scan)
        .onSuccess(body -> split(request, key, store, items, body))
        .onFailure(
            cause -> {
              if (cause instanceof BodyReader.TooLargeException) {
                refuse(request, 413, message(cause));
              } else {
                noRoom(request, cause);
              }
            });
  }

  private void split(
      HttpServerRequest request, SourceKey key, boolean store, ArraySplitter items, byte[] body) {
    if (items.tooMany()) {
      door.release(body.length);
      refuse(request, 413, "more than " + settings.batchItemsMax() + " events in a batch");
      return;
    }
    if (!items.isWhole()) {
      door.release(body.length);
      refuse(request, 400, "the body is not a JSON array");
      return;
    }
    Slices slices = new Slices(request, items, body, context(key), door.batch(key, store));
    slices.next(vertx.getOrCreateContext());
  }

  /// Decodes a batch in slices, so that others get the event loop in between.
  private final class Slices {
    private final HttpServerRequest request;
    private final ArraySplitter items;
    private final byte[] body;
    private final DecodeContext context;
    private final Door.Batch batch;
    private int item;

    Slices(
        HttpServerRequest request,
        ArraySplitter items,
        byte[] body,
        DecodeContext context,
        Door.Batch batch) {
      this.request = request;
      this.items = items;
      this.body = body;
      this.context = context;
      this.batch = batch;
    }

    private void next(Context loop) {
      long begin = System.nanoTime();
      while (item < items.count()) {
        Decoded event = codec.decode(body, items.from(item), items.to(item), item, context);
        if (event instanceof Decoded.Refused refused && !refused.json()) {
          door.release(body.length);
          refuse(request, 400, "item " + item + " is not JSON: " + refused.rejection().message());
          return;
        }
        batch.add(event);
        item++;
        if (item % DECODES_BETWEEN_LOOKS == 0
            && System.nanoTime() - begin > settings.sliceMillis() * 1_000_000L) {
          Turns.next(loop, Work.BODIES, () -> next(loop));
          return;
        }
      }
      door.release(body.length);
      batch
          .store()
          .onSuccess(receipt -> Receipts.answer(request.response(), receipt, batch.stored()))
          .onFailure(cause -> failed(request, cause));
    }
  }

  private static String message(Throwable cause) {
    String message = cause.getMessage();
    return message == null ? "not taken" : message;
  }

  /// Answers a whole body with a problem; what is left of it is read and dropped.
  private void refuse(HttpServerRequest request, int status, String detail) {
    refuse(request, Problem.of(status, detail));
  }

  private void refuse(HttpServerRequest request, Problem problem) {
    metrics.bodyRefused(problem.status());
    drain(request);
    problem.send(request.response());
  }

  private static void drain(HttpServerRequest request) {
    if (!request.isEnded()) {
      request.handler(_ -> {}).resume();
    }
  }

  private static void failed(HttpServerRequest request, Throwable cause) {
    if (cause instanceof IntakeException failure) {
      refuse(request, failure);
    } else if (!request.response().closed()) {
      LOG.error("intake_fault", cause);
      refuse(
          request,
          new IntakeException(
              IntakeException.Reason.FAULT, "the events were not taken", Receipt.none(), cause));
    }
  }

  private static void refuse(HttpServerRequest request, IntakeException failure) {
    drain(request);
    refuse(request, failure, failure.receipt());
  }

  /// Answers 401, 408, 429 or 503 with the counts so far. After 408 nothing more is read, and
  /// the connection ends.
  static void refuse(HttpServerRequest request, IntakeException failure, Receipt soFar) {
    HttpServerResponse response = request.response();
    if (response.closed() || response.headWritten()) {
      return;
    }
    IntakeException.Reason reason = failure.reason();
    boolean stalled = reason == IntakeException.Reason.BODY_STALLED;
    if (stalled) {
      response.putHeader(HttpHeaders.CONNECTION, HttpHeaders.CLOSE);
    }
    boolean revoked = reason == IntakeException.Reason.KEY_REVOKED;
    if (revoked) {
      response.putHeader("WWW-Authenticate", "Bearer");
    } else {
      response.putHeader("Retry-After", Integer.toString(reason.retryAfterSeconds()));
    }
    Receipts.problem(
            reason.status(),
            revoked
                ? "the key was revoked meanwhile; what is counted here was taken before"
                : reason.label() + ": send it all again later, repeats are harmless",
            soFar,
            true)
        .with(new JsonObject().put("reason", reason.label()))
        .send(response)
        .onComplete(
            _ -> {
              if (stalled) {
                request.connection().close();
              }
            });
  }
}
