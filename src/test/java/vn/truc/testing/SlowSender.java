package vn.truc.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;

/// A sender that announces a body and sends as much of it as the test says.
public final class SlowSender implements AutoCloseable {
  private final Socket socket;

  /// @param announced the announced length of the body in bytes
  public SlowSender(int port, String key, String type, int announced) {
    try {
      socket = new Socket(InetAddress.getLoopbackAddress(), port);
      socket.setSoTimeout((int) TimeUnit.SECONDS.toMillis(30));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    send(
        """
        POST /api/v1/events HTTP/1.1\r
        Host: test\r
        Authorization: Bearer %s\r
        Content-Type: %s\r
        Content-Length: %d\r
        \r
        """
            .formatted(key, type, announced)
            .getBytes(StandardCharsets.US_ASCII));
  }

  /// Sends more bytes.
  public SlowSender send(byte[] bytes) {
    try {
      socket.getOutputStream().write(bytes);
      return this;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Sends more text.
  public SlowSender send(String text) {
    return send(text.getBytes(StandardCharsets.UTF_8));
  }

  /// Waits for an answer and returns its status.
  public int status() {
    try {
      byte[] line = socket.getInputStream().readNBytes("HTTP/1.1 200".length());
      return Integer.parseInt(new String(line, StandardCharsets.US_ASCII).substring(9));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Waits until the server closes the connection; the rest of what it said.
  public String rest() {
    try {
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    try {
      socket.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
