package vn.truc.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.json.JsonObject;
import java.io.PrintWriter;
import java.io.Writer;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AdminSocketIT {
  private static final Map<String, Function<JsonObject, Future<JsonObject>>> HANDLERS =
      Map.of(
          "echo", Future::succeededFuture,
          "refuse", arguments -> Future.failedFuture(new VerbException("not today")),
          "burst", arguments -> fail());

  private final Vertx vertx =
      Vertx.vertx(new VertxOptions().setPreferNativeTransport(true).setEventLoopPoolSize(1));
  @TempDir private Path folder;

  private static Future<JsonObject> fail() {
    throw new IllegalStateException("burst");
  }

  private static <T> T await(Future<T> future) throws Exception {
    return future.toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
  }

  @AfterEach
  void closeVertx() throws Exception {
    await(vertx.close());
  }

  private AdminSocket open() throws Exception {
    return await(AdminSocket.open(vertx, folder, HANDLERS));
  }

  private AdminClient client() {
    ServerOptions options =
        new ServerOptions(
            "127.0.0.1",
            0,
            Optional.of(folder),
            Optional.empty(),
            "sqlite",
            Optional.empty(),
            Optional.empty(),
            Optional.empty());
    return new AdminClient(
        options,
        (given, verb, arguments) -> new JsonObject().put("offline", verb),
        new PrintWriter(Writer.nullWriter()));
  }

  @Test
  void ownerAnswersAndItsRefusalsAreTold() throws Exception {
    AdminSocket socket = open();
    JsonObject words = new JsonObject().put("text", "Trực\nban " + "x".repeat(200_000));
    assertEquals(words, client().call("echo", words));
    VerbException refused =
        assertThrows(VerbException.class, () -> client().call("refuse", new JsonObject()));
    assertEquals("not today", refused.getMessage());
    assertThrows(VerbException.class, () -> client().call("burst", new JsonObject()));
    VerbException unknown =
        assertThrows(VerbException.class, () -> client().call("dance", new JsonObject()));
    assertTrue(unknown.toString().contains("dance"));
    await(socket.close());
    assertFalse(Files.exists(socket.file()));
  }

  @Test
  void onlyTheOwnerOfTheFileMayEnter() throws Exception {
    AdminSocket socket = open();
    assertEquals(
        "rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(socket.file())));
    assertFalse(Files.exists(folder.resolve(".s")), "nothing else is left lying about");
    await(socket.close());
  }

  @Test
  void withoutAnOwnerTheStoreIsOpenedHere() throws Exception {
    Files.createFile(folder.resolve("truc.db"));
    assertEquals("key.list", client().call("key.list", new JsonObject()).getString("offline"));
  }

  @Test
  void socketOfADeadProcessIsReplaced() throws Exception {
    Files.createFile(folder.resolve("truc.db"));
    Path file = folder.resolve(AdminSocket.FILE);
    try (ServerSocketChannel dead = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      dead.bind(UnixDomainSocketAddress.of(file));
    }
    assertTrue(Files.exists(file), "the file outlives its process");
    assertEquals("echo", client().call("echo", new JsonObject()).getString("offline"));
    AdminSocket socket = open();
    assertEquals(new JsonObject(), client().call("echo", new JsonObject()));
    await(socket.close());
  }

  @Test
  void socketThatAnswersIsLeftAlone() throws Exception {
    AdminSocket first = open();
    ExecutionException refused = assertThrows(ExecutionException.class, this::open);
    assertTrue(refused.toString().contains("another process"), refused.toString());
    assertEquals(new JsonObject(), client().call("echo", new JsonObject()));
    await(first.close());
  }

  @Test
  void pathLongerThanASocketMayBeIsNamed() throws Exception {
    Path deep = Files.createDirectories(folder.resolve("d".repeat(100)));
    ExecutionException refused =
        assertThrows(
            ExecutionException.class, () -> await(AdminSocket.open(vertx, deep, HANDLERS)));
    assertTrue(refused.toString().contains("107"), refused.toString());
  }
}
