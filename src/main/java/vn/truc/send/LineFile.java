package vn.truc.send;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// The lines of a file of facts, UTF-8. A line that is not UTF-8, or longer than [#LINE_BYTES_MAX],
/// is left out and told; the others go on. Empty lines are nothing, and so is a byte order mark.
final class LineFile implements FactStream, AutoCloseable {
  /// What no server takes as one fact.
  static final int LINE_BYTES_MAX = 1 << 20;

  private static final int COMPLAINTS_MAX = 20;
  private static final byte[] MARK = {(byte) 0xEF, (byte) 0xBB, (byte) 0xBF};

  private final InputStream in;
  private final ByteArrayOutputStream line = new ByteArrayOutputStream();
  private final CharsetDecoder decoder =
      StandardCharsets.UTF_8
          .newDecoder()
          .onMalformedInput(CodingErrorAction.REPORT)
          .onUnmappableCharacter(CodingErrorAction.REPORT);
  private final List<String> complaints = new ArrayList<>();
  private long lines;
  private long offset;
  private long leftOut;
  private boolean ended;

  LineFile(Path file) throws IOException {
    in = new BufferedInputStream(Files.newInputStream(file), 1 << 16);
    in.mark(MARK.length);
    byte[] head = in.readNBytes(MARK.length);
    if (java.util.Arrays.equals(head, MARK)) {
      offset = MARK.length;
    } else {
      in.reset();
    }
  }

  @Override
  public Next next(int max) {
    List<String> facts = new ArrayList<>(max);
    List<String> places = new ArrayList<>(max);
    try {
      while (!ended && facts.size() < max) {
        read(facts);
        if (facts.size() > places.size()) {
          places.add("line " + lines);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException("the file cannot be read on, line " + (lines + 1), e);
    }
    return facts.isEmpty() ? new End() : new Batch(facts, places);
  }

  private void read(List<String> facts) throws IOException {
    line.reset();
    long begin = offset;
    int c = in.read();
    if (c < 0) {
      ended = true;
      return;
    }
    lines++;
    boolean tooLong = false;
    while (c >= 0 && c != '\n') {
      offset++;
      if (line.size() < LINE_BYTES_MAX) {
        line.write(c);
      } else {
        tooLong = true;
      }
      c = in.read();
    }
    offset++;
    if (tooLong) {
      complain("is longer than " + LINE_BYTES_MAX + " bytes");
    } else {
      decoded(begin, facts);
    }
  }

  private void decoded(long begin, List<String> facts) {
    byte[] bytes = line.toByteArray();
    ByteBuffer from = ByteBuffer.wrap(bytes);
    CharBuffer to = CharBuffer.allocate(bytes.length);
    CoderResult result = decoder.reset().decode(from, to, true);
    if (result.isError()) {
      complain(
          "byte %d of the file (0x%02X) is not UTF-8"
              .formatted(begin + from.position() + 1, bytes[from.position()] & 0xFF));
      return;
    }
    String text = to.flip().toString();
    if (!text.isBlank()) {
      facts.add(text);
    }
  }

  private void complain(String what) {
    leftOut++;
    if (complaints.size() < COMPLAINTS_MAX) {
      complaints.add("line " + lines + ": " + what);
    }
  }

  /// Lines read so far.
  long lines() {
    return lines;
  }

  /// Lines that were not sent.
  long leftOut() {
    return leftOut;
  }

  /// Why, the first of them.
  List<String> complaints() {
    return List.copyOf(complaints);
  }

  @Override
  public void close() {
    try {
      in.close();
    } catch (IOException e) {
      throw new UncheckedIOException("the file cannot be closed", e);
    }
  }
}
