package vn.truc.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A heartbeat sent again was stored again, each time a new position of the log. It is a duplicate
/// now, also behind a snapshot; a snapshot of before, which holds no heartbeats, is read as ever.
class HeartbeatIT {
  @TempDir Path folder;

  private static JsonObject post(RunningServer server, String key, String time) throws Exception {
    String beat =
        """
        {"specversion":"1.0","id":"h-1","source":"/bot","type":"vn.ioc.source.heartbeat","time":"%s"}
        """
            .formatted(time);
    return server.post(key, RunningServer.STRUCTURED, beat).json();
  }

  private static long position(RunningServer server) throws Exception {
    return Long.parseLong(server.json("/api/v1/board/province").getString("position"));
  }

  @Test
  void aRepeatIsNotStoredAgainAlsoBehindASnapshot() throws Exception {
    Path data = folder.resolve("data");
    String key;
    String time = "2026-11-22T08:00:00+07:00";
    try (RunningServer server = RunningServer.start(data, "--clock", "2026-11-23T08:00+07:00,x0")) {
      key = server.key("/bot");
      assertEquals(1, post(server, key, time).getInteger("accepted"));
      long position = position(server);
      assertEquals(1, post(server, key, time).getInteger("duplicates"));
      assertEquals(position, position(server), "a repeat is not stored");
      assertEquals(0, server.stop());
    }
    try (RunningServer server = RunningServer.start(data)) {
      assertEquals(1, server.log().split("snapshot_loaded", -1).length - 1, server.log());
      long position = position(server);
      assertEquals(1, post(server, key, time).getInteger("duplicates"));
      JsonObject other = post(server, key, "2026-11-22T08:00:01+07:00");
      assertEquals(
          "identity-conflict",
          other.getJsonArray("rejected").getJsonObject(0).getString("reason"),
          other.encode());
      assertEquals(position, position(server));
    }
  }

  /// Its hashes cover members that no record holds any more.
  @Test
  void aSnapshotOfBeforeIsNotReadAndTheLogIs() throws Exception {
    Path data = folder.resolve("data");
    try (RunningServer server = RunningServer.start(data)) {
      server.key("/bot");
      assertEquals(0, server.stop());
    }
    try (Connection database =
            DriverManager.getConnection("jdbc:sqlite:" + data.resolve("truc.db"));
        Statement statement = database.createStatement()) {
      String before = "update snapshot_chunks set version = 1 where section = 'registers'";
      assertTrue(statement.executeUpdate(before) > 0, "no registers in the snapshot");
    }
    try (RunningServer server = RunningServer.start(data)) {
      assertTrue(server.log().contains("snapshot_ignored"), server.log());
      assertTrue(server.log().contains("registers is of an older version"), server.log());
      assertEquals(200, server.get("/readyz", "").status());
    }
  }
}
