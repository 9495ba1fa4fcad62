package vn.truc.testing;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/// A Redis server of this test alone: its own process, port and folder, never one that is running
/// already. It keeps everything it answered, unless the test says otherwise.
public final class RedisProcess implements AutoCloseable {
  private static final long WAIT_SECONDS = 20;
  private static final int ATTEMPTS = 5;

  /// How much longer a sync takes in a process that is traced.
  public static final int SYNC_DELAY_MICROS = 5_000;

  private final Path folder;
  private final int port;
  private Process process;

  private final List<String> before;

  private RedisProcess(Path folder, int port, Process process, List<String> before) {
    this.folder = folder;
    this.port = port;
    this.process = process;
    this.before = before;
  }

  /// Starts one on an empty or a used folder and any free port; returns when it answers.
  ///
  /// @param options as on its command line; they win over the usual ones
  public static RedisProcess start(Path folder, String... options) throws IOException {
    return start(List.of(), folder, options);
  }

  /// The same under strace, which writes what it writes and syncs, with the instants, to a file. A
  /// sync takes some milliseconds more than it would, so that whoever does not wait for it is seen.
  public static RedisProcess traced(Path trace, Path folder, String... options) throws IOException {
    require("strace", "strace");
    return start(
        List.of(
            "strace",
            "-D",
            "-f",
            "-y",
            "-ttt",
            "-s",
            "1000000",
            "-e",
            "trace=write,writev,fsync,fdatasync",
            "-e",
            "inject=fdatasync:delay_exit=" + SYNC_DELAY_MICROS,
            "-o",
            trace.toString()),
        folder,
        options);
  }

  private static RedisProcess start(List<String> before, Path folder, String... options)
      throws IOException {
    require("redis-server", "redis-server");
    Files.createDirectories(folder);
    for (int attempt = 1; ; attempt++) {
      int port = freePort();
      Process process = launch(before, folder, port, options);
      if (answers(process, port)) {
        return new RedisProcess(folder, port, process, before);
      }
      process.destroyForcibly();
      if (attempt == ATTEMPTS) {
        throw new AssertionError("redis-server does not start:\n" + log(folder));
      }
    }
  }

  private static void require(String tool, String debianPackage) {
    boolean found =
        Stream.of(System.getenv("PATH").split(":"))
            .anyMatch(path -> Files.isExecutable(Path.of(path, tool)));
    if (!found) {
      throw new AssertionError("this test needs `" + tool + "`: apt-get install " + debianPackage);
    }
  }

  private static int freePort() throws IOException {
    try (ServerSocket probe = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return probe.getLocalPort();
    }
  }

