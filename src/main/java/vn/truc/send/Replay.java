package vn.truc.send;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Consumer;

/// The verb `replay`: posts a file of CloudEvents, one a line, as they are. The file is read in
/// slices on the loop of this short-lived process, which serves nobody else.
public final class Replay {

  /// What to send where.
  ///
  /// @param settings the server and the key
  /// @param file NDJSON, UTF-8; empty lines are skipped
  /// @param rate facts a second; 0 for as fast as the server takes them
  /// @param progress where is told how far it is
  public record Options(
      FactSender.Settings settings, Path file, double rate, Optional<Progress.Screen> progress) {}

  private final Vertx vertx;
  private final Options options;
  private final Consumer<String> say;

  /// @param say takes one line for people at a time
  public Replay(Vertx vertx, Options options, Consumer<String> say) {
    this.vertx = vertx;
    this.options = options;
    this.say = say;
  }

  /// Posts the whole file. Completes with the exit code: 0 when every line was taken or known, 1
  /// otherwise.
  public Future<Integer> run() {
    LineFile lines;
    try {
      lines = new LineFile(options.file());
    } catch (IOException e) {
      say.accept("cannot read " + options.file() + ": " + Reasons.of(e));
      return Future.succeededFuture(1);
    }
    FactSender sender = new FactSender(vertx, options.settings(), say);
    FactStream stream =
        options.rate() > 0 ? new PacedStream(lines, options.rate(), System::nanoTime) : lines;
    return told(lines, sender, stream)
        .map(code -> ended(lines, code))
        .onComplete(_ -> lines.close());
  }

  private Future<Integer> told(LineFile lines, FactSender sender, FactStream stream) {
    Reporter reporter = new Reporter(say);
    if (options.progress().isEmpty()) {
      return reporter.exitCode(sender, sender.send(stream));
    }
    Future<FactSender.Totals> sending =
        Progress.during(
            vertx,
            options.progress().get(),
            "lines",
            () ->
                new Progress.State(
                    lines.lines(),
                    ", left out %d, refused %d"
                        .formatted(lines.leftOut(), sender.totals().rejected())),
            () -> sender.send(stream));
    return reporter.exitCode(sender, sending);
  }

  private int ended(LineFile lines, int code) {
    if (lines.leftOut() == 0) {
      return code;
    }
    say.accept(options.file().getFileName() + ": lines left out " + lines.leftOut());
    lines.complaints().forEach(complaint -> say.accept("  " + complaint));
    return 1;
  }
}
