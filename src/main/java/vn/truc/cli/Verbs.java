package vn.truc.cli;

import io.vertx.core.json.JsonObject;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import vn.truc.config.Faults;

/// What the command line sets going; filled by the root package, which alone sees all others.
///
/// @param offline does an administrative verb where no process owns the data folder, or on Redis
/// @param check notes the faults of all configuration files
public record Verbs(
    Verb<ServerOptions> serve,
    Verb<ServerOptions> demo,
    Verb<Simulate> simulate,
    Verb<Replay> replay,
    Verb<Import> importing,
    Verb<Export> export,
    Verb<Backup> backup,
    Verb<Restore> restore,
    OfflineOwner offline,
    Check check) {
  public Verbs {
    Objects.requireNonNull(serve, "serve");
    Objects.requireNonNull(demo, "demo");
    Objects.requireNonNull(simulate, "simulate");
    Objects.requireNonNull(replay, "replay");
    Objects.requireNonNull(importing, "importing");
    Objects.requireNonNull(export, "export");
    Objects.requireNonNull(backup, "backup");
    Objects.requireNonNull(restore, "restore");
    Objects.requireNonNull(offline, "offline");
    Objects.requireNonNull(check, "check");
  }

  /// A verb: runs to its end on the calling thread and gives the exit code.
  @FunctionalInterface
  public interface Verb<O> {

    /// Runs.
    ///
    /// @throws VerbException for a failure with a message for people: exit code 1
    /// @throws UsageException for a command line that cannot be meant: exit code 2
    int run(O options, Terminal terminal) throws Exception;
  }

  /// Notes faults of configuration files.
  @FunctionalInterface
  public interface Check {

    /// Reads all files, `truc.yaml` included, by name.
    void check(Map<String, String> files, Faults faults);

    /// What of these files is read and changes nothing in this version.
    default List<String> idle(Map<String, String> files) {
      return List.of();
    }

    /// The files this version reads that are not among these.
    default List<String> absent(Map<String, String> files) {
      return List.of();
    }
  }

  /// Opens the store, does one administrative verb as the owner would, closes it.
  @FunctionalInterface
  public interface OfflineOwner {

    /// The answer of the verb's handler; blocks until it is durable.
    JsonObject call(ServerOptions options, String verb, JsonObject arguments) throws Exception;
  }

  /// Where a verb writes: results to `out`, everything else to `err`.
  public record Terminal(PrintWriter out, PrintWriter err) {}

  /// Where facts are sent.
  ///
  /// @param url the server, like `http://127.0.0.1:8080`
  /// @param key a source key; absent where the verb can do without or asks the owner for one
  /// @param trusted certificates the server's may be signed by; the machine's own when absent
  public record Target(String url, Optional<String> key, Optional<Path> trusted) {

    /// Without the key.
    @Override
    public String toString() {
      return url;
    }
  }

  /// `simulate`: facts of a simulated province, so many a second.
  ///
  /// @param source what stands before every source; empty or like `/demo`
  /// @param count facts altogether; absent until it is stopped
  public record Simulate(
      ServerOptions server,
      Target target,
      double rate,
      long seed,
      String source,
      OptionalLong count) {}

  /// `replay`: an NDJSON file of CloudEvents; rate 0 for as fast as it is taken.
  public record Replay(
      ServerOptions server, Target target, Path file, double rate, boolean progress) {}

  /// `import`: a table, by a mapping.
  public record Import(
      ServerOptions server, Target target, Path file, Path map, boolean dryRun, boolean progress) {}

  /// `export`: the log's facts without personal fields.
  ///
  /// @param to a file, absent for standard output
  public record Export(ServerOptions server, Optional<Path> to) {}

  /// `backup`: the log of a data folder in one file, made beside the server.
  ///
  /// @param to the file, or a folder in which one gets a name of its own
  public record Backup(ServerOptions server, Path to) {}

  /// `restore`: a new data folder made of a backup; or, on Redis, word that an older copy was put
  /// back there.
  ///
  /// @param from the backup; none on Redis
  /// @param erased further lists of erasures to be heeded
  /// @param revoked further lists of revocations to be heeded
  public record Restore(
      ServerOptions server, Optional<Path> from, List<Path> erased, List<Path> revoked) {
    public Restore {
      erased = List.copyOf(erased);
      revoked = List.copyOf(revoked);
    }
  }
}
