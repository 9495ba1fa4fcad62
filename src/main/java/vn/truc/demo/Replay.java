package vn.truc.demo;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/// The verb `replay`: posts a file of CloudEvents, one a line, as they are. The file is read in
/// slices on the loop of this short-lived process, which serves nobody else.
public final class Replay {

  /// How fast.
  public sealed interface Pace {
    /// As fast as the server takes them.
    record Fast() implements Pace {}

    /// An even rate.
    ///
    /// @param factsPerSecond above 0
    record Rate(double factsPerSecond) implements Pace {}

    /// As they happened: the file's `time`s apart, divided by `speed`.
    record Original(double speed) implements Pace {}
  }

  /// What to send where.
  ///
  /// @param file NDJSON, UTF-8; empty lines are skipped
  public record Options(String url, String key, Path file, Pace pace) {}

  private final Vertx vertx;
  private final Options options;
  private final Consumer<String> say;

  /// @param say takes one line for people at a time
  public Replay(Vertx vertx, Options options, Consumer<String> say) {
    this.vertx = vertx;
    this.options = options;
    this.say = say;
  }

  /// Posts the whole file. Completes with the exit code.
  public Future<Integer> run() {
    BufferedReader reader;
    try {
      reader = Files.newBufferedReader(options.file(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      say.accept("cannot read " + options.file() + ": " + e.getMessage());
      return Future.succeededFuture(1);
    }
    FactSender sender =
        new FactSender(vertx, FactSender.Settings.defaults(options.url(), options.key()));
    FactStream lines =
        switch (options.pace()) {
          case Pace.Fast() -> new Lines(reader);
          case Pace.Rate(double rate) -> new PacedStream(new Lines(reader), rate, System::nanoTime);
          case Pace.Original(double speed) ->
              new OriginalPace(new Lines(reader), speed, System::nanoTime);
        };
    return new Reporter(say)
        .exitCode(sender, sender.send(lines))
        .eventually(
            () -> {
              try {
                reader.close();
                return Future.succeededFuture();
              } catch (IOException e) {
                return Future.failedFuture(e);
              }
            });
  }

  /// The lines of a reader.
  static final class Lines implements FactStream {
    private final BufferedReader reader;

    Lines(BufferedReader reader) {
      this.reader = reader;
    }

    @Override
    public Next next(int max) {
      List<String> facts = new ArrayList<>(max);
      try {
        while (facts.size() < max) {
          String line = reader.readLine();
          if (line == null) {
            break;
          }
          if (!line.isBlank()) {
            facts.add(line);
          }
        }
      } catch (IOException e) {
        throw new UncheckedIOException("the file cannot be read on", e);
      }
      return facts.isEmpty() ? new End() : new Batch(facts);
    }
  }

  /// Lets each fact pass when as much time has gone by as lay between it and the first.
  static final class OriginalPace implements FactStream {
    private static final long PAUSE_MILLIS_MAX = 1_000;
    private static final JsonFactory JSON = new JsonFactory();

    private final Lines lines;
    private final double speed;
    private final LongSupplier nanos;
    private final List<String> ready = new ArrayList<>();
    private String held = "";
    private boolean begun;
    private double beganMillis;
    private long beganNanos;

    OriginalPace(Lines lines, double speed, LongSupplier nanos) {
      this.lines = lines;
      this.speed = speed;
      this.nanos = nanos;
    }

    @Override
    public Next next(int max) {
      ready.clear();
      while (ready.size() < max) {
        if (held.isEmpty()) {
          if (!(lines.next(1) instanceof Batch batch)) {
            return ready.isEmpty() ? new End() : new Batch(ready);
          }
          held = batch.facts().getFirst();
        }
        long wait = waitMillis(held);
        if (wait > 0) {
          return ready.isEmpty() ? new Pause(Math.min(wait, PAUSE_MILLIS_MAX)) : new Batch(ready);
        }
        ready.add(held);
        held = "";
      }
      return new Batch(ready);
    }

    /// How long until a fact is due; 0 for one without a readable time.
    private long waitMillis(String fact) {
      long happened = timeMillis(fact);
      if (happened == Long.MIN_VALUE) {
        return 0;
      }
      if (!begun) {
        begun = true;
        beganMillis = happened;
        beganNanos = nanos.getAsLong();
      }
      double due = (happened - beganMillis) / speed;
      return (long) Math.ceil(due - (nanos.getAsLong() - beganNanos) / 1e6);
    }

    private static long timeMillis(String fact) {
      try (JsonParser parser = JSON.createParser(fact)) {
        if (parser.nextToken() != JsonToken.START_OBJECT) {
          return Long.MIN_VALUE;
        }
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
          boolean time = parser.currentName().equals("time");
          JsonToken value = parser.nextToken();
          if (time && value == JsonToken.VALUE_STRING) {
            return OffsetDateTime.parse(parser.getText()).toInstant().toEpochMilli();
          }
          parser.skipChildren();
        }
        return Long.MIN_VALUE;
      } catch (IOException | DateTimeException e) {
        // Not for the replayer to judge: the server will say what is wrong with this line.
        return Long.MIN_VALUE;
      }
    }
  }
}
