package vn.truc.log;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipal;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The data folder, owned by one process: an operating-system lock on `truc.lock`, which goes with
/// the process however it ends.
final class DataFolder implements AutoCloseable {
  private static final String LOCK = "truc.lock";

  /// The database and its journals, the lock, the notes, the list of erasures.
  private static final String OURS = "{truc.*," + RedisSeen.FILE + "*," + Erasures.FILE + "*}";

  /// What of ours, and of those beside the log, must be no link.
  private static final String JUDGED =
      "{truc.*," + RedisSeen.FILE + "*," + Erasures.FILE + "*,revoked*,.s}";

  private static final Set<PosixFilePermission> OWNER_ALL =
      PosixFilePermissions.fromString("rwx------");

  private static final Set<PosixFilePermission> OWNER_ONLY =
      PosixFilePermissions.fromString("rw-------");

  private final Path folder;
  private final FileChannel channel;
  private final FileLock lock;

  private DataFolder(Path folder, FileChannel channel, FileLock lock) {
    this.folder = folder;
    this.channel = channel;
    this.lock = lock;
  }

  /// Opens one of the folder's files, making it where it is missing: for its owner's eyes only.
  /// A link in its place is not followed.
  static FileChannel openFile(Path file, StandardOpenOption... options) throws IOException {
    Set<OpenOption> all = new HashSet<>(Set.of(options));
    all.add(LinkOption.NOFOLLOW_LINKS);
    return FileChannel.open(file, all, PosixFilePermissions.asFileAttribute(OWNER_ONLY));
  }

  /// Closes a folder to others, so that nobody can plant anything in it any more, then refuses what
  /// was planted before.
  ///
  /// @throws LogException `NOT_OWNER` where the folder is somebody else's, or one of our names in
  /// it is a link, of another kind, or somebody else's
  private static void judge(Path folder) throws IOException {
    Path real = folder.toRealPath();
    UserPrincipal us = Files.getOwner(Path.of("/proc/self"));
    UserPrincipal owner = Files.getOwner(real);
    Set<PosixFilePermission> rights = Files.getPosixFilePermissions(real);
    if (owner.equals(us)) {
      if (!rights.equals(OWNER_ALL)) {
        Files.setPosixFilePermissions(real, OWNER_ALL);
      }
    } else if (!owner.getName().equals("root")
        || rights.contains(PosixFilePermission.OTHERS_WRITE)) {
      // root may do anything anyway: a volume that is mounted for our group is one of its
      throw refused(
          "the data folder %s belongs to %s, this process to %s; start it as %s, or give it its own"
              .formatted(folder, owner.getName(), us.getName(), owner.getName()));
    }
    try (DirectoryStream<Path> files = Files.newDirectoryStream(real, JUDGED)) {
      for (Path file : files) {
        judgeFile(file, us);
      }
    }
  }

  private static void judgeFile(Path file, UserPrincipal us) throws IOException {
    try {
      PosixFileAttributes found =
          Files.readAttributes(file, PosixFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
      boolean links =
          found.isRegularFile()
              && (int) Files.getAttribute(file, "unix:nlink", LinkOption.NOFOLLOW_LINKS) > 1;
      if (found.isSymbolicLink() || links) {
        throw refused(file + " is a link; the server follows none in its data folder");
      }
      if (!found.owner().equals(us)) {
        throw refused(
            "%s belongs to %s, this process to %s"
                .formatted(file, found.owner().getName(), us.getName()));
      }
    } catch (NoSuchFileException _) {
      // a reader that looked in beside us was the last to close the journal
    }
  }

  private static LogException refused(String why) {
    return new LogException(LogException.Reason.NOT_OWNER, why);
  }

  /// Makes the folder where it is missing (readable by its owner only), takes its lock and closes
  /// its files to others, whatever the umask or an earlier version made of them.
  ///
  /// @throws LogException `OWNED` when another process, or another log of this one, has it,
  /// `NOT_OWNER` when it is somebody else's, or links were planted in it
  static DataFolder own(Path folder) throws IOException {
    if (!Files.isDirectory(folder)) {
      Files.createDirectories(folder, PosixFilePermissions.asFileAttribute(OWNER_ALL));
    }
    judge(folder);
    FileChannel channel =
        openFile(folder.resolve(LOCK), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    FileLock lock = tryLock(channel);
    if (lock == null) {
      channel.close();
      throw new LogException(
          LogException.Reason.OWNED, "another process owns the data folder " + folder);
    }
    try {
      closeToOthers(folder);
    } catch (IOException e) {
      channel.close();
      throw e;
    }
    return new DataFolder(folder, channel, lock);
  }

  /// Refuses the folder of a node on Redis to SQLite: a log begun there would take facts that no
  /// other node ever sees.
  static void refuseRedis(Path folder) {
    if (Files.exists(folder.resolve(RedisSeen.FILE))) {
      throw new LogException(
          LogException.Reason.NOT_OWNER,
          "the data folder "
              + folder
              + " is that of a node on Redis ("
              + RedisSeen.FILE
              + "): name its store, --store redis://… or TRUC_STORE, or another folder");
    }
  }

  /// Refuses the folder of a log in SQLite to a node on Redis. A database of no bytes holds none.
  static void refuseSqlite(Path folder) throws IOException {
    Path database = folder.resolve(SqliteSchema.FILE);
    if (Files.exists(database) && Files.size(database) > 0) {
      throw new LogException(
          LogException.Reason.NOT_OWNER,
          "the data folder "
              + folder
              + " holds a log in SQLite ("
              + SqliteSchema.FILE
              + "): leave out --store and TRUC_STORE, or name another folder");
    }
  }

  /// Takes the rights to our files from all but their owner.
  static void closeToOthers(Path folder) throws IOException {
    try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, OURS)) {
      for (Path file : files) {
        try {
          if (Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)
              && !Files.getPosixFilePermissions(file).equals(OWNER_ONLY)) {
            Files.setPosixFilePermissions(file, OWNER_ONLY);
          }
        } catch (NoSuchFileException _) {
          // a reader that looked in beside us was the last to close the journal
        }
      }
    }
  }

  private static @Nullable FileLock tryLock(FileChannel channel) throws IOException {
    try {
      return channel.tryLock();
    } catch (OverlappingFileLockException e) {
      return null;
    }
  }

  Path path() {
    return folder;
  }

  /// Makes the names in a folder durable.
  static void sync(Path folder) throws IOException {
    try (FileChannel names = FileChannel.open(folder, StandardOpenOption.READ)) {
      names.force(true);
    }
  }

  @Override
  public void close() throws IOException {
    lock.release();
    channel.close();
  }
}
