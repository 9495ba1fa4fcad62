package vn.truc.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import vn.truc.testing.SlowSender;

/// Senders that begin bodies and do not end them.
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
}
