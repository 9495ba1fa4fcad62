package vn.truc;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import vn.truc.access.AccessRules;
import vn.truc.board.Board;
import vn.truc.board.BoardConfig;
import vn.truc.board.BoardConfigReader;
import vn.truc.config.Faults;
import vn.truc.event.EventTypes;
import vn.truc.event.LogRecord;
import vn.truc.event.UnreadableRecordException;
import vn.truc.fold.Section;
import vn.truc.fold.SmallProjection;
import vn.truc.loop.Turns;
import vn.truc.loop.Work;

/// The configuration in force: the newest `vn.truc.config.applied` of the log. A new one is folded
/// beside the values in use, slice by slice, and swapped in when all cases are under it.
final class AppliedConfig implements SmallProjection {
  private static final Section SECTION = new Section("config", 1, Section.Kind.BRIEF);
  private static final Logger LOG = LoggerFactory.getLogger(AppliedConfig.class);
  private static final int REFOLD_CASES = 64;

  private final Vertx vertx;
  private final Board board;
  private final List<Promise<Void>> waiting = new ArrayList<>();
  private Map<String, String> files = Map.of();
  private String hash = "";
  private String swappedHash = "";
  private AccessRules rules = rules(BoardConfig.none());
  private Runnable onSwap = () -> {};
  private boolean folding;
  private boolean dirty;
  private OptionalLong setBackTo = OptionalLong.empty();
  private @Nullable String fault;

  AppliedConfig(Vertx vertx, Board board) {
    this.vertx = vertx;
    this.board = board;
  }

  /// The record that applies some files.
  static LogRecord record(Map<String, String> files, long nowMicros) {
    String hash = hash(files);
    JsonObject texts = new JsonObject();
    new TreeMap<>(files).forEach(texts::put);
    return LogRecord.internal(
        EventTypes.CONFIG_APPLIED,
        "config:" + hash + ":" + nowMicros,
        null,
        nowMicros,
        new JsonObject().put("files", texts).put("hash", hash).encode());
  }

