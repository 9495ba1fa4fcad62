package vn.truc.real;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// The figures of the Los Angeles table by plain SQL over its rows: nothing of the server is used,
/// not even its way to read a table.
///
/// A request is received when it was created, answered when it was closed, open while it is not. It
/// counts in the province, its agency, its council and its type.
final class RealOracle implements AutoCloseable {
  private static final List<String> COLUMNS =
      List.of(
          "request_id",
          "srnumber",
          "created_date",
          "closed_date",
          "type_id",
          "agency_id",
          "source_id",
          "council_id");

  private final Connection database;

  private RealOracle(Connection database) {
    this.database = database;
  }

  /// Loads a folder with `la311-2020.csv` and the lists beside it into a fresh database.
  static RealOracle load(Path folder, Path databaseFile) throws IOException, SQLException {
    Connection connection = DriverManager.getConnection("jdbc:sqlite:" + databaseFile);
    RealOracle oracle = new RealOracle(connection);
    connection.setAutoCommit(false);
    oracle.execute(
        "create table request (request_id text, srnumber text, created text, closed text,"
            + " type_id integer, agency_id integer, source_id integer, council_id integer)");
    oracle.execute("create table scope (scope text primary key)");
    oracle.execute("create table channel (source_id integer primary key, channel text)");
    oracle.requests(rows(folder.resolve("la311-2020.csv")));
    oracle.scopes(folder);
    oracle.execute(
        "insert into channel values (1,'desk'),(2,'desk'),(3,'mail'),(4,'mail'),(5,'mail'),"
            + "(6,'desk'),(7,'app'),(8,'hotline'),(9,'ioc'),(10,'hotline'),(11,'social'),"
            + "(12,'hotline'),(13,'social'),(14,'hotline'),(15,'desk'),(16,'portal'),"
            + "(17,'portal'),(18,'ioc')");
    oracle.views();
    connection.commit();
    return oracle;
  }

  private void requests(List<List<String>> rows) throws SQLException {
    List<String> heading = rows.getFirst();
    try (PreparedStatement insert =
        database.prepareStatement("insert into request values (?,?,?,?,?,?,?,?)")) {
      for (List<String> row : rows.subList(1, rows.size())) {
        for (int i = 0; i < COLUMNS.size(); i++) {
          insert.setString(i + 1, row.get(heading.indexOf(COLUMNS.get(i))));
        }
        insert.addBatch();
      }
      insert.executeBatch();
    }
  }

  private void scopes(Path folder) throws IOException, SQLException {
    List<String> scopes = new ArrayList<>(List.of("province"));
    for (List<String> row : body(folder.resolve("la311-agencies.csv"))) {
      scopes.add("la-" + row.getFirst());
    }
    for (List<String> row : body(folder.resolve("la311-councils.csv"))) {
      scopes.add("%05d".formatted(Integer.parseInt(row.getFirst())));
    }
    for (List<String> row : body(folder.resolve("la311-types.csv"))) {
      scopes.add("field:type-" + row.getFirst());
    }
    try (PreparedStatement insert = database.prepareStatement("insert into scope values (?)")) {
      for (String scope : scopes) {
        insert.setString(1, scope);
        insert.addBatch();
      }
      insert.executeBatch();
    }
  }

  private void views() throws SQLException {
    execute(
        "create view scoped as"
            + " select 'province' as scope, * from request"
            + " union all select 'la-' || agency_id, * from request"
            + " union all select printf('%05d', council_id), * from request"
            + " union all select 'field:type-' || type_id, * from request");
    // Whole minutes, rounded up, in the cells answers are timed by: one minute up to a day, fifteen
    // up to thirty days, an hour up to two years.
    execute(
        "create table answer as select scope, case when s <= 0 then 0"
            + " when s <= 86400 then (s + 59) / 60"
            + " when s <= 2592000 then (s + 899) / 900 * 15"
            + " when s <= 63072000 then (s + 3599) / 3600 * 60"
            + " else 1051200 end as minutes from (select scope,"
            + " strftime('%s', closed) - strftime('%s', created) as s"
            + " from scoped where closed <> '')");
  }

  /// Every scope there is.
  List<String> scopes() throws SQLException {
    return texts("select scope from scope order by rowid");
  }

  /// The figures of every board by scope, under the catalogue's ids, counted over all years.
  Map<String, Map<String, Long>> boards() throws SQLException {
    Map<String, Map<String, Long>> boards = new TreeMap<>();
    for (String scope : scopes()) {
      boards.put(scope, new TreeMap<>());
    }
    put(boards, "feedback.received.year", "count(r.scope)", "1");
    put(boards, "feedback.answered.year", "count(r.scope)", "closed <> ''");
    put(boards, "feedback.answered.nodue.year", "count(r.scope)", "closed <> ''");
    for (String id : List.of("open", "unaccepted", "nodue")) {
      put(boards, "feedback." + id, "count(r.scope)", "closed = ''");
    }
    for (String id :
        List.of(
            "overdue",
            "neardue",
            "accepted.year",
            "refused.year",
            "reopened.year",
            "answered.ontime.year",
            "answered.late.year",
            "received.today",
            "answered.today")) {
      put(boards, "feedback." + id, "count(r.scope)", "0");
    }
    for (String channel :
        List.of("hotline", "portal", "app", "zalo", "mail", "desk", "social", "ioc")) {
      put(
          boards,
          "feedback.channel." + channel + ".year",
          "count(r.scope)",
          "source_id in (select source_id from channel where channel = '" + channel + "')");
    }
    percentile(boards, 50);
    percentile(boards, 90);
    return boards;
  }

