package vn.truc.log;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sqlite.SQLiteErrorCode;
import org.sqlite.SQLiteException;

/// What is said of a folder that cannot be opened, cause by cause. The disk of these tests has
// room.
class CausesTest {
  @TempDir private Path folder;

  private String of(Throwable failure) {
    return Causes.of(failure, folder.resolve("not").resolve("there"));
  }

  private String of(SQLiteErrorCode code) {
    return of(new SQLiteException("so it says", code));
  }

  @Test
  void failuresOfTheDatabaseAreNamedByTheirKind() {
    assertEquals(
        "it lies on a read-only disk, or this process may not write it",
        of(SQLiteErrorCode.SQLITE_READONLY));
    assertEquals(
        "the disk of truc.db fails to read or write (so it says)",
        of(SQLiteErrorCode.SQLITE_IOERR_READ));
    assertEquals(
        "truc.db is damaged; restore a backup into a new folder",
        of(SQLiteErrorCode.SQLITE_CORRUPT));
    assertEquals("the disk is full", of(SQLiteErrorCode.SQLITE_FULL));
    assertEquals("truc.db cannot be opened or made", of(SQLiteErrorCode.SQLITE_CANTOPEN));
    assertEquals("truc.db is not a database", of(SQLiteErrorCode.SQLITE_NOTADB));
    assertEquals("truc.db: so it says", of(SQLiteErrorCode.SQLITE_LOCKED));
  }

  @Test
  void journalOfAnotherHandIsNamed() throws Exception {
    Files.writeString(folder.resolve("truc.db-journal"), "left over");
    String said =
        Causes.of(new SQLiteException("so", SQLiteErrorCode.SQLITE_READONLY_ROLLBACK), folder);
    assertEquals("a rollback journal lies beside it, truc.db-journal", said.split(":", 2)[0]);
  }

  @Test
  void failuresOfFilesNameTheFile() {
    assertEquals("/a is no folder", of(new FileAlreadyExistsException("/a")));
    assertEquals("/a is no folder", of(new NotDirectoryException("/a")));
    assertEquals("this process may not open /a", of(new AccessDeniedException("/a")));
    assertEquals(
        "it lies on a read-only disk",
        of(new FileSystemException("/a", null, "Read-only file system")));
    assertEquals(
        "/a lies in no folder", of(new FileSystemException("/a", null, "Not a directory")));
    assertEquals("/a: Too many links", of(new FileSystemException("/a", null, "Too many links")));
    assertEquals("/a: java.nio.file.FileSystemException: /a", of(new FileSystemException("/a")));
  }

  @Test
  void otherFailuresSayWhatTheySay() {
    assertEquals("so", of(new IOException("so")));
    assertEquals("java.io.IOException", of(new IOException()));
    assertEquals("so", of(new IllegalStateException("so")));
  }
}
