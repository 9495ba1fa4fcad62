package vn.truc;

import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import vn.truc.fold.Projection;
import vn.truc.fold.Projections;
import vn.truc.fold.Section;
import vn.truc.fold.StateCopy;
import vn.truc.log.EventLog;
import vn.truc.log.EventLog.SnapshotReader;
import vn.truc.log.EventLog.SnapshotWriter;
import vn.truc.loop.Steps;

/// Writes snapshots of everything this node folded, and starts a node from one.
///
/// What is much (the cases) is written in slices while the fold goes on; then all the rest is
/// copied at once, at the position reached by then. Each section that is registered lies in each
/// snapshot, empty or not: where one is missing, damaged or of another version than this program
/// reads, the whole log is folded. One that nobody registered is of a newer program; it is told,
/// and not in the snapshots this one writes.
final class Snapshots {
  private static final Logger LOG = LoggerFactory.getLogger(Snapshots.class);

  private static final byte[] NOTHING = {};
  private static final Set<Section.Kind> ALL = EnumSet.allOf(Section.Kind.class);
  private static final Set<Section.Kind> BRIEF = EnumSet.of(Section.Kind.BRIEF);
  private static final EnumSet<Section.Kind> SLICED = EnumSet.of(Section.Kind.SLICED);

  private final EventLog log;
  private final Projections projections;
  private final FoldLoop fold;
  private final SnapshotSettings settings;

  /// Position of the newest snapshot this node wrote, or started from.
  private long ownPosition;

  /// The same of any node's, as far as this one looked.
  private long lastPosition;

  private Future<Void> writing = Future.succeededFuture();

  /// What is being copied of a projection.
  private record Copying(Projection of, StateCopy copy) {}

  /// A section that was taken at once.
  private record Taken(Section section, Iterator<byte[]> chunks) {}

  Snapshots(EventLog log, Projections projections, FoldLoop fold, SnapshotSettings settings) {
    this.log = log;
    this.projections = projections;
    this.fold = fold;
    this.settings = settings;
  }

  /// Makes one when enough records came since the last.
  void makeIfDue() {
    if (writing.isComplete() && fold.position() - lastPosition >= settings.recordsMin()) {
      writing =
          makeUnlessThere().onFailure(e -> LOG.warn("snapshot_failed cause={}", e.toString()));
    }
  }

  /// Makes one now, after any that is under way; nothing when no record came since the last.
  Future<Void> makeLast() {
    return writing
        .otherwiseEmpty()
        .compose(
            _ -> fold.position() == lastPosition ? Future.succeededFuture() : makeUnlessThere());
  }

  /// Makes one, unless another node made one that is newer than this node's own and so close that a
  /// start from it reads no more of the log than a start after a kill may have to.
  private Future<Void> makeUnlessThere() {
    return log.newestSnapshot()
        .map(
            found ->
                found
                    .map(Snapshots::held)
                    .filter(held -> unusable(held, ALL).isEmpty())
                    .map(held -> position(held, ALL))
                    .orElse(0L))
        .otherwise(0L)
        .compose(
            newest -> {
              boolean anothers = newest > ownPosition;
              if (anothers && fold.position() - newest < settings.recordsMin()) {
                lastPosition = newest;
                LOG.info("snapshot_left newest={} position={}", newest, fold.position());
                return Future.succeededFuture();
              }
              return make();
            });
  }

  private Future<Void> make() {
    long began = System.nanoTime();
    return log.beginSnapshot()
        .map(Optional::of)
        .recover(Snapshots::left)
        .compose(
            writer -> writer.isEmpty() ? Future.succeededFuture() : write(writer.get(), began));
  }

  /// Another node is writing one at this moment; whether it came to its end is seen next time.
  private static Future<Optional<SnapshotWriter>> left(Throwable cause) {
    if (cause instanceof IllegalStateException) {
      LOG.info("snapshot_left cause={}", cause.getMessage());
      return Future.succeededFuture(Optional.empty());
    }
    return Future.failedFuture(cause);
  }

  private Future<Void> write(SnapshotWriter writer, long began) {
    long position = fold.position();
    List<Copying> copies =
        projections.list().stream().map(one -> new Copying(one, one.copy())).toList();
    return slices(writer, position, copies)
        .compose(_ -> rest(writer, copies))
        .compose(_ -> writer.commit())
        .recover(e -> writer.discard().transform(_ -> Future.failedFuture(e)))
        .onSuccess(
            _ -> {
              ownPosition = position;
              lastPosition = position;
              LOG.info(
                  "snapshot_written position={} millis={}",
                  position,
                  (System.nanoTime() - began) / 1_000_000);
            });
  }

  private static Future<Void> slices(SnapshotWriter writer, long position, List<Copying> copies) {
    return Steps.each(
        copies.iterator(),
        one ->
            Steps.each(
                sections(one.of(), SLICED).iterator(),
                section -> slices(writer, section, position, one.copy()::slice)));
  }

  /// Writes the slices of a section, at least one.
  static Future<Void> slices(
      SnapshotWriter writer, Section section, long position, Supplier<Optional<byte[]>> slices) {
    boolean[] any = new boolean[1];
    return Steps.whileTrue(
        () -> {
          Optional<byte[]> slice = slices.get();
          if (slice.isEmpty() && any[0]) {
            return Future.succeededFuture(false);
          }
          any[0] = true;
          return write(writer, section, position, slice.orElse(NOTHING)).map(slice.isPresent());
        });
  }

