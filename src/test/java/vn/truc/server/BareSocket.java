package vn.truc.server;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;

/// A connection spoken by hand, byte by byte: what no client library would send.
final class BareSocket implements AutoCloseable {
  private static final int TEXT = 0x81;
  private static final int CLOSE = 0x88;
  private static final int WAIT_MILLIS = 60_000;

  private final Socket socket = new Socket();
  private final DataInputStream in;
  private final int port;

  /// @param receiveBytes what the system keeps for a reader that does not read; 0 for its own way
  BareSocket(RunningServer server, int receiveBytes) throws IOException {
    port = server.port();
    if (receiveBytes > 0) {
      socket.setReceiveBufferSize(receiveBytes);
    }
    socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
    socket.setSoTimeout(WAIT_MILLIS);
    socket.setTcpNoDelay(true);
    in = new DataInputStream(socket.getInputStream());
  }

  BareSocket(RunningServer server) throws IOException {
    this(server, 0);
  }

  /// Asks for the upgrade and does not wait for the answer.
  BareSocket ask(String... headers) throws IOException {
    StringBuilder request = new StringBuilder("GET /connection/websocket HTTP/1.1\r\n");
    request.append("Host: 127.0.0.1:").append(port).append("\r\n");
    request.append("Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n");
    request.append("Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n");
    for (String header : headers) {
      request.append(header).append("\r\n");
    }
    return raw(request.append("\r\n").toString());
  }

  /// The status of the next HTTP answer, its head taken.
  int status() throws IOException {
    StringBuilder head = new StringBuilder();
    while (head.indexOf("\r\n\r\n") < 0) {
      head.append((char) in.readUnsignedByte());
    }
    return Integer.parseInt(head.substring(9, 12));
  }

  /// Upgrades and connects.
  BareSocket connected(String token) throws IOException {
    ask();
    if (status() != 101) {
      throw new AssertionError("no upgrade");
    }
    say("{\"id\":1,\"connect\":{\"token\":\"" + token + "\"}}");
    read();
    return this;
  }

  BareSocket raw(byte[] bytes) throws IOException {
    socket.getOutputStream().write(bytes);
    return this;
  }

  BareSocket raw(String text) throws IOException {
    return raw(text.getBytes(StandardCharsets.UTF_8));
  }

  /// Sends a masked frame; the mask is zero.
  BareSocket frame(int firstByte, byte[] payload) throws IOException {
    ByteArrayOutputStream frame = new ByteArrayOutputStream();
    frame.write(firstByte);
    if (payload.length < 126) {
      frame.write(0x80 | payload.length);
    } else if (payload.length <= 0xFFFF) {
      frame.write(0x80 | 126);
      frame.write(payload.length >> 8);
      frame.write(payload.length);
    } else {
      frame.write(0x80 | 127);
      for (int shift = 56; shift >= 0; shift -= 8) {
        frame.write((int) ((long) payload.length >> shift));
      }
    }
    frame.write(new byte[4]);
    frame.write(payload);
    return raw(frame.toByteArray());
  }

  BareSocket say(String text) throws IOException {
    return frame(TEXT, text.getBytes(StandardCharsets.UTF_8));
  }

  /// The next text message.
  String read() throws IOException {
    return new String(next(TEXT), StandardCharsets.UTF_8);
  }

  /// The code the server closes with; -1 when it just cuts.
  int closeCode() throws IOException {
    try {
      byte[] payload = next(CLOSE);
      return (payload[0] & 0xFF) << 8 | (payload[1] & 0xFF);
    } catch (EOFException | SocketException _) {
      return -1;
    }
  }

  private byte[] next(int wanted) throws IOException {
    while (true) {
      int first = in.readUnsignedByte();
      long length = in.readUnsignedByte();
      if (length == 126) {
        length = in.readUnsignedShort();
      } else if (length == 127) {
        length = in.readLong();
      }
      byte[] payload = in.readNBytes((int) length);
      if (first == wanted) {
        return payload;
      }
      if (first == CLOSE) {
        throw new EOFException("closed");
      }
    }
  }

  /// One byte; -1 when there are none any more.
  int oneByte() throws IOException {
    try {
      return in.read();
    } catch (SocketException _) {
      return -1;
    }
  }

  /// Ends our half; the other half may go on.
  BareSocket endOfInput() throws IOException {
    socket.shutdownOutput();
    return this;
  }

  /// All that comes until the server closes.
  String rest() throws IOException {
    try {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (SocketException cut) {
      return "";
    }
  }

  @Override
  public void close() {
    try {
      socket.close();
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }
}
