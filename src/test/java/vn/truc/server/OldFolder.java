package vn.truc.server;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;

/// Makes, with the jar of a version, the data folder that later versions must open ([UpgradeIT]
/// does), and writes down what it shows. Run once for each version, from the root of its sources,
/// with `-Dtruc.jar=OLD.jar -cp target/test-classes:target/truc.jar` and an empty folder; `data`,
/// `config`, `facts.ndjson` and `expected.json` of it then go into
/// `src/test/resources/vn/truc/upgrade/VERSION.tar.gz`.
///
/// `data` holds keys, facts of every type, personal fields, an erasure, a clock, configurations,
/// a snapshot, and a write-ahead log that kill -9 left; `facts.ndjson` all facts that were taken;
/// `expected.json` what that version showed after a start of its own on a copy.
final class OldFolder {
  static final List<String> SCOPES =
      List.of("province", "so-xay-dung", "00691", "field:giao-thong", "unassigned");
  static final String CASE = "/api/v1/cases/feedback/PA-7";

  /// It has personal fields that were erased, and no facts after that.
  static final String ERASED = "PA-147";

  static final String SERIES =
      "/api/v1/series?metric=feedback.received&scope=province"
          + "&from=2026-11-16&to=2026-11-24&step=day";

  private static final List<String> AGENCIES =
      List.of("so-xay-dung", "so-y-te", "so-noi-vu", "khong-co-that");
  private static final List<String> AREAS = List.of("00691", "00694", "00700", "99999");
  private static final List<String> FIELDS = List.of("giao-thong", "y-te", "dat-dai");
  private static final List<String> PATH =
      List.of("received", "accepted", "in-progress", "extended", "answered", "closed", "reopened");

  private final Random random = new Random(1022);
  private final List<String> facts = new ArrayList<>();
  private int ids;

  private OldFolder() {}

  /// Makes the folder that is named.
  public static void main(String[] arguments) throws Exception {
    new OldFolder().make(Files.createDirectories(Path.of(arguments[0])));
  }

  private void make(Path folder) throws Exception {
    Path data = folder.resolve("data");
    Path config = ConfigCopy.in(folder);
    Path work = Files.createTempDirectory("truc-old");
    JsonObject expected = new JsonObject();
    try (RunningServer server = start(data, config)) {
      expected.put("key", server.key("/"));
      JsonObject gone =
          server.admin("key.add", new JsonObject().put("source", "/cu").put("name", "cũ"));
      server.admin("key.revoke", new JsonObject().put("key", gone.getString("key")));
      expected.put("revokedKey", gone.getString("presented"));
      send(server, expected, 160);
      must(server.stop() == 0, "an orderly end writes a snapshot");
    }
    Path fields = config.resolve("fields.yaml");
    Files.writeString(
        fields, Files.readString(fields) + "  - {id: thu-nghiem, name: Thử nghiệm}\n");
    try (RunningServer server = start(data, config)) {
      must(server.log().contains("snapshot_loaded"), "it starts from the snapshot");
      server.admin("clock.add", new JsonObject().put("millis", 3_600_000));
      expected.put("expiredToken", expiring(server));
      try (Screen screen = Screen.connect(server, server.token())) {
        JsonObject position = screen.subscribe("feed:province").getJsonObject("subscribe");
        expected.put("epoch", position.getString("epoch"));
        expected.put("offset", position.getLong("offset"));
      }
      server.admin("erase", new JsonObject().put("kind", "feedback").put("code", ERASED));
      send(server, expected, 60);
      server.kill9();
    }
    must(Files.size(data.resolve("truc.db-wal")) > 50_000, "the journal is not copied back");
    copy(data, work.resolve("data"));
    try (RunningServer server = start(work.resolve("data"), config)) {
      show(server, expected);
    }
    Files.deleteIfExists(data.resolve("truc.sock"));
    Files.write(folder.resolve("facts.ndjson"), facts);
    Files.writeString(folder.resolve("expected.json"), expected.encodePrettily() + "\n");
  }

  private static RunningServer start(Path data, Path config) throws IOException {
    return RunningServer.start(data, "--config", config.toString(), "--clock", Fact.CLOCK);
  }

  private static String expiring(RunningServer server) throws IOException {
    return server
        .admin(
            "token",
            new JsonObject()
                .put("role", "viewer")
                .put("scope", "province")
                .put("user", "an")
                .put("ttlSeconds", 1))
        .getString("token");
  }

  private void send(RunningServer server, JsonObject expected, int cases) throws Exception {
    int before = facts.size();
    for (int i = 0; i < cases; i++) {
      feedback(i);
      dossier(i);
    }
    sides();
    String body = String.join("\n", facts.subList(before, facts.size()));
    RunningServer.Answer answer =
        server.post(expected.getString("key"), RunningServer.NDJSON, body);
    must(answer.json().getInteger("accepted") == facts.size() - before, answer.toString());
  }

