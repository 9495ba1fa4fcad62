package vn.truc.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What `/metrics` says adds up after a day with everything in it.
class MetricsIT {
  @TempDir private Path folder = Path.of("");

  private RunningServer server;

  @BeforeEach
  void start() throws Exception {
    server = RunningServer.start(folder.resolve("data"), "--clock", Fact.CLOCK);
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private void expect(int status, String key, String type, String body) throws Exception {
    RunningServer.Answer answer = server.post(key, type, body);
    assertEquals(status, answer.status(), answer::toString);
  }

  @Test
  void intakeEquationHoldsAfterDuplicatesRefusalsAndBadBodies() throws Exception {
    String key = server.key(Fact.SOURCE);
    String testKey =
        server
            .admin(
                "key.add",
                new JsonObject().put("source", Fact.SOURCE).put("name", "try").put("test", true))
            .getString("presented");
    String first = Fact.feedback("1", "PA-1", "received");
    expect(202, key, RunningServer.STRUCTURED, first);
    expect(202, key, RunningServer.STRUCTURED, first);
    String other = Fact.feedback("1", "PA-1", "accepted");
    expect(422, key, RunningServer.STRUCTURED, other);
    String foreign = first.replace(Fact.SOURCE, "/hotline/10220");
    expect(403, key, RunningServer.STRUCTURED, foreign);
    String second = Fact.feedback("2", "PA-2", "received");
    // Accepted, a repeat inside the body, no JSON, a conflict.
    expect(202, key, RunningServer.NDJSON, String.join("\n", second, second, "{", other));
    String third = Fact.feedback("3", "PA-3", "received");
    expect(
        202,
        key,
        RunningServer.BATCH,
        new JsonArray(List.of(new JsonObject(third), new JsonObject(foreign))).encode());
    String large =
        Fact.feedback(
            "4",
            "PA-4",
            new JsonObject().put("status", "received").put("text", "x".repeat(70_000)));
    expect(413, key, RunningServer.STRUCTURED, large);
    expect(413, key, RunningServer.BATCH, "[" + "{},".repeat(5_001) + "{}]");
    expect(400, key, RunningServer.STRUCTURED, "not JSON");
    expect(400, key, RunningServer.BATCH, "{}");
    expect(415, key, "text/plain", "x");
    expect(401, "truc_no_such_key", RunningServer.STRUCTURED, first);
    expect(401, "", RunningServer.STRUCTURED, first);
    expect(202, testKey, RunningServer.STRUCTURED, Fact.feedback("5", "PA-5", "received"));
    RunningServer.Answer checked =
        server.post(
            "/api/v1/events?validate=true",
            key,
            RunningServer.STRUCTURED,
            Fact.feedback("6", "PA-6", "received"));
    assertEquals(202, checked.status(), checked::toString);

    assertEquals(3, server.metric("truc_intake_accepted_total"), "accepted");
    assertEquals(2, server.metric("truc_intake_duplicates_total"), "duplicates");
    assertEquals(6, server.metric("truc_intake_refused_total"), "refused");
    assertEquals(0, server.metric("truc_intake_failed_total"), "failed");
    assertEquals(2, server.metric("truc_intake_checked_total"), "checked");
    assertEquals(6, server.metric("truc_intake_bodies_refused_total"), "bodies");
    assertEquals(
        server.metric("truc_intake_accepted_total")
            + server.metric("truc_intake_duplicates_total")
            + server.metric("truc_intake_refused_total")
            + server.metric("truc_intake_failed_total"),
        server.metric("truc_intake_received_total"));
    assertEquals(3, server.board("province").getInteger("feedback.open"));
  }

  @Test
  void logEquationsHoldAfterLoad() throws Exception {
    double headAtOpen =
        server.metric("truc_log_head") - server.metric("truc_log_records_appended_total");
    Loader loader = new Loader(server, server.key(Fact.SOURCE), "M", 200).begin(4, 1);
    loader.awaitEnough();
    server.terminate();
    loader.awaitEnd();
    assertEquals(0, server.awaitEnd());
    server = RunningServer.start(folder.resolve("data"), "--clock", Fact.CLOCK);
    assertEquals(1, headAtOpen, "the log of a new folder begins with its own record");
    double before = server.metric("truc_log_head");
    String key = server.key(Fact.SOURCE);
    expect(202, key, RunningServer.STRUCTURED, Fact.feedback("n", "N-1", "received"));
    assertEquals(2, server.metric("truc_log_records_appended_total"));
    assertEquals(before + 2, server.metric("truc_log_head"));
    assertEquals(
        server.metric("truc_log_records_taken_total"),
        server.metric("truc_log_records_appended_total")
            + server.metric("truc_log_records_failed_total"));
    assertEquals(0, server.metric("truc_log_queue_records"));
    assertEquals(0, server.metric("truc_log_records_refused_total"));
    assertEquals(1, server.metric("truc_log_writable"));
  }

  @Test
  void everySocketThatOpenedIsConnectedOrClosed() throws Exception {
    try (Screen stays = Screen.connect(server, server.token());
        Screen leaves = Screen.connect(server, server.token())) {
      stays.subscribe("feedback:province");
      leaves.subscribe("feed:province");
      JsonObject refused = leaves.subscribe("nothing:nowhere");
      assertEquals(102, refused.getJsonObject("error").getInteger("code"));
      assertEquals(2, server.metric("truc_push_connections"));
      assertEquals(2, server.metric("truc_push_subscriptions"));
      expect(
          202,
          server.key(Fact.SOURCE),
          RunningServer.STRUCTURED,
          Fact.feedback("1", "PA-1", "received"));
      stays.publication(
          "feedback:province",
          data ->
              Integer.valueOf(1).equals(data.getJsonObject("values").getInteger("feedback.open")));
      leaves.publication("feed:province", data -> data.getString("code").equals("PA-1"));
      leaves.end();
      assertEquals(1000, leaves.closeCode());
      assertEquals(1, server.metric("truc_push_connections"));
      assertEquals(
          server.metric("truc_push_opened_total"),
          server.metric("truc_push_closes_total") + server.metric("truc_push_connections"));
      assertEquals(1, server.metric("truc_push_errors_total"));
      // Replies to two connects and three subscribes; no ping is due yet.
      assertTrue(
          server.metric("truc_push_frames_total")
              <= server.metric("truc_push_deliveries_total") + 5);
      assertTrue(server.metric("truc_push_deliveries_total") >= 2);
    }
  }

  @Test
  void everyRefusalIsAProblemInJson() throws Exception {
    for (String path : List.of("/api/v1/nope", "/nope", "/api/v1/cases?kind=x")) {
      RunningServer.Answer answer = server.get(path);
      assertEquals("application/problem+json", answer.header("Content-Type"), path);
      assertEquals(answer.status(), answer.json().getInteger("status"), path);
    }
    // An address no client library would send.
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
      socket.setSoTimeout(10_000);
      String request =
          "GET /api/v1/cases/feedback/%E0%A4%A HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
      socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
      String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      assertTrue(answer.startsWith("HTTP/1.1 400 "), answer);
      assertTrue(answer.contains("application/problem+json"), answer);
    }
  }

  @Test
  void aliveAndReadyAreToldToAnyone() throws Exception {
    RunningServer.Answer alive = server.get("/healthz", "");
    assertEquals(200, alive.status());
    assertTrue(alive.json().getBoolean("alive"));
    RunningServer.Answer ready = server.get("/readyz", "");
    assertEquals(200, ready.status(), ready::toString);
    assertTrue(ready.json().getBoolean("ready"));
    assertEquals(new JsonArray(), ready.json().getJsonArray("reasons"));
  }
}
