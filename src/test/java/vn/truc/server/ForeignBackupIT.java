package vn.truc.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A backup into which another hand had put a trigger was restored, and the trigger ran with every
/// record from then on: it copied what a later erasure was to remove, or changed keys.
class ForeignBackupIT {
  @TempDir private Path folder = Path.of("");

  @Test
  void aBackupHoldsOurTablesAloneWordForWord() throws Exception {
    Path data = folder.resolve("data");
    try (RunningServer server = RunningServer.start(data, "--clock", Fact.CLOCK)) {
      String key = server.key(Fact.SOURCE);
      server.post(key, RunningServer.STRUCTURED, Fact.feedback("1", "PA-1", "received"));
      assertEquals(0, server.stop());
    }
    Path backup = folder.resolve("backup.db");
    RunningServer.Ran made = RunningServer.verb(data, "backup", backup.toString());
    assertEquals(0, made.code(), made::toString);
    List<String> hands =
        List.of(
            "create trigger kept after insert on records begin select 1; end",
            "create trigger kept delete on personal begin insert into secrets values (1, 2); end",
            "create view kept as select * from personal",
            "create table kept(a)",
            "create index kept on records(source)",
            "create virtual table kept using fts5(a)",
            "drop view records_readable",
            "drop index personal_case",
            "alter table records add column kept text",
            "alter table personal rename column data to kept",
            "drop view records_readable; create view records_readable as select 1",
            "drop table secrets; create table secrets(name, value)",
            "drop table backup_erased; create view backup_erased as select 'x' as line");
    for (int i = 0; i < hands.size(); i++) {
      String hand = hands.get(i);
      for (Path sound : List.of(backup, data.resolve("truc.db"))) {
        if (!sound.equals(backup) && hand.contains("backup_erased")) {
          continue; // a copy of the folder's own database has none
        }
        Path changed = folder.resolve("changed" + i + sound.equals(backup));
        Files.copy(sound, changed);
        change(changed, hand);
        Path into = folder.resolve("into" + i + sound.equals(backup));
        RunningServer.Ran ran = RunningServer.verb(into, "restore", changed.toString());
        assertEquals(1, ran.code(), () -> hand + "\n" + ran);
        assertTrue(
            ran.err().contains("not ours") || ran.err().contains("is without"),
            () -> hand + "\n" + ran);
        assertFalse(Files.exists(into.resolve("truc.db")), hand);
      }
    }
    change(data.resolve("truc.db"), hands.getFirst());
    RunningServer.Ran ran = RunningServer.verb(data, "serve", "--port", "0");
    assertEquals(1, ran.code(), ran::toString);
    assertTrue(ran.err().contains("trigger"), ran::toString);
  }

  private static void change(Path database, String sql) throws Exception {
    try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + database);
        Statement statement = connection.createStatement()) {
      for (String one : sql.contains(" begin ") ? List.of(sql) : List.of(sql.split(";"))) {
        statement.execute(one);
      }
      statement.execute("pragma journal_mode=delete");
    }
  }
}
