package vn.truc.intake;

/// Cuts chunks of bytes into lines, in place where a line lies within its chunk. A line over the
/// limit is skipped to its end without being held. Lines of white space alone are left out.
public final class LineSplitter {

  /// Takes the lines.
  public interface Sink {
    /// One line, without its end; the bytes are lent for the call.
    void line(byte[] buf, int from, int to);

    /// A line longer than the limit.
    void oversized();
  }

  private static final byte[] NONE = new byte[0];

  private final int lineBytesMax;
  private final Sink sink;
  private byte[] carried = new byte[1_024];
  private int carriedLength;
  private boolean skipping;
  private byte[] chunk = NONE;
  private int from;

  /// @param lineBytesMax bytes of a line, its end not counted
  public LineSplitter(int lineBytesMax, Sink sink) {
    this.lineBytesMax = lineBytesMax;
    this.sink = sink;
  }

  /// Takes the next chunk, once the one before is used up: [#step()] hands on its lines.
  public void take(byte[] next) {
    chunk = next;
    from = 0;
  }

  /// Hands on the next line that ends in the chunk; false when the chunk is used up, and what is
  /// left of it kept for the next.
  public boolean step() {
    for (int at = from; at < chunk.length; at++) {
      if (chunk[at] == '\n') {
        int begin = from;
        from = at + 1;
        endOfLine(chunk, begin, at);
        return true;
      }
    }
    carry(chunk, from, chunk.length);
    chunk = NONE;
    from = 0;
    return false;
  }

  /// The body ended; its last line may lack a newline.
  public void end() {
    endOfLine(carried, 0, 0);
  }

  /// Bytes held: the chunk, and the line that is still under way.
  public int heldBytes() {
    return carried.length + chunk.length;
  }

  /// Forgets the chunk and the line under way; nothing more is to come.
  public void drop() {
    carried = NONE;
    carriedLength = 0;
    chunk = NONE;
    from = 0;
  }

  private void endOfLine(byte[] buf, int begin, int end) {
    if (carriedLength > 0 || skipping) {
      carry(buf, begin, end);
      if (skipping) {
        sink.oversized();
      } else {
        offer(carried, 0, carriedLength);
      }
      carriedLength = 0;
      skipping = false;
    } else if (end - begin > lineBytesMax) {
      sink.oversized();
    } else {
      offer(buf, begin, end);
    }
  }

  private void carry(byte[] buf, int begin, int end) {
    int length = end - begin;
    if (skipping || length == 0) {
      return;
    }
    if (carriedLength + length > lineBytesMax) {
      skipping = true;
      carriedLength = 0;
      return;
    }
    if (carriedLength + length > carried.length) {
      int room = Math.max(carriedLength + length, carried.length * 2);
      byte[] larger = new byte[room];
      System.arraycopy(carried, 0, larger, 0, carriedLength);
      carried = larger;
    }
    System.arraycopy(buf, begin, carried, carriedLength, length);
    carriedLength += length;
  }

  private void offer(byte[] buf, int begin, int end) {
    for (int at = begin; at < end; at++) {
      byte next = buf[at];
      if (next != ' ' && next != '\r' && next != '\t') {
        sink.line(buf, begin, end);
        return;
      }
    }
  }
}