  /// Everything that is copied at once: all of it is taken before the first write is awaited.
  private Future<Void> rest(SnapshotWriter writer, List<Copying> copies) {
    long now = fold.position();
    List<Taken> taken = new ArrayList<>();
    for (Copying one : copies) {
      for (Section section : sections(one.of(), EnumSet.complementOf(SLICED))) {
        Iterator<byte[]> chunks = one.copy().chunks(section.name());
        taken.add(new Taken(section, chunks.hasNext() ? chunks : List.of(NOTHING).iterator()));
      }
    }
    return Steps.each(
        taken.iterator(),
        one -> Steps.each(one.chunks(), chunk -> write(writer, one.section(), now, chunk)));
  }

  private static Future<Void> write(
      SnapshotWriter writer, Section section, long position, byte[] chunk) {
    return writer.write(section.name(), section.version(), position, Buffer.buffer(chunk));
  }

  /// Loads the newest snapshot, where there is one; the fold then goes on behind it. Fails where it
  /// cannot be used; what was loaded by then is of no use either.
  Future<Void> load() {
    return log.newestSnapshot()
        .compose(found -> found.isEmpty() ? Future.succeededFuture() : load(found.get()));
  }

  private Future<Void> load(SnapshotReader reader) {
    Map<String, SnapshotReader.Section> held = held(reader);
    Optional<String> unusable = unusable(held, ALL).or(() -> beyond(held, ALL));
    if (unusable.isPresent()) {
      return Future.failedFuture(unusable.get());
    }
    for (String name : unknown(held)) {
      LOG.warn("snapshot_section_unknown section={}", name);
    }
    long position = position(held, ALL);
    return restore(reader, held, ALL)
        .onSuccess(
            _ -> {
              ownPosition = position;
              lastPosition = position;
              LOG.info("snapshot_loaded position={}", position);
            });
  }

  /// Loads what is small of the newest snapshot, where there is one that can be used; the fold then
  /// goes on behind it.
  Future<Void> loadSmall() {
    return log.newestSnapshot()
        .compose(
            found -> {
              if (found.isEmpty()) {
                return Future.succeededFuture();
              }
              Map<String, SnapshotReader.Section> held = held(found.get());
              return unusable(held, BRIEF).or(() -> beyond(held, BRIEF)).isPresent()
                  ? Future.succeededFuture()
                  : restore(found.get(), held, BRIEF);
            });
  }

  private Future<Void> restore(
      SnapshotReader reader, Map<String, SnapshotReader.Section> held, Set<Section.Kind> wanted) {
    return Steps.each(
            projections.list().iterator(),
            projection ->
                Steps.each(
                        sections(projection, wanted).iterator(),
                        section ->
                            restore(
                                reader,
                                Objects.requireNonNull(held.get(section.name()), "held"),
                                projection))
                    .map(_ -> restored(projection, held, wanted)))
        .onSuccess(_ -> fold.restored(position(held, wanted)));
  }

  private static Future<Void> restore(
      SnapshotReader reader, SnapshotReader.Section section, Projection into) {
    return Steps.each(
        IntStream.range(0, section.chunks()).iterator(),
        index ->
            reader
                .chunk(section, index)
                .map(
                    chunk -> {
                      if (chunk.length() > 0) {
                        into.restore(section.name(), chunk.getBytes());
                      }
                      return index;
                    }));
  }

  /// Ends the restore of one; throws where it says that something is missing.
  private Projection restored(
      Projection projection, Map<String, SnapshotReader.Section> held, Set<Section.Kind> wanted) {
    sections(projection, wanted).stream()
        .mapToLong(section -> positionOf(held, section))
        .min()
        .ifPresent(position -> projections.restored(projection, position));
    return projection;
  }

  private static List<Section> sections(Projection projection, Set<Section.Kind> wanted) {
    return projection.sections().stream().filter(it -> wanted.contains(it.kind())).toList();
  }

  private static Map<String, SnapshotReader.Section> held(SnapshotReader reader) {
    Map<String, SnapshotReader.Section> held = new TreeMap<>();
    reader.sections().forEach(section -> held.put(section.name(), section));
    return held;
  }

  private static long positionOf(Map<String, SnapshotReader.Section> held, Section section) {
    return Objects.requireNonNull(held.get(section.name()), section.name()).position();
  }

  /// Where a start from a snapshot begins to read the log.
  private long position(Map<String, SnapshotReader.Section> held, Set<Section.Kind> wanted) {
    return registered(wanted).mapToLong(section -> positionOf(held, section)).min().orElse(0);
  }

  private Stream<Section> registered(Set<Section.Kind> wanted) {
    return projections.list().stream().flatMap(one -> sections(one, wanted).stream());
  }

  /// The sections of a snapshot that nobody registered.
  List<String> unknown(Map<String, SnapshotReader.Section> held) {
    Set<String> unknown = new TreeSet<>(held.keySet());
    registered(ALL).map(Section::name).forEach(unknown::remove);
    return List.copyOf(unknown);
  }

  /// Why a start from a snapshot would be ahead of the log; empty when it is not.
  private Optional<String> beyond(
      Map<String, SnapshotReader.Section> held, Set<Section.Kind> wanted) {
    return registered(wanted)
        .map(section -> positionOf(held, section))
        .filter(position -> position > log.head())
        .findFirst()
        .map(position -> "it stands at " + position + ", behind the end of the log");
  }

  /// Why a snapshot cannot be used; empty when it can.
  private Optional<String> unusable(
      Map<String, SnapshotReader.Section> held, Set<Section.Kind> wanted) {
    for (Section section : registered(wanted).toList()) {
      SnapshotReader.Section there = held.get(section.name());
      if (there == null) {
        return Optional.of("it holds no section " + section.name());
      }
      if (there.version() != section.version()) {
        String how = there.version() > section.version() ? "a newer" : "an older";
        return Optional.of("section " + section.name() + " is of " + how + " version");
      }
    }
    return Optional.empty();
  }
}
