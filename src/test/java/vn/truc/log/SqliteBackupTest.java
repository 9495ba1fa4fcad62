package vn.truc.log;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.util.List;
import org.junit.jupiter.api.Test;

/// Whether a copy is whole is counted, not believed.
class SqliteBackupTest {
  private static final Path FILE = Path.of("copy.db");

  private static void judge(List<Integer> positions, long head) throws Exception {
    try (Connection copy = DriverManager.getConnection("jdbc:sqlite::memory:");
        Statement statement = copy.createStatement()) {
      statement.executeUpdate("create table records (position integer primary key)");
      for (int position : positions) {
        statement.executeUpdate("insert into records values (" + position + ")");
      }
      SqliteBackup.judgeWhole(copy, FILE, head);
    }
  }

  private static void refused(List<Integer> positions, long head) {
    LogException refused = assertThrows(LogException.class, () -> judge(positions, head));
    assertEquals(LogException.Reason.CORRUPT, refused.reason());
  }

  @Test
  void asManyRecordsAsTheHeadSaysAndTheLastOfThemAtTheHead() {
    assertDoesNotThrow(() -> judge(List.of(1, 2, 3), 3));
    refused(List.of(1, 2, 3), 4);
    refused(List.of(1, 3), 3);
    refused(List.of(1, 2, 4), 3);
    refused(List.of(1, 2, 3), 2);
    refused(List.of(), 0);
  }
}
