package vn.truc.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// The verbs that copy the log of a data folder into one file and make a data folder of one.
final class BackupCommands {
  private BackupCommands() {}

  @Command(name = "backup", description = "Copies the log into one file, while the server runs.")
  static final class Backup extends TrucCommand.VerbCommand {
    @Parameters(paramLabel = "FILE", description = "Or a folder: it gets a name there.")
    private Path to = Path.of("");

    Backup(TrucCommand.Context context) {
      super(context);
    }

    @Override
    int run() throws Exception {
      return verbs().backup().run(new Verbs.Backup(options(), to), terminal());
    }
  }

  @Command(
      name = "restore",
      description = {
        "Makes a new data folder of a backup.",
        "With --store redis://…, without FILE: declares that an older copy was put back there"
            + " on purpose."
      })
  static final class Restore extends TrucCommand.VerbCommand {
    @Parameters(arity = "0..1", paramLabel = "FILE", description = "As `backup` wrote it.")
    private Optional<Path> from = Optional.empty();

    @Option(
        names = "--erased",
        paramLabel = "LIST",
        description = "The list of erasures of the lost folder; may be given more than once.")
    private List<Path> erased = new ArrayList<>();

    @Option(
        names = "--revoked",
        paramLabel = "LIST",
        description = "The list of revocations of the lost folder; may be given more than once.")
    private List<Path> revoked = new ArrayList<>();

    Restore(TrucCommand.Context context) {
      super(context);
    }

    @Override
    int run() throws Exception {
      return verbs().restore().run(new Verbs.Restore(options(), from, erased, revoked), terminal());
    }
  }
}
