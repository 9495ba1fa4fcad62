package vn.truc.cli;

import io.vertx.core.json.JsonObject;
import java.io.PrintWriter;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.ParameterException;
import vn.truc.cli.Verbs.Terminal;
import vn.truc.config.ConfigException;
import vn.truc.event.Printable;

/// The command line: verbs, options, exit codes (0 ok, 1 failed, 2 usage). Results go to standard
/// output, everything else to standard error.
public final class TrucCommand {
  private static final int FAILED = 1;
  private static final int USAGE = 2;

  private TrucCommand() {}

  /// What the verbs share.
  record Context(Verbs verbs, Function<String, Optional<String>> environment, Terminal terminal) {}

  /// Runs one verb on the calling thread, to its end.
  ///
  /// @param arguments as given; without a verb it is `serve`
  /// @param environment the value of an environment variable
  /// @return the exit code
  public static int run(
      List<String> arguments,
      Verbs verbs,
      Function<String, Optional<String>> environment,
      PrintWriter out,
      PrintWriter err) {
    List<String> whole = withVerb(arguments);
    CommandLine line =
        line(new Context(verbs, environment, new Terminal(out, err)), whole.getFirst());
    line.setOut(out).setErr(err);
    line.setColorScheme(CommandLine.Help.defaultColorScheme(Ansi.OFF));
    line.setParameterExceptionHandler((failure, given) -> usage(failure, err));
    line.setExecutionExceptionHandler((failure, command, parsed) -> failed(failure, err));
    int code = line.execute(whole.toArray(String[]::new));
    out.flush();
    err.flush();
    return code;
  }

  private static List<String> withVerb(List<String> arguments) {
    List<String> whole = new ArrayList<>(arguments);
    boolean optionFirst = !whole.isEmpty() && whole.getFirst().startsWith("-");
    boolean aboutUs =
        !whole.isEmpty() && List.of("-h", "--help", "--version").contains(whole.getFirst());
    if (whole.isEmpty() || (optionFirst && !aboutUs)) {
      whole.addFirst("serve");
    }
    return whole;
  }

  /// All verbs, or the one that is asked for: reading what the others are would take longer than
  /// most of them run.
  private static CommandLine line(Context context, String verb) {
    CommandLine top = new CommandLine(new Top());
    Map<String, Supplier<Object>> known = known(context);
    if (known.containsKey(verb)) {
      known.keySet().retainAll(List.of(verb));
    }
    known.forEach((name, command) -> top.addSubcommand(name, command.get()));
    withHelp(top);
    return top;
  }

  private static Map<String, Supplier<Object>> known(Context context) {
    Map<String, Supplier<Object>> verbs = new LinkedHashMap<>();
    verbs.put("serve", () -> new FeedCommands.Serve(context));
    verbs.put("demo", () -> new FeedCommands.Demo(context));
    verbs.put("simulate", () -> new FeedCommands.Simulate(context));
    verbs.put("replay", () -> new FeedCommands.Replay(context));
    verbs.put("import", () -> new FeedCommands.Import(context));
    verbs.put("export", () -> new FeedCommands.Export(context));
    verbs.put("backup", () -> new BackupCommands.Backup(context));
    verbs.put("restore", () -> new BackupCommands.Restore(context));
    verbs.put(
        "key",
        () ->
            group(
                new AdminCommands.Key(),
                new AdminCommands.KeyAdd(context),
                new AdminCommands.KeyList(context),
                new AdminCommands.KeyRevoke(context)));
    verbs.put(
        "token",
        () ->
            group(
                new TokenCommands.Token(context),
                new TokenCommands.TokenList(context),
                new TokenCommands.TokenRevoke(context),
                new TokenCommands.TokenRotate(context)));
    verbs.put("erase", () -> new AdminCommands.Erase(context));
    verbs.put(
        "config",
        () ->
            group(
                new AdminCommands.Config(),
                new AdminCommands.ConfigApply(context),
                new AdminCommands.ConfigShow(context)));
    verbs.put(
        "clock",
        () ->
            group(
                new AdminCommands.Clock(),
                new AdminCommands.ClockSet(context),
                new AdminCommands.ClockAdd(context),
                new AdminCommands.ClockReal(context)));
    verbs.put("check", () -> new AdminCommands.Check(context));
    return verbs;
  }

  private static CommandLine group(Object group, Object... members) {
    CommandLine line = new CommandLine(group);
    for (Object member : members) {
      line.addSubcommand(member);
    }
    return line;
  }

  private static void withHelp(CommandLine command) {
    command.getCommandSpec().mixinStandardHelpOptions(true);
    command.getSubcommands().values().forEach(TrucCommand::withHelp);
  }

  private static int usage(ParameterException failure, PrintWriter err) {
    err.println("truc: " + failure.getMessage());
    CommandLine command = failure.getCommandLine();
    err.println("truc: see ./" + command.getCommandSpec().qualifiedName() + " --help");
    return USAGE;
  }

  private static int failed(Exception failure, PrintWriter err) {
    switch (failure) {
      case ConfigException faults -> err.println(faults.getMessage());
      case NoSuchFileException file -> err.println("truc: no such file: " + file.getMessage());
      case RuntimeException unexpected
          when !(unexpected instanceof VerbException
              || unexpected instanceof UsageException
              || unexpected.getClass().getName().startsWith("vn.truc.")) -> {
        err.println("truc: " + unexpected);
        unexpected.printStackTrace(err);
      }
      default ->
          err.println("truc: " + shown(Objects.toString(failure.getMessage(), failure.toString())));
    }
    return failure instanceof UsageException ? USAGE : FAILED;
  }

  /// Names of senders and of files stand in messages.
  private static String shown(String message) {
    return message.lines().map(Printable::escaped).collect(Collectors.joining("\n"));
  }

  @Command(
      name = "truc",
      version = "truc 0.1.0",
      description = "Trực: real-time monitoring server for provincial operations centres.",
      footer = {"", "The launcher also knows: test, bench, package."})
  private static final class Top extends Group {}

  /// A verb of verbs; alone it is a usage fault.
  abstract static class Group implements Callable<Integer> {
    @Override
    public final Integer call() {
      throw new UsageException("a verb is missing; see --help");
    }
  }

  /// One verb, with the options all verbs take.
  abstract static class VerbCommand implements Callable<Integer> {
    @Mixin private final CommonOptions common = new CommonOptions();

    private final Context context;

    VerbCommand(Context context) {
      this.context = context;
    }

    abstract int run() throws Exception;

    @Override
    public final Integer call() throws Exception {
      return run();
    }

    final ServerOptions options() {
      return common.resolve(context.environment(), true);
    }

    /// The options, `truc.yaml` left unread: for the verb that judges that file.
    final ServerOptions optionsWithoutFile() {
      return common.resolve(context.environment(), false);
    }

    final Optional<String> environment(String name) {
      return context.environment().apply(name).filter(value -> !value.isBlank());
    }

    final Verbs verbs() {
      return context.verbs();
    }

    final Terminal terminal() {
      return context.terminal();
    }

    final PrintWriter out() {
      return context.terminal().out();
    }

    final PrintWriter err() {
      return context.terminal().err();
    }

    final JsonObject ask(String verb, JsonObject arguments) throws Exception {
      return new AdminClient(options(), verbs().offline(), err()).call(verb, arguments);
    }
  }
}
