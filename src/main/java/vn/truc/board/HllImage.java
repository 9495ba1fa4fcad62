package vn.truc.board;

import java.lang.foreign.MemorySegment;
import java.util.Base64;
import org.apache.datasketches.hll.HllSketch;

/// The image of one sketch of visitors, as bytes: two kibibytes for a busy hour. They are never
/// written into. [vn.truc.event.VisitorSketch] found it sound before it came here.
final class HllImage {
  /// No image.
  static final HllImage NONE = new HllImage(new byte[0]);

  private final byte[] bytes;

  HllImage(byte[] bytes) {
    this.bytes = bytes;
  }

  static HllImage of(String base64) {
    return new HllImage(Base64.getDecoder().decode(base64));
  }

  boolean isEmpty() {
    return bytes.length == 0;
  }

  byte[] bytes() {
    return bytes;
  }

  /// The sketch it shows.
  HllSketch sketch() {
    return HllSketch.heapify(MemorySegment.ofArray(bytes));
  }
}
