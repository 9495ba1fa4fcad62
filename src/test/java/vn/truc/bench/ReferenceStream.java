package vn.truc.bench;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/// Bare pipelined `XADD` of the very lines, each the only field of its entry: pieces of 512
/// commands in one write, as many pieces under way at once as the log has. Told seconds on its
/// standard input, it appends that long to a new stream and prints the entries a second.
final class ReferenceStream {
  private static final int BATCH = 512;
  private static final int UNDER_WAY = 4;
  private static final int PREPARED_PIECES = 100;

  /// Lines of the answer to one XADD: the length of the id, the id.
  private static final int LINES_AN_ANSWER = 2;

  private final InputStream in;
  private final OutputStream out;
  private final List<byte[]> pieces;
  private final byte[] read = new byte[1 << 16];

  /// Line ends read of the answer under way.
  private long ends;

  private byte last = '\n';

  private ReferenceStream(Socket socket, List<byte[]> pieces) throws IOException {
    this.in = socket.getInputStream();
    this.out = socket.getOutputStream();
    this.pieces = pieces;
  }

  public static void main(String[] arguments) throws IOException {
    List<byte[]> pieces = new ArrayList<>();
    Facts facts = new Facts("ref");
    for (int i = 0; i < PREPARED_PIECES; i++) {
      pieces.add(piece(facts));
    }
    int port = Integer.parseInt(arguments[0]);
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
        BufferedReader told =
            new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
      socket.setTcpNoDelay(true);
      ReferenceStream stream = new ReferenceStream(socket, pieces);
      for (String line = told.readLine(); line != null; line = told.readLine()) {
        System.out.println(stream.run(Double.parseDouble(line)));
      }
    }
  }

  private static byte[] piece(Facts facts) {
    ByteArrayOutputStream piece = new ByteArrayOutputStream(BATCH * 400);
    for (int i = 0; i < BATCH; i++) {
      byte[] line = facts.next();
      piece.writeBytes(
          ("*5\r\n$4\r\nXADD\r\n$3\r\nref\r\n$1\r\n*\r\n$4\r\ndata\r\n$" + line.length + "\r\n")
              .getBytes(US_ASCII));
      piece.writeBytes(line);
      piece.writeBytes("\r\n".getBytes(US_ASCII));
    }
    return piece.toByteArray();
  }

  private double run(double seconds) throws IOException {
    out.write("*2\r\n$6\r\nUNLINK\r\n$3\r\nref\r\n".getBytes(US_ASCII));
    await(1);
    long began = System.nanoTime();
    long until = began + (long) (seconds * 1e9);
    long sent = 0;
    long answered = 0;
    while (System.nanoTime() < until) {
      while (sent - answered < UNDER_WAY) {
        out.write(pieces.get((int) (sent++ % pieces.size())));
      }
      await(BATCH * LINES_AN_ANSWER);
      answered++;
    }
    double rate = answered * BATCH * 1e9 / (System.nanoTime() - began);
    await((sent - answered) * BATCH * LINES_AN_ANSWER);
    return rate;
  }

  /// Reads until so many lines have come.
  private void await(long lines) throws IOException {
    while (ends < lines) {
      int count = in.read(read);
      if (count < 0) {
        throw new IOException("the store ended");
      }
      for (int i = 0; i < count; i++) {
        if (read[i] == '\n') {
          ends++;
        } else if (read[i] == '-' && last == '\n') {
          throw new IOException("the store refused: " + new String(read, i, count - i, US_ASCII));
        }
        last = read[i];
      }
    }
    ends -= lines;
  }
}
