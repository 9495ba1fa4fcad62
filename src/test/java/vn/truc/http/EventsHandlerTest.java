package vn.truc.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static vn.truc.testing.Events.feedback;

import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import vn.truc.intake.IntakeSettings;
import vn.truc.log.LogException;
import vn.truc.testing.IntakeServer;

class EventsHandlerTest {
  private static final String ONE = "application/cloudevents+json";
  private static final String BATCH = "application/cloudevents-batch+json";
  private static final String LINES = "application/x-ndjson";

  private final IntakeServer server = new IntakeServer(IntakeSettings.defaults());

  @AfterEach
  void stop() {
    server.close();
  }

  private static JsonObject json(HttpResponse<String> response) {
    return new JsonObject(response.body());
  }

  private static String events(int from, int to, String glue) {
    return IntStream.range(from, to)
        .mapToObj(i -> feedback("e-" + i, "PA-" + i, "received"))
        .collect(Collectors.joining(glue));
  }

  private void assertBalanced() {
    assertEquals(
        server.count("truc.intake.received"),
        server.count("truc.intake.accepted")
            + server.count("truc.intake.duplicates")
            + server.count("truc.intake.refused")
            + server.count("truc.intake.failed"));
  }

  @Test
  void structuredEventIsAcceptedOnceAndItsRepeatIsADuplicate() {
    HttpResponse<String> first = server.post(ONE, feedback("e-1", "PA-1", "received"));
    assertEquals(202, first.statusCode());
    assertEquals(
        "{\"accepted\":1,\"duplicates\":0,\"rejected\":[],\"rejectedCount\":0}", first.body());
    HttpResponse<String> again = server.post(ONE, feedback("e-1", "PA-1", "received"));
    assertEquals(202, again.statusCode());
    assertEquals(1, json(again).getInteger("duplicates"));
    assertEquals(1, server.log().drafts().size());
    assertBalanced();
  }

  @Test
  void otherContentUnderAnIdentityIsAConflict() {
    server.post(ONE, feedback("e-1", "PA-1", "received"));
    HttpResponse<String> other = server.post(ONE, feedback("e-1", "PA-1", "answered"));
    assertEquals(422, other.statusCode());
    assertEquals(Problem.MEDIA_TYPE, other.headers().firstValue("Content-Type").orElseThrow());
    JsonObject refusal = json(other).getJsonArray("rejected").getJsonObject(0);
    assertEquals("identity-conflict", refusal.getString("reason"));
    assertEquals("id", json(other).getString("field"));
  }

  @Test
  void repeatsInsideOneBatchAreJudgedByTheFold() {
    String twice = feedback("e-1", "PA-1", "received");
    String other = feedback("e-1", "PA-1", "closed");
    HttpResponse<String> answer = server.post(BATCH, "[" + twice + "," + twice + "," + other + "]");
    assertEquals(202, answer.statusCode());
    assertEquals(1, json(answer).getInteger("accepted"));
    assertEquals(1, json(answer).getInteger("duplicates"));
    assertEquals(1, json(answer).getInteger("rejectedCount"));
    assertBalanced();
  }

  @Test
  void batchOfThousandsIsAnsweredItemByItem() {
    String body =
        "[" + events(0, 2_500, ",") + ",{\"id\":\"bad\"}," + events(2_500, 4_999, ", ") + "]";
    HttpResponse<String> answer = server.post(BATCH, body);
    assertEquals(202, answer.statusCode());
    assertEquals(4_999, json(answer).getInteger("accepted"));
    JsonObject refusal = json(answer).getJsonArray("rejected").getJsonObject(0);
    assertEquals(2_500, refusal.getInteger("index"));
    assertEquals("bad", refusal.getString("id"));
    assertEquals(413, server.post(BATCH, "[" + events(0, 5_001, ",") + "]").statusCode());
  }

  @Test
  void emptyBatchIsNothingAndFine() {
    for (String type : new String[] {BATCH, LINES}) {
      HttpResponse<String> answer = server.post(type, type.equals(BATCH) ? "[]" : "\n \n");
      assertEquals(202, answer.statusCode());
      assertEquals(0, json(answer).getInteger("accepted"));
    }
  }

