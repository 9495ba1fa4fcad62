package vn.truc;

import java.io.Console;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import vn.truc.board.BoardConfig;
import vn.truc.board.BoardConfigReader;
import vn.truc.cli.ConfigFolder;
import vn.truc.cli.VerbException;
import vn.truc.cli.Verbs;
import vn.truc.cli.Verbs.Terminal;
import vn.truc.config.Faults;
import vn.truc.demo.Simulate;
import vn.truc.demo.SimulatedPlaces;
import vn.truc.send.FactSender;
import vn.truc.send.Progress;
import vn.truc.send.Replay;
import vn.truc.table.ImportTable;

/// The verbs that send facts to a server: `simulate`, `replay`, `import`.
final class Feeding {
  private Feeding() {}

  static int simulate(Verbs.Simulate asked, Terminal terminal) throws Exception {
    Map<String, String> files = ConfigFolder.files(asked.server().config());
    Faults faults = new Faults();
    BoardConfig config = BoardConfigReader.read(files, faults);
    faults.throwIfAny();
    SimulatedPlaces places =
        new SimulatedPlaces(
            config.agencies().stream().map(BoardConfig.Agency::id).toList(),
            config.areas().stream().map(BoardConfig.Area::code).toList(),
            config.fields().stream().map(BoardConfig.Field::id).toList(),
            config.indicators().stream().map(BoardConfig.IndicatorSpec::id).toList());
    Simulate.Options options =
        new Simulate.Options(
            sender(asked.target(), key(asked.target())),
            asked.rate(),
            asked.count(),
            asked.seed(),
            asked.source(),
            OptionalLong.empty(),
            places);
    return Serving.client(vertx -> new Simulate(vertx, options, say(terminal)).run());
  }

  static int replay(Verbs.Replay asked, Terminal terminal) throws Exception {
    Replay.Options options =
        new Replay.Options(
            sender(asked.target(), key(asked.target())),
            asked.file(),
            asked.rate(),
            screen(asked.progress(), terminal));
    return Serving.client(vertx -> new Replay(vertx, options, say(terminal)).run());
  }

  static int importing(Verbs.Import asked, Terminal terminal) throws Exception {
    String key = asked.dryRun() ? asked.target().key().orElse("") : key(asked.target());
    ImportTable.Options options =
        new ImportTable.Options(
            sender(asked.target(), key),
            asked.file(),
            asked.map(),
            asked.dryRun(),
            screen(asked.progress(), terminal));
    return Serving.client(vertx -> new ImportTable(vertx, options, say(terminal)).run());
  }

  private static FactSender.Settings sender(Verbs.Target target, String key) {
    return FactSender.Settings.defaults(target.url(), key, target.trusted());
  }

  /// Progress goes where results do not, so that these can be kept in a file.
  private static Optional<Progress.Screen> screen(boolean wanted, Terminal terminal) {
    if (!wanted) {
      return Optional.empty();
    }
    return Optional.of(
        new Progress.Screen(
            text -> {
              terminal.err().print(text);
              terminal.err().flush();
            },
            Optional.ofNullable(System.console()).filter(Console::isTerminal).isPresent()));
  }

  private static java.util.function.Consumer<String> say(Terminal terminal) {
    return terminal.out()::println;
  }

  private static String key(Verbs.Target target) {
    return target
        .key()
        .orElseThrow(
            () ->
                new VerbException(
                    "a source key is wanted: --key, or TRUC_KEY (./truc key add makes one)"));
  }
}
