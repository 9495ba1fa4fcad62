package vn.truc.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static vn.truc.testing.Events.feedback;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.http.HttpServer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import vn.truc.event.CodecLimits;
import vn.truc.intake.IntakeMetrics;
import vn.truc.intake.IntakeSettings;
import vn.truc.testing.IntakeServer;
import vn.truc.testing.SlowSender;

/// Bodies are held within `intake.bufferedBytesMax`, whatever their senders announce. A buffer was
/// once as long as the announced length, while only the bytes that arrived were counted: 1,200
/// connections that each sent `[` and announced 8 MiB ended the server with an OutOfMemoryError.
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
    return begin(server.uri("/").getPort(), type, begun);
  }

  private SlowSender begin(int port, String type, String begun) {
    SlowSender sender = new SlowSender(port, IntakeServer.KEY, type, ANNOUNCED);
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
  void announcedBytesTakeNoMemoryBeforeTheyArrive() throws Exception {
    CompletableFuture<Integer> allocated = new CompletableFuture<>();
    HttpServer reader =
        server.onLoop(
            () ->
                server
                    .vertx()
                    .createHttpServer()
                    .requestHandler(
                        request ->
                            BodyReader.read(
                                request.pause(),
                                server.door(),
                                new BodyDeadlines(
                                    server.vertx(),
                                    IntakeSettings.defaults(),
                                    new IntakeMetrics(new SimpleMeterRegistry())),
                                ANNOUNCED,
                                (buf, _) -> allocated.complete(buf.length)))
                    .listen(0, "127.0.0.1"));
    begin(reader.actualPort(), BATCH, "[");
    int bytes = allocated.get(20, TimeUnit.SECONDS);
    assertTrue(bytes <= 64 * 1024, "allocated for one byte: " + bytes);
    assertEquals(bytes, buffered(), "what is allocated is reserved");
  }

  @Test
  void manyBeginningsAreRefusedAndTheOthersGoOn() {
    for (int i = 0; i < 16; i++) {
      begin(BATCH, "[");
    }
    await("a full room", () -> buffered() == ROOM);
    assertEquals(429, begin(BATCH, "[").status());
    assertEquals(1, server.count("truc.intake.bodies.refused"));
    assertEquals(ROOM, buffered());
    senders.forEach(SlowSender::close);
    awaitReleased();
    assertEquals(
        202, server.post(BATCH, "[" + feedback("e-1", "PA-1", "received") + "]").statusCode());
    awaitReleased();
  }

  @Test
  void growingBodyIsReservedWithItsDoubling() {
    begin(BATCH, "[" + " ".repeat(300_000));
    await("the body", () -> buffered() >= 300_000);
    assertTrue(buffered() <= ROOM, "reserved: " + buffered());
    assertEquals(429, begin(BATCH, "[" + " ".repeat(ROOM)).status());
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