  @Test
  void malformedArrayStoresNothing() {
    String good = feedback("e-1", "PA-1", "received");
    for (String body :
        new String[] {
          "",
          "{}",
          "[" + good,
          "[" + good + ",]",
          "[," + good + "]",
          "[" + good + "]x",
          "[" + good + ",{\"a\":}]",
          "[" + good + ",{\"a\":1]]"
        }) {
      assertEquals(400, server.post(BATCH, body).statusCode(), body);
    }
    assertTrue(server.log().drafts().isEmpty());
  }

  @Test
  void ndjsonTakesAnyLengthAndNamesBadLines() {
    String body =
        events(0, 3_000, "\r\n")
            + "\n\nnot json\n"
            + "x".repeat(70_000)
            + "\n"
            + events(3_000, 6_000, "\n");
    HttpResponse<String> answer = server.post(LINES, body);
    assertEquals(202, answer.statusCode());
    assertEquals(6_000, json(answer).getInteger("accepted"));
    assertEquals(2, json(answer).getInteger("rejectedCount"));
    JsonObject bad = json(answer).getJsonArray("rejected").getJsonObject(0);
    assertEquals(3_000, bad.getInteger("index"));
    assertEquals("malformed-json", bad.getString("reason"));
    JsonObject large = json(answer).getJsonArray("rejected").getJsonObject(1);
    assertEquals("fact-too-large", large.getString("reason"));
    assertBalanced();
  }

  @Test
  void ndjsonFailureTellsWhatWasStoredBefore() {
    server.log().brokenAfter(2, LogException.Reason.QUEUE_FULL);
    HttpResponse<String> answer = server.post(LINES, events(0, 4_000, "\n"));
    assertEquals(429, answer.statusCode());
    assertEquals("1", answer.headers().firstValue("Retry-After").orElseThrow());
    assertEquals(server.log().drafts().size(), json(answer).getInteger("accepted"));
    server.log().broken(Optional.empty());
    HttpResponse<String> again = server.post(LINES, events(0, 4_000, "\n"));
    assertEquals(202, again.statusCode());
    assertEquals(4_000, json(again).getInteger("accepted") + json(again).getInteger("duplicates"));
    assertEquals(4_000, server.log().drafts().size());
    assertBalanced();
  }

  @Test
  void ndjsonPausesTheSenderWhileTheLogIsSlow() {
    server.onLoop(
        () -> {
          server.log().hold();
          return Future.succeededFuture();
        });
    HttpRequest request =
        server.request(
            "/api/v1/events",
            LINES,
            IntakeServer.KEY,
            BodyPublishers.ofString(events(0, 30_000, "\n")));
    var answer = java.util.concurrent.CompletableFuture.supplyAsync(() -> server.send(request));
    int waiting = 0;
    while (waiting < IntakeSettings.defaults().ndjsonBatchesInFlightMax()) {
      waiting = server.onLoop(() -> Future.succeededFuture(server.log().waiting()));
    }
    assertFalse(answer.isDone());
    int bound = IntakeSettings.defaults().ndjsonBatchesInFlightMax() + 2;
    for (int look = 0; look < 50; look++) {
      int now = server.onLoop(() -> Future.succeededFuture(server.log().waiting()));
      assertTrue(now <= bound, "batches in flight: " + now);
    }
    server.onLoop(
        () -> {
          server.log().letGo();
          return Future.succeededFuture();
        });
    assertEquals(30_000, json(answer.join()).getInteger("accepted"));
  }

  @Test
  void brokenLogIs503AndTheServerGoesOn() {
    server.log().broken(Optional.of(LogException.Reason.UNWRITABLE));
    HttpResponse<String> failed = server.post(ONE, feedback("e-1", "PA-1", "received"));
    assertEquals(503, failed.statusCode());
    assertTrue(failed.headers().firstValue("Retry-After").isPresent());
    assertEquals("unwritable", json(failed).getString("reason"));
    server.log().broken(Optional.empty());
    assertEquals(202, server.post(ONE, feedback("e-1", "PA-1", "received")).statusCode());
    assertBalanced();
  }

