package vn.truc.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import vn.truc.testing.RedisProcess;

/// A sender that repeats a fact with another text beside it, after an erasure say, brings that text
/// nowhere: a repeat the door knows is not written at all, in no form of a request.
class RepeatsOnDiskIT {
  private static final String FIRST = "Lần đầu 4c1d";
  private static final String AGAIN = "Gửi lại 9e7b";

  @TempDir private Path folder = Path.of("");

  private static List<JsonObject> facts(String text) {
    List<JsonObject> facts = new ArrayList<>();
    for (String code : List.of("PA-1", "PA-2")) {
      JsonObject status = new JsonObject(Fact.feedback("e-" + code, code, "received"));
      status.getJsonObject("data").put("title", text).put("NguoiGui", text);
      facts.add(status.put("nguoigui", text));
    }
    facts.add(
        new JsonObject()
            .put("specversion", "1.0")
            .put("id", "b-1")
            .put("source", Fact.SOURCE)
            .put("type", "vn.ioc.source.heartbeat")
            .put("time", facts.getFirst().getString("time"))
            .put("data", new JsonObject().put("truc", text)));
    return facts;
  }

  private static void repeats(RunningServer server, String key) throws Exception {
    List<JsonObject> facts = facts(AGAIN);
    for (JsonObject fact : facts) {
      RunningServer.Answer one = server.post(key, RunningServer.STRUCTURED, fact.encode());
      assertEquals(1, one.json().getInteger("duplicates"), one::toString);
    }
    RunningServer.Answer batch =
        server.post(key, RunningServer.BATCH, new JsonArray(facts).encode());
    assertEquals(3, batch.json().getInteger("duplicates"), batch::toString);
    String lines = String.join("\n", facts.stream().map(JsonObject::encode).toList());
    RunningServer.Answer all = server.post(key, RunningServer.NDJSON, lines);
    assertEquals(3, all.json().getInteger("duplicates"), all::toString);
  }

  private static String sent(RunningServer server) throws Exception {
    String key = server.key(Fact.SOURCE);
    String batch = new JsonArray(facts(FIRST)).encode();
    RunningServer.Answer first = server.post(key, RunningServer.BATCH, batch);
    assertEquals(3, first.json().getInteger("accepted"), first::toString);
    return key;
  }

  /// All files below a folder, byte for byte.
  private static Map<String, String> bytes(Path place) throws IOException {
    Map<String, String> bytes = new TreeMap<>();
    try (Stream<Path> files = Files.walk(place)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        String name = place.relativize(file).toString();
        if (!name.endsWith("-shm") && !name.endsWith(".out")) {
          bytes.put(name, Files.readString(file, StandardCharsets.ISO_8859_1));
        }
      }
    }
    return bytes;
  }

  @Test
  void sqliteWritesNoByte() throws Exception {
    Path data = folder.resolve("data");
    try (RunningServer server = RunningServer.start(data, "--clock", Fact.CLOCK)) {
      String key = sent(server);
      assertTrue(Grep.stands(data, FIRST));
      Map<String, String> before = bytes(data);
      repeats(server, key);
      assertTrue(before.equals(bytes(data)), "the files are as they were");
      assertEquals(1, server.admin("erase", erased("PA-1")).getInteger("records"));
      repeats(server, key);
      assertEquals(1, server.admin("erase", erased("PA-2")).getInteger("records"));
      repeats(server, key);
      assertFalse(Grep.stands(data, FIRST));
      assertFalse(Grep.stands(data, AGAIN));
      assertEquals(0, server.stop());
    }
    assertFalse(Grep.stands(data, AGAIN), "nor in the last snapshot");
  }

  @Test
  void redisWritesNoByte() throws Exception {
    try (RedisProcess redis = RedisProcess.start(folder.resolve("redis"));
        RunningServer server =
            RunningServer.start(
                folder.resolve("node"), "--store", redis.address(), "--clock", Fact.CLOCK)) {
      String key = sent(server);
      assertTrue(redis.filesHold(FIRST));
      Map<String, String> before = bytes(redis.folder());
      repeats(server, key);
      assertTrue(before.equals(bytes(redis.folder())), "the files are as they were");
      for (String code : List.of("PA-1", "PA-2")) {
        assertEquals(1, server.admin("erase", erased(code)).getInteger("records"));
        repeats(server, key);
      }
      assertFalse(redis.filesHold(FIRST));
      assertFalse(redis.filesHold(AGAIN));
    }
  }

  private static JsonObject erased(String code) {
    return new JsonObject().put("kind", "feedback").put("code", code);
  }
}
