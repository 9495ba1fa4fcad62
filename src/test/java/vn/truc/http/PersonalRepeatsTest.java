package vn.truc.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import vn.truc.intake.IntakeSettings;
import vn.truc.log.Draft;
import vn.truc.testing.IntakeServer;

/// Personal members stand beside the fact that counts and beside no other. A batch with one
/// identity three times (a text, another text, another content) once stored all three texts: what
/// stands in the same batch was not known yet when the next was judged.
class PersonalRepeatsTest {
  private static final String BATCH = "application/cloudevents-batch+json";
  private static final String ONE = "application/cloudevents+json";

  private final IntakeServer server = new IntakeServer(IntakeSettings.defaults());

  @AfterEach
  void stop() {
    server.close();
  }

  private static String fact(String id, String status, String text) {
    return new JsonObject()
        .put("specversion", "1.0")
        .put("id", id)
        .put("source", "/hotline/1022")
        .put("type", "vn.ioc.feedback.status")
        .put("subject", "PA-1")
        .put("time", "2026-11-23T07:30:00+07:00")
        .put("data", new JsonObject().put("status", status).put("text", text))
        .encode();
  }

  private List<String> texts() {
    return server.log().drafts().stream()
        .map(Draft::personal)
        .flatMap(Optional::stream)
        .map(fields -> new JsonObject(fields.json()).getString("text"))
        .toList();
  }

  private static void assertReceipt(
      int accepted, int duplicates, int rejected, HttpResponse<String> answer) {
    JsonObject json = new JsonObject(answer.body());
    assertEquals(accepted, json.getInteger("accepted"), answer::body);
    assertEquals(duplicates, json.getInteger("duplicates"), answer::body);
    assertEquals(rejected, json.getInteger("rejectedCount"), answer::body);
  }

  @Test
  void repeatsWithinABatchAreNotAppended() {
    String batch =
        "["
            + String.join(
                ",",
                fact("e-0", "received", "Z"),
                fact("e-1", "received", "A"),
                fact("e-1", "received", "B"),
                fact("e-1", "answered", "C"))
            + "]";
    assertReceipt(
        2,
        1,
        1,
        server.send(
            server.request(
                "/api/v1/events?validate=true",
                BATCH,
                IntakeServer.KEY,
                BodyPublishers.ofString(batch))));
    assertReceipt(2, 1, 1, server.post(BATCH, batch));
    assertEquals(List.of("Z", "A"), texts());
    assertEquals(2, server.log().drafts().size());
    assertEquals(
        server.count("truc.intake.received"),
        server.count("truc.intake.accepted")
            + server.count("truc.intake.duplicates")
            + server.count("truc.intake.refused"));
  }

  @Test
  void ofTwoRequestsAtOnceTheOneThatCountsKeepsItsFields() {
    server.onLoop(
        () -> {
          server.log().hold();
          return Future.succeededFuture();
        });
    List<CompletableFuture<HttpResponse<String>>> answers =
        List.of("A", "B", "C").stream()
            .map(
                text ->
                    CompletableFuture.supplyAsync(
                        () -> server.post(ONE, fact("e-1", "received", text))))
            .toList();
    while (server.onLoop(() -> Future.succeededFuture(server.count("truc.intake.received"))) < 3) {
      assertFalse(answers.getFirst().isDone());
    }
    assertEquals(
        1,
        server.onLoop(() -> Future.succeededFuture(server.log().waiting())),
        "the others wait for what becomes of the first");
    server.onLoop(
        () -> {
          server.log().letGo();
          return Future.succeededFuture();
        });
    long accepted =
        answers.stream()
            .map(answer -> new JsonObject(answer.join().body()))
            .filter(json -> json.getInteger("accepted") == 1)
            .count();
    assertEquals(1, accepted);
    assertEquals(1, texts().size());
    assertEquals(1, server.log().drafts().size());
    assertEquals(Optional.of(texts().getFirst()), textAt(0));
  }

  private Optional<String> textAt(int index) {
    return server
        .log()
        .drafts()
        .get(index)
        .personal()
        .map(fields -> new JsonObject(fields.json()).getString("text"));
  }

  @Test
  void repeatsFailWithTheFactTheyRepeat() {
    server.log().broken(Optional.of(vn.truc.log.LogException.Reason.UNWRITABLE));
    String batch = "[" + fact("e-1", "received", "A") + "," + fact("e-1", "received", "B") + "]";
    assertEquals(503, server.post(BATCH, batch).statusCode());
    assertEquals(2, server.count("truc.intake.received"));
    assertEquals(2, server.count("truc.intake.failed"));
    server.log().broken(Optional.empty());
    assertReceipt(1, 1, 0, server.post(BATCH, batch));
    assertEquals(List.of("A"), texts());
  }
}