  @Test
  void nothingIsTakenWhileTheFoldCatchesUp() {
    server.fold().behind(true);
    HttpResponse<String> answer = server.post(ONE, feedback("e-1", "PA-1", "received"));
    assertEquals(503, answer.statusCode());
    assertEquals("1", answer.headers().firstValue("Retry-After").orElseThrow());
    assertEquals(1, server.count("truc.intake.bodies.refused"), "a shut door is counted");
  }

  @Test
  void sourceIsBoundByWholeSegments() {
    assertEquals(
        202, server.post(ONE, feedback("/hotline/1022/a", "e-1", "PA-1", "received")).statusCode());
    HttpResponse<String> near =
        server.post(ONE, feedback("/hotline/10220", "e-2", "PA-2", "received"));
    assertEquals(403, near.statusCode());
    assertEquals("source", json(near).getString("field"));
    HttpResponse<String> mixed =
        server.post(
            BATCH,
            "["
                + feedback("/other", "e-3", "PA-3", "received")
                + ","
                + feedback("e-4", "PA-4", "received")
                + "]");
    assertEquals(202, mixed.statusCode());
    assertEquals(1, json(mixed).getInteger("rejectedCount"));
  }

  @Test
  void testKeysAndValidationStoreNothing() {
    HttpRequest tried =
        server.request(
            "/api/v1/events",
            ONE,
            IntakeServer.TEST_KEY,
            BodyPublishers.ofString(feedback("e-1", "PA-1", "received")));
    HttpRequest validated =
        server.request(
            "/api/v1/events?validate=true",
            LINES,
            IntakeServer.KEY,
            BodyPublishers.ofString(events(0, 700, "\n")));
    assertFalse(json(server.send(tried)).getBoolean("stored"));
    JsonObject checked = json(server.send(validated));
    assertFalse(checked.getBoolean("stored"));
    assertEquals(700, checked.getInteger("accepted"));
    assertTrue(server.log().drafts().isEmpty());
    assertBalanced();
  }

  @Test
  void keysAreRequiredAndMustBeKnown() {
    HttpRequest none =
        HttpRequest.newBuilder(server.uri("/api/v1/events"))
            .header("Content-Type", ONE)
            .POST(BodyPublishers.ofString("{}"))
            .build();
    HttpResponse<String> answer = server.send(none);
    assertEquals(401, answer.statusCode());
    assertEquals("Bearer", answer.headers().firstValue("WWW-Authenticate").orElseThrow());
    HttpRequest unknown =
        server.request("/api/v1/events", ONE, "nobody", BodyPublishers.ofString("{}"));
    assertEquals(401, server.send(unknown).statusCode());
    HttpRequest other =
        HttpRequest.newBuilder(server.uri("/api/v1/events"))
            .header("Content-Type", ONE)
            .header("X-Truc-Key", IntakeServer.KEY)
            .POST(BodyPublishers.ofString(feedback("e-1", "PA-1", "received")))
            .build();
    assertEquals(202, server.send(other).statusCode());
  }

  @Test
  void contentTypesAreMatchedWithoutCaseAndCharset() {
    String event = feedback("e-1", "PA-1", "received");
    assertEquals(
        202, server.post("Application/CloudEvents+JSON; Charset=\"UTF-8\"", event).statusCode());
    for (String type :
        new String[] {
          "application/json", "text/plain", ONE + "; charset=utf-16", "application/cloudevents+xml"
        }) {
      assertEquals(415, server.post(type, event).statusCode(), type);
    }
  }

  @Test
  void tooLargeBodiesAre413() {
    String large = feedback("e-1", "x".repeat(70_000), "received");
    HttpResponse<String> one = server.post(ONE, large);
    assertEquals(413, one.statusCode());
    assertEquals(
        "fact-too-large", json(one).getJsonArray("rejected").getJsonObject(0).getString("reason"));
    HttpRequest chunked =
        server.request(
            "/api/v1/events",
            BATCH,
            IntakeServer.KEY,
            BodyPublishers.ofInputStream(
                () -> new java.io.ByteArrayInputStream(new byte[9_000_000])));
    assertEquals(413, server.send(chunked).statusCode());
  }

