package vn.truc.log;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import org.sqlite.SQLiteException;

/// Why something of a data folder could not be opened or written, in words for who runs the server.
final class Causes {
  /// With less than that free a disk is full for a log.
  private static final long ROOM_BYTES_MIN = 256 * 1024;

  private static final String FULL = "the disk is full";
  private static final String READ_ONLY = "it lies on a read-only disk";

  private Causes() {}

  /// @param folder where it was tried
  static String of(Throwable failure, Path folder) {
    String said =
        switch (failure) {
          case SQLiteException database -> database(database, folder);
          case FileAlreadyExistsException file -> file.getFile() + " is no folder";
          case NotDirectoryException file -> file.getFile() + " is no folder";
          case AccessDeniedException file -> "this process may not open " + file.getFile();
          case FileSystemException file when reason(file).startsWith("Read-only") -> READ_ONLY;
          case FileSystemException file when reason(file).startsWith("Not a directory") ->
              file.getFile() + " lies in no folder";
          case FileSystemException file -> file.getFile() + ": " + reason(file);
          default -> failure.getMessage() == null ? failure.toString() : failure.getMessage();
        };
    boolean ofFile = failure instanceof IOException || failure instanceof SQLiteException;
    return ofFile && !said.equals(READ_ONLY) && isFull(folder) ? FULL : said;
  }

  private static String reason(FileSystemException failure) {
    return failure.getReason() == null ? failure.toString() : failure.getReason();
  }

  private static String database(SQLiteException failure, Path folder) {
    String file = SqliteSchema.FILE;
    if (Files.exists(folder.resolve(file + "-journal"))) {
      // ours is a write-ahead log; SQLite would have to roll this one back before anybody reads
      return "a rollback journal lies beside it, "
          + file
          + "-journal: another program wrote there, or the very first start was cut short;"
          + " move the journal away, and the database too where it never held a log";
    }
    // the low byte is the kind, what stands above it the detail
    int kind = failure.getResultCode().code & 0xFF;
    return switch (kind) {
      case 8 -> READ_ONLY + ", or this process may not write it";
      case 10 -> "the disk of " + file + " fails to read or write (" + failure.getMessage() + ")";
      case 11 -> file + " is damaged; restore a backup into a new folder";
      case 13 -> FULL;
      case 14 -> file + " cannot be opened or made";
      case 26 -> file + " is not a database";
      default -> file + ": " + failure.getMessage();
    };
  }

  private static boolean isFull(Path folder) {
    Path there = folder.toAbsolutePath();
    while (there != null && !Files.exists(there)) {
      there = there.getParent();
    }
    try {
      return there != null && Files.getFileStore(there).getUsableSpace() < ROOM_BYTES_MIN;
    } catch (IOException _) {
      return false;
    }
  }
}
