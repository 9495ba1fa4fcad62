package vn.truc;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.file.CopyOptions;
import io.vertx.core.file.FileSystem;
import io.vertx.core.file.OpenOptions;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;
import vn.truc.access.SourceKeys;
import vn.truc.access.TokenRegister;
import vn.truc.cli.VerbException;
import vn.truc.event.LogRecord;
import vn.truc.event.UnreadableRecordException;
import vn.truc.log.FolderSync;

/// The list of revocations, `revoked` in the data folder: what was ended stays ended where an older
/// copy of the log is put back. One JSON object a line: `{"token":ID,"at":s}`,
/// `{"user":NAME,"at":s}`, `{"key":ID}`, `{"generation":n}`; at real time in seconds since 1970.
/// Written as a whole under another name and renamed.
final class RevokedList {
  /// The name of the list in the data folder.
  static final String FILE = "revoked";

  private final Path folder;
  private final Path file;
  private final boolean kept;
  private final FileSystem files;
  private final TokenRegister tokens;
  private final SourceKeys keys;
  /// Keys of the list, those among them that this copy of the log does not know: another copy may.
  private final Set<String> listedKeys = new TreeSet<>();

  private boolean read;
  private Future<Void> writing = Future.succeededFuture();

  /// @param kept whether this process keeps the list; else it is neither read nor written
  RevokedList(Vertx vertx, Path folder, boolean kept, TokenRegister tokens, SourceKeys keys) {
    this.kept = kept;
    this.folder = folder;
    file = folder.resolve(FILE);
    files = vertx.fileSystem();
    this.tokens = tokens;
    this.keys = keys;
  }

  /// The records by which the log learns what only the list knows. Fails where the list cannot be
  /// read: what it ends must not begin to live again in silence.
  Future<List<LogRecord>> missing(Supplier<Long> nowMicros) {
    if (!kept) {
      return Future.succeededFuture(List.of());
    }
    return files
        .exists(file.toString())
        .compose(
            there ->
                there ? files.readFile(file.toString()) : Future.succeededFuture(Buffer.buffer()))
        .map(text -> missing(text.toString(StandardCharsets.UTF_8), nowMicros.get()));
  }

  private List<LogRecord> missing(String text, long nowMicros) {
    JsonObject ids = new JsonObject();
    JsonObject users = new JsonObject();
    JsonObject all = new JsonObject().put("ids", ids).put("users", users).put("generation", 0);
    List<LogRecord> records = new ArrayList<>();
    int number = 0;
    read = true;
    for (String line : text.lines().toList()) {
      number++;
      try {
        JsonObject one = new JsonObject(line);
        if (one.getValue("token") instanceof String id) {
          ids.put(id, one.getLong("at"));
        } else if (one.getValue("user") instanceof String user) {
          users.put(user, Math.max(one.getLong("at"), users.getLong(user, 0L)));
        } else if (one.getValue("key") instanceof String key) {
          listedKeys.add(key);
          if (keys.byId(key).isPresent()) {
            records.add(SourceKeys.revocation(key, nowMicros));
          }
        } else {
          all.put("generation", Math.max(one.getLong("generation"), all.getLong("generation")));
        }
      } catch (DecodeException | ClassCastException | NullPointerException e) {
        throw new VerbException(file + ": line " + number + " cannot be read; mend it", e);
      }
    }
    try {
      records.addAll(tokens.missing(all, nowMicros));
    } catch (UnreadableRecordException e) {
      throw new VerbException(file + " cannot be read: " + e.getMessage(), e);
    }
    return records;
  }

  /// Writes what is revoked by now, and what the list held; completes when it is durable. Nothing
  /// before the list was read: it would be lost.
  Future<Void> keep() {
    writing = kept && read ? writing.transform(_ -> write()) : writing;
    return writing;
  }

  private Future<Void> write() {
    StringBuilder lines = new StringBuilder();
    JsonObject revoked = tokens.revocations();
    JsonObject ids = revoked.getJsonObject("ids");
    ids.fieldNames()
        .forEach(id -> line(lines, new JsonObject().put("token", id).put("at", ids.getLong(id))));
    JsonObject users = revoked.getJsonObject("users");
    users
        .fieldNames()
        .forEach(
            user -> line(lines, new JsonObject().put("user", user).put("at", users.getLong(user))));
    listedKeys.addAll(keys.revokedIds());
    listedKeys.forEach(key -> line(lines, new JsonObject().put("key", key)));
    if (tokens.generation() > 0) {
      line(lines, new JsonObject().put("generation", tokens.generation()));
    }
    if (lines.isEmpty()) {
      return Future.succeededFuture();
    }
    String draft = file + ".new";
    OpenOptions options =
        new OpenOptions()
            .setRead(false)
            .setWrite(true)
            .setCreateNew(true)
            .setDsync(true)
            .setPerms("rw-------");
    return files
        .delete(draft)
        .otherwiseEmpty()
        .compose(_ -> files.open(draft, options))
        .compose(open -> open.write(Buffer.buffer(lines.toString())).eventually(open::close))
        .compose(
            _ ->
                files.move(
                    draft,
                    file.toString(),
                    new CopyOptions().setReplaceExisting(true).setAtomicMove(true)))
        .compose(_ -> FolderSync.sync(files, folder));
  }

  private static void line(StringBuilder lines, JsonObject one) {
    lines.append(one.encode()).append('\n');
  }

  /// The lines of lists that are to be heeded by a restore. Blocks: for a verb.
  ///
  /// @throws VerbException where one cannot be read
  static List<String> lines(List<Path> lists) {
    List<String> lines = new ArrayList<>();
    for (Path list : lists) {
      int number = 0;
      try {
        for (String line : Files.readAllLines(list)) {
          number++;
          new JsonObject(line);
          lines.add(line);
        }
      } catch (DecodeException e) {
        throw new VerbException(
            list + ": line " + number + " is none of a list of revocations; nothing was restored",
            e);
      } catch (CharacterCodingException e) {
        throw new VerbException(list + " is no list of revocations: it is not UTF-8", e);
      } catch (IOException e) {
        throw new VerbException("cannot read " + list + ": " + e, e);
      }
    }
    return lines;
  }

  /// Adds lines to the list of a folder that nobody serves. Blocks: for a verb.
  static void add(Path folder, List<String> lines) throws IOException {
    if (!lines.isEmpty()) {
      Files.write(
          folder.resolve(FILE),
          lines,
          StandardOpenOption.CREATE,
          StandardOpenOption.APPEND,
          StandardOpenOption.DSYNC);
    }
  }
}
