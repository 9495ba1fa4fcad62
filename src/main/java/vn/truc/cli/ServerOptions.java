package vn.truc.cli;

import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;

/// What the command line, the environment and `truc.yaml` say about one node, in that order.
///
/// @param port 0 for any free one
/// @param data the data folder, where one was named
/// @param config the configuration folder, where one was named or stands at its usual place; absent
/// for the built-in files
/// @param store `sqlite` or a `redis://` address; may hold a password, so it is never printed
public record ServerOptions(
    String host,
    int port,
    Optional<Path> data,
    Optional<Path> config,
    String store,
    Optional<ClockOption> clock,
    Optional<Path> tlsCert,
    Optional<Path> tlsKey) {
  public ServerOptions {
    Objects.requireNonNull(host, "host");
    Objects.requireNonNull(data, "data");
    Objects.requireNonNull(config, "config");
    Objects.requireNonNull(store, "store");
    Objects.requireNonNull(clock, "clock");
    Objects.requireNonNull(tlsCert, "tlsCert");
    Objects.requireNonNull(tlsKey, "tlsKey");
  }

  /// The data folder, `data` below the installation where none was named.
  public Path dataFolder() {
    return data.orElse(home().resolve("data"));
  }

  public boolean onRedis() {
    return !store.equals("sqlite");
  }

  /// The folder of the installation, as the launcher says it; else the current one.
  static Path home() {
    return Path.of(System.getProperty("truc.home", ""));
  }

  /// Without the store's address.
  @Override
  public String toString() {
    return host + ":" + port + " data=" + dataFolder() + (onRedis() ? " store=redis" : "");
  }
}
