package vn.truc.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import vn.truc.testing.RedisProcess;

/// The alerts and the dashboard of `deploy/`, on a real Prometheus that scrapes a running server.
class PrometheusIT {
  private static final Path SHIPPED = Path.of("deploy/prometheus");

  /// Only a server with TLS has them: [TlsIT] sees them there.
  private static final Set<String> ONLY_WITH_TLS =
      Set.of("truc_tls_certificate_end_seconds", "truc_tls_refused");

  @TempDir private Path folder = Path.of("");

  private static String promtool(String... arguments) throws Exception {
    List<String> command = new ArrayList<>();
    command.add(Tool.find("promtool", "prometheus").toString());
    command.addAll(List.of(arguments));
    return Tool.run(command.toArray(String[]::new)).well();
  }

  @Test
  void rulesAreSoundAndRingWhenTheyShould() throws Exception {
    String rules = SHIPPED.resolve("truc.rules.yml").toString();
    String tests = SHIPPED.resolve("truc.rules.test.yml").toString();
    assertTrue(promtool("check", "rules", "--lint-fatal", rules).contains("SUCCESS"));
    assertTrue(
        promtool("check", "config", SHIPPED.resolve("prometheus.yml").toString())
            .contains("SUCCESS"));
    assertTrue(promtool("test", "rules", tests).contains("SUCCESS"));
  }

  @Test
  void everyAlertIsTestedRingingAndSilent() throws Exception {
    String tests = Files.readString(SHIPPED.resolve("truc.rules.test.yml"));
    Set<String> alerts =
        Grep.all(Files.readString(SHIPPED.resolve("truc.rules.yml")), "(?m)^ +- alert: (\\w+)$");
    assertTrue(alerts.size() > 10, alerts::toString);
    String asked = "count\\(ALERTS\\{alertname=\"(\\w+)\".*\\n.*\\n +exp_samples: ";
    assertEquals(alerts, Grep.all(tests, asked + "\\[\\{"), "ringing");
    assertEquals(alerts, Grep.all(tests, asked + "\\[\\]"), "silent");
  }

  @Test
  void alertsAndDashboardWorkOnWhatAServerTells() throws Exception {
    try (RedisProcess redis = RedisProcess.start(folder.resolve("redis"));
        RunningServer server =
            RunningServer.start(
                folder.resolve("data"), "--clock", Fact.CLOCK, "--store", redis.address());
        PrometheusProcess prometheus =
            PrometheusProcess.start(folder.resolve("prometheus"), server.port())) {
      traffic(server);
      String linted = server.get("/metrics", "").body();
      Tool.Said said =
          Tool.fed(linted, Tool.find("promtool", "prometheus").toString(), "check", "metrics");
      assertEquals("", said.well(), "what promtool says of our metrics");
      assertFalse(linted.isBlank());

      Set<String> used = rulesAreEvaluated(prometheus);
      used.addAll(dashboardIsDrawn(prometheus));
      used.removeAll(ONLY_WITH_TLS);
      used.removeAll(prometheus.names());
      assertEquals(Set.of(), used, "names that no server tells");

      Patience.until("nobody is missed", () -> state(prometheus, "TrucDown").equals("inactive"));
      assertEquals(0, server.stop());
      Patience.until("it is missed", () -> !state(prometheus, "TrucDown").equals("inactive"));
    }
  }

  private static String state(PrometheusProcess prometheus, String alert) throws Exception {
    return prometheus.rules().stream()
        .map(JsonObject.class::cast)
        .filter(rule -> rule.getString("name").equals(alert))
        .map(rule -> rule.getString("state"))
        .findFirst()
        .orElseThrow();
  }

  /// Something of everything: taken, repeated, refused, unknown, a bad body, a screen that comes
  /// and goes.
  private static void traffic(RunningServer server) throws Exception {
    String key = server.key(Fact.SOURCE);
    String fact = Fact.feedback("1", "PA-1", "received");
    assertEquals(202, server.post(key, RunningServer.STRUCTURED, fact).status());
    assertEquals(202, server.post(key, RunningServer.STRUCTURED, fact).status());
    String other = Fact.feedback("1", "PA-1", "accepted");
    assertEquals(422, server.post(key, RunningServer.STRUCTURED, other).status());
    JsonObject unknown = new JsonObject().put("status", "received").put("agency", "x-nowhere");
    String strange = Fact.feedback("2", "PA-2", unknown);
    assertEquals(202, server.post(key, RunningServer.STRUCTURED, strange).status());
    assertEquals(400, server.post(key, RunningServer.STRUCTURED, "{").status());
    try (Screen screen = Screen.connect(server, server.token())) {
      assertTrue(screen.subscribe("feedback:province").containsKey("subscribe"));
      screen.end();
      assertEquals(1000, screen.closeCode());
    }
  }

