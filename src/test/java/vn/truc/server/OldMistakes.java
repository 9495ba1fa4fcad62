package vn.truc.server;

import io.vertx.core.json.JsonObject;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import vn.truc.testing.RedisProcess;

/// Makes, with the jar of a version, what that version took and later doors refuse: a data folder
/// and a store in Redis, each with the same facts, which later versions must open all the same. Run
/// once for a version, as [OldFolder] is; `data`, `redis`, `config`, `facts.ndjson` and
/// `expected.json` then go into `src/test/resources/vn/truc/upgrade/VERSION-mistakes.tar.gz`.
///
/// In the log stand, by the code of the case or the name of the thing:
///
/// | code | what |
/// |---|---|
/// | `PA-P*`, `H60.9-261120-*` | members and extensions no type knows, names among them |
/// | `PA-T*` | times that are none: due in year 1 and in 9999, received in 2999 |
/// | `PA-S*` | agencies with the text of an area, a field, `unassigned`, `province` |
/// | portal `cong-le` | cells that are no hour; portal `cong-hll` images no sketch has, sent last |
/// | indicators `chong-*` | periods that overlap |
/// | keys | one whose name holds control characters |
///
/// `expected.json` holds a key and what the version showed before the images came.
final class OldMistakes {
  static final List<String> PHONES =
      List.of("0912000001", "0912000002", "0912000003", "0912000004", "0912000005", "0912000006");
  private static final String NAME = "Nguyễn Thị Bí Mật";

  /// Taken, though no sketch is like that: exceptions without a table of them, registers of 255,
  /// sums that do not fit the registers, and a list that says its table has 2^31 places.
  private static final List<String> IMAGES =
      List.of(
          "0a01070c00080002" + "00".repeat(32) + "ff".repeat(2_048),
          "0a01070c0000000a" + "00".repeat(32) + "ff".repeat(4_096),
          "0a01070c00000006" + "00".repeat(32) + "ff".repeat(3_073),
          "0a01070c0000000a" + "7ff8000000000001".repeat(3) + "00".repeat(4_104),
          "0201070c1f00010001000004");

  private final List<String> facts = new ArrayList<>();
  private int ids;

  private OldMistakes() {}

  /// Makes the folder that is named.
  public static void main(String[] arguments) throws Exception {
    new OldMistakes().make(Files.createDirectories(Path.of(arguments[0])));
  }

  private void make(Path folder) throws Exception {
    Path config = ConfigCopy.in(folder);
    personal();
    times();
    scopes();
    portals();
    indicators();
    int sound = facts.size();
    images();
    JsonObject expected = new JsonObject();
    String[] options = {"--config", config.toString(), "--clock", Fact.CLOCK};
    Path data = folder.resolve("data");
    try (RunningServer server = RunningServer.start(data, options)) {
      expected.put("sqlite", fill(server, sound));
      server.kill9();
    }
    Files.deleteIfExists(data.resolve("truc.sock"));
    Path node = Files.createTempDirectory("truc-old").resolve("data");
    try (RedisProcess redis =
            RedisProcess.start(folder.resolve("redis"), "--aof-use-rdb-preamble", "no");
        RunningServer server =
            RunningServer.start(
                node,
                "--store",
                redis.address(),
                "--config",
                config.toString(),
                "--clock",
                Fact.CLOCK)) {
      expected.put("redis", fill(server, sound));
      server.kill9();
      redis.stop();
    }
    Files.delete(folder.resolve("redis/redis.out"));
    Files.write(folder.resolve("facts.ndjson"), facts);
    Files.writeString(folder.resolve("expected.json"), expected.encodePrettily() + "\n");
  }

  private JsonObject fill(RunningServer server, int sound) throws Exception {
    JsonObject expected = new JsonObject();
    String key = server.key("/");
    expected.put("key", key);
    server.admin(
        "key.add",
        new JsonObject()
            .put("source", "/ten-la")
            .put("name", "Tổng đài\u001b[2J\nready\u202e1022"));
    String body = String.join("\n", facts.subList(0, sound));
    RunningServer.Answer answer = server.post(key, RunningServer.NDJSON, body);
    must(answer.json().getInteger("accepted") == sound, answer.toString());
    JsonObject digest = server.json("/api/v1/digest");
    expected.put("position", digest.getString("position")).put("state", digest.getString("state"));
    JsonObject boards = new JsonObject();
    for (String scope : OldFolder.SCOPES) {
      boards.put(scope, server.board(scope));
    }
    expected.put("boards", boards);
    for (String kind : List.of("feedback", "dossier")) {
      expected.put(
          kind, server.json("/api/v1/cases?limit=1000&kind=" + kind).getJsonArray("cases"));
    }
    // in one body: the fold of that version stops at the first
    String images = String.join("\n", facts.subList(sound, facts.size()));
    return expected.put("images", server.post(key, RunningServer.NDJSON, images).status());
  }

