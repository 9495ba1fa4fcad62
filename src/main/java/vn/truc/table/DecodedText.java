package vn.truc.table;

import java.io.IOException;
import java.io.InputStream;
import java.io.Reader;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.Charset;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;

/// Bytes as text, under one charset. A byte order mark is skipped and decides where no charset is
/// named. All text before the first bad byte is given before that byte is told.
final class DecodedText extends Reader {
  private static final int BYTES = 65_536;

  /// A byte that is none of the charset; its place in the file is counted from 1.
  static final class BadByte extends IOException {
    private static final long serialVersionUID = 1L;

    BadByte(long offset, byte value, Charset charset) {
      super(
          "byte %d of the file (0x%02X) is not %s, which it is read with; name another charset in the mapping, like charset: windows-1258"
              .formatted(offset, value & 0xFF, charset.name()));
    }
  }

  private record Mark(List<Integer> bytes, Charset charset, List<String> goesWith) {
    boolean begins(byte[] head) {
      for (int i = 0; i < bytes.size(); i++) {
        if (head.length <= i || (head[i] & 0xFF) != bytes.get(i)) {
          return false;
        }
      }
      return true;
    }
  }

  /// The longer ones first: that of UTF-32LE begins with that of UTF-16LE.
  private static final List<Mark> MARKS =
      List.of(
          new Mark(List.of(0xFF, 0xFE, 0, 0), Charset.forName("UTF-32LE"), List.of("UTF-32")),
          new Mark(List.of(0, 0, 0xFE, 0xFF), Charset.forName("UTF-32BE"), List.of("UTF-32")),
          new Mark(List.of(0xEF, 0xBB, 0xBF), StandardCharsets.UTF_8, List.of()),
          new Mark(List.of(0xFF, 0xFE), StandardCharsets.UTF_16LE, List.of("UTF-16")),
          new Mark(List.of(0xFE, 0xFF), StandardCharsets.UTF_16BE, List.of("UTF-16")));

  private final InputStream in;
  private final Charset charset;
  private final CharsetDecoder decoder;
  private final ByteBuffer bytes = ByteBuffer.allocate(BYTES);
  private long taken;
  private boolean ended;
  private boolean flushed;

  private DecodedText(InputStream in, Charset charset, byte[] head, int marked) {
    this.in = in;
    this.charset = charset;
    this.decoder =
        charset
            .newDecoder()
            .onMalformedInput(CodingErrorAction.REPORT)
            .onUnmappableCharacter(CodingErrorAction.REPORT);
    this.taken = head.length;
    bytes.put(head, marked, head.length - marked).flip();
  }

  /// Text of a stream.
  ///
  /// @param named by the mapping; UTF-8 without it and without a mark
  /// @throws TableFault when the mark is that of another charset than the one named
  static DecodedText of(InputStream in, Optional<Charset> named) throws IOException {
    byte[] head = in.readNBytes(4);
    for (Mark mark : MARKS) {
      if (mark.begins(head)) {
        Charset charset = named.orElse(mark.charset);
        if (!charset.equals(mark.charset) && !mark.goesWith.contains(charset.name())) {
          throw new TableFault(
              "it begins with the byte order mark of %s, and the mapping says charset: %s"
                  .formatted(mark.charset.name(), charset.name()));
        }
        return new DecodedText(in, mark.charset, head, mark.bytes.size());
      }
    }
    return new DecodedText(in, named.orElse(StandardCharsets.UTF_8), head, 0);
  }

  Charset charset() {
    return charset;
  }

  @Override
  public int read(char[] chars, int offset, int length) throws IOException {
    CharBuffer out = CharBuffer.wrap(chars, offset, length);
    while (!flushed && out.position() == offset) {
      CoderResult result = decoder.decode(bytes, out, ended);
      if (result.isError() && out.position() == offset) {
        throw new BadByte(taken - bytes.remaining() + 1, bytes.get(bytes.position()), charset);
      }
      if (!result.isUnderflow()) {
        break;
      }
      if (ended) {
        decoder.flush(out);
        flushed = true;
      } else {
        fill();
      }
    }
    int read = out.position() - offset;
    return read == 0 ? -1 : read;
  }

  private void fill() throws IOException {
    bytes.compact();
    int read = in.read(bytes.array(), bytes.position(), bytes.remaining());
    if (read < 0) {
      ended = true;
    } else {
      taken += read;
      bytes.position(bytes.position() + read);
    }
    bytes.flip();
  }

  @Override
  public void close() throws IOException {
    in.close();
  }
}
