package vn.truc.log;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static vn.truc.log.LogFixtures.await;

import io.vertx.redis.client.Command;
import io.vertx.redis.client.Redis;
import io.vertx.redis.client.Request;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// Whose an entry of the stream is, by its fields.
class RedisEntryTest extends RedisStoreTesting {
  private RedisEntry entry(String... fields) throws Exception {
    Redis client = Redis.createClient(vertx, redis.address());
    Request add = Request.cmd(Command.XADD).arg("s").arg("7-1");
    Stream.of(fields).forEach(add::arg);
    redis.command("DEL", "s");
    Request read = Request.cmd(Command.XRANGE, "s", "-", "+");
    RedisEntry entry =
        await(
            client
                .send(add)
                .compose(_ -> client.send(read))
                .map(Objects::requireNonNull)
                .map(all -> new RedisEntry(all.get(0))));
    client.close();
    return entry;
  }

  @Test
  void anEntryIsOursByItsFormAndItsWriterOrType() throws Exception {
    assertTrue(entry("schema", "1", "type", "t").ours());
    assertTrue(entry("schema", "1", "by", "n").ours());
    assertTrue(entry("data", "{}", "type", "t", "schema", "1").ours());
    assertFalse(entry("schema", "1").ours());
    assertFalse(entry("type", "t", "by", "n").ours());
    assertEquals("7-1", entry("schema", "1").id());
  }

  @Test
  void whoWroteAnEntryStandsFirstInIt() throws Exception {
    assertEquals("node", entry("by", "node", "schema", "1").by());
    assertEquals("", entry("schema", "1", "by", "node").by(), "not first of all");
    assertEquals("", entry("by", "node").by(), "none of ours");
    assertEquals("", entry("by", "").by());
  }

  @Test
  void wordsAreThereAsTheyAreAndTheirLengthIsThatOfTheirBytes() throws Exception {
    RedisEntry one = entry("schema", "1", "data", "đất");
    assertEquals(
        List.of("schema", "1", "data", "đất"),
        one.words().stream().map(word -> new String(word, UTF_8)).toList());
    assertEquals(6 + 1 + 4 + "đất".getBytes(UTF_8).length, one.bytes());
  }
}
