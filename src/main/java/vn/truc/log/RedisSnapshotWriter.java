package vn.truc.log;

import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import vn.truc.log.EventLog.SnapshotReader.Section;

/// One snapshot being written to Redis.
final class RedisSnapshotWriter implements EventLog.SnapshotWriter {
  private static final int CHUNK_BYTES_MAX = 4 << 20;

  /// Runs work on the engine's context and answers on the caller's.
  interface Here {
    Future<Void> run(Supplier<Future<Void>> work);
  }

  private final RedisSnapshots snapshots;
  private final RedisSnapshots.Turn turn;
  private final long bytesMax;
  private final Here here;
  private final Runnable whenEnded;
  private final Map<String, Section> sections = new LinkedHashMap<>();
  private long bytes;
  private boolean ended;

  /// @param bytesMax bytes of chunks whose writing is not confirmed yet
  RedisSnapshotWriter(
      RedisSnapshots snapshots,
      RedisSnapshots.Turn turn,
      long bytesMax,
      Here here,
      Runnable whenEnded) {
    this.snapshots = snapshots;
    this.turn = turn;
    this.bytesMax = bytesMax;
    this.here = here;
    this.whenEnded = whenEnded;
  }

  @Override
  public Future<Void> write(String section, int version, long position, Buffer chunk) {
    return here.run(() -> append(section, version, position, chunk));
  }

  private Future<Void> append(String name, int version, long position, Buffer chunk) {
    if (ended) {
      return ended();
    }
    if (chunk.length() > CHUNK_BYTES_MAX) {
      return Future.failedFuture(
          new IllegalArgumentException("chunk of " + chunk.length() + " bytes is too large"));
    }
    Section begun = sections.getOrDefault(name, new Section(name, version, position, 0));
    if (begun.version() != version || begun.position() != position) {
      return Future.failedFuture(
          new IllegalArgumentException(
              "section " + name + " was begun with another version or position"));
    }
    if (bytes > 0 && bytes + chunk.length() > bytesMax) {
      return Future.failedFuture(
          new LogException(
              LogException.Reason.QUEUE_FULL, "snapshot queue full: " + bytes + " bytes wait"));
    }
    bytes += chunk.length();
    sections.put(name, new Section(name, version, position, begun.chunks() + 1));
    return snapshots
        .write(turn, name, begun.chunks(), chunk)
        .eventually(
            () -> {
              bytes -= chunk.length();
              return Future.succeededFuture();
            });
  }

  @Override
  public Future<Void> commit() {
    List<Section> whole = new ArrayList<>(sections.values());
    return here.run(() -> end(() -> snapshots.commit(turn, whole)));
  }

  @Override
  public Future<Void> discard() {
    return here.run(() -> end(() -> snapshots.discard(turn)));
  }

  private Future<Void> end(Supplier<Future<Void>> last) {
    if (ended) {
      return ended();
    }
    ended = true;
    return last.get().onComplete(_ -> whenEnded.run());
  }

  private static Future<Void> ended() {
    return Future.failedFuture(new IllegalStateException("the snapshot is committed or discarded"));
  }
}
