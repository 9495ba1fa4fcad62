package vn.truc;

import io.vertx.core.buffer.Buffer;
import java.util.Iterator;
import java.util.List;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import vn.truc.fold.Projection;
import vn.truc.fold.Section;
import vn.truc.fold.StateCopy;
import vn.truc.push.Hub;

/// What streams published last, so that a screen which was cut off goes on where it was after a
/// restart too. Where that cannot be read, screens fetch their state anew.
final class FeedRings implements Projection {
  private static final Logger LOG = LoggerFactory.getLogger(FeedRings.class);
  private static final Section SECTION = new Section("rings", 1, Section.Kind.WHOLE);

  private final Hub hub;
  private final LongSupplier head;

  /// @param head the end of the log, as far as it is known
  FeedRings(Hub hub, LongSupplier head) {
    this.hub = hub;
    this.head = head;
  }

  @Override
  public List<Section> sections() {
    return List.of(SECTION);
  }

  @Override
  public StateCopy copy() {
    return _ -> chunks(hub.exportRings());
  }

  private static Iterator<byte[]> chunks(Iterator<Buffer> rings) {
    return new Iterator<>() {
      @Override
      public boolean hasNext() {
        return rings.hasNext();
      }

      @Override
      public byte[] next() {
        return rings.next().getBytes();
      }
    };
  }

  @Override
  public void restore(String section, byte[] chunk) {
    if (!hub.importRings(Buffer.buffer(chunk))) {
      LOG.warn("snapshot_rings_ignored");
      hub.recoverableFrom(head.getAsLong());
    }
  }
}