  /// The names that the alerts use.
  private static Set<String> rulesAreEvaluated(PrometheusProcess prometheus) throws Exception {
    Patience.until(
        "every rule is evaluated",
        () ->
            prometheus.rules().stream()
                .noneMatch(rule -> ((JsonObject) rule).getString("health").equals("unknown")));
    String operations = Files.readString(Path.of("docs/OPERATIONS.md"));
    Set<String> names = new TreeSet<>();
    for (Object one : prometheus.rules()) {
      JsonObject rule = (JsonObject) one;
      assertEquals("ok", rule.getString("health"), rule::encode);
      names.addAll(metrics(rule.getString("query")));
      JsonObject annotations = rule.getJsonObject("annotations");
      for (String text : List.of("summary", "summary_en", "description", "description_en")) {
        assertFalse(annotations.getString(text, "").isBlank(), rule::encode);
      }
      String name = rule.getString("name");
      assertEquals(
          "docs/OPERATIONS.md#" + name.toLowerCase(Locale.ROOT), annotations.getString("runbook"));
      assertTrue(operations.contains("\n### " + name + "\n"), name + " is not explained");
      assertTrue(
          Set.of("critical", "warning")
              .contains(rule.getJsonObject("labels").getString("severity")),
          rule::encode);
    }
    return names;
  }

  /// The names that the dashboard uses. Each of its curves shows something, but for those that show
  /// only what is above zero.
  private static Set<String> dashboardIsDrawn(PrometheusProcess prometheus) throws Exception {
    JsonObject dashboard = new JsonObject(Files.readString(Path.of("deploy/grafana/truc.json")));
    Set<Integer> ids = new HashSet<>();
    Set<String> names = new TreeSet<>();
    for (Object one : dashboard.getJsonArray("panels")) {
      JsonObject panel = (JsonObject) one;
      assertTrue(ids.add(panel.getInteger("id")), "two panels have this id: " + panel.encode());
      assertFalse(panel.getString("title").isBlank());
      if (panel.getString("type").equals("row")) {
        continue;
      }
      assertEquals("${datasource}", panel.getJsonObject("datasource").getString("uid"));
      for (Object target : panel.getJsonArray("targets")) {
        String drawn = filledIn(((JsonObject) target).getString("expr"));
        names.addAll(metrics(drawn));
        Patience.until(
            "a curve for " + drawn,
            () -> !prometheus.query(drawn).isEmpty() || drawn.endsWith(" > 0"));
      }
    }
    assertTrue(ids.size() > 20, ids::toString);
    assertEquals(
        List.of("datasource", "job", "instance"),
        dashboard.getJsonObject("templating").getJsonArray("list").stream()
            .map(variable -> ((JsonObject) variable).getString("name"))
            .toList());
    return names;
  }

  /// The expression that Grafana would send.
  private static String filledIn(String expression) {
    String filled =
        expression
            .replace("$__rate_interval", "1m")
            .replace("$instance", ".*")
            .replace("$job", "truc");
    assertFalse(filled.contains("$"), filled);
    return filled;
  }

  private static Set<String> metrics(String expression) {
    return Grep.all(expression, "\\b(truc_[a-z_]+)");
  }

  @Test
  void expressionThatCannotBeEvaluatedIsNoticed() throws Exception {
    try (RunningServer server = RunningServer.start(folder.resolve("data"));
        PrometheusProcess prometheus =
            PrometheusProcess.start(folder.resolve("prometheus"), server.port())) {
      AssertionError refused =
          org.junit.jupiter.api.Assertions.assertThrows(
              AssertionError.class, () -> prometheus.query("rate(truc_log_head)"));
      assertTrue(String.valueOf(refused.getMessage()).contains("bad_data"), refused.getMessage());
      assertEquals(new JsonArray(), prometheus.query("truc_no_such_metric"));
    }
  }
}