  private void feedback(int number) {
    String code = "PA-" + number;
    int steps = 1 + random.nextInt(2);
    for (int i = 0; i < steps; i++) {
      JsonObject status =
          new JsonObject()
              .put("status", PATH.get(random.nextInt(PATH.size())))
              .put("agency", one(AGENCIES))
              .put("area", one(AREAS))
              .put("field", one(FIELDS))
              .put("channel", random.nextBoolean() ? "hotline" : "zalo");
      if (random.nextInt(3) == 0) {
        status.put("dueAt", at(random.nextInt(4_000) - 2_000).toString());
      }
      if (number % 20 == 7) {
        status.put("title", "Ổ gà " + number);
        status.put("contact", new JsonObject().put("phone", "09" + (10_000_000 + number)));
      }
      add("vn.ioc.feedback.status", "/hotline/1022", code, status);
    }
    if (number % 10 == 0) {
      add("vn.ioc.feedback.rated", "/hotline/1022", code, new JsonObject().put("score", 4));
    }
    if (number % 40 == 3) {
      JsonObject voided = new JsonObject().put("kind", "feedback").put("voided", true);
      add("vn.ioc.case.voided", "/hotline/1022", code, voided.put("reason", "thử"));
    }
  }

  private void dossier(int number) {
    String code = "H60.1-2611%02d-%04d".formatted(1 + number % 20, number);
    int steps = 1 + random.nextInt(2);
    for (int i = 0; i < steps; i++) {
      JsonObject status =
          new JsonObject()
              .put("status", 1 + random.nextInt(11))
              .put("agency", one(AGENCIES))
              .put("area", one(AREAS))
              .put("channel", random.nextBoolean() ? "online" : "desk")
              .put("dueAt", "2026-11-" + (18 + random.nextInt(10)));
      add("vn.ioc.dossier.status", "/mot-cua", code, status);
    }
    if (number % 15 == 0) {
      add("vn.ioc.dossier.rated", "/mot-cua", code, new JsonObject().put("like", 1));
    }
  }

  private void sides() {
    add("vn.ioc.source.heartbeat", "/mot-cua", "", new JsonObject());
    add(
        "vn.ioc.portal.traffic",
        "/cong",
        "",
        new JsonObject()
            .put("portal", "dich-vu-cong")
            .put("from", "2026-11-23T0" + ids % 7 + ":00:00+07:00")
            .put("to", "2026-11-23T0" + (ids % 7 + 1) + ":00:00+07:00")
            .put("pageviews", 700 + ids)
            .put("visits", 200 + ids)
            .put("visitors", 100 + ids));
    for (int item = 1; item <= 5; item++) {
      add(
          "vn.ioc.indicator.reported",
          "/dau-tu",
          "DA-" + item,
          new JsonObject()
              .put("indicator", "von-dang-ky")
              .put("value", 100.5 * item + ids)
              .put("period", "2026")
              .put("unit", "tỷ đồng"));
    }
  }

  private void add(String type, String source, String subject, JsonObject data) {
    JsonObject fact =
        new JsonObject()
            .put("specversion", "1.0")
            .put("id", "f-" + ++ids)
            .put("source", source)
            .put("type", type)
            .put("time", at(-random.nextInt(7 * 24 * 60)).toString())
            .put("data", data);
    if (!subject.isEmpty()) {
      fact.put("subject", subject);
    }
    facts.add(fact.encode());
  }

  private static OffsetDateTime at(int minutes) {
    return OffsetDateTime.parse(Fact.TIME).plusMinutes(minutes).plusSeconds(1);
  }

  private String one(List<String> of) {
    return of.get(random.nextInt(of.size()));
  }

  /// What a server shows, in the members that later versions must show too.
  static void show(RunningServer server, JsonObject into) throws Exception {
    JsonObject digest = server.json("/api/v1/digest");
    for (String member : List.of("position", "state", "asOf", "config")) {
      into.put(member, digest.getString(member));
    }
    JsonObject boards = new JsonObject();
    for (String scope : SCOPES) {
      boards.put(scope, server.board(scope));
    }
    into.put("boards", boards);
    into.put("series", server.json(SERIES));
    into.put("case", server.json(CASE));
    for (String kind : List.of("feedback", "dossier")) {
      String list = "/api/v1/cases?limit=1000&kind=" + kind;
      into.put(kind, server.json(list).getJsonArray("cases"));
    }
    try (Screen screen = Screen.connect(server, server.token())) {
      JsonObject resumed =
          screen.resume("feed:province", into.getLong("offset"), into.getString("epoch"));
      into.put("recovered", resumed.getBoolean("recovered", false));
      into.put("publications", resumed.getJsonArray("publications", new JsonArray()));
    }
  }

  private static void copy(Path from, Path to) throws IOException {
    Files.createDirectories(to);
    try (Stream<Path> files = Files.list(from)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        Files.copy(file, to.resolve(file.getFileName()));
      }
    }
  }

  private static void must(boolean holds, String what) {
    if (!holds) {
      throw new IllegalStateException("not so: " + what);
    }
  }
}
