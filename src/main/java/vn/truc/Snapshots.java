package vn.truc;

import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import vn.truc.access.SourceKeys;
import vn.truc.access.TokenRegister;
import vn.truc.board.Board;
import vn.truc.board.BoardSnapshot;
import vn.truc.log.EventLog;
import vn.truc.log.EventLog.SnapshotReader.Section;
import vn.truc.log.EventLog.SnapshotWriter;
import vn.truc.loop.Steps;
import vn.truc.push.Hub;

/// Writes snapshots of everything this node folded, and starts a node from one.
///
/// The cases are written in chunks while the board goes on; then clock, texts, registers, keys,
/// tokens, configuration and rings are copied at once, at the position reached by then. A section
/// that is damaged or newer is not used; where the cases cannot be used, the whole log is folded.
final class Snapshots {
  private static final Logger LOG = LoggerFactory.getLogger(Snapshots.class);
  private static final String RINGS = "rings";
  private static final String STATE = "state";
  private static final int VERSION = 1;

  /// Something that is copied at once and stands in a brief too: all of what is folded that verbs
  /// need, but for the cases.
  record Small(String name, int version, Buffer content) {}

  private final EventLog log;
  private final Board board;
  private final SourceKeys keys;
  private final TokenRegister tokens;
  private final DomainClock clock;
  private final AppliedConfig config;
  private final FoldLoop fold;
  private final FailedFacts failed;
  private final ForeignEntries foreign;
  private final SnapshotSettings settings;
  private final Hub hub;

  /// Position of the newest snapshot this node wrote, or started from.
  private long ownPosition;

  /// The same of any node's, as far as this one looked.
  private long lastPosition;

  private Future<Void> writing = Future.succeededFuture();

  Snapshots(
      EventLog log,
      Board board,
      SourceKeys keys,
      TokenRegister tokens,
      DomainClock clock,
      AppliedConfig config,
      FoldLoop fold,
      FailedFacts failed,
      ForeignEntries foreign,
      SnapshotSettings settings,
      Hub hub) {
    this.log = log;
    this.board = board;
    this.keys = keys;
    this.tokens = tokens;
    this.clock = clock;
    this.config = config;
    this.fold = fold;
    this.failed = failed;
    this.foreign = foreign;
    this.settings = settings;
    this.hub = hub;
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
                    .map(Snapshots::sections)
                    .filter(sections -> unusable(sections).isEmpty())
                    .map(Snapshots::position)
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
    BoardSnapshot snapshot = board.snapshot();
    return cases(writer, snapshot.position(), snapshot::nextCases)
        .compose(_ -> rest(writer, snapshot))
        .compose(_ -> writer.commit())
        .recover(e -> writer.discard().transform(_ -> Future.failedFuture(e)))
        .onSuccess(
            _ -> {
              ownPosition = snapshot.position();
              lastPosition = ownPosition;
              LOG.info(
                  "snapshot_written position={} millis={}",
                  ownPosition,
                  (System.nanoTime() - began) / 1_000_000);
            });
  }

  static Future<Void> cases(
      SnapshotWriter writer, long position, Supplier<Optional<byte[]>> chunks) {
    return Steps.whileTrue(
        () -> {
          Optional<byte[]> chunk = chunks.get();
          return chunk.isEmpty()
              ? Future.succeededFuture(false)
              : writer
                  .write(
                      BoardSnapshot.CASES,
                      BoardSnapshot.STATE_VERSION,
                      position,
                      Buffer.buffer(chunk.get()))
                  .map(true);
        });
  }

