package vn.truc.http;

import io.vertx.core.Context;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import org.jspecify.annotations.Nullable;
import vn.truc.access.SourceKey;
import vn.truc.event.DecodeContext;
import vn.truc.event.Decoded;
import vn.truc.event.EventCodec;
import vn.truc.intake.Door;
import vn.truc.intake.IntakeException;
import vn.truc.intake.IntakeSettings;
import vn.truc.intake.LineSplitter;
import vn.truc.intake.Receipt;
import vn.truc.intake.Tally;
import vn.truc.loop.Turns;
import vn.truc.loop.Work;

/// One NDJSON body of any length: lines are decoded as they arrive and appended in batches; while
/// as many batches wait for the log as may, the body is paused. What is held is bounded: one chunk,
/// those batches, which the log's queue counts, and what the log has not got yet, a line under way
/// and lines short of a batch, for which room is reserved at the door.
///
/// When nothing waits for the log, what is there is appended at once; a slow sender is not kept
/// waiting for a full batch.
final class NdjsonBody implements LineSplitter.Sink {
  private final HttpServerRequest request;
  private final IntakeSettings settings;
  private final EventCodec codec;
  private final Door door;
  private final SourceKey key;
  private final boolean store;
  private final Context loop;
  private final BodyDeadlines.Body deadline;
  private final LineSplitter lines;
  private final Tally tally;
  private Door.Batch batch;
  private DecodeContext context;
  private long index;
  private int inFlight;
  private int batchBytes;
  private int reserved;
  private boolean paused;
  private boolean judging;
  private boolean lineEnded;
  private boolean ended;
  private boolean answered;
  private @Nullable IntakeException failure;

  NdjsonBody(
      HttpServerRequest request,
      IntakeSettings settings,
      EventCodec codec,
      Door door,
      SourceKey key,
      boolean store,
      BodyDeadlines deadlines,
      Context loop) {
    this.request = request;
    this.settings = settings;
    this.codec = codec;
    this.door = door;
    this.key = key;
    this.store = store;
    this.loop = loop;
    this.deadline = deadlines.begin(this::late);
    this.lines = new LineSplitter(settings.codec().factBytesMax(), this);
    this.tally = new Tally(settings.rejectedListedMax());
    this.batch = door.batch(key, store);
    this.context = new DecodeContext(door.nowMicros(), key.keyId());
  }

  /// Reads the body of the paused request and answers at its end.
  void begin() {
    BodyReader.goOn(request);
    request.exceptionHandler(_ -> abandon());
    request.handler(this::chunk);
    request.endHandler(_ -> end());
    request.resume();
  }

  private void chunk(Buffer chunk) {
    if (failure != null || answered) {
      return;
    }
    context = new DecodeContext(door.nowMicros(), key.keyId());
    deadline.arrived();
    lines.take(chunk.getBytes());
    judge();
  }

  /// Judges the lines of the chunk, as many as one turn has time for: how long a line takes is the
  /// sender's choice (a case of ten thousand facts is looked through for each). Meanwhile the body
  /// is paused.
  private void judge() {
    long began = System.nanoTime();
    boolean more = true;
    while (more && failure == null && !Turns.isOver(began)) {
      more = lines.step();
      if (more) {
        lineEnded = true;
      }
    }
    if (failure != null) {
      judging = false;
      forget();
    } else if (more) {
      judging = true;
      reserveHeld();
      Turns.next(loop, Work.BODIES, this::goOn);
    } else {
      judging = false;
      judged();
    }
    flow();
  }

  private void goOn() {
    if (answered) {
      return;
    }
    judge();
  }

  /// The chunk is used up.
  private void judged() {
    if (lineEnded) {
      lineEnded = false;
      deadline.restart();
    }
    if (inFlight == 0) {
      submit();
    }
    reserveHeld();
  }

  private void reserveHeld() {
    if (!reserve(lines.heldBytes() + batchBytes)) {
      fail(IntakeException.noRoom());
    }
  }

  /// Lets the body come or stops it.
  private void flow() {
    boolean waits = failure == null && (judging || inFlight >= settings.ndjsonBatchesInFlightMax());
    if (waits == paused) {
      return;
    }
    paused = waits;
    deadline.waits(waits);
    if (waits) {
      request.pause();
    } else {
      Turns.next(loop, Work.BODIES, request::resume);
    }
  }

  /// Reserves so many bytes instead of those before.
  private boolean reserve(int bytes) {
    if (bytes > reserved && !door.reserve(bytes - reserved)) {
      return false;
    }
    if (bytes < reserved) {
      door.release(reserved - bytes);
    }
    reserved = bytes;
    return true;
  }

  /// Takes no more of the body; answers as soon as nothing waits for the log.
  private void fail(IntakeException cause) {
    if (failure == null) {
      failure = cause;
    }
    forget();
    if (inFlight == 0) {
      answer();
    }
  }

  private void forget() {
    batch = door.batch(key, store);
    batchBytes = 0;
    lines.drop();
    reserve(0);
  }

  @Override
  public void line(byte[] buf, int from, int to) {
    if (failure != null) {
      return;
    }
    batchBytes += to - from;
    add(codec.decode(buf, from, to, index++, context));
  }

  @Override
  public void oversized() {
    add(codec.tooLarge(index++));
  }

  private void add(Decoded event) {
    batch.add(event);
    if (batch.size() >= settings.ndjsonBatchRecords()) {
      submit();
    }
  }

  private void submit() {
    if (batch.size() == 0 || failure != null) {
      return;
    }
    Door.Batch full = batch;
    batch = door.batch(key, store);
    batchBytes = 0;
    inFlight++;
    full.store().onComplete(this::stored, this::failed);
  }

  private void stored(Receipt receipt) {
    tally.add(receipt);
    settle();
  }

  private void failed(Throwable cause) {
    IntakeException known =
        cause instanceof IntakeException intake
            ? intake
            : new IntakeException(IntakeException.Reason.FAULT, "not taken", Receipt.none(), cause);
    tally.add(known.receipt());
    if (failure == null) {
      failure = known;
      forget();
    }
    settle();
  }

  /// A batch came back: read on, or answer when it was the last. After a failure the rest of the
  /// body is dropped and the answer does not wait for it.
  private void settle() {
    inFlight--;
    if (inFlight == 0 && !ended && !answered) {
      submit();
      reserve(Math.min(reserved, lines.heldBytes()));
    }
    flow();
    if (inFlight == 0 && (ended || failure != null)) {
      answer();
    }
  }

  private void end() {
    ended = true;
    deadline.end();
    if (failure == null) {
      lines.end();
      submit();
    }
    if (inFlight == 0) {
      answer();
    }
  }

  /// The sender went away: what was appended stays, nobody is there to be answered.
  private void abandon() {
    answered = true;
    deadline.end();
    forget();
  }

  /// The sender stalls: what came as whole lines is taken.
  private void late() {
    submit();
    fail(IntakeException.stalled());
  }

  private void answer() {
    if (answered) {
      return;
    }
    answered = true;
    deadline.end();
    boolean stored = batch.stored();
    forget();
    IntakeException failed = failure;
    if (failed != null) {
      EventsHandler.refuse(request, failed, tally.receipt());
    } else {
      Receipts.answer(request.response(), tally.receipt(), stored);
    }
  }
}