  private void put(Map<String, Map<String, Long>> boards, String id, String what, String where)
      throws SQLException {
    try (Statement statement = database.createStatement();
        ResultSet row =
            statement.executeQuery(
                "select s.scope, "
                    + what
                    + " from scope s left join (select * from scoped where "
                    + where
                    + ") r on r.scope = s.scope group by s.scope")) {
      while (row.next()) {
        boards.getOrDefault(row.getString(1), new TreeMap<>()).put(id, row.getLong(2));
      }
    }
  }

  /// Nearest rank: the smallest value that at least this many per cent do not exceed. Scopes
  /// without
  /// an answer have none.
  private void percentile(Map<String, Map<String, Long>> boards, int percent) throws SQLException {
    String ranked =
        "select scope, minutes, row_number() over (partition by scope order by minutes) as place,"
            + " count(*) over (partition by scope) as n from answer";
    try (Statement statement = database.createStatement();
        ResultSet row =
            statement.executeQuery(
                "select scope, minutes from ("
                    + ranked
                    + ") where place = (n * "
                    + percent
                    + " + 99) / 100")) {
      while (row.next()) {
        boards
            .getOrDefault(row.getString(1), new TreeMap<>())
            .put("feedback.answertime.p" + percent + ".year", row.getLong(2));
      }
    }
  }

  /// The first day anything happened and the day after the last one, as dates.
  List<String> span() throws SQLException {
    return texts(
        "select date(min(created)) from request union all"
            + " select date(max(max(created), max(closed)), '+1 day') from request");
  }

  /// A metric's value on every day of the span, by scope and date.
  ///
  /// @param metric `feedback.received`, `feedback.answered` or `feedback.open` (at the day's end)
  Map<String, Map<String, Long>> days(String metric) throws SQLException {
    List<String> span = span();
    String calendar =
        "with recursive day(day) as (select '"
            + span.get(0)
            + "' union all"
            + " select date(day, '+1 day') from day where day < date('"
            + span.get(1)
            + "', '-1 day')),"
            + " came as (select scope, date(created) as day, count(*) as n from scoped group by 1, 2),"
            + " went as (select scope, date(closed) as day, count(*) as n from scoped"
            + " where closed <> '' group by 1, 2),"
            + " grid as (select s.scope, d.day, coalesce(c.n, 0) as came, coalesce(w.n, 0) as went"
            + " from scope s cross join day d"
            + " left join came c on c.scope = s.scope and c.day = d.day"
            + " left join went w on w.scope = s.scope and w.day = d.day) ";
    String value =
        switch (metric) {
          case "feedback.received" -> "came";
          case "feedback.answered" -> "went";
          case "feedback.open" -> "sum(came - went) over (partition by scope order by day)";
          default -> throw new IllegalArgumentException(metric);
        };
    Map<String, Map<String, Long>> days = new TreeMap<>();
    try (Statement statement = database.createStatement();
        ResultSet row =
            statement.executeQuery(calendar + "select scope, day, " + value + " from grid")) {
      while (row.next()) {
        days.computeIfAbsent(row.getString(1), _ -> new TreeMap<>())
            .put(row.getString(2), row.getLong(3));
      }
    }
    return days;
  }

  /// The codes of the cases in a state and scope, in the order of their UTF-8 bytes.
  ///
  /// @param state `open`, `unaccepted`, `done`, or empty for all
  List<String> codes(String state, String scope) throws SQLException {
    String where =
        switch (state) {
          case "open", "unaccepted" -> " and closed = ''";
          case "done" -> " and closed <> ''";
          case "" -> "";
          default -> " and 0";
        };
    return texts(
        "select srnumber from scoped where scope = '" + scope + "'" + where + " order by srnumber");
  }

  /// How many facts the rows make.
  long facts() throws SQLException {
    return Long.parseLong(texts("select count(*) + sum(closed <> '') from request").getFirst());
  }

  private List<String> texts(String sql) throws SQLException {
    List<String> texts = new ArrayList<>();
    try (Statement statement = database.createStatement();
        ResultSet row = statement.executeQuery(sql)) {
      while (row.next()) {
        texts.add(row.getString(1));
      }
    }
    return texts;
  }

  private void execute(String sql) throws SQLException {
    try (Statement statement = database.createStatement()) {
      statement.execute(sql);
    }
  }

  private static List<List<String>> body(Path file) throws IOException {
    List<List<String>> rows = rows(file);
    return rows.subList(1, rows.size());
  }

  /// The cells of a small comma-separated file, quotes honoured.
  static List<List<String>> rows(Path file) throws IOException {
    List<List<String>> rows = new ArrayList<>();
    for (String line : Files.readAllLines(file)) {
      List<String> cells = new ArrayList<>();
      StringBuilder cell = new StringBuilder();
      boolean quoted = false;
      for (int i = 0; i < line.length(); i++) {
        char c = line.charAt(i);
        if (c == '"') {
          quoted = !quoted;
        } else if (c == ',' && !quoted) {
          cells.add(cell.toString());
          cell.setLength(0);
        } else if (c != '\r') {
          cell.append(c);
        }
      }
      cells.add(cell.toString());
      rows.add(cells);
    }
    return rows;
  }

  @Override
  public void close() throws SQLException {
    database.close();
  }
}
