package vn.truc.table;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import vn.truc.config.ConfigException;
import vn.truc.config.Faults;
import vn.truc.send.FactSender;
import vn.truc.send.FactStream;
import vn.truc.send.Progress;
import vn.truc.send.Reasons;
import vn.truc.send.Reporter;

/// The verb `import`: any table to facts, by a mapping file (`docs/IMPORT.md`). The table is read
/// in slices on the loop of this short-lived process, which serves nobody else.
public final class ImportTable {
  private static final int SHOWN = 5;
  private static final int SLICE = 512;

  /// What to import where.
  ///
  /// @param settings the server, and a source key that covers the mapping's source; not used by a
  /// dry run
  /// @param dryRun show the first facts and the tally, send nothing
  /// @param progress where is told how far it is
  public record Options(
      FactSender.Settings settings,
      Path table,
      Path map,
      boolean dryRun,
      Optional<Progress.Screen> progress) {}

  private final Vertx vertx;
  private final Options options;
  private final Consumer<String> say;
  private final int slice;

  /// @param say takes one line for people at a time
  public ImportTable(Vertx vertx, Options options, Consumer<String> say) {
    this(vertx, options, say, SLICE);
  }

  /// @param slice facts a dry run makes at a time
  ImportTable(Vertx vertx, Options options, Consumer<String> say, int slice) {
    this.vertx = vertx;
    this.options = options;
    this.say = say;
    this.slice = slice;
  }

  /// Imports the whole table. Completes with the exit code: 0 when every row became facts and every
  /// fact was taken (or known), 1 otherwise, 2 when the mapping is at fault.
  public Future<Integer> run() {
    TableMap map;
    try {
      map = map();
    } catch (ConfigException e) {
      say.accept(e.getMessage());
      return Future.succeededFuture(2);
    } catch (IOException e) {
      say.accept("cannot read the mapping: " + Reasons.of(e));
      return Future.succeededFuture(2);
    }
    try {
      TableRows rows = TableFile.open(options.table(), map.reading(), map.columns());
      TableImport table;
      try {
        table = new TableImport(map, rows);
      } catch (TableFault e) {
        rows.close();
        throw e;
      }
      return options.dryRun() ? dryRun(table) : send(table);
    } catch (TableFault e) {
      say.accept(options.table().getFileName() + ": " + Reasons.of(e));
    }
    return Future.succeededFuture(1);
  }

  private TableMap map() throws IOException {
    Path file = options.map();
    Faults faults = new Faults();
    String name = Objects.toString(file.getFileName(), file.toString());
    Path folder = Optional.ofNullable(file.toAbsolutePath().getParent()).orElse(Path.of("."));
    TableMap map = TableMapReader.read(name, Files.readString(file), folder, faults);
    faults.throwIfAny();
    return map;
  }

  private Future<Integer> dryRun(TableImport table) {
    return watched(table, () -> 0, () -> show(table))
        .map(_ -> ended(table, 0))
        .recover(
            failure -> {
              say.accept(options.table().getFileName() + ": " + Reasons.of(failure));
              return Future.succeededFuture(1);
            })
        .onComplete(_ -> table.close());
  }

  private <T> Future<T> watched(TableImport table, LongSupplier refused, Supplier<Future<T>> work) {
    return options
        .progress()
        .map(
            screen ->
                Progress.during(
                    vertx,
                    screen,
                    "rows",
                    () -> {
                      TableImport.Tally tally = table.tally();
                      return new Progress.State(
                          tally.rows(),
                          ", left out %d, refused %d"
                              .formatted(tally.skipped(), refused.getAsLong()));
                    },
                    work))
        .orElseGet(work);
  }

  /// Reads the table to its end, and tells its first facts.
  private Future<Void> show(TableImport table) {
    Promise<Void> ended = Promise.promise();
    vertx.runOnContext(_ -> show(table, 0, ended));
    return ended.future();
  }

  /// One slice, and the next in a task of its own; `shown` facts were told already.
  private void show(TableImport table, int shown, Promise<Void> ended) {
    try {
      if (table.next(slice) instanceof FactStream.Batch(List<String> facts, _)) {
        int more = Math.min(SHOWN - shown, facts.size());
        facts.subList(0, more).forEach(say);
        vertx.runOnContext(_ -> show(table, shown + more, ended));
      } else {
        ended.complete();
      }
    } catch (RuntimeException e) {
      ended.fail(e);
    }
  }

  private Future<Integer> send(TableImport table) {
    FactSender sender = new FactSender(vertx, options.settings(), say);
    return new Reporter(say)
        .exitCode(
            sender, watched(table, () -> sender.totals().rejected(), () -> sender.send(table)))
        .map(code -> ended(table, code))
        .onComplete(_ -> table.close());
  }

  /// Says what the table held; the exit code.
  private int ended(TableImport table, int code) {
    say.accept(options.table().getFileName() + ": " + table.what());
    table.words().forEach(say);
    table.fault().ifPresent(what -> say.accept(options.table().getFileName() + ": " + what));
    return table.tally().skipped() == 0 && table.fault().isEmpty() ? code : 1;
  }
}
