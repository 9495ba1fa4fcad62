package vn.truc.testing;

import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import vn.truc.log.EventLog;
import vn.truc.log.LogException;

/// A complete snapshot in memory.
final class MemorySnapshot implements EventLog.SnapshotReader {
  private static final int CHUNK_BYTES_MAX = 4 << 20;

  private final Map<String, List<Buffer>> chunks = new LinkedHashMap<>();
  private final Map<String, Section> sections = new LinkedHashMap<>();

  private MemorySnapshot() {}

  @Override
  public List<Section> sections() {
    return List.copyOf(sections.values());
  }

  @Override
  public Future<Buffer> chunk(Section section, int index) {
    List<Buffer> all = chunks.getOrDefault(section.name(), List.of());
    return index < all.size()
        ? Future.succeededFuture(all.get(index))
        : Future.failedFuture(new LogException(LogException.Reason.UNREADABLE, "no such chunk"));
  }

  /// One that is being written.
  static final class Writer implements EventLog.SnapshotWriter {
    private final MemorySnapshot made = new MemorySnapshot();
    private final Consumer<Optional<MemorySnapshot>> whenDone;
    private boolean ended;

    Writer(Consumer<Optional<MemorySnapshot>> whenDone) {
      this.whenDone = whenDone;
    }

    @Override
    public Future<Void> write(String section, int version, long position, Buffer chunk) {
      if (ended) {
        return ended();
      }
      Section begun = made.sections.getOrDefault(section, new Section("", version, position, 0));
      if (chunk.length() > CHUNK_BYTES_MAX
          || begun.version() != version
          || begun.position() != position) {
        return Future.failedFuture(new IllegalArgumentException("a chunk that does not fit"));
      }
      List<Buffer> all = made.chunks.computeIfAbsent(section, _ -> new ArrayList<>());
      all.add(chunk.copy());
      made.sections.put(section, new Section(section, version, position, all.size()));
      return Future.succeededFuture();
    }

    @Override
    public Future<Void> commit() {
      return end(Optional.of(made));
    }

    @Override
    public Future<Void> discard() {
      return end(Optional.empty());
    }

    private Future<Void> end(Optional<MemorySnapshot> result) {
      if (ended) {
        return ended();
      }
      ended = true;
      whenDone.accept(result);
      return Future.succeededFuture();
    }

    private static Future<Void> ended() {
      return Future.failedFuture(new IllegalStateException("it is committed or discarded"));
    }
  }
}
