package vn.truc.cli;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import vn.truc.config.Durations;
import vn.truc.config.Faults;
import vn.truc.event.Printable;

/// The verbs that ask the owner of the data folder for something.
final class AdminCommands {
  private static final String ABSENT = "not there, and taken as empty: ";

  private AdminCommands() {}

  @Command(name = "key", description = "Keys of the senders of facts.")
  static final class Key extends TrucCommand.Group {}

  @Command(name = "add", description = "Makes a key; it stands alone on the last line.")
  static final class KeyAdd extends TrucCommand.VerbCommand {
    @Option(names = "--source", required = true, paramLabel = "URI", description = "Its source.")
    private String source = "";

    @Option(names = "--name", required = true, paramLabel = "TEXT", description = "Its name.")
    private String name = "";

    @Option(names = "--test", description = "What comes with it is answered and not stored.")
    private boolean test;

    KeyAdd(TrucCommand.Context context) {
      super(context);
    }

    @Override
    int run() throws Exception {
      JsonObject result =
          ask(
              "key.add",
              new JsonObject().put("source", source).put("name", name).put("test", test));
      err().println("key " + result.getString("key", "") + " for " + source + ": " + name);
      if (!source.startsWith("/") && source.indexOf(':') < 0) {
        err()
            .println(
                "it covers sources that begin with '%s', which is not '/%s'"
                    .formatted(Printable.escaped(source), Printable.escaped(source)));
      }
      out().println(result.getString("presented", ""));
      return 0;
    }
  }

  @Command(name = "list", description = "The keys in force: id, source, test, name.")
  static final class KeyList extends TrucCommand.VerbCommand {
    KeyList(TrucCommand.Context context) {
      super(context);
    }

    @Override
    int run() throws Exception {
      JsonArray keys = ask("key.list", new JsonObject()).getJsonArray("keys", new JsonArray());
      for (int i = 0; i < keys.size(); i++) {
        JsonObject key = keys.getJsonObject(i);
        out()
            .println(
                String.join(
                    "\t",
                    key.getString("key", ""),
                    Printable.escaped(key.getString("source", "")),
                    key.getBoolean("test", false) ? "test" : "-",
                    Printable.escaped(key.getString("name", ""))));
      }
      return 0;
    }
  }

  @Command(name = "revoke", description = "Takes a key back, for ever.")
  static final class KeyRevoke extends TrucCommand.VerbCommand {
    @Parameters(paramLabel = "KEY-ID", description = "As `key list` shows it.")
    private String keyId = "";

    KeyRevoke(TrucCommand.Context context) {
      super(context);
    }

    @Override
    int run() throws Exception {
      ask("key.revoke", new JsonObject().put("key", keyId));
      err().println("revoked " + keyId);
      return 0;
    }
  }

  @Command(name = "erase", description = "Removes the personal fields of a case.")
  static final class Erase extends TrucCommand.VerbCommand {
    @Parameters(index = "0", paramLabel = "KIND", description = "dossier or feedback.")
    private String kind = "";

    @Parameters(index = "1", paramLabel = "CODE", description = "The case's code.")
    private String code = "";

    @Option(names = "--user", paramLabel = "NAME", description = "Who asks for it.")
    private String user = "";

    Erase(TrucCommand.Context context) {
      super(context);
    }

    @Override
    int run() throws Exception {
      if (!kind.equals("dossier") && !kind.equals("feedback")) {
        throw new UsageException("KIND must be dossier or feedback");
      }
      JsonObject result =
          ask("erase", new JsonObject().put("kind", kind).put("code", code).put("by", user));
      err().println("erased in " + result.getInteger("records", 0) + " records");
      return 0;
    }
  }

  @Command(name = "config", description = "The configuration the log holds.")
  static final class Config extends TrucCommand.Group {}

  @Command(name = "apply", description = "Puts the files of the configuration folder in force.")
  static final class ConfigApply extends TrucCommand.VerbCommand {
    ConfigApply(TrucCommand.Context context) {
      super(context);
    }

    @Override
    int run() throws Exception {
      Faults faults = new Faults();
      Map<String, String> files = ConfigFolder.read(optionsWithoutFile().config(), faults);
      verbs().check().check(files, faults);
      faults.throwIfAny();
      if (ConfigFolder.recorded(files).isEmpty()) {
        throw new VerbException("there is no configuration to apply: agencies, areas and the rest");
      }
      List<String> absent = verbs().check().absent(files);
      if (!absent.isEmpty()) {
        err().println(ABSENT + String.join(", ", absent));
      }
      JsonObject texts = new JsonObject();
      ConfigFolder.recorded(files).forEach(texts::put);
      JsonObject result = ask("config.apply", new JsonObject().put("files", texts));
      err()
          .println(
              (result.getBoolean("changed", true) ? "applied " : "already in force ")
                  + result.getString("hash", ""));
      return 0;
    }
  }

