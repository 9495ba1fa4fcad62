package vn.truc.log;

import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.streams.ReadStream;
import java.util.List;
import java.util.Optional;
import vn.truc.event.LogRecord;

/// The one durable, ordered log: the only truth of the house.
///
/// All methods are called on one Vert.x context and never block it; every future completes and
/// every stream delivers on the context that called. Positions count records from 1, without gaps,
/// the same in every engine.
public interface EventLog extends Records {

  /// The log's newest random id: the epoch of stream channels.
  String id();

  /// Appends a batch as a whole, in order. Completes with the position of its first record when
  /// every record is durable: never before the engine's fsync returned.
  ///
  /// Fails with [LogException]: `QUEUE_FULL` (the bounded queue had no room, nothing was taken),
  /// `UNWRITABLE` (not confirmed), `CLOSED`. A batch that was not confirmed is not in the log or,
  /// where the store is another process and a connection broke before its answer, it is there as a
  /// whole. Appending it again is harmless, since the folds drop repeats.
  Future<Long> append(List<Draft> batch);

  /// The records after a position, in order, then those to come, in batches. Records appended here
  /// are delivered before the future of their append completes. Back-pressure by `pause`, `resume`,
  /// `fetch` (counted in batches). Ends when the log is closed; a failure goes to the exception
  /// handler.
  @Override
  ReadStream<List<LogRecord>> follow(long after);

  /// The record at a position; empty when there is none.
  Future<Optional<LogRecord>> read(long position);

  /// The personal fields that lie beside a record, as JSON; empty when there are none, or no
  /// longer.
  Future<Optional<String>> personal(long position);

  /// Removes the personal fields of one case from the live store and its journal. Completes with
  /// the number of records that lost fields, when they are gone from the files.
  Future<Integer> erase(String kind, String code);

  /// Removes the personal fields beside records that turned out not to count: repeats, and facts
  /// the fold refused. Completes when they are deleted; they leave the journal as expired ones do.
  Future<Void> forget(List<Long> positions);

  /// A secret of the store, 32 random bytes made on first use (the key of the dashboard tokens,
  /// say).
  Future<Buffer> secret(String name);

  /// Begins a snapshot. One at a time, whichever node writes it: fails with [IllegalStateException]
  /// while another is being written.
  Future<SnapshotWriter> beginSnapshot();

  /// The newest complete snapshot; empty when there is none.
  Future<Optional<SnapshotReader>> newestSnapshot();

  /// Keeps what verbs need that do without the cases, in place of an older one. Only where several
  /// processes open the store; elsewhere it is not kept.
  default Future<Void> keepBrief(Brief brief) {
    return Future.succeededFuture();
  }

  /// The newest that was kept; empty where there is none, or it cannot be read.
  default Future<Optional<Brief>> brief() {
    return Future.succeededFuture(Optional.empty());
  }

  /// Something small that was folded from the log.
  ///
  /// @param position up to where
  record Brief(long position, Buffer content) {}

  /// Whether appends are expected to work: empty when they are, else what is wrong, for `/readyz`.
  Optional<String> unwritable();

  /// That followers may lack what is in the log already, and since when; empty while they get
  /// everything as it is written. Always empty where no other process writes the log.
  default Optional<Behind> behind() {
    return Optional.empty();
  }

  /// How a node lags behind its log.
  ///
  /// @param sinceMicros the moment up to which nothing is missing, real time, microseconds since
  /// 1970
  /// @param reading whether the store is in reach again and what came meanwhile is being read
  record Behind(long sinceMicros, boolean reading) {}

  /// Completes when followers have everything that was durable at the call, whoever appended it.
  /// Fails where the store cannot tell, or that takes longer than a node should wait for it.
  default Future<Void> reachHead() {
    return Future.succeededFuture();
  }

  /// Flushes what was taken, closes the store.
  @Override
  Future<Void> close();

  /// Writes named sections in chunks; the snapshot exists for readers once [#commit()] completed.
  interface SnapshotWriter {

    /// Appends one chunk (at most 4 MiB) to a section. All chunks of a section carry the same
    /// version and position. Each chunk is stored with a checksum.
    Future<Void> write(String section, int version, long position, Buffer chunk);

    /// Makes the snapshot durable and the newest; older ones but one are deleted.
    Future<Void> commit();

    /// Drops what was written.
    Future<Void> discard();
  }

  /// Reads one complete snapshot.
  interface SnapshotReader {

    List<Section> sections();

    /// The chunk of a section at an index from 0. Fails with `CORRUPT` when its checksum is wrong.
    Future<Buffer> chunk(Section section, int index);

    /// A named part of a snapshot: its own version, the position up to which it holds the log, the
    /// count of its chunks.
    record Section(String name, int version, long position, int chunks) {}
  }
}
