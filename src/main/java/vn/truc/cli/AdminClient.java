package vn.truc.cli;

import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonObject;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.net.ConnectException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/// The command line's side of the administrative verbs: through the socket of the process that owns
/// the data folder, or without one by opening the store. An owner that is starting is waited for.
/// Blocks the calling thread.
final class AdminClient {
  /// How long an owner that does not answer yet is waited for: a start folds the whole log.
  private static final long OWNER_NANOS = TimeUnit.SECONDS.toNanos(60);

  /// Verbs by which a log may begin. Others would end, list or erase what never was, and say they
  /// did.
  private static final Set<String> BEGINNING = Set.of("key.add", "token", "config.apply");

  private static final long LOOK_MILLIS = 200;

  private final ServerOptions options;
  private final Verbs.OfflineOwner offline;
  private final PrintWriter err;

  AdminClient(ServerOptions options, Verbs.OfflineOwner offline, PrintWriter err) {
    this.options = options;
    this.offline = offline;
    this.err = err;
  }

  /// Does a verb and gives its result.
  ///
  /// @throws VerbException when the owner refuses it
  JsonObject call(String verb, JsonObject arguments) throws Exception {
    if (options.onRedis()) {
      return offline.call(options, verb, arguments);
    }
    Path file = options.dataFolder().resolve(AdminSocket.FILE).toAbsolutePath().normalize();
    Optional<SocketChannel> connection = connect(file);
    if (connection.isPresent()) {
      return asked(connection.get(), verb, arguments);
    }
    boolean nothing = isWithoutLog(options.dataFolder());
    if (nothing && !BEGINNING.contains(verb)) {
      throw new VerbException(
          "there is no log in " + options.dataFolder() + "; --data names the server's folder");
    }
    try {
      JsonObject result = offline.call(options, verb, arguments);
      if (nothing) {
        err.println("there was no log in " + options.dataFolder() + ": one was begun");
      }
      return result;
    } catch (OwnedException e) {
      err.println("waiting for the server that is starting on " + options.dataFolder());
      err.flush();
      return awaited(file, verb, arguments);
    }
  }

  /// Whether a folder holds no log, and nobody is about to begin one: the lock comes first.
  private static boolean isWithoutLog(Path folder) {
    return !Files.exists(folder.resolve("truc.db")) && !Files.exists(folder.resolve("truc.lock"));
  }

  /// Waits for an owner's socket to appear, or for its end.
  private JsonObject awaited(Path file, String verb, JsonObject arguments) throws Exception {
    long until = System.nanoTime() + OWNER_NANOS;
    try (WatchService changes = file.getFileSystem().newWatchService()) {
      options.dataFolder().register(changes, StandardWatchEventKinds.ENTRY_CREATE);
      while (true) {
        WatchKey changed = changes.poll(LOOK_MILLIS, TimeUnit.MILLISECONDS);
        if (changed != null) {
          changed.pollEvents();
          changed.reset();
        }
        Optional<SocketChannel> connection = connect(file);
        if (connection.isPresent()) {
          return asked(connection.get(), verb, arguments);
        }
        try {
          return offline.call(options, verb, arguments);
        } catch (OwnedException e) {
          if (System.nanoTime() >= until) {
            throw new VerbException(
                e.getMessage() + ", and does not answer; is it still starting?", e);
          }
        }
      }
    }
  }

  private static JsonObject asked(SocketChannel connected, String verb, JsonObject arguments) {
    try (SocketChannel channel = connected) {
      return ask(channel, verb, arguments);
    } catch (IOException e) {
      throw new VerbException("the server went away: " + e.getMessage(), e);
    }
  }

  private static Optional<SocketChannel> connect(Path file) throws IOException {
    if (!Files.exists(file)) {
      return Optional.empty();
    }
    SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
    try {
      channel.connect(UnixDomainSocketAddress.of(file));
      return Optional.of(channel);
    } catch (ConnectException e) {
      // The file of a dead process.
      channel.close();
      return Optional.empty();
    } catch (IOException e) {
      channel.close();
      throw new VerbException("cannot reach the server on " + file + ": " + e.getMessage(), e);
    }
  }

  private static JsonObject ask(SocketChannel channel, String verb, JsonObject arguments)
      throws IOException {
    JsonObject request = new JsonObject().put("verb", verb).put("arguments", arguments);
    ByteBuffer line = ByteBuffer.wrap((request.encode() + "\n").getBytes(StandardCharsets.UTF_8));
    while (line.hasRemaining()) {
      channel.write(line);
    }
    BufferedReader reader =
        new BufferedReader(
            new InputStreamReader(Channels.newInputStream(channel), StandardCharsets.UTF_8));
    String answer = reader.readLine();
    if (answer == null) {
      throw new VerbException("the server ended before it answered");
    }
    return result(answer);
  }

  private static JsonObject result(String answer) {
    try {
      JsonObject json = new JsonObject(answer);
      if (json.getBoolean("ok", false)) {
        return json.getJsonObject("result", new JsonObject());
      }
      throw new VerbException(json.getString("error", "refused"));
    } catch (DecodeException | ClassCastException e) {
      throw new VerbException("the server answered something else", e);
    }
  }
}
