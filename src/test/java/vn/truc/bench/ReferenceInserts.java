package vn.truc.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;

/// Bare SQLite inserts of the very lines, in transactions of 512, into a table of position and
/// data, with the settings of the log. Told seconds on its standard input, it inserts that long and
/// prints the rows a second.
final class ReferenceInserts {
  private static final int BATCH = 512;
  private static final int PREPARED_LINES = 50_000;

  private ReferenceInserts() {}

  public static void main(String[] arguments) throws SQLException, IOException {
    List<String> lines = new ArrayList<>();
    Facts facts = new Facts("ref");
    for (int i = 0; i < PREPARED_LINES; i++) {
      lines.add(new String(facts.next(), StandardCharsets.UTF_8));
    }
    String url = "jdbc:sqlite:" + Path.of(arguments[0], "reference.db");
    try (Connection connection = DriverManager.getConnection(url);
        Statement statement = connection.createStatement();
        BufferedReader in =
            new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
      statement.execute("pragma journal_mode=wal");
      statement.execute("pragma synchronous=full");
      statement.execute("pragma wal_autocheckpoint=8192");
      statement.execute("create table records(position integer primary key, data text not null)");
      try (PreparedStatement insert =
          connection.prepareStatement("insert into records values (?, ?)")) {
        long position = 0;
        for (String line = in.readLine(); line != null; line = in.readLine()) {
          long from = position;
          long began = System.nanoTime();
          long until = began + (long) (Double.parseDouble(line) * 1e9);
          while (System.nanoTime() < until) {
            position = batch(statement, insert, lines, position);
          }
          System.out.println((position - from) * 1e9 / (System.nanoTime() - began));
        }
      }
    }
  }

  private static long batch(
      Statement statement, PreparedStatement insert, List<String> lines, long position)
      throws SQLException {
    long at = position;
    statement.execute("begin immediate");
    for (int i = 0; i < BATCH; i++) {
      insert.setLong(1, ++at);
      insert.setString(2, lines.get((int) (at % PREPARED_LINES)));
      insert.executeUpdate();
    }
    statement.execute("commit");
    return at;
  }
}
