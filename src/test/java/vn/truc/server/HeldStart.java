package vn.truc.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/// A server that listens and has not folded its log. It is held there by its list of erasures,
/// which is a pipe that nobody writes to, until the test does.
final class HeldStart implements AutoCloseable {
  private final RunningServer.Starting process;
  private final Path pipe;
  private final int port;

  private HeldStart(RunningServer.Starting process, Path pipe, int port) {
    this.process = process;
    this.pipe = pipe;
    this.port = port;
  }

  /// Starts on the data folder of a server that was killed; returns when it listens.
  static HeldStart on(Path data) throws Exception {
    Path pipe = data.resolve("erased");
    assertEquals(0, new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor());
    int port = freePort();
    RunningServer.Starting process =
        RunningServer.begin(data, "--clock", Fact.CLOCK, "--port", Integer.toString(port));
    HeldStart held = new HeldStart(process, pipe, port);
    held.awaitListening();
    return held;
  }

  static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  private void awaitListening() throws Exception {
    while (process.alive()) {
      try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
        assertTrue(socket.isConnected());
        return;
      } catch (ConnectException e) {
        // Not yet.
      }
    }
    throw new AssertionError("the server ended before it listened");
  }

  int port() {
    return port;
  }

  boolean alive() throws InterruptedException {
    return process.alive();
  }

  /// SIGTERM; the exit code, within ten seconds.
  int stop() throws InterruptedException {
    process.process().destroy();
    assertTrue(process.process().waitFor(10, TimeUnit.SECONDS), "it ends within 10 s");
    return process.process().exitValue();
  }

  /// Lets it go on; returns when it serves.
  RunningServer release() throws IOException {
    Files.writeString(pipe, "");
    return process.serving();
  }

  @Override
  public void close() {
    process.close();
  }
}
