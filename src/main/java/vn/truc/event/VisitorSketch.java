package vn.truc.event;

import java.lang.foreign.MemorySegment;
import org.apache.datasketches.common.SketchesArgumentException;
import org.apache.datasketches.hll.HllSketch;

/// The HLL sketches of visitors that portals send.
final class VisitorSketch {
  /// Base 2 logarithm of the number of buckets.
  static final int LG_K = 12;

  private static final int LG_K_BYTE = 3;

  private VisitorSketch() {}

  /// Whether an image can be read as a sketch of the agreed size.
  static boolean isSound(byte[] image) {
    if (image.length < 8 || image[LG_K_BYTE] != LG_K) {
      return false;
    }
    try {
      return Double.isFinite(HllSketch.heapify(MemorySegment.ofArray(image)).getEstimate());
    } catch (SketchesArgumentException | IndexOutOfBoundsException _) {
      return false;
    }
  }
}
