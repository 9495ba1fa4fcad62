package vn.truc.log;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Vertx;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/// A program of the fault tests, run as a process of its own: appends batches to the log of a
/// folder and writes each answer to its standard output at once, unbuffered: `ack FIRST COUNT` or
/// `failed REASON`. Ends after a number of answers; 0 goes on until it is killed.
///
/// Arguments: folder, records in a batch, appends under way at once, answers.
final class AppendingChild {
  private final FileOutputStream output = new FileOutputStream(java.io.FileDescriptor.out);
  private final Vertx vertx;
  private final EventLog log;
  private final int batch;
  private final long answersMax;
  private long asked;
  private long answers;

  private AppendingChild(Vertx vertx, EventLog log, int batch, long answersMax) {
    this.vertx = vertx;
    this.log = log;
    this.batch = batch;
    this.answersMax = answersMax == 0 ? Long.MAX_VALUE : answersMax;
  }

  public static void main(String[] arguments) {
    Vertx vertx = Vertx.vertx();
    vertx.runOnContext(
        _ ->
            SqliteEventLog.open(
                    vertx, Path.of(arguments[0]), LogSettings.defaults(), new SimpleMeterRegistry())
                .onSuccess(
                    log -> {
                      AppendingChild child =
                          new AppendingChild(
                              vertx,
                              log,
                              Integer.parseInt(arguments[1]),
                              Long.parseLong(arguments[3]));
                      child.say("open " + log.head());
                      for (int i = 0; i < Integer.parseInt(arguments[2]); i++) {
                        child.append();
                      }
                    })
                .onFailure(
                    cause -> {
                      cause.printStackTrace();
                      Runtime.getRuntime().halt(2);
                    }));
  }

  private void append() {
    long first = 2 + asked * batch;
    asked++;
    log.append(LogFixtures.drafts(first, batch))
        .onComplete(
            position -> answered("ack " + position + " " + batch),
            cause ->
                answered(
                    "failed "
                        + (cause instanceof LogException known
                            ? known.reason()
                            : cause.toString())));
  }

  private void answered(String line) {
    say(line);
    answers++;
    if (answers < answersMax) {
      append();
    } else {
      log.close()
          .onComplete(
              _ -> {
                say("closed");
                vertx.close();
                Runtime.getRuntime().halt(0);
              });
    }
  }

  private void say(String line) {
    try {
      output.write((line + "\n").getBytes(StandardCharsets.US_ASCII));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
