package vn.truc.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static vn.truc.testing.Events.feedback;

import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import vn.truc.event.CodecLimits;
import vn.truc.intake.IntakeSettings;
import vn.truc.testing.IntakeServer;
import vn.truc.testing.SlowSender;

/// NDJSON is held within `intake.bufferedBytesMax` as well: a line that did not end, and lines that
/// waited beside a batch in flight, once counted nowhere, so that connections alone bounded them.
class BodyRoomTest {
  private static final String BATCH = "application/cloudevents-batch+json";
  private static final String LINES = "application/x-ndjson";
  private static final int ANNOUNCED = 8_388_608;
  private static final int ROOM = 1024 * 1024;

  private final IntakeServer server = new IntakeServer(settings());
  private final List<SlowSender> senders = new ArrayList<>();

  private static IntakeSettings settings() {
    IntakeSettings usual = IntakeSettings.defaults();
    return new IntakeSettings(
        CodecLimits.defaults(),
        usual.batchItemsMax(),
        usual.batchBytesMax(),
        ROOM,
        usual.bodyStallMillis(),
        usual.bodyMillisMax(),
        usual.ndjsonBatchRecords(),
        usual.ndjsonBatchesInFlightMax(),
        usual.sliceMillis(),
        usual.rejectedListedMax(),
        usual.refusalsKeptPerSource(),
        usual.sourcesKeptMax());
  }

  @AfterEach
  void stop() {
    senders.forEach(SlowSender::close);
    server.close();
  }

  private SlowSender begin(String type, String begun) {
    SlowSender sender =
        new SlowSender(server.uri("/").getPort(), IntakeServer.KEY, type, ANNOUNCED);
    senders.add(sender);
    return sender.send(begun);
  }

  private long buffered() {
    return server.onLoop(() -> Future.succeededFuture(server.door().bufferedBytes()));
  }

  private void await(String what, BooleanSupplier come) {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
    while (!come.getAsBoolean()) {
      assertTrue(System.nanoTime() < end, what + " never came; buffered: " + buffered());
    }
  }

  private void awaitReleased() {
    await("the release", () -> buffered() == 0);
  }

  @Test
  void linesUnderWayAreReservedToo() {
    for (int i = 0; i < 40; i++) {
      begin(LINES, "x".repeat(60_000));
    }
    await("a refusal", () -> server.count("truc.intake.bodies.refused") > 0);
    assertTrue(buffered() <= ROOM, "reserved: " + buffered());
    senders.forEach(SlowSender::close);
    awaitReleased();
  }

  @Test
  void nothingStaysReservedAfterAnyAnswer() {
    String one = feedback("e-1", "PA-1", "received");
    for (String type : List.of("application/cloudevents+json", BATCH, LINES)) {
      for (String body :
          List.of(one, "[" + one + "]", "", "[", one + "\n" + one, "x".repeat(70_000))) {
        server.post(type, body);
        assertEquals(0, buffered(), type + " " + body.length());
      }
    }
  }
}