  private static Process launch(List<String> before, Path folder, int port, String... options)
      throws IOException {
    List<String> command = new ArrayList<>(before);
    command.addAll(
        List.of(
            "redis-server",
            "--port",
            Integer.toString(port),
            "--bind",
            "127.0.0.1",
            "--dir",
            folder.toAbsolutePath().toString(),
            "--save",
            "",
            "--appendonly",
            "yes",
            "--appendfsync",
            "always"));
    command.addAll(List.of(options));
    return new ProcessBuilder(command)
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.appendTo(folder.resolve("redis.out").toFile()))
        .start();
  }

  private static boolean answers(Process process, int port) throws IOException {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(WAIT_SECONDS);
    while (process.isAlive() && System.nanoTime() < deadline) {
      try {
        String answer = ask(port, "PING");
        if (answer.equals("+PONG") || answer.startsWith("-NOAUTH")) {
          return true;
        }
      } catch (IOException _) {
        pause();
      }
    }
    return false;
  }

  private static void pause() {
    java.util.concurrent.locks.LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(10));
  }

  private static String log(Path folder) throws IOException {
    return Files.readString(folder.resolve("redis.out"), StandardCharsets.UTF_8);
  }

  /// What it wrote to its output.
  public String log() throws IOException {
    return log(folder);
  }

  /// `redis://127.0.0.1:PORT`.
  public String address() {
    return "redis://127.0.0.1:" + port;
  }

  public int port() {
    return port;
  }

  /// Where its files are.
  public Path folder() {
    return folder;
  }

  /// Runs one command, as words; the first line of its answer, and of a text the text.
  public String command(String... words) throws IOException {
    return ask(port, words);
  }

  /// SIGKILL for the process that rewrites its journal; whether there was one.
  public boolean killRewrite() {
    return process.descendants().filter(ProcessHandle::destroyForcibly).count() > 0;
  }

  /// How often it was asked a command, like `role` or `config|get`.
  public long calls(String name) throws IOException {
    String script =
        "local all = redis.call('INFO', 'commandstats')"
            + " return tonumber(string.match(all, 'cmdstat_' .. ARGV[1] .. ':calls=(%d+)') or '0')";
    return Long.parseLong(command("EVAL", script, "0", name).substring(1));
  }

  private static String ask(int port, String... words) throws IOException {
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 2_000);
      socket.setSoTimeout(20_000);
      StringBuilder request = new StringBuilder("*" + words.length + "\r\n");
      for (String word : words) {
        request
            .append('$')
            .append(word.getBytes(StandardCharsets.UTF_8).length)
            .append("\r\n")
            .append(word)
            .append("\r\n");
      }
      socket.getOutputStream().write(request.toString().getBytes(StandardCharsets.UTF_8));
      BufferedReader reader =
          new BufferedReader(
              new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
      String line = reader.readLine();
      if (line == null) {
        throw new IOException("no answer");
      }
      return line.startsWith("$") && !line.equals("$-1") ? reader.readLine() : line;
    }
  }

  /// SIGKILL; returns when it is gone.
  public void kill9() {
    process.destroyForcibly();
    awaitEnd();
  }

  /// SIGTERM; returns when it is gone.
  public void stop() {
    process.destroy();
    awaitEnd();
  }

  private void awaitEnd() {
    try {
      if (!process.waitFor(WAIT_SECONDS, TimeUnit.SECONDS)) {
        throw new AssertionError("redis-server does not end");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted", e);
    }
  }

  /// SIGSTOP: it keeps its connections and says nothing.
  public void freeze() throws IOException {
    signal("STOP");
  }

  /// SIGCONT.
  public void thaw() throws IOException {
    signal("CONT");
  }

  private void signal(String name) throws IOException {
    try {
      Process kill = new ProcessBuilder("kill", "-" + name, Long.toString(process.pid())).start();
      if (kill.waitFor() != 0) {
        throw new AssertionError("kill -" + name + " failed");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted", e);
    }
  }

  /// Starts it again on the same port and folder.
  public void again(String... options) throws IOException {
    process = launch(before, folder, port, options);
    if (!answers(process, port)) {
      throw new AssertionError("redis-server does not start again:\n" + log(folder));
    }
  }

  /// Whether any of its files holds a text. Where one goes away or gets another name meanwhile, as
  /// in a rewrite, all are looked at again.
  public boolean filesHold(String text) throws IOException {
    byte[] wanted = text.getBytes(StandardCharsets.UTF_8);
    while (true) {
      try (Stream<Path> walk = Files.walk(folder)) {
        for (Path file : walk.filter(Files::isRegularFile).toList()) {
          if (indexOf(Files.readAllBytes(file), wanted) >= 0) {
            return true;
          }
        }
        return false;
      } catch (NoSuchFileException _) {
        // again
      } catch (UncheckedIOException e) {
        if (!(e.getCause() instanceof NoSuchFileException)) {
          throw e;
        }
      }
    }
  }

  private static int indexOf(byte[] whole, byte[] part) {
    for (int i = 0; i + part.length <= whole.length; i++) {
      int same = 0;
      while (same < part.length && whole[i + same] == part[same]) {
        same++;
      }
      if (same == part.length) {
        return i;
      }
    }
    return -1;
  }

  @Override
  public void close() {
    process.destroyForcibly();
    awaitEnd();
  }
}
