package vn.truc.log;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static vn.truc.log.LogFixtures.await;
import static vn.truc.log.ScriptedStore.array;
import static vn.truc.log.ScriptedStore.entry;
import static vn.truc.log.ScriptedStore.number;
import static vn.truc.log.ScriptedStore.repeated;
import static vn.truc.log.ScriptedStore.text;

import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.redis.client.Response;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import vn.truc.event.LogRecord;

/// What takes many thousand questions of a store: each waited for the next, and when the last was
/// answered all of them unwound upon the stack, which overflowed. Nobody was told, and what waited
/// for the first waited for ever.
class RedisLongRunsTest {
  private static final int MANY = 20_000;
  private static final RedisKeys KEYS = new RedisKeys("a");

  private final Vertx vertx = Vertx.vertx();
  private final Context context = vertx.getOrCreateContext();
  private final AtomicInteger asked = new AtomicInteger();

  @AfterEach
  void stop() throws Exception {
    await(vertx.close());
  }

  private ScriptedStore store(Function<List<String>, @Nullable Response> answers) {
    return new ScriptedStore(context, answers);
  }

  private static RedisPersonal personal(ScriptedStore store) {
    return new RedisPersonal(RedisSettings.defaults(), 1, store::later);
  }

  /// Whether this is one of the first many questions of its kind.
  private boolean among(int many) {
    return asked.incrementAndGet() <= many;
  }

  private static Response rewriting(boolean busy) {
    return text(
        "aof_rewrite_in_progress:"
            + (busy ? 1 : 0)
            + "\r\naof_rewrite_scheduled:0\r\naof_last_bgrewrite_status:ok\r\n");
  }

  /// An erasure waits for the rewrite of the journal, which of a large store takes an hour.
  @Test
  void aRewriteIsWaitedForAsLongAsItTakes() throws Exception {
    ScriptedStore store =
        store(
            words ->
                switch (words.getFirst()) {
                  case "INFO" -> rewriting(among(MANY));
                  default -> number(1);
                });
    await(context, () -> personal(store).rewriteOwed(store.session(), KEYS));
    assertEquals(MANY + 1, asked.get());
  }

  /// One that is under way already is waited out before.
  @Test
  void anothersRewriteIsWaitedForToo() throws Exception {
    ScriptedStore store =
        store(
            words ->
                switch (words.getFirst()) {
                  case "BGREWRITEAOF" -> {
                    if (among(MANY)) {
                      throw new IllegalStateException("ERR rewriting already in progress");
                    }
                    yield text("started");
                  }
                  case "INFO" -> rewriting(false);
                  default -> number(1);
                });
    await(context, () -> personal(store).rewriteOwed(store.session(), KEYS));
    assertEquals(MANY + 1, asked.get());
  }

  /// After a long time without a sweep millions of records have expired.
  @Test
  void allThatExpiredIsSwept() throws Exception {
    ScriptedStore store =
        store(
            words ->
                switch (words.getFirst()) {
                  case "XREVRANGE" -> array();
                  case "ZRANGE" -> among(MANY) ? array(text("r:feedback:PA-1")) : array();
                  case "EXEC" -> repeated(3, number(1));
                  default -> number(0);
                });
    assertEquals(MANY, await(context, () -> personal(store).sweep(store.session(), KEYS)));
  }

  /// An older copy of the store was put back: all erasures that it lacks are made again.
  @Test
  void allErasuresOfAListAreMade() throws Exception {
    List<Erasures.Erasure> erasures =
        IntStream.range(0, MANY)
            .mapToObj(_ -> new Erasures.Erasure("feedback", "PA-1", 1, "2026-11-27T00:00:00Z"))
            .toList();
    ScriptedStore store =
        store(
            words ->
                switch (words.getFirst()) {
                  case "SMEMBERS" -> array(text("r"));
                  case "EXEC" -> repeated(3, number(1));
                  case "INFO" -> rewriting(false);
                  default -> number(1);
                });
    assertEquals(
        MANY, await(context, () -> personal(store).erase(store.session(), KEYS, erasures)));
  }

  @Test
  void allFieldsOfOneCaseAreForgotten() throws Exception {
    ScriptedStore store =
        store(
            words ->
                switch (words.getFirst()) {
                  case "SMEMBERS" -> repeated(MANY, text("r"));
                  case "EXEC" -> repeated(3, number(1));
                  case "INFO" -> rewriting(false);
                  default -> number(1);
                });
    assertEquals(
        MANY,
        await(context, () -> personal(store).erase(store.session(), KEYS, "feedback", "PA-1")));
  }

  /// Of a stream without an index a position is found by reading it from its beginning.
  @Test
  void aPositionIsFoundHoweverLongTheWayToIt() throws Exception {
    Response thousand = repeated(1_024, entry(1));
    ScriptedStore store =
        store(
            words ->
                switch (words.getFirst()) {
                  case "ZRANGE" -> array();
                  default -> among(MANY) ? thousand : array(entry(7));
                });
    RedisReader reader = reader(store);
    Optional<RedisEntry> found =
        await(context, () -> reader.entry(store.session(), KEYS, MANY * 1_024L + 1));
    assertEquals("7-0", found.orElseThrow().id());
  }

  private static RedisReader reader(ScriptedStore store) {
    return new RedisReader(
        LogSettings.defaults(),
        RedisSettings.defaults(),
        () -> store.later().map(_ -> store.session()),
        store::later);
  }

  /// A follower whose store goes away again and again, for days, reads on when it is back.
  @Test
  void aFollowerReadsOnHoweverOftenTheConnectionBroke() throws Exception {
    ScriptedStore store =
        store(
            _ -> {
              if (among(MANY)) {
                throw new IllegalStateException("the connection is closed");
              }
              return array(entry(7));
            });
    List<LogRecord> read = await(context, () -> reader(store).after(KEYS, 0));
    assertEquals(1, read.size());
  }

  private RedisScrub scrub(ScriptedStore store) {
    return new RedisScrub(RedisSettings.defaults(), personal(store), 1, store::later);
  }

  /// The stream of an older version with five million records is copied in so many slices.
  @Test
  void aStreamIsWrittenAnewHoweverManySlicesItHas() throws Exception {
    List<String> copied = new ArrayList<>();
    ScriptedStore store =
        store(
            words ->
                switch (words.getFirst()) {
                  case "XREVRANGE" ->
                      words.get(1).equals(KEYS.copy()) ? array() : array(entry(MANY));
                  case "SMEMBERS" -> array();
                  case "XRANGE" -> among(MANY) ? array(entry(asked.get())) : array();
                  case "EVAL" -> {
                    copied.add(words.get(1));
                    yield number(1);
                  }
                  case "INFO" -> rewriting(false);
                  default -> number(1);
                });
    OldRecords.Done done = await(context, () -> scrub(store).run(store.session(), KEYS));
    assertEquals(new OldRecords.Done(0, 0), done);
    assertEquals(MANY + 1, copied.size(), "all slices, and the change of names");
  }

  /// The others wait meanwhile.
  @Test
  void theNodeThatWritesItAnewIsWaitedForAsLongAsItTakes() throws Exception {
    ScriptedStore store =
        store(
            words ->
                switch (words.getFirst()) {
                  case "SET" -> null;
                  default -> number(among(MANY) ? 1 : 0);
                });
    OldRecords.Done done = await(context, () -> scrub(store).run(store.session(), KEYS));
    assertEquals(OldRecords.Done.NOTHING, done);
    assertTrue(asked.get() > MANY);
  }
}