  private void personal() {
    add(
        "vn.ioc.feedback.status",
        "PA-P1",
        new JsonObject()
            .put("status", "received")
            .put("area", "00691")
            .put("title", "Đường sạt")
            .put("contact", new JsonObject().put("phone", PHONES.get(0)))
            .put("Phone", PHONES.get(1))
            .put("ChuHoSo", NAME),
        "nguoigui",
        PHONES.get(2));
    add(
        "vn.ioc.feedback.status",
        "PA-P1",
        new JsonObject().put("status", "accepted").put("ghiChu", "gọi lại " + PHONES.get(1)));
    add(
        "vn.ioc.dossier.status",
        "H60.9-261120-0001",
        new JsonObject()
            .put("status", 4)
            .put("agency", "so-xay-dung")
            .put("dueAt", "2026-11-25")
            .put("title", NAME)
            .put("text", "số " + PHONES.get(3))
            .put("contact", new JsonObject().put("phone", PHONES.get(3)))
            .put("ChuHoSo", new JsonObject().put("ten", NAME).put("SoDienThoai", PHONES.get(4))));
    add(
        "vn.ioc.dossier.rated",
        "H60.9-261120-0001",
        new JsonObject().put("score", 4).put("aiChấm", NAME));
    add(
        "vn.ioc.case.voided",
        "PA-P2",
        new JsonObject()
            .put("kind", "feedback")
            .put("voided", true)
            .put("reason", "thử")
            .put("title", NAME)
            .put("contact", new JsonObject().put("phone", PHONES.get(5))));
    add("vn.ioc.feedback.status", "PA-P2", new JsonObject().put("status", "received"));
    add(
        "vn.ioc.source.heartbeat",
        "",
        new JsonObject().put("NguoiTruc", NAME).put("title", PHONES.get(0)));
    add(
        "vn.ioc.indicator.reported",
        "DA-1",
        new JsonObject()
            .put("indicator", "von-dang-ky")
            .put("value", 12.50)
            .put("period", "2026")
            .put("author", "an")
            .put("note", "theo báo cáo 12")
            .put("nguoiNhap", NAME));
    add(
        "vn.ioc.portal.traffic",
        "",
        new JsonObject()
            .put("portal", "dich-vu-cong")
            .put("from", "2026-11-23T06:00:00+07:00")
            .put("to", "2026-11-23T07:00:00+07:00")
            .put("pageviews", 70)
            .put("adminPhone", PHONES.get(2)));
  }

  private void times() {
    for (String due :
        List.of(
            "0001-01-01T00:00:00Z", "9999-12-31T23:59:59.9999999Z", "1900-01-01", "2026-11-22")) {
      add(
          "vn.ioc.feedback.status",
          "PA-T" + ids,
          new JsonObject().put("status", "accepted").put("agency", "so-y-te").put("dueAt", due));
    }
    add(
        "vn.ioc.feedback.status",
        "PA-T" + ids,
        new JsonObject().put("status", "accepted").put("receivedAt", "2999-01-01T00:00:00Z"));
    add(
        "vn.ioc.dossier.status",
        "H60.9-261120-0002",
        new JsonObject()
            .put("status", 9)
            .put("finishedAt", "9999-12-31")
            .put("dueAt", "0001-01-01"));
  }

  private void scopes() {
    for (String agency :
        List.of("00691", "field:giao-thong", "unassigned", "province", "source:/x")) {
      add(
          "vn.ioc.feedback.status",
          "PA-S" + ids,
          new JsonObject()
              .put("status", "received")
              .put("agency", agency)
              .put("title", "của cơ quan " + agency));
    }
  }

  private void portals() {
    cell("cong-le", "2026-11-22T00:30:00+07:00", "2026-11-22T01:30:00+07:00", 5);
    cell("cong-le", "2026-11-22T00:00:00+07:00", "2026-11-23T00:00:00+07:00", 7);
    cell("cong-le", "2026-11-22T05:00:00+07:00", "2026-11-22T06:00:00+07:00", 11);
  }

  private void images() {
    for (int i = 0; i < IMAGES.size(); i++) {
      cell(
          "cong-hll",
          "2026-11-22T%02d:00:00+07:00".formatted(i),
          "2026-11-22T%02d:00:00+07:00".formatted(i + 1),
          Base64.getEncoder().encodeToString(HexFormat.of().parseHex(IMAGES.get(i))));
    }
  }

  private void cell(String portal, String from, String to, Object visitors) {
    add(
        "vn.ioc.portal.traffic",
        "",
        new JsonObject()
            .put("portal", portal)
            .put("from", from)
            .put("to", to)
            .put("pageviews", 1_000)
            .put("visitors", visitors));
  }

  private void indicators() {
    for (String period :
        List.of("2026-Q1", "2026-12", "2026-W01", "2026", "2026-11", "2026-11-20")) {
      add(
          "vn.ioc.indicator.reported",
          "",
          new JsonObject()
              .put("indicator", "chong-ky")
              .put("value", period.length() * 10)
              .put("period", period));
    }
  }

  private void add(String type, String subject, JsonObject data, String... extension) {
    JsonObject fact =
        new JsonObject()
            .put("specversion", "1.0")
            .put("id", "m-" + ++ids)
            .put("source", Fact.SOURCE)
            .put("type", type)
            .put("time", "2026-11-23T07:%02d:00+07:00".formatted(ids % 60 / 2))
            .put("data", data);
    if (!subject.isEmpty()) {
      fact.put("subject", subject);
    }
    if (extension.length == 2) {
      fact.put(extension[0], extension[1]);
    }
    facts.add(fact.encode());
  }

  private static void must(boolean holds, String what) {
    if (!holds) {
      throw new IllegalStateException("not so: " + what);
    }
  }
}
