package vn.truc.log;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.file.CopyOptions;
import io.vertx.core.file.OpenOptions;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What this node has seen of a log in Redis, `redis.seen` in its data folder:
/// `{"log":id,"ids":[…],"position":…,"streamId":…}`. Written beside the log, about once a second,
/// durably; a node that starts again refuses a store that holds less. Owns the folder while it is
/// open.
///
/// Where the process is told to end, Vert.x opens only files that are there already. So the draft
/// of the next note, `redis.seen.new`, always is, empty.
///
/// Belongs to one context.
final class RedisSeen {
  /// The name of the note in the data folder.
  static final String FILE = "redis.seen";

  private static final String DRAFT = FILE + ".new";
  private static final String PERMISSIONS = "rw-------";

  private static final Logger LOG = LoggerFactory.getLogger(RedisSeen.class);

  private final Vertx vertx;
  private final Optional<DataFolder> folder;
  private final boolean mayBegin;
  private RedisIdentity.@Nullable Known last;
  private Future<Void> writing = Future.succeededFuture();
  private boolean told;

  private RedisSeen(
      Vertx vertx,
      Optional<DataFolder> folder,
      boolean mayBegin,
      RedisIdentity.@Nullable Known last) {
    this.vertx = vertx;
    this.folder = folder;
    this.mayBegin = mayBegin;
    this.last = last;
  }

  /// Reads the note, and takes the folder of a node that stays. Touches the disk shortly: for the
  /// start only.
  ///
  /// @throws LogException `OWNED` when another process has the folder, `NOT_OWNER` when SQLite has
  static RedisSeen in(Vertx vertx, Path path, RedisEventLog.Visit visit) throws IOException {
    if (visit == RedisEventLog.Visit.STAYING) {
      DataFolder.refuseSqlite(path);
    }
    Optional<DataFolder> folder =
        visit == RedisEventLog.Visit.STAYING ? Optional.of(DataFolder.own(path)) : Optional.empty();
    Path note = path.resolve(FILE);
    Path draft = path.resolve(DRAFT);
    if (folder.isPresent() && !Files.exists(draft)) {
      Set<PosixFilePermission> permissions = PosixFilePermissions.fromString(PERMISSIONS);
      Files.createFile(draft, PosixFilePermissions.asFileAttribute(permissions));
    }
    if (visit == RedisEventLog.Visit.RESTORING || !Files.exists(note)) {
      return new RedisSeen(vertx, folder, visit != RedisEventLog.Visit.RESTORING, null);
    }
    try {
      return new RedisSeen(vertx, folder, false, known(Files.readString(note)));
    } catch (DecodeException | ClassCastException | NullPointerException e) {
      LOG.error("log_note_unsure file={} then=begin_no_log cause={}", note, e.toString());
      return new RedisSeen(vertx, folder, false, null);
    }
  }

  private static RedisIdentity.Known known(String note) {
    JsonObject json = new JsonObject(note);
    Set<String> ids = new LinkedHashSet<>();
    ids.add(json.getString("log"));
    json.getJsonArray("ids", new JsonArray()).forEach(id -> ids.add((String) id));
    return new RedisIdentity.Known(
        json.getString("log"), ids, json.getLong("position"), json.getString("streamId"));
  }

  /// What the note says, and since then what was noted.
  Optional<RedisIdentity.Known> last() {
    return Optional.ofNullable(last);
  }

  /// Whether a log may be begun in an empty store: where this node has never seen one, as far as it
  /// can tell.
  boolean mayBegin() {
    return mayBegin;
  }

  /// Writes the note where it says something new and no write is under way.
  void note(RedisIdentity.Known now) {
    if (folder.isPresent() && !now.equals(last) && writing.isComplete()) {
      writing =
          write(folder.get().path(), now)
              .onSuccess(
                  _ -> {
                    last = now;
                    told = false;
                  })
              .onFailure(this::tell);
    }
  }

  /// Completes as the write under way does, if there is one.
  Future<Void> written() {
    return writing;
  }

  private void tell(Throwable cause) {
    if (!told) {
      told = true;
      LOG.warn("log_note_failed cause={}", cause.toString());
    }
  }

  /// Content first, then name: a power cut leaves the old note or the new one. The next draft is
  /// made last; where that fails the next write makes it.
  private Future<Void> write(Path path, RedisIdentity.Known now) {
    Path file = path.resolve(FILE);
    String draft = path.resolve(DRAFT).toString();
    Buffer text =
        new JsonObject()
            .put("log", now.logId())
            .put("ids", new JsonArray(now.ids().stream().toList()))
            .put("position", now.position())
            .put("streamId", now.streamId())
            .toBuffer();
    OpenOptions options =
        new OpenOptions()
            .setRead(false)
            .setCreate(true)
            .setTruncateExisting(true)
            .setDsync(true)
            .setPerms(PERMISSIONS);
    return vertx
        .fileSystem()
        .open(draft, options)
        .compose(open -> open.write(text).eventually(open::close))
        .compose(
            _ ->
                vertx
                    .fileSystem()
                    .move(
                        draft,
                        file.toString(),
                        new CopyOptions().setReplaceExisting(true).setAtomicMove(true)))
        .compose(_ -> FolderSync.sync(vertx.fileSystem(), path))
        .eventually(() -> vertx.fileSystem().createFile(draft, PERMISSIONS).otherwiseEmpty());
  }

  /// Notes what was seen last, after any write under way, and lets the folder go.
  Future<Void> close(Optional<RedisIdentity.Known> seenLast) {
    return writing
        .otherwiseEmpty()
        .compose(
            _ -> {
              seenLast.ifPresent(this::note);
              return writing;
            })
        .transform(
            written -> {
              try {
                if (folder.isPresent()) {
                  folder.get().close();
                }
                return written.succeeded()
                    ? Future.succeededFuture()
                    : Future.failedFuture(written.cause());
              } catch (IOException e) {
                return Future.failedFuture(e);
              }
            });
  }
}