  /// Everything that is copied at once: all of it is taken before the first write is awaited, by
  /// reference where it is much; the bytes are made chunk by chunk.
  private Future<Void> rest(SnapshotWriter writer, BoardSnapshot snapshot) {
    long now = fold.position();
    int version = BoardSnapshot.STATE_VERSION;
    Buffer clockBytes = Buffer.buffer(snapshot.clock());
    Iterator<byte[]> texts = snapshot.texts();
    Iterator<byte[]> registers = snapshot.registers();
    List<Small> small = small();
    Buffer failures = failed.exported();
    Iterator<Buffer> rings = hub.exportRings();
    return writer
        .write(BoardSnapshot.CLOCK, BoardSnapshot.VERSION, now, clockBytes)
        .compose(
            _ ->
                Steps.each(
                    texts,
                    chunk -> writer.write(BoardSnapshot.TEXTS, version, now, Buffer.buffer(chunk))))
        .compose(
            _ ->
                Steps.each(
                    registers,
                    chunk ->
                        writer.write(BoardSnapshot.REGISTERS, version, now, Buffer.buffer(chunk))))
        .compose(_ -> writer.write(FailedFacts.SECTION, FailedFacts.VERSION, now, failures))
        .compose(
            _ ->
                Steps.each(
                    small.iterator(),
                    one -> writer.write(one.name(), one.version(), now, one.content())))
        .compose(_ -> Steps.each(rings, chunk -> writer.write(RINGS, VERSION, now, chunk)));
  }

  List<Small> small() {
    return List.of(
        new Small(SourceKeys.SNAPSHOT_SECTION, SourceKeys.SNAPSHOT_VERSION, keys.exportSnapshot()),
        new Small(
            TokenRegister.SNAPSHOT_SECTION,
            TokenRegister.SNAPSHOT_VERSION,
            tokens.exportSnapshot()),
        new Small(STATE, VERSION, stateChunk()));
  }

  private Buffer stateChunk() {
    JsonObject files = new JsonObject();
    config.files().forEach(files::put);
    JsonObject state = new JsonObject().put("files", files).put("foreign", foreign.exported());
    clock.setting().ifPresent(set -> state.put("clock", set));
    return state.toBuffer();
  }

  /// Loads the newest snapshot, where there is one; the fold then goes on behind it. Fails where it
  /// cannot be used; what was loaded by then is of no use either.
  Future<Void> load() {
    return log.newestSnapshot()
        .compose(found -> found.isEmpty() ? Future.succeededFuture() : load(found.get()));
  }

  private Future<Void> load(EventLog.SnapshotReader reader) {
    Map<String, Section> sections = sections(reader);
    Section state = sections.get(STATE);
    if (!sections.containsKey(BoardSnapshot.CLOCK) || state == null) {
      return Future.succeededFuture();
    }
    long position = position(sections);
    Optional<String> unusable = unusable(sections);
    if (unusable.isEmpty() && Math.max(position, state.position()) > log.head()) {
      unusable = Optional.of("it stands at " + position + ", behind the end of the log");
    }
    if (unusable.isPresent()) {
      return Future.failedFuture(unusable.get());
    }
    Future<Void> loaded =
        each(reader, state, this::state)
            .compose(_ -> each(reader, sections.get(FailedFacts.SECTION), failed::restore))
            .compose(_ -> each(reader, sections.get(SourceKeys.SNAPSHOT_SECTION), this::keys))
            .compose(_ -> each(reader, sections.get(TokenRegister.SNAPSHOT_SECTION), this::tokens));
    for (String name :
        List.of(
            BoardSnapshot.CLOCK,
            BoardSnapshot.TEXTS,
            BoardSnapshot.CASES,
            BoardSnapshot.REGISTERS)) {
      loaded =
          loaded.compose(
              _ ->
                  each(reader, sections.get(name), chunk -> board.restore(name, chunk.getBytes())));
    }
    return loaded
        .compose(_ -> each(reader, sections.get(RINGS), this::rings))
        .map(
            _ -> {
              board.restored(position);
              fold.restored(position, state.position());
              ownPosition = position;
              lastPosition = position;
              LOG.info("snapshot_loaded position={} cases={}", position, board.caseCount());
              return null;
            });
  }

