package vn.truc.cli;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonObject;
import io.vertx.core.net.NetServer;
import io.vertx.core.net.NetSocket;
import io.vertx.core.net.SocketAddress;
import io.vertx.core.parsetools.RecordParser;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The owner's side of `DIR/truc.sock`: administrative verbs from the same machine and user.
///
/// ```
/// request   {"verb":"key.list","arguments":{…}}\n
/// answer    {"ok":true,"result":{…}}\n   or   {"ok":false,"error":"what is wrong"}\n
/// ```
///
/// Whoever may open the file may do everything, so it is made in a folder nobody else can enter,
/// given mode 0600, and only then moved to its name. Needs Vert.x with native transport.
public final class AdminSocket {
  /// Name of the socket file in the data folder.
  public static final String FILE = "truc.sock";

  /// Longest path of a socket in bytes: 108 in `sockaddr_un`, one of them the closing zero.
  public static final int PATH_BYTES_MAX = 107;

  private static final int REQUEST_BYTES_MAX = 16 * 1024 * 1024;
  private static final Logger LOG = LoggerFactory.getLogger(AdminSocket.class);

  private final NetServer server;
  private final Path file;

  private AdminSocket(NetServer server, Path file) {
    this.server = server;
    this.file = file;
  }

  /// Opens the socket. The caller owns the data folder, so a socket file there is of a dead process
  /// and is replaced, unless somebody answers on it. Completes when it can be connected to.
  ///
  /// Fails with [VerbException] when the path is too long or another process answers there. Touches
  /// the disk shortly: for the start only.
  ///
  /// @param handlers by verb; they run on the context that called, a failure's message is the
  /// answer
  public static Future<AdminSocket> open(
      Vertx vertx,
      Path dataFolder,
      Map<String, Function<JsonObject, Future<JsonObject>>> handlers) {
    Path file = dataFolder.resolve(FILE).toAbsolutePath().normalize();
    Path nursery = file.resolveSibling(".s");
    Path born = nursery.resolve("s");
    try {
      judgePath(file);
      judgeStale(file);
      Files.createDirectories(
          nursery,
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
      Files.setPosixFilePermissions(nursery, PosixFilePermissions.fromString("rwx------"));
      Files.deleteIfExists(born);
    } catch (VerbException e) {
      return Future.failedFuture(e);
    } catch (IOException e) {
      return Future.failedFuture(new VerbException("cannot prepare " + file, e));
    }
    NetServer server =
        vertx.createNetServer().connectHandler(socket -> serve(socket, Map.copyOf(handlers)));
    return server
        .listen(SocketAddress.domainSocketAddress(born.toString()))
        .map(
            listening -> {
              publish(born, file);
              return new AdminSocket(listening, file);
            })
        .recover(
            failure ->
                server
                    .close()
                    .transform(
                        closed ->
                            Future.failedFuture(
                                new VerbException("cannot listen on " + file, failure))));
  }

  private static void judgePath(Path file) {
    int bytes = file.toString().getBytes(StandardCharsets.UTF_8).length;
    if (bytes > PATH_BYTES_MAX) {
      throw new VerbException(
          "the data folder's path is too long: %s has %d bytes, a socket may have %d"
              .formatted(file, bytes, PATH_BYTES_MAX));
    }
  }

  private static void judgeStale(Path file) {
    if (answers(file)) {
      throw new VerbException("another process answers on " + file);
    }
  }

  /// Whether the owner of a data folder answers verbs.
  public static boolean answersIn(Path dataFolder) {
    return answers(dataFolder.resolve(FILE).toAbsolutePath().normalize());
  }

  /// Whether a process listens on a socket file.
  static boolean answers(Path file) {
    if (!Files.exists(file)) {
      return false;
    }
    try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
      return channel.connect(UnixDomainSocketAddress.of(file));
    } catch (IOException e) {
      return false;
    }
  }

  private static void publish(Path born, Path file) {
    try {
      Files.setPosixFilePermissions(born, PosixFilePermissions.fromString("rw-------"));
      Files.move(born, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
      Files.deleteIfExists(born.getParent());
    } catch (IOException e) {
      throw new VerbException("cannot put " + file + " in place", e);
    }
  }

  private static void serve(
      NetSocket socket, Map<String, Function<JsonObject, Future<JsonObject>>> handlers) {
    socket.exceptionHandler(failure -> LOG.debug("admin_connection_lost", failure));
    RecordParser lines = RecordParser.newDelimited("\n", socket);
    lines.maxRecordSize(REQUEST_BYTES_MAX);
    lines.exceptionHandler(
        failure ->
            socket
                .write(refusal("request is too long").appendString("\n"))
                .eventually(socket::close));
    lines.handler(
        line -> {
          lines.pause();
          answer(line, handlers)
              .compose(answer -> socket.write(answer.toBuffer().appendString("\n")))
              .onComplete(written -> lines.resume());
        });
  }

  private static Future<JsonObject> answer(
      Buffer line, Map<String, Function<JsonObject, Future<JsonObject>>> handlers) {
    String verb;
    Future<JsonObject> result;
    try {
      JsonObject request = new JsonObject(line);
      verb = request.getString("verb", "");
      Function<JsonObject, Future<JsonObject>> handler = handlers.get(verb);
      if (handler == null) {
        return Future.succeededFuture(error("unknown verb '" + verb + "'"));
      }
      LOG.info("admin_verb verb={}", verb);
      result = handler.apply(request.getJsonObject("arguments", new JsonObject()));
    } catch (DecodeException | ClassCastException e) {
      return Future.succeededFuture(error("request is not what this version understands"));
    } catch (RuntimeException e) {
      result = Future.failedFuture(e);
    }
    return result
        .map(value -> new JsonObject().put("ok", true).put("result", value))
        .otherwise(failure -> error(Objects.toString(failure.getMessage(), failure.toString())));
  }

  private static Buffer refusal(String message) {
    return error(message).toBuffer();
  }

  private static JsonObject error(String message) {
    return new JsonObject().put("ok", false).put("error", message);
  }

  /// Where the socket lies.
  public Path file() {
    return file;
  }

  /// Closes the socket and removes its file.
  public Future<Void> close() {
    return server
        .close()
        .andThen(
            closed -> {
              try {
                Files.deleteIfExists(file);
              } catch (IOException e) {
                LOG.warn("admin_socket_left_behind file={}", file, e);
              }
            });
  }
}
