package vn.truc.log;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/// The data folder, owned by one process: an operating-system lock on `truc.lock`, which goes with
/// the process however it ends.
///
/// Also keeps the note a failed disk leaves behind: `truc.failed` holds the position of the last
/// acknowledged record. What lies behind it after a restart was refused and is cut off again.
final class DataFolder implements AutoCloseable {
  private static final String LOCK = "truc.lock";
  private static final String FAILED = "truc.failed";

  private final Path folder;
  private final FileChannel channel;
  private final FileLock lock;

  private DataFolder(Path folder, FileChannel channel, FileLock lock) {
    this.folder = folder;
    this.channel = channel;
    this.lock = lock;
  }

  /// Makes the folder where it is missing (readable by its owner only) and takes its lock.
  ///
  /// @throws LogException `NOT_OWNER` when another process, or another log of this one, has it
  static DataFolder own(Path folder) throws IOException {
    if (!Files.isDirectory(folder)) {
      Files.createDirectories(
          folder,
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    }
    FileChannel channel =
        FileChannel.open(folder.resolve(LOCK), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    FileLock lock = tryLock(channel);
    if (lock == null) {
      channel.close();
      throw new LogException(
          LogException.Reason.NOT_OWNER, "another process owns the data folder " + folder);
    }
    return new DataFolder(folder, channel, lock);
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

  /// The last acknowledged position a failed disk left behind; empty after an orderly life.
  OptionalLong failedAt() throws IOException {
    return failedAt(folder);
  }

  /// The same of a folder somebody else may own.
  static OptionalLong failedAt(Path folder) throws IOException {
    Path file = folder.resolve(FAILED);
    if (!Files.exists(file)) {
      return OptionalLong.empty();
    }
    String text = Files.readString(file).strip();
    try {
      return OptionalLong.of(Long.parseLong(text));
    } catch (NumberFormatException e) {
      throw new LogException(
          LogException.Reason.CORRUPT, file + " holds no position: '" + text + "'", e);
    }
  }

  /// Leaves the note, as durably as the disk still allows.
  void markFailed(long acknowledged) throws IOException {
    Path draft = folder.resolve(FAILED + ".new");
    try (FileChannel note =
        FileChannel.open(
            draft,
            StandardOpenOption.CREATE,
            StandardOpenOption.TRUNCATE_EXISTING,
            StandardOpenOption.WRITE)) {
      note.write(ByteBuffer.wrap((acknowledged + "\n").getBytes(StandardCharsets.US_ASCII)));
      Files.move(draft, folder.resolve(FAILED), java.nio.file.StandardCopyOption.REPLACE_EXISTING);
      note.force(true);
    }
    sync(folder);
  }

  /// Takes the note away, once what it asked for is done and durable.
  void clearFailed() throws IOException {
    if (Files.deleteIfExists(folder.resolve(FAILED))) {
      sync(folder);
    }
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