  /// SHA-256 over names and texts, in the order of the names.
  static String hash(Map<String, String> files) {
    try {
      MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
      new TreeMap<>(files)
          .forEach(
              (name, text) -> {
                sha256.update((name + "\0" + text + "\0").getBytes(StandardCharsets.UTF_8));
              });
      return HexFormat.of().formatHex(sha256.digest(), 0, 16);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }

  /// Who is told that another configuration has come into force.
  void onSwap(Runnable listener) {
    onSwap = listener;
  }

  /// The configuration of the log's newest record.
  String hash() {
    return hash;
  }

  /// The configuration everything answers under now.
  String swappedHash() {
    return swappedHash;
  }

  Map<String, String> files() {
    return files;
  }

  /// Who may read what under the configuration in force.
  AccessRules rules() {
    return rules;
  }

  /// Why the log's newest configuration is not in force and cannot be; empty when it can.
  Optional<String> fault() {
    return Optional.ofNullable(fault);
  }

  /// Whether any configuration ever came into force on this node.
  boolean everInForce() {
    return !swappedHash.isEmpty();
  }

  @Override
  public boolean takes(String type) {
    return type.equals(EventTypes.CONFIG_APPLIED);
  }

  @Override
  public Section section() {
    return SECTION;
  }

  @Override
  public byte[] exported() {
    JsonObject texts = new JsonObject();
    files.forEach(texts::put);
    return new JsonObject().put("files", texts).toBuffer().getBytes();
  }

  @Override
  public void restore(byte[] content) {
    take(filesOf(new JsonObject(Buffer.buffer(content))));
  }

  private static Map<String, String> filesOf(JsonObject data) {
    Map<String, String> texts = new TreeMap<>();
    data.getJsonObject("files")
        .forEach(entry -> texts.put(entry.getKey(), (String) entry.getValue()));
    return texts;
  }

  /// Takes a record. Where the node serves already the new configuration is folded at once; in a
  /// replay only the last one is, by [#settle].
  @Override
  public void apply(LogRecord record, boolean serving) {
    try {
      take(filesOf(new JsonObject(record.data())));
    } catch (DecodeException | ClassCastException | NullPointerException e) {
      throw new UnreadableRecordException("configuration cannot be read: " + record, e);
    }
    if (serving && dirty && !folding) {
      begin();
    }
  }

  /// Takes files, from the log or a snapshot; while the board is empty they are folded at once.
  void take(Map<String, String> texts) {
    files = Map.copyOf(texts);
    hash = hash(texts);
    dirty = true;
    if (board.caseCount() == 0 && !folding) {
      begin();
    }
  }

  /// Folds the newest configuration, where it is not the one in force. Completes when everything
  /// answers under it, or it turned out to be at fault.
  Future<Void> settle() {
    if (!dirty && !folding) {
      return Future.succeededFuture();
    }
    Promise<Void> settled = Promise.promise();
    waiting.add(settled);
    if (!folding) {
      begin();
    }
    return settled.future();
  }

  /// Folds all cases anew as of an instant before the one the board stands at: the clock had run
  /// ahead. Completes when everything stands there.
  Future<Void> setBack(long asOfMicros) {
    setBackTo = OptionalLong.of(asOfMicros);
    dirty = true;
    return settle();
  }

  private void begin() {
    folding = true;
    dirty = false;
    Faults faults = new Faults();
    BoardConfig config = BoardConfigReader.read(files, faults);
    String under = hash;
    if (faults.isEmpty()) {
      fault = null;
    } else {
      String first = faults.list().getFirst().toString();
      fault = "the log's configuration cannot be read, of a newer version perhaps: " + first;
      LOG.error(
          "config_in_log_at_fault hash={} faults={} first={}", hash, faults.list().size(), first);
      if (setBackTo.isEmpty()) {
        end();
        return;
      }
      config = board.config();
      under = swappedHash;
    }
    OptionalLong at = setBackTo;
    setBackTo = OptionalLong.empty();
    BoardConfig read = config;
    String name = under;
    guarded(
        () -> {
          board.beginRefold(read, at.orElse(board.asOfMicros()));
          fold(read, name);
        });
  }

  /// Runs a piece of the refold. A fault of ours in it is one of this configuration: what was in
  /// force stays, and the next mends it.
  private void guarded(Runnable piece) {
    try {
      piece.run();
    } catch (RuntimeException e) {
      board.abandonRefold();
      fault = "the log's configuration cannot be folded: " + e;
      LOG.error("config_in_log_at_fault hash={} cause={}", hash, e.toString(), e);
      end();
    }
  }

  private void fold(BoardConfig config, String under) {
    long began = System.nanoTime();
    while (!board.refold(REFOLD_CASES)) {
      if (Turns.isOver(began)) {
        Turns.next(vertx.getOrCreateContext(), Work.FOLD, () -> guarded(() -> fold(config, under)));
        return;
      }
    }
    if (!under.equals(swappedHash)) {
      rules = rules(config);
      swappedHash = under;
      LOG.info(
          "config_in_force hash={} agencies={} areas={}",
          under,
          config.agencies().size(),
          config.areas().size());
      onSwap.run();
    }
    end();
  }

  private void end() {
    folding = false;
    if (dirty) {
      begin();
      return;
    }
    List<Promise<Void>> done = new ArrayList<>(waiting);
    waiting.clear();
    done.forEach(Promise::tryComplete);
  }

  private static AccessRules rules(BoardConfig config) {
    Map<String, String> parents = new TreeMap<>();
    config.agencies().forEach(agency -> parents.put(agency.id(), agency.parent().orElse("")));
    Set<String> areas = new HashSet<>();
    config.areas().forEach(area -> areas.add(area.code()));
    Set<String> fields = new HashSet<>();
    config.fields().forEach(field -> fields.add(field.id()));
    return new AccessRules(parents, areas, fields);
  }
}
