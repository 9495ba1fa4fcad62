package vn.truc.log;

import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;

/// One snapshot being written. Chunks go through the writer thread between group commits.
final class SqliteSnapshotWriter implements EventLog.SnapshotWriter {
  private static final int CHUNK_BYTES_MAX = 4 << 20;

  /// What the first chunk of a section said, and how many it has.
  private record Begun(int version, long position, int chunks) {}

  private final Vertx vertx;
  private final SqliteWriter writer;
  private final long number;
  private final Runnable whenEnded;
  private final Map<String, Begun> sections = new HashMap<>();
  private boolean ended;

  SqliteSnapshotWriter(Vertx vertx, SqliteWriter writer, long number, Runnable whenEnded) {
    this.vertx = vertx;
    this.writer = writer;
    this.number = number;
    this.whenEnded = whenEnded;
  }

  @Override
  public Future<Void> write(String section, int version, long position, Buffer chunk) {
    if (ended) {
      return ended();
    }
    if (chunk.length() > CHUNK_BYTES_MAX) {
      return Future.failedFuture(
          new IllegalArgumentException("chunk of " + chunk.length() + " bytes is too large"));
    }
    Begun begun = sections.getOrDefault(section, new Begun(version, position, 0));
    if (begun.version() != version || begun.position() != position) {
      return Future.failedFuture(
          new IllegalArgumentException(
              "section " + section + " was begun with another version or position"));
    }
    byte[] data = chunk.getBytes();
    Future<Void> written =
        writer.submitChange(
            context(),
            data.length,
            open ->
                SqliteSnapshots.write(
                    open, number, section, begun.chunks(), version, position, data));
    sections.put(section, new Begun(version, position, begun.chunks() + 1));
    return written;
  }

  @Override
  public Future<Void> commit() {
    return end(open -> SqliteSnapshots.complete(open, number, SqliteStore.micros(Instant.now())));
  }

  @Override
  public Future<Void> discard() {
    return end(open -> SqliteSnapshots.drop(open, number));
  }

  private Future<Void> end(SqliteStore.Plain change) {
    if (ended) {
      return ended();
    }
    ended = true;
    return writer.submitChange(context(), 0, change).onComplete(_ -> whenEnded.run());
  }

  private Context context() {
    return vertx.getOrCreateContext();
  }

  private static Future<Void> ended() {
    return Future.failedFuture(new IllegalStateException("the snapshot is committed or discarded"));
  }
}
