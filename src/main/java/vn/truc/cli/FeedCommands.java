package vn.truc.cli;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.util.Optional;
import java.util.OptionalLong;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import vn.truc.cli.Verbs.Target;

/// The verbs that run a server or send facts to one.
final class FeedCommands {
  private static final double RATE_MAX = 1_000_000;

  private FeedCommands() {}

  @Command(name = "serve", description = "Runs the server until it is told to end.")
  static final class Serve extends TrucCommand.VerbCommand {
    Serve(TrucCommand.Context context) {
      super(context);
    }

    @Override
    int run() throws Exception {
      return verbs().serve().run(options(), terminal());
    }
  }

  @Command(name = "demo", description = "Runs the server with a simulated day.")
  static final class Demo extends TrucCommand.VerbCommand {
    Demo(TrucCommand.Context context) {
      super(context);
    }

    @Override
    int run() throws Exception {
      return verbs().demo().run(options(), terminal());
    }
  }

  /// A verb that sends facts somewhere.
  abstract static class Sender extends TrucCommand.VerbCommand {
    @Option(names = "--url", paramLabel = "URL", description = "The server.")
    private Optional<String> url = Optional.empty();

    @Option(names = "--key", paramLabel = "KEY", description = "A source key; also TRUC_KEY.")
    private Optional<String> key = Optional.empty();

    @Option(names = "--ca", paramLabel = "FILE", description = "Whom to trust over https, PEM.")
    private Optional<Path> ca = Optional.empty();

    Sender(TrucCommand.Context context) {
      super(context);
    }

    final Target target() {
      ServerOptions options = options();
      String scheme = options.tlsCert().isPresent() ? "https" : "http";
      return new Target(
          url.or(() -> environment("TRUC_URL"))
              .orElse(scheme + "://" + options.host() + ":" + options.port()),
          key.or(() -> environment("TRUC_KEY")),
          ca.map(Sender::certificates));
    }

    static double judged(double rate, double min) {
      if (!(rate >= min && rate <= RATE_MAX)) {
        throw new UsageException(
            "--rate must be from " + (long) min + " to 1000000 facts a second");
      }
      return rate;
    }

    private static Path certificates(Path file) {
      try (InputStream in = Files.newInputStream(readable(file))) {
        if (!CertificateFactory.getInstance("X.509").generateCertificates(in).isEmpty()) {
          return file;
        }
        throw new VerbException("--ca: there is no certificate in " + file);
      } catch (IOException | CertificateException e) {
        throw new VerbException("--ca: " + file + " holds no certificates (PEM)", e);
      }
    }

    static Path readable(Path file) {
      if (!Files.isReadable(file) || Files.isDirectory(file)) {
        throw new VerbException("cannot read " + file);
      }
      return file;
    }
  }

  @Command(name = "simulate", description = "Sends facts of a simulated province.")
  static final class Simulate extends Sender {
    @Option(names = "--rate", required = true, paramLabel = "N", description = "Facts a second.")
    private double rate;

    @Option(names = "--seed", paramLabel = "N", description = "Another seed, another province.")
    private long seed = 766;

    @Option(
        names = "--source",
        paramLabel = "PREFIX",
        description = "What stands before every source, like /thu; a key of it covers all.")
    private String source = "";

    @Option(names = "--count", paramLabel = "N", description = "Facts altogether; no end without.")
    private Optional<Long> count = Optional.empty();

    Simulate(TrucCommand.Context context) {
      super(context);
    }

    @Override
    int run() throws Exception {
      if (!source.isEmpty() && !(source.startsWith("/") && !source.endsWith("/"))) {
        throw new UsageException("--source must begin with / and not end with it");
      }
      if (count.isPresent() && count.get() < 1) {
        throw new UsageException("--count must be at least 1");
      }
      OptionalLong facts = count.isPresent() ? OptionalLong.of(count.get()) : OptionalLong.empty();
      return verbs()
          .simulate()
          .run(
              new Verbs.Simulate(options(), target(), judged(rate, 0), seed, source, facts),
              terminal());
    }
  }

  @Command(name = "replay", description = "Sends an NDJSON file of CloudEvents.")
  static final class Replay extends Sender {
    @Parameters(paramLabel = "FILE", description = "One structured event a line.")
    private Path file = Path.of("");

    @Option(names = "--rate", paramLabel = "N", description = "Facts a second; 0: no limit (0).")
    private double rate;

    @Option(names = "--progress", description = "Tells how far it is.")
    private boolean progress;

    Replay(TrucCommand.Context context) {
      super(context);
    }

    @Override
    int run() throws Exception {
      return verbs()
          .replay()
          .run(
              new Verbs.Replay(options(), target(), readable(file), judged(rate, 0), progress),
              terminal());
    }
  }

  @Command(name = "import", description = "Sends the rows of a table as facts.")
  static final class Import extends Sender {
    @Parameters(paramLabel = "FILE", description = "The table: CSV, or an Excel workbook (.xlsx).")
    private Path file = Path.of("");

    @Option(names = "--map", required = true, paramLabel = "MAP", description = "The mapping.")
    private Path map = Path.of("");

    @Option(
        names = "--dry-run",
        description = "Sends nothing: says how the table is read, and the first facts.")
    private boolean dryRun;

    @Option(names = "--progress", description = "Tells how far it is.")
    private boolean progress;

    Import(TrucCommand.Context context) {
      super(context);
    }

    @Override
    int run() throws Exception {
      return verbs()
          .importing()
          .run(
              new Verbs.Import(
                  options(), target(), readable(file), readable(map), dryRun, progress),
              terminal());
    }
  }

  @Command(name = "export", description = "Writes the facts of the log, without personal fields.")
  static final class Export extends TrucCommand.VerbCommand {
    @Option(names = "--to", paramLabel = "FILE", description = "Instead of standard output.")
    private Optional<Path> to = Optional.empty();

    Export(TrucCommand.Context context) {
      super(context);
    }

    @Override
    int run() throws Exception {
      return verbs().export().run(new Verbs.Export(options(), to), terminal());
    }
  }
}
