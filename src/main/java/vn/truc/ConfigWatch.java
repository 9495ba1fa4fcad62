package vn.truc;

import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import vn.truc.cli.ConfigFolder;
import vn.truc.cli.VerbException;
import vn.truc.config.Fault;
import vn.truc.config.Faults;

/// Compares the files in this node's configuration folder, as they lie there now, with the
/// configuration in force. They are only looked at; nothing here applies them. Files at fault, as
/// they may be while somebody edits them, are told and compared with nothing; and files are judged
/// only when two looks in a row found the same, since an editor may empty a file before it writes
/// it. Belongs to one event loop; a thread of its own reads the folder, one look at a time.
final class ConfigWatch {
  private static final Logger LOG = LoggerFactory.getLogger(ConfigWatch.class);

  private final Vertx vertx;
  private final Optional<Path> folder;
  private final Supplier<String> inForce;
  private Seen seen;

  /// The hash of the newest files without a fault.
  private String sound;

  private boolean told;
  private long timer = -1;
  private Future<Seen> look = Future.succeededFuture();

  /// What the looks found.
  ///
  /// @param all the hash of all files judged, the node's own among them; empty where they could not
  ///     be read
  /// @param recorded the hash of those that belong into the log
  /// @param fault what is wrong with them, empty where nothing is
  /// @param met the hash of all files as the newest look met them, judged or not
  record Seen(String all, String recorded, Optional<String> fault, String met) {
    static Seen unreadable(String why) {
      return new Seen("", "", Optional.of(why), "");
    }
  }

  /// @param folder absent for the built-in files, which never change
  /// @param started the files this node was started with
  /// @param inForce the hash of the configuration everything answers under
  ConfigWatch(
      Vertx vertx, Optional<Path> folder, Map<String, String> started, Supplier<String> inForce) {
    this.vertx = vertx;
    this.folder = folder;
    this.inForce = inForce;
    sound = AppliedConfig.hash(ConfigFolder.recorded(started));
    String all = AppliedConfig.hash(started);
    seen = new Seen(all, sound, Optional.empty(), all);
  }

  /// Begins to look at the folder.
  void start(ConfigSettings settings) {
    tell();
    if (folder.isPresent()) {
      timer = vertx.setPeriodic(settings.checkMillis(), _ -> look(folder.get()));
    }
  }

  /// Looks no more; completes when a look under way has ended.
  Future<Void> stop() {
    vertx.cancelTimer(timer);
    return look.mapEmpty();
  }

  private void look(Path where) {
    if (!look.isComplete()) {
      return;
    }
    Promise<Seen> done = Promise.promise();
    look = done.future().onSuccess(this::take);
    Context loop = vertx.getOrCreateContext();
    Seen before = seen;
    Thread.ofPlatform()
        .name("truc-config")
        .daemon()
        .start(
            () -> {
              Seen now = unread();
              try {
                now = read(where, before);
              } finally {
                Seen found = now;
                loop.runOnContext(_ -> done.complete(found));
              }
            });
  }

  /// What a look found that met something this program does not expect: an `Error`, which ends the
  /// thread of this look and no later one.
  private static Seen unread() {
    return Seen.unreadable("the files could not be looked at: see the log");
  }

  /// Reads the folder and judges its files, where they are others than those judged before and the
  /// look before met the same.
  static Seen read(Path where, Seen before) {
    try {
      Faults faults = new Faults();
      Map<String, String> files = ConfigFolder.read(Optional.of(where), faults);
      String all = AppliedConfig.hash(files) + String.join("", texts(faults));
      if (all.equals(before.met()) && !all.equals(before.all())) {
        return judge(files, faults, all);
      }
      return new Seen(before.all(), before.recorded(), before.fault(), all);
    } catch (VerbException e) {
      return Seen.unreadable(String.valueOf(e.getMessage()));
    } catch (RuntimeException e) {
      return Seen.unreadable(e.toString());
    }
  }

  private static List<String> texts(Faults faults) {
    return faults.list().stream().map(Fault::toString).toList();
  }

  private static Seen judge(Map<String, String> files, Faults faults, String all) {
    new ConfigCheck(Settings::read).check(files, faults);
    List<Fault> found = faults.list();
    String recorded = AppliedConfig.hash(ConfigFolder.recorded(files));
    if (found.isEmpty()) {
      return new Seen(all, recorded, Optional.empty(), all);
    }
    String others = found.size() == 1 ? "" : ", and " + (found.size() - 1) + " more";
    return new Seen(all, recorded, Optional.of(found.getFirst() + others), all);
  }

  private void take(Seen now) {
    if (now.fault().isEmpty()) {
      sound = now.recorded();
    } else if (!now.fault().equals(seen.fault())) {
      LOG.warn("config_files_at_fault cause={}", now.fault().get());
    }
    seen = now;
    tell();
  }

  /// Tells in the log when files begin to differ.
  private void tell() {
    boolean differs = differs();
    if (differs && !told) {
      LOG.warn("config_differs hash={} files={}", inForce.get(), sound);
    }
    told = differs;
  }

  /// Whether the newest sound files are not the configuration in force.
  boolean differs() {
    return !sound.equals(inForce.get());
  }

  /// What people should know of the files; empty when all is well.
  List<String> notices() {
    List<String> notices = new ArrayList<>();
    if (differs()) {
      notices.add("the configuration files differ from the log's configuration, which is in force");
    }
    seen.fault()
        .ifPresent(
            fault ->
                notices.add("the configuration files are at fault and would be refused: " + fault));
    return notices;
  }
}
