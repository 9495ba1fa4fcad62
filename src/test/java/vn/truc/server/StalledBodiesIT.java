package vn.truc.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import vn.truc.testing.SlowSender;

/// Senders that begin bodies and do not end them, connections that nobody uses.
class StalledBodiesIT {
  @TempDir private Path folder = Path.of("");

  /// 1,200 connections that each announced a batch of 8 MiB and sent one byte once ended the server
  /// with an OutOfMemoryError; any source key could do that, a trial one too.
  @Test
  void announcedBatchesDoNotTakeTheServersMemory() throws Exception {
    List<SlowSender> stalled = new ArrayList<>();
    try (RunningServer server =
        RunningServer.start(folder.resolve("data"), "--clock", Fact.CLOCK)) {
      String key = server.key(Fact.SOURCE);
      for (int i = 0; i < 1_200; i++) {
        stalled.add(new SlowSender(server.port(), key, RunningServer.BATCH, 8_388_608).send("["));
      }
      assertEquals(200, server.get("/healthz", "").status());
      assertTrue(server.metric("truc_intake_buffered_bytes") >= 1_200, server::log);
      assertEquals(
          202,
          server
              .post(key, RunningServer.STRUCTURED, Fact.feedback("1", "PA-1", "received"))
              .status());
    } finally {
      stalled.forEach(SlowSender::close);
    }
  }

  /// 19 batches that stopped in their midst once held all the room for bodies until the server was
  /// restarted, and plain connections stayed open for ever; a socket of a screen must stay all the
  /// same.
  @Test
  void stalledBatchesAndIdleConnectionsEndAndScreensStay() throws Exception {
    Path config = ConfigCopy.in(folder);
    Files.writeString(
        config.resolve("truc.yaml"),
        "intake: {bufferedBytesMax: 1000000, bodyStallMillis: 500}\nhttp: {idleMillis: 1000}\n");
    List<SlowSender> stalled = new ArrayList<>();
    try (RunningServer server =
        RunningServer.start(
            folder.resolve("data"), "--clock", Fact.CLOCK, "--config", config.toString())) {
      String key = server.key(Fact.SOURCE);
      try (Screen screen = Screen.connect(server, server.token());
          Socket idle = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
        screen.subscribe("feedback:province");
        for (int i = 0; i < 16; i++) {
          stalled.add(
              new SlowSender(server.port(), key, RunningServer.BATCH, 8_000_000)
                  .send("[" + " ".repeat(60_000)));
        }
        for (SlowSender sender : stalled) {
          int status = sender.status();
          assertTrue(status == 408 || status == 429, "answered " + status);
        }
        assertEquals(0, server.metric("truc_intake_buffered_bytes"));
        assertEquals(-1, idle.getInputStream().read(), "an idle connection is closed");
        assertEquals(
            202,
            server
                .post(key, RunningServer.STRUCTURED, Fact.feedback("1", "PA-1", "received"))
                .status());
        screen.publication(
            "feedback:province",
            values ->
                Integer.valueOf(1)
                    .equals(values.getJsonObject("values").getInteger("feedback.open")));
      }
    } finally {
      stalled.forEach(SlowSender::close);
    }
  }
}