  @Command(name = "show", description = "Prints the configuration in force.")
  static final class ConfigShow extends TrucCommand.VerbCommand {
    ConfigShow(TrucCommand.Context context) {
      super(context);
    }

    @Override
    int run() throws Exception {
      JsonObject result = ask("config.show", new JsonObject());
      err().println("hash " + result.getString("hash", ""));
      for (Map.Entry<String, Object> file : result.getJsonObject("files", new JsonObject())) {
        out().println("# ---- " + file.getKey());
        out().println(String.valueOf(file.getValue()).stripTrailing());
      }
      return 0;
    }
  }

  @Command(name = "clock", description = "The virtual clock of a server with --clock.")
  static final class Clock extends TrucCommand.Group {}

  /// Moves a virtual clock, and says where it stands.
  abstract static class ClockMove extends TrucCommand.VerbCommand {
    /// Further than any clock goes.
    static final Duration LONGEST = Duration.ofDays(10_000 * 366L);

    ClockMove(TrucCommand.Context context) {
      super(context);
    }

    final int moved(JsonObject result) {
      if (!result.getBoolean("moved", true)) {
        err().println("the clock only goes forward; nothing was changed");
      }
      out().println(result.getString("now", ""));
      return 0;
    }
  }

  @Command(name = "set", description = "Moves the clock forward to a time.")
  static final class ClockSet extends ClockMove {
    @Parameters(paramLabel = "TIME", description = "Like 2026-11-23T10:15+07:00.")
    private String time = "";

    ClockSet(TrucCommand.Context context) {
      super(context);
    }

    @Override
    int run() throws Exception {
      Instant instant;
      try {
        instant = ClockOption.instant(time);
      } catch (IllegalArgumentException e) {
        throw new UsageException(String.valueOf(e.getMessage()), e);
      }
      return moved(ask("clock.set", new JsonObject().put("time", instant.toString())));
    }
  }

  @Command(name = "add", description = "Moves the clock forward by a span.")
  static final class ClockAdd extends ClockMove {
    @Parameters(paramLabel = "SPAN", description = "Like 2h or 1d.")
    private String span = "";

    ClockAdd(TrucCommand.Context context) {
      super(context);
    }

    @Override
    int run() throws Exception {
      Duration length =
          Durations.parse(span)
              .filter(parsed -> parsed.compareTo(ClockMove.LONGEST) <= 0)
              .orElseThrow(() -> new UsageException("'" + span + "' is no span; write 2h or 1d"));
      return moved(ask("clock.add", new JsonObject().put("millis", length.toMillis())));
    }
  }

  @Command(
      name = "real",
      description = "Ends the virtual clock of a log: from now on time is real, before or behind.")
  static final class ClockReal extends TrucCommand.VerbCommand {
    ClockReal(TrucCommand.Context context) {
      super(context);
    }

    @Override
    int run() throws Exception {
      JsonObject result = ask("clock.real", new JsonObject());
      if (!result.getBoolean("changed", false)) {
        err().println("the clock is real already");
      }
      out().println(result.getString("now", ""));
      return 0;
    }
  }

  @Command(name = "check", description = "Names every fault of the configuration files.")
  static final class Check extends TrucCommand.VerbCommand {
    @Parameters(arity = "0..1", paramLabel = "DIR", description = "Instead of --config.")
    private Optional<Path> folder = Optional.empty();

    Check(TrucCommand.Context context) {
      super(context);
    }

    @Override
    int run() throws Exception {
      Faults faults = new Faults();
      Map<String, String> files =
          ConfigFolder.read(folder.isPresent() ? folder : optionsWithoutFile().config(), faults);
      verbs().check().check(files, faults);
      faults.list().forEach(fault -> out().println(fault));
      List<String> absent = verbs().check().absent(files);
      if (!absent.isEmpty()) {
        err().println(ABSENT + String.join(", ", absent));
      }
      List<String> idle = verbs().check().idle(files);
      if (!idle.isEmpty()) {
        err().println("read, and without effect in this version: " + String.join(", ", idle));
      }
      err().println(files.size() + " files, " + faults.list().size() + " faults");
      return faults.isEmpty() ? 0 : 1;
    }
  }
}
