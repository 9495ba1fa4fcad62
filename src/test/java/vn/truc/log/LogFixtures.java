package vn.truc.log;

import static java.util.concurrent.TimeUnit.SECONDS;

import io.vertx.core.Context;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import vn.truc.event.LogRecord;

/// Records and waiting for tests of the log.
final class LogFixtures {
  static final long EPOCH_MICROS = 1_795_000_000_000_000L;

  private LogFixtures() {}

  /// A heartbeat-like record whose id and data tell its number.
  static LogRecord record(long number) {
    return new LogRecord(
        0,
        LogRecord.SCHEMA,
        "vn.ioc.feedback.status",
        "/hotline/1022",
        "evt-" + number,
        "PA-" + number % 1_000,
        EPOCH_MICROS + number,
        number % 3 == 0 ? Long.toString(number) : null,
        EPOCH_MICROS + number + 5,
        "k1",
        number % 5 == 0 ? "{\"trace\":\"" + number + "\"}" : null,
        "{\"status\":\"assigned\",\"agency\":\"H15.07\",\"n\":" + number + "}",
        null);
  }

  static Draft draft(long number) {
    return Draft.of(record(number));
  }

  static Draft personal(long number, String kind, String code, String json, long expiresAtMicros) {
    LogRecord record = record(number);
    boolean dossier = kind.equals("dossier");
    LogRecord ofCase =
        new LogRecord(
            0,
            record.schema(),
            dossier ? "vn.ioc.dossier.rated" : record.type(),
            record.source(),
            record.id(),
            code,
            record.timeMicros(),
            null,
            record.recordedAtMicros(),
            record.keyId(),
            null,
            dossier ? "{\"score\":4}" : record.data(),
            null);
    return new Draft(ofCase, Optional.of(new Draft.Personal(kind, code, json, expiresAtMicros)));
  }

  static List<Draft> drafts(long first, int count) {
    List<Draft> drafts = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      drafts.add(draft(first + i));
    }
    return drafts;
  }

  /// Runs an asynchronous step on a context and waits for its outcome.
  static <T> T await(Context context, Supplier<Future<T>> step) throws Exception {
    CompletableFuture<T> outcome = new CompletableFuture<>();
    context.runOnContext(
        _ -> step.get().onComplete(outcome::complete, outcome::completeExceptionally));
    return await(outcome);
  }

  static <T> T await(Future<T> future) throws Exception {
    return await(future.toCompletionStage().toCompletableFuture());
  }

  static <T> T await(CompletableFuture<T> future)
      throws ExecutionException, InterruptedException, TimeoutException {
    return future.get(30, SECONDS);
  }

  /// The reason with which a step fails; fails the test when it succeeds.
  static LogException.Reason refusal(Context context, Supplier<? extends Future<?>> step)
      throws Exception {
    CompletableFuture<Throwable> outcome = new CompletableFuture<>();
    context.runOnContext(
        _ ->
            step.get()
                .onComplete(
                    value ->
                        outcome.completeExceptionally(
                            new AssertionError("expected a failure, got " + value)),
                    outcome::complete));
    Throwable failure = await(outcome);
    if (failure instanceof LogException known) {
      return known.reason();
    }
    throw new AssertionError("expected a LogException", failure);
  }

  /// Everything two records say, but for their positions.
  static String content(LogRecord record) {
    return String.join(
        "|",
        record.type(),
        record.source(),
        record.id(),
        record.subject().toString(),
        Long.toString(record.timeMicros()),
        record.sequence().toString(),
        Long.toString(record.recordedAtMicros()),
        record.keyId(),
        record.extensions().toString(),
        record.data(),
        Integer.toString(record.schema()));
  }

  /// Collects what a follower delivers, checks order, and tells when a position is reached.
  static final class Collector {
    private final List<LogRecord> records = new ArrayList<>();
    private final CompletableFuture<List<LogRecord>> reached = new CompletableFuture<>();
    private final long target;

    Collector(long target) {
      this.target = target;
    }

    void take(List<LogRecord> batch) {
      for (LogRecord record : batch) {
        long expected = records.isEmpty() ? record.position() : last() + 1;
        if (record.position() != expected) {
          reached.completeExceptionally(
              new AssertionError("expected position " + expected + ", got " + record.position()));
        }
        records.add(record);
      }
      if (last() >= target) {
        reached.complete(List.copyOf(records));
      }
    }

    private long last() {
      return records.getLast().position();
    }

    long taken() {
      return records.size();
    }

    void fail(Throwable cause) {
      reached.completeExceptionally(cause);
    }

    List<LogRecord> await() throws Exception {
      return LogFixtures.await(reached);
    }
  }
}
