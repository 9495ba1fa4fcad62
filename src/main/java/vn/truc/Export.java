package vn.truc;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.json.JsonObject;
import io.vertx.core.streams.ReadStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;
import vn.truc.board.Board;
import vn.truc.cli.ConfigFolder;
import vn.truc.cli.ServerOptions;
import vn.truc.cli.VerbException;
import vn.truc.cli.Verbs;
import vn.truc.cli.Verbs.Terminal;
import vn.truc.event.EventTypes;
import vn.truc.event.LogRecord;
import vn.truc.log.Records;

/// `export`: the facts of a log as NDJSON of CloudEvents, in log order, without personal fields.
/// `replay` takes them again. Reads the log in Redis, or beside the process that owns the folder,
/// up to the head the log has when the verb begins.
final class Export {
  private Export() {}

  static int run(Verbs.Export asked, Terminal terminal) throws Exception {
    if (asked.to().isEmpty()) {
      export(asked.server(), terminal.out());
    } else {
      toFile(asked.server(), asked.to().get(), terminal.err());
    }
    return 0;
  }

  /// A whole export or none: what stood under the name stays until the new one is there.
  private static void toFile(ServerOptions options, Path file, PrintWriter err) throws Exception {
    Path into = file.toAbsolutePath().getParent();
    if (into == null || !Files.isDirectory(into) || Files.isDirectory(file)) {
      throw new VerbException(
          Files.isDirectory(file)
              ? file + " is a folder: name a file"
              : "there is no folder " + into);
    }
    if (Files.exists(file) && !Files.isRegularFile(file)) {
      try (PrintWriter out = new PrintWriter(file.toFile(), StandardCharsets.UTF_8)) {
        export(options, out);
      }
      return;
    }
    Path part = file.resolveSibling(file.getFileName() + ".part");
    boolean stood = Files.exists(file);
    try {
      try (PrintWriter out = new PrintWriter(part.toFile(), StandardCharsets.UTF_8)) {
        export(options, out);
      }
      Files.move(part, file, StandardCopyOption.REPLACE_EXISTING);
    } finally {
      Files.deleteIfExists(part);
    }
    err.println((stood ? "replaced " : "wrote ") + file);
  }

  private static void export(ServerOptions options, PrintWriter out) throws Exception {
    Map<String, String> files = ConfigFolder.files(options.config());
    LogStore store = new LogStore(options, options.dataFolder(), false);
    Serving.client(
        vertx ->
            store
                .reader(vertx, ConfigFolder.recorded(files), Settings.of(files))
                .compose(log -> write(log, out).eventually(log::close)));
    if (out.checkError()) {
      throw new VerbException("what was exported could not be written");
    }
  }

  private static Future<Void> write(Records log, PrintWriter out) {
    long head = log.head();
    Promise<Void> written = Promise.promise();
    if (head == 0) {
      return Future.succeededFuture();
    }
    ReadStream<List<LogRecord>> records = log.follow(0);
    records.exceptionHandler(written::tryFail);
    records.handler(
        batch -> {
          for (LogRecord record : batch) {
            if (record.type().startsWith(EventTypes.OUTSIDE_PREFIX)) {
              out.println(event(record));
            }
          }
          if (batch.getLast().position() >= head || out.checkError()) {
            written.tryComplete();
          }
        });
    return written.future();
  }

  /// The data stands as it came, numbers to their last digit: what is sent again is known then.
  static String event(LogRecord record) {
    JsonObject event =
        new JsonObject()
            .put("specversion", "1.0")
            .put("type", record.type())
            .put("source", record.source())
            .put("id", record.id());
    record.subject().ifPresent(subject -> event.put("subject", subject));
    event.put("time", Board.exactTimeText(record.timeMicros()));
    record.sequence().ifPresent(sequence -> event.put("sequence", sequence));
    StringBuilder line = new StringBuilder(event.encode());
    line.setLength(line.length() - 1);
    record.extensions().ifPresent(extensions -> members(line, extensions));
    return line.append(",\"data\":").append(oneLine(record.data())).append('}').toString();
  }

  private static void members(StringBuilder line, String object) {
    String inside = object.substring(object.indexOf('{') + 1, object.lastIndexOf('}')).strip();
    if (!inside.isEmpty()) {
      line.append(',').append(oneLine(inside));
    }
  }

  /// JSON on one line: within its texts there is no break of a line.
  private static String oneLine(String json) {
    return json.replace('\n', ' ').replace('\r', ' ');
  }
}
