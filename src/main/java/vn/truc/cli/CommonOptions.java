package vn.truc.cli;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.Option;
import vn.truc.config.ConfigException;
import vn.truc.config.Faults;

/// Options every verb takes, after the verb. Each is read from the environment where it is not
/// given (`--tls-cert`: `TRUC_TLS_CERT`), then from `truc.yaml`.
final class CommonOptions {
  @Option(names = "--host", paramLabel = "HOST", description = "Address to listen on (127.0.0.1).")
  private Optional<String> host = Optional.empty();

  @Option(names = "--port", paramLabel = "PORT", description = "Port, 0 for any free one (8080).")
  private Optional<Integer> port = Optional.empty();

  @Option(names = "--data", paramLabel = "DIR", description = "Data folder (data).")
  private Optional<Path> data = Optional.empty();

  @Option(names = "--config", paramLabel = "DIR", description = "Configuration folder (config).")
  private Optional<Path> config = Optional.empty();

  @Option(names = "--store", paramLabel = "STORE", description = "sqlite or redis://… (sqlite).")
  private Optional<String> store = Optional.empty();

  @Option(
      names = "--clock",
      paramLabel = "FROM[,xSPEED]",
      description = "Virtual clock, like 2026-11-23T07:30+07:00,x20.")
  private Optional<String> clock = Optional.empty();

  @Option(names = "--tls-cert", paramLabel = "FILE", description = "Certificate chain, PEM.")
  private Optional<Path> tlsCert = Optional.empty();

  @Option(names = "--tls-key", paramLabel = "FILE", description = "Private key, PEM.")
  private Optional<Path> tlsKey = Optional.empty();

  /// The options as they hold.
  ///
  /// @param environment the value of an environment variable; blank counts as absent
  /// @param withFile whether `truc.yaml` is read
  /// @throws UsageException when a value has the wrong form
  /// @throws ConfigException when `truc.yaml` is at fault
  ServerOptions resolve(Function<String, Optional<String>> environment, boolean withFile) {
    Function<String, Optional<String>> filled =
        name -> environment.apply(name).filter(value -> !value.isBlank());
    Optional<Path> folder =
        config
            .or(() -> filled.apply("TRUC_CONFIG").map(Path::of))
            .or(
                () ->
                    Optional.of(ServerOptions.home().resolve("config")).filter(Files::isDirectory));
    if (folder.isPresent() && !Files.isDirectory(folder.get())) {
      throw new UsageException("--config: no such folder: " + folder.get());
    }
    NodeFile file = withFile ? nodeFile(folder) : NodeFile.read(Map.of(), new Faults());
    ServerOptions options =
        new ServerOptions(
            host.or(() -> filled.apply("TRUC_HOST")).orElse(file.host()),
            port.or(() -> filled.apply("TRUC_PORT").map(CommonOptions::number)).orElse(file.port()),
            data.or(() -> filled.apply("TRUC_DATA").map(Path::of)),
            folder,
            withSecrets(store.or(() -> filled.apply("TRUC_STORE")).orElse(file.store()), filled),
            clock.or(() -> filled.apply("TRUC_CLOCK")).map(CommonOptions::clock),
            tlsCert.or(() -> filled.apply("TRUC_TLS_CERT").map(Path::of)).or(file::tlsCert),
            tlsKey.or(() -> filled.apply("TRUC_TLS_KEY").map(Path::of)).or(file::tlsKey));
    judge(options);
    return options;
  }

  /// Faults of other files are for those who read them.
  private static NodeFile nodeFile(Optional<Path> folder) {
    Faults unread = new Faults();
    Faults faults = new Faults();
    NodeFile file = NodeFile.read(ConfigFolder.read(folder, unread), faults);
    unread.list().stream()
        .filter(fault -> fault.place().file().equals(ConfigFolder.NODE_FILE))
        .forEach(fault -> faults.add(fault.place(), fault.key(), fault.message()));
    faults.throwIfAny();
    return file;
  }

  private static final Pattern VARIABLE = Pattern.compile("\\$\\{([A-Za-z_][A-Za-z0-9_]*)}");

  /// The store's address with what stands in it as `${NAME}` taken from the environment, encoded as
  /// a part of an address must be.
  private static String withSecrets(String store, Function<String, Optional<String>> filled) {
    return VARIABLE
        .matcher(store)
        .replaceAll(
            found ->
                Matcher.quoteReplacement(
                    URLEncoder.encode(
                        filled
                            .apply(found.group(1))
                            .orElseThrow(
                                () ->
                                    new UsageException(
                                        "--store: the environment has no " + found.group(1))),
                        StandardCharsets.UTF_8)));
  }

  private static void judge(ServerOptions options) {
    if (options.port() < 0 || options.port() > 65_535) {
      throw new UsageException("--port must be from 0 to 65535");
    }
    if (options.onRedis()
        && !options.store().startsWith("redis://")
        && !options.store().startsWith("rediss://")) {
      throw new UsageException("--store must be sqlite or begin with redis:// or rediss://");
    }
    if (options.tlsCert().isPresent() != options.tlsKey().isPresent()) {
      throw new UsageException("--tls-cert and --tls-key go together");
    }
  }

  private static int number(String text) {
    try {
      return Integer.parseInt(text);
    } catch (NumberFormatException e) {
      throw new UsageException("TRUC_PORT must be a whole number, not '" + text + "'", e);
    }
  }

  private static ClockOption clock(String text) {
    try {
      return ClockOption.parse(text);
    } catch (IllegalArgumentException e) {
      throw new UsageException("--clock: " + e.getMessage(), e);
    }
  }
}
