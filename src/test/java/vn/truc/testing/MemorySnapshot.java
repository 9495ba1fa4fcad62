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

    Writer(Consumer<Optional<MemorySnapshot>> whenDone) {
      this.whenDone = whenDone;
    }

    @Override
    public Future<Void> write(String section, int version, long position, Buffer chunk) {
      List<Buffer> all = made.chunks.computeIfAbsent(section, _ -> new ArrayList<>());
      all.add(chunk.copy());
      made.sections.put(
          section, new EventLog.SnapshotReader.Section(section, version, position, all.size()));
      return Future.succeededFuture();
    }

    @Override
    public Future<Void> commit() {
      whenDone.accept(Optional.of(made));
      return Future.succeededFuture();
    }

    @Override
    public Future<Void> discard() {
      whenDone.accept(Optional.empty());
      return Future.succeededFuture();
    }
  }
}
