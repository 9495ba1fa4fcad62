package vn.truc;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import vn.truc.cli.ConfigFolder;
import vn.truc.cli.ServerOptions;
import vn.truc.cli.UsageException;
import vn.truc.cli.VerbException;
import vn.truc.cli.Verbs;
import vn.truc.cli.Verbs.Terminal;
import vn.truc.log.RedisRestore;
import vn.truc.log.SqliteBackup;
import vn.truc.log.SqliteRestore;

/// `backup` and `restore`: the log of a data folder in one file, and a data folder made of one.
/// Both work on the files alone; the server is neither asked nor held up. A log in Redis is copied
/// and put back with Redis' own means; `restore` then only says that it was meant.
final class Backups {
  private static final DateTimeFormatter NAME =
      DateTimeFormatter.ofPattern("'truc-'uuuuMMdd-HHmmss'.db'", Locale.ROOT)
          .withZone(ZoneOffset.ofHours(7));

  /// A backup under way writes to its part all the time.
  private static final Duration PART_KEPT = Duration.ofHours(1);

  private Backups() {}

  static int make(Verbs.Backup asked, Terminal terminal) {
    ServerOptions options = onSqlite(asked.server());
    Path file = asked.to();
    if (Files.isDirectory(asked.to())) {
      SqliteBackup.removeParts(asked.to(), Instant.now().minus(PART_KEPT));
      file = asked.to().resolve(NAME.format(Instant.now()));
    }
    Settings settings = Settings.of(ConfigFolder.files(options.config()));
    SqliteBackup.Made made = SqliteBackup.write(options.dataFolder(), file, settings.log());
    terminal
        .err()
        .println(
            "backed up log %s up to position %d, with %d erasures"
                .formatted(made.logId(), made.head(), made.erasures()));
    terminal.out().println(made.file());
    return 0;
  }

  static int restore(Verbs.Restore asked, Terminal terminal) throws Exception {
    ServerOptions options = asked.server();
    if (options.onRedis()) {
      return restoreRedis(asked, terminal);
    }
    Path from = asked.from().orElseThrow(() -> new UsageException("name the FILE to restore"));
    List<String> revoked = RevokedList.lines(asked.revoked());
    SqliteRestore.Restored restored =
        SqliteRestore.restore(from, options.dataFolder(), asked.erased());
    RevokedList.add(options.dataFolder(), revoked);
    terminal
        .err()
        .println(
            "restored log %s as %s, position %d"
                .formatted(restored.from(), restored.id(), restored.head()));
    for (String one : restored.erasedLater()) {
      terminal
          .err()
          .println(
              "erased after the backup was made: "
                  + one
                  + "; where its facts are sent again, erase it again");
    }
    terminal.out().println(options.dataFolder());
    return 0;
  }

  private static int restoreRedis(Verbs.Restore asked, Terminal terminal) throws Exception {
    if (asked.from().isPresent() || !asked.erased().isEmpty() || !asked.revoked().isEmpty()) {
      throw new UsageException(
          "in Redis put the copy back with its own means, then call `restore --store redis://…`"
              + " without FILE, --erased and --revoked; see docs/OPERATIONS.md");
    }
    ServerOptions options = asked.server();
    Settings settings = Settings.of(ConfigFolder.files(options.config()));
    LogStore store = new LogStore(options, options.dataFolder(), false);
    RedisRestore.Restored restored = Serving.client(vertx -> store.restored(vertx, settings));
    terminal
        .err()
        .println(
            "log %s goes on as %s, position %d"
                .formatted(restored.from(), restored.id(), restored.head()));
    if (restored.lost() > 0) {
      terminal
          .err()
          .println(
              "%d records are missing from it for good: positions count what is left. Look at"
                      .formatted(restored.lost())
                  + " `key list` and `config show`, and let the senders repeat what they can");
    }
    return 0;
  }

  private static ServerOptions onSqlite(ServerOptions options) {
    if (options.onRedis()) {
      throw new VerbException(
          "a log in Redis is backed up with Redis' own means; see docs/OPERATIONS.md");
    }
    return options;
  }
}
