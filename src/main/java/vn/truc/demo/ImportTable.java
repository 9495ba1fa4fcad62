package vn.truc.demo;

import de.siegmar.fastcsv.reader.CsvParseException;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;
import vn.truc.config.ConfigException;
import vn.truc.config.Faults;

/// The verb `import`: any table to facts, by a mapping file (`docs/IMPORT.md`). The table is read
/// in
/// slices on the loop of this short-lived process, which serves nobody else.
public final class ImportTable {
  private static final int SHOWN = 5;
  private static final int SLICE = 512;

  /// What to import where.
  ///
  /// @param url the server; not used by a dry run
  /// @param key a source key that covers the mapping's source; not used by a dry run
  /// @param dryRun show the first facts and the tally, send nothing
  public record Options(String url, String key, Path table, Path map, boolean dryRun) {}

  private final Vertx vertx;
  private final Options options;
  private final Consumer<String> say;

  /// @param say takes one line for people at a time
  public ImportTable(Vertx vertx, Options options, Consumer<String> say) {
    this.vertx = vertx;
    this.options = options;
    this.say = say;
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
      say.accept("cannot read " + e.getMessage());
      return Future.succeededFuture(2);
    }
    try {
      Reader reader = Files.newBufferedReader(options.table(), map.charset());
      TableImport table = new TableImport(map, reader);
      return options.dryRun() ? dryRun(table) : send(table);
    } catch (IOException e) {
      say.accept("cannot read " + e.getMessage());
    } catch (IllegalArgumentException | CsvParseException | UncheckedIOException e) {
      say.accept(options.table().getFileName() + ": " + e.getMessage());
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
    return show(table, 0)
        .map(
            _ -> {
              table.words().forEach(say);
              return table.tally().skipped() == 0 ? 0 : 1;
            })
        .recover(
            fault -> {
              say.accept(options.table().getFileName() + ": " + fault.getMessage());
              return Future.succeededFuture(1);
            })
        .onComplete(_ -> table.close());
  }

  /// Reads one slice after another; `shown` facts were told already.
  private Future<Void> show(TableImport table, int shown) {
    Promise<Void> next = Promise.promise();
    vertx.runOnContext(_ -> next.complete());
    return next.future()
        .compose(
            _ -> {
              if (table.next(SLICE) instanceof FactStream.Batch(List<String> facts)) {
                int more = Math.min(SHOWN - shown, facts.size());
                facts.subList(0, more).forEach(say);
                return show(table, shown + more);
              }
              return Future.succeededFuture();
            });
  }

  private Future<Integer> send(TableImport table) {
    FactSender sender =
        new FactSender(vertx, FactSender.Settings.defaults(options.url(), options.key()));
    return new Reporter(say)
        .exitCode(sender, sender.send(table))
        .map(
            code -> {
              table.words().forEach(say);
              table.close();
              return table.tally().skipped() == 0 ? code : 1;
            });
  }
}
