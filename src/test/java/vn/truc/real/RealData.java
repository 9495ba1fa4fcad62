package vn.truc.real;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.Stream;

/// Replays real data through the packaged server and compares every number with [RealOracle]'s.
/// Arguments: the folder with the tables, the jar, the configuration folder. Prints `N comparisons,
/// M differences` and `P passed, M failed`; exit 1 when M is not 0.
public final class RealData {
  /// After the last closing, so that nothing lies in the future, and within the year.
  private static final String CLOCK = "2020-12-31T12:00+07:00,x0";

  private static final int SHOWN_MAX = 50;

  private final RealServer server;
  private final RealOracle oracle;
  private long comparisons;
  private long differences;

  private RealData(RealServer server, RealOracle oracle) {
    this.server = server;
    this.oracle = oracle;
  }

  /// Entry point.
  public static void main(String[] arguments) throws Exception {
    Path tables = Path.of(arguments[0]);
    Path jar = Path.of(arguments[1]);
    Path config = Path.of(arguments[2]);
    Path work = Files.createTempDirectory("truc-real");
    long comparisons;
    long differences;
    try (RealOracle oracle = RealOracle.load(tables, work.resolve("real.db"));
        RealServer server = RealServer.start(jar, config, work.resolve("data"), CLOCK)) {
      RealData real = new RealData(server, oracle);
      real.replay(
          tables.resolve("la311-2020.csv"), config.resolveSibling("maps").resolve("la311.yaml"));
      real.compare();
      comparisons = real.comparisons;
      differences = real.differences;
    } finally {
      delete(work);
    }
    System.out.println(comparisons + " comparisons, " + differences + " differences");
    System.out.println((comparisons - differences) + " passed, " + differences + " failed");
    System.exit(differences == 0 ? 0 : 1);
  }

  private static void delete(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }

  /// Imports the table twice: the second time changes nothing.
  private void replay(Path table, Path map) throws Exception {
    String key = server.key("/la311");
    server.enter();
    long facts = oracle.facts();
    for (String wanted : List.of("accepted " + facts + ", duplicates 0", "duplicates " + facts)) {
      List<String> said =
          server.verb(
              "import",
              table.toString(),
              "--map",
              map.toString(),
              "--url",
              server.url(),
              "--key",
              key);
      same("import", wanted, said.stream().anyMatch(line -> line.contains(wanted)) ? wanted : said);
    }
  }

  private void compare() throws Exception {
    boards();
    for (String metric : List.of("feedback.received", "feedback.answered", "feedback.open")) {
      series(metric);
    }
    cases();
  }

  private void boards() throws Exception {
    for (Map.Entry<String, Map<String, Long>> board : oracle.boards().entrySet()) {
      String scope = board.getKey();
      JsonObject values =
          server.get("/api/v1/board/" + RealServer.encoded(scope)).getJsonObject("values");
      board
          .getValue()
          .forEach((id, value) -> same(scope + " " + id, value, number(values.getValue(id))));
    }
  }

  private void series(String metric) throws Exception {
    List<String> span = oracle.span();
    for (Map.Entry<String, Map<String, Long>> scope : oracle.days(metric).entrySet()) {
      JsonArray points =
          server
              .get(
                  "/api/v1/series?step=day&metric="
                      + metric
                      + "&scope="
                      + RealServer.encoded(scope.getKey())
                      + "&from="
                      + span.get(0)
                      + "&to="
                      + span.get(1))
              .getJsonArray("points");
      Map<String, Object> found = new TreeMap<>();
      for (int i = 0; i < points.size(); i++) {
        JsonArray point = points.getJsonArray(i);
        found.put(point.getString(0).substring(0, 10), number(point.getValue(1)));
      }
      scope
          .getValue()
          .forEach(
              (day, value) ->
                  same(
                      scope.getKey() + " " + metric + " " + day,
                      value,
                      found.getOrDefault(day, "absent")));
      same(scope.getKey() + " " + metric + " days", scope.getValue().size(), found.size());
    }
  }

  private void cases() throws IOException, InterruptedException, SQLException {
    for (String scope : oracle.scopes()) {
      for (String state : List.of("open", "unaccepted", "done", "overdue", "")) {
        String filter = filter(scope) + (state.isEmpty() ? "" : "&state=" + state);
        List<String> wanted = oracle.codes(state, scope);
        List<String> found = server.codes(filter);
        same("cases " + scope + " " + state, wanted.size(), found.size());
        same("codes " + scope + " " + state, wanted, found);
      }
    }
  }

  private static String filter(String scope) {
    if (scope.equals("province")) {
      return "";
    }
    if (scope.startsWith("field:")) {
      return "&field=" + scope.substring("field:".length());
    }
    return (scope.startsWith("la-") ? "&agency=" : "&area=") + scope;
  }

  /// A JSON number as a whole one; anything else as it is.
  private static Object number(Object value) {
    return value instanceof Number number && number.doubleValue() == number.longValue()
        ? number.longValue()
        : String.valueOf(value);
  }

  private void same(String what, Object wanted, Object found) {
    comparisons++;
    if (!Objects.equals(wanted, found)) {
      differences++;
      if (differences <= SHOWN_MAX) {
        System.err.println(what + ": wanted " + shown(wanted) + ", found " + shown(found));
      }
    }
  }

  private static String shown(Object value) {
    String text = String.valueOf(value);
    return text.length() > 200 ? text.substring(0, 200) + " …" : text;
  }
}