  /// Loads what is small of the newest snapshot, where there is one that can be used; the fold then
  /// goes on behind it.
  Future<Void> loadSmall() {
    return log.newestSnapshot()
        .compose(found -> found.isEmpty() ? Future.succeededFuture() : loadSmall(found.get()));
  }

  private Future<Void> loadSmall(EventLog.SnapshotReader reader) {
    Map<String, Section> sections = sections(reader);
    Section state = sections.get(STATE);
    if (state == null || state.position() > log.head() || unusable(sections).isPresent()) {
      return Future.succeededFuture();
    }
    Future<Void> loaded = Future.succeededFuture();
    for (Small wanted : small()) {
      Section section = sections.get(wanted.name());
      loaded = loaded.compose(_ -> each(reader, section, chunk -> take(wanted.name(), chunk)));
    }
    return loaded.onSuccess(_ -> fold.restored(state.position(), state.position()));
  }

  /// Takes what is small.
  void take(String name, Buffer content) {
    switch (name) {
      case STATE -> state(content);
      case TokenRegister.SNAPSHOT_SECTION -> tokens(content);
      default -> keys(content);
    }
  }

  private static Map<String, Section> sections(EventLog.SnapshotReader reader) {
    Map<String, Section> sections = new TreeMap<>();
    reader.sections().forEach(section -> sections.put(section.name(), section));
    return sections;
  }

  /// Where a start from a snapshot begins to read the log; 0 where it says nothing of it.
  private static long position(Map<String, Section> sections) {
    Section section = sections.getOrDefault(BoardSnapshot.CASES, sections.get(BoardSnapshot.CLOCK));
    return section == null ? 0 : section.position();
  }

  private interface Taker {
    void take(Buffer chunk);
  }

  private static Future<Void> each(
      EventLog.SnapshotReader reader, @Nullable Section section, Taker taker) {
    if (section == null) {
      return Future.succeededFuture();
    }
    return Steps.each(
        IntStream.range(0, section.chunks()).iterator(),
        index ->
            reader
                .chunk(section, index)
                .map(
                    chunk -> {
                      taker.take(chunk);
                      return index;
                    }));
  }

  /// Why a snapshot cannot be used: a section is of another version than this program reads.
  private static Optional<String> unusable(Map<String, Section> sections) {
    for (Section section : sections.values()) {
      int version =
          switch (section.name()) {
            case BoardSnapshot.CASES, BoardSnapshot.TEXTS, BoardSnapshot.REGISTERS ->
                BoardSnapshot.STATE_VERSION;
            default -> VERSION;
          };
      if (section.version() != version) {
        String how = section.version() > version ? "a newer" : "an older";
        return Optional.of("section " + section.name() + " is of " + how + " version");
      }
    }
    return Optional.empty();
  }

  private void state(Buffer chunk) {
    JsonObject state = new JsonObject(chunk);
    JsonObject set = state.getJsonObject("clock");
    if (set != null) {
      clock.restore(set);
    }
    foreign.restore(Optional.ofNullable(state.getJsonObject("foreign")));
    Map<String, String> files = new TreeMap<>();
    state
        .getJsonObject("files")
        .forEach(entry -> files.put(entry.getKey(), (String) entry.getValue()));
    config.take(files);
  }

  private void keys(Buffer chunk) {
    if (!keys.importSnapshot(SourceKeys.SNAPSHOT_VERSION, chunk)) {
      throw new IllegalStateException("the keys of the snapshot cannot be read");
    }
  }

  private void tokens(Buffer chunk) {
    if (!tokens.importSnapshot(TokenRegister.SNAPSHOT_VERSION, chunk)) {
      throw new IllegalStateException("the tokens of the snapshot cannot be read");
    }
  }

  private void rings(Buffer chunk) {
    if (!hub.importRings(chunk)) {
      LOG.warn("snapshot_rings_ignored");
      hub.recoverableFrom(log.head());
    }
  }
}