  @Test
  void binaryModeDecodesHeadersOnce() {
    HttpRequest request =
        HttpRequest.newBuilder(server.uri("/api/v1/events"))
            .header("Content-Type", "application/json")
            .header("Authorization", "Bearer " + IntakeServer.KEY)
            .header("ce-specversion", "1.0")
            .header("ce-id", "\"a%2541 \\\"b\\\"\"")
            .header("ce-source", "/hotline/1022")
            .header("ce-type", "vn.ioc.feedback.status")
            .header("ce-subject", "Ph%E1%BA%A3n%20%C3%A1nh")
            .header("CE-Time", "2026-11-23T00:30:00Z")
            .POST(BodyPublishers.ofString("{\"status\":\"received\"}"))
            .build();
    HttpResponse<String> answer = server.send(request);
    assertEquals(202, answer.statusCode(), answer.body());
    var record = server.log().drafts().getFirst().record();
    assertEquals("a%41 \"b\"", record.id());
    assertEquals("Phản ánh", record.subject().orElseThrow());
  }

  @Test
  void sourceReadsItsRefusalsBack() {
    server.post(ONE, feedback("e-0", "PA-0", "received"));
    server.post(LINES, "{\"specversion\":\"1.0\",\"id\":\"e-1\"}\nnope\n");
    HttpRequest own =
        HttpRequest.newBuilder(server.uri("/api/v1/sources/%2Fhotline%2F1022"))
            .header("Authorization", "Bearer " + IntakeServer.KEY)
            .build();
    JsonObject page = json(server.send(own));
    assertEquals("/hotline/1022", page.getString("source"));
    assertEquals(1, page.getInteger("events"));
    assertEquals(2, page.getInteger("rejected"));
    assertEquals(1_800_000, page.getInteger("lagMillis"));
    assertEquals(
        "malformed-json", page.getJsonArray("refusals").getJsonObject(0).getString("reason"));
    assertNull(page.getJsonArray("refusals").getJsonObject(0).getString("id"));
    HttpRequest stranger =
        HttpRequest.newBuilder(server.uri("/api/v1/sources/%2Fportal"))
            .header("X-Truc-Key", IntakeServer.KEY)
            .build();
    assertEquals(403, server.send(stranger).statusCode());
    HttpRequest nobody =
        HttpRequest.newBuilder(server.uri("/api/v1/sources/%2Fhotline%2F1022")).build();
    assertEquals(401, server.send(nobody).statusCode());
  }

  @Test
  void anotherMethodIsToldWhichOneIsMeant() {
    HttpResponse<String> read =
        server.send(HttpRequest.newBuilder(server.uri("/api/v1/events")).build());
    assertEquals(405, read.statusCode());
    assertEquals("POST", read.headers().firstValue("Allow").orElseThrow());
    assertEquals(Problem.MEDIA_TYPE, read.headers().firstValue("Content-Type").orElseThrow());
    assertEquals(405, json(read).getInteger("status"));
    HttpResponse<String> written =
        server.send(
            server.request(
                "/api/v1/sources/%2Fhotline%2F1022",
                ONE, IntakeServer.KEY, BodyPublishers.ofString("x".repeat(100_000))));
    assertEquals(405, written.statusCode());
    assertEquals("GET, HEAD", written.headers().firstValue("Allow").orElseThrow());
  }

  @Test
  void headIsTheAnswerWithoutItsBody() {
    HttpRequest own =
        HttpRequest.newBuilder(server.uri("/api/v1/sources/%2Fhotline%2F1022"))
            .header("Authorization", "Bearer " + IntakeServer.KEY)
            .HEAD()
            .build();
    HttpResponse<String> head = server.send(own);
    assertEquals(200, head.statusCode());
    assertEquals("application/json", head.headers().firstValue("Content-Type").orElseThrow());
    assertEquals("", head.body());
    assertEquals(200, server.send(own).statusCode(), "the connection goes on");
  }
}
