package vn.truc.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static vn.truc.testing.Events.feedback;

import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import vn.truc.intake.IntakeSettings;
import vn.truc.testing.IntakeServer;
import vn.truc.testing.SlowSender;

/// A stalled sender once held its room for ever: 19 batches that stopped in their midst had all of
/// `intake.bufferedBytesMax`, and every other POST was answered 429 until the server was restarted.
class StalledBodyTest {
  private static final String ONE = "application/cloudevents+json";
  private static final String BATCH = "application/cloudevents-batch+json";
  private static final String LINES = "application/x-ndjson";
  private static final int ROOM = 256 * 1024;

  private final List<IntakeServer> servers = new ArrayList<>();
  private final List<SlowSender> senders = new ArrayList<>();

  private IntakeServer server(int stallMillis, int wholeMillis) {
    IntakeSettings usual = IntakeSettings.defaults();
    IntakeServer server =
        new IntakeServer(
            new IntakeSettings(
                usual.codec(),
                usual.batchItemsMax(),
                usual.batchBytesMax(),
                ROOM,
                stallMillis,
                wholeMillis,
                usual.ndjsonBatchRecords(),
                usual.ndjsonBatchesInFlightMax(),
                usual.sliceMillis(),
                usual.rejectedListedMax(),
                usual.refusalsKeptPerSource(),
                usual.sourcesKeptMax()));
    servers.add(server);
    return server;
  }

  private SlowSender sender(IntakeServer server, String type) {
    SlowSender sender =
        new SlowSender(server.uri("/").getPort(), IntakeServer.KEY, type, 8_000_000);
    senders.add(sender);
    return sender;
  }

  @AfterEach
  void stop() {
    senders.forEach(SlowSender::close);
    servers.forEach(IntakeServer::close);
  }

  private static long buffered(IntakeServer server) {
    return server.onLoop(() -> Future.succeededFuture(server.door().bufferedBytes()));
  }

  @Test
  void roomOfAStalledBodyIsGivenBack() {
    IntakeServer server = server(300, 60_000);
    List<SlowSender> stalled = new ArrayList<>();
    stalled.add(sender(server, BATCH).send("[" + " ".repeat(60_000)));
    stalled.add(sender(server, BATCH).send("[" + " ".repeat(60_000)));
    for (SlowSender sender : stalled) {
      assertEquals(408, sender.status());
      assertTrue(sender.rest().contains("body-stalled"), "says why, and the connection ends");
    }
    assertEquals(0, buffered(server));
    assertEquals(2, server.count("truc.intake.bodies.refused"));
    assertEquals(202, server.post(ONE, feedback("e-1", "PA-1", "received")).statusCode());
  }

  @Test
  void bodyThatDripsIsEndedToo() {
    IntakeServer server = server(60_000, 300);
    SlowSender dripping = sender(server, BATCH).send("[  ");
    assertEquals(408, dripping.status());
    assertEquals(0, buffered(server));
  }

  @Test
  void lineThatDoesNotEndIsGivenUpAndTheLinesBeforeItStand() {
    IntakeServer server = server(300, 60_000);
    SlowSender stalled = sender(server, LINES).send(feedback("e-1", "PA-1", "received") + "\n{");
    assertEquals(408, stalled.status());
    assertTrue(stalled.rest().contains("\"accepted\":1"));
    assertEquals(1, server.log().drafts().size());
    assertEquals(0, buffered(server));
  }

  @Test
  void senderWhoWaitsForTheServerIsNotLate() {
    IntakeServer server = server(300, 300);
    server.onLoop(
        () -> {
          server.log().hold();
          return Future.succeededFuture();
        });
    SlowSender patient = sender(server, LINES);
    StringBuilder lines = new StringBuilder();
    for (int i = 0; i < 4_000; i++) {
      lines.append(feedback("e-" + i, "PA-" + i, "received")).append('\n');
    }
    patient.send(lines.toString());
    while (server.onLoop(() -> Future.succeededFuture(server.log().waiting()))
        < IntakeSettings.defaults().ndjsonBatchesInFlightMax()) {
      assertEquals(0, server.count("truc.intake.bodies.refused"));
    }
    SlowSender other = sender(server, BATCH).send("[");
    assertEquals(408, other.status());
    assertEquals(1, server.count("truc.intake.bodies.refused"), "the paused body is not late");
    server.onLoop(
        () -> {
          server.log().letGo();
          return Future.succeededFuture();
        });
    assertEquals(408, patient.status(), "read to its end, it stalls");
    assertEquals(4_000, server.log().drafts().size());
  }
}
