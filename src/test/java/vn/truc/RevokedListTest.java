package vn.truc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.vertx.core.Vertx;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import vn.truc.access.SourceKeys;
import vn.truc.access.TokenRegister;

/// What the list of revocations keeps.
class RevokedListTest {
  @TempDir private Path folder = Path.of("");

  private final Vertx vertx = Vertx.vertx();
  private final SourceKeys keys = new SourceKeys();
  private final TokenRegister tokens = new TokenRegister();

  @AfterEach
  void close() throws Exception {
    vertx.close().toCompletionStage().toCompletableFuture().get(30, TimeUnit.SECONDS);
  }

  /// A copy of the log that did not know a revoked key made the list forget it; a later copy, which
  /// did, let it in again.
  @Test
  void keysThatThisCopyOfTheLogDoesNotKnowStayInTheList() throws Exception {
    Path list = Files.writeString(folder.resolve("revoked"), "{\"key\":\"0123456789ab\"}\n");
    SourceKeys.NewKey mine = SourceKeys.create("/a", "A", false);
    keys.apply(mine.record(1));
    keys.apply(SourceKeys.revocation(mine.key().keyId(), 2));
    RevokedList revoked = new RevokedList(vertx, folder, true, tokens, keys);
    revoked.keep().await(30, TimeUnit.SECONDS);
    assertEquals(1, Files.readAllLines(list).size(), "nothing is written before it was read");
    assertEquals(List.of(), revoked.missing(() -> 3L).await(30, TimeUnit.SECONDS));
    revoked.keep().await(30, TimeUnit.SECONDS);
    List<String> lines = Files.readAllLines(list);
    assertEquals(2, lines.size());
    assertEquals(1, lines.stream().filter(line -> line.contains("0123456789ab")).count());
    assertFalse(Files.exists(folder.resolve("revoked.new")));
  }
}
