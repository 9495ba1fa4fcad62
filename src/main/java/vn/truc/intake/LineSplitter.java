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

  private final int lineBytesMax;
  private final Sink sink;
  private byte[] carried = new byte[1_024];
  private int carriedLength;
  private boolean skipping;

  /// @param lineBytesMax bytes of a line, its end not counted
  public LineSplitter(int lineBytesMax, Sink sink) {
    this.lineBytesMax = lineBytesMax;
    this.sink = sink;
  }

  /// Takes the next chunk; returns whether a line ended in it.
  public boolean chunk(byte[] chunk) {
    int from = 0;
    for (int at = 0; at < chunk.length; at++) {
      if (chunk[at] == '\n') {
        endOfLine(chunk, from, at);
        from = at + 1;
      }
    }
    carry(chunk, from, chunk.length);
    return from > 0;
  }

  /// The body ended; its last line may lack a newline.
  public void end() {
    endOfLine(carried, 0, 0);
  }

  /// Bytes held for the line that is still under way.
  public int heldBytes() {
    return carried.length;
  }

  /// Forgets the line under way; nothing more is to come.
  public void drop() {
    carried = new byte[0];
    carriedLength = 0;
  }

  private void endOfLine(byte[] chunk, int from, int to) {
    if (carriedLength > 0 || skipping) {
      carry(chunk, from, to);
      if (skipping) {
        sink.oversized();
      } else {
        offer(carried, 0, carriedLength);
      }
      carriedLength = 0;
      skipping = false;
    } else if (to - from > lineBytesMax) {
      sink.oversized();
    } else {
      offer(chunk, from, to);
    }
  }

  private void carry(byte[] chunk, int from, int to) {
    int length = to - from;
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
    System.arraycopy(chunk, from, carried, carriedLength, length);
    carriedLength += length;
  }

  private void offer(byte[] buf, int from, int to) {
    for (int at = from; at < to; at++) {
      byte next = buf[at];
      if (next != ' ' && next != '\r' && next != '\t') {
        sink.line(buf, from, to);
        return;
      }
    }
  }
}
