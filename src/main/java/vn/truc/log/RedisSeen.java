package vn.truc.log;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.file.CopyOptions;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What this node has seen of a log in Redis, `redis.seen` in its data folder:
/// `{"log":id,"position":…,"streamId":…}`. Written beside the log, about once a second; a node that
/// starts again refuses a store that holds less. Owns the folder while it is open.
///
/// Belongs to one context.
final class RedisSeen {
  /// The name of the note in the data folder.
  static final String FILE = "redis.seen";

  private static final Logger LOG = LoggerFactory.getLogger(RedisSeen.class);

  private final Vertx vertx;
  private final Optional<DataFolder> folder;
  private RedisIdentity.@Nullable Known last;
  private Future<Void> writing = Future.succeededFuture();

  private RedisSeen(Vertx vertx, Optional<DataFolder> folder, RedisIdentity.@Nullable Known last) {
    this.vertx = vertx;
    this.folder = folder;
    this.last = last;
  }

  /// Reads the note, and takes the folder of a node that stays. Touches the disk shortly: for the
  /// start only.
  ///
  /// @throws LogException `NOT_OWNER` when another process has the folder
  static RedisSeen in(Vertx vertx, Path path, boolean staying) throws IOException {
    Optional<DataFolder> folder = staying ? Optional.of(DataFolder.own(path)) : Optional.empty();
    Path note = path.resolve(FILE);
    RedisIdentity.Known known = null;
    if (Files.exists(note)) {
      try {
        JsonObject json = new JsonObject(Files.readString(note));
        known =
            new RedisIdentity.Known(
                json.getString("log"), json.getLong("position"), json.getString("streamId"));
      } catch (DecodeException | ClassCastException | NullPointerException e) {
        LOG.warn("log_note_unsure file={} cause={}", note, e.toString());
      }
    }
    return new RedisSeen(vertx, folder, known);
  }

  /// What the note says, and since then what was seen.
  Optional<RedisIdentity.Known> last() {
    return Optional.ofNullable(last);
  }

  /// Writes the note where it says something new and no write is under way.
  void note(RedisIdentity.Known now) {
    if (folder.isPresent() && !now.equals(last) && writing.isComplete()) {
      last = now;
      writing = write(folder.get().path().resolve(FILE), now);
    }
  }

  private Future<Void> write(Path file, RedisIdentity.Known now) {
    String draft = file + ".new";
    JsonObject json =
        new JsonObject()
            .put("log", now.logId())
            .put("position", now.position())
            .put("streamId", now.streamId());
    return vertx
        .fileSystem()
        .writeFile(draft, json.toBuffer())
        .compose(
            _ ->
                vertx
                    .fileSystem()
                    .move(
                        draft,
                        file.toString(),
                        new CopyOptions().setReplaceExisting(true).setAtomicMove(true)))
        .onFailure(cause -> LOG.debug("log_note_failed cause={}", cause.toString()));
  }

  /// Lets the folder go once the last write ended.
  Future<Void> close() {
    return writing
        .otherwiseEmpty()
        .compose(
            _ -> {
              try {
                if (folder.isPresent()) {
                  folder.get().close();
                }
                return Future.succeededFuture();
              } catch (IOException e) {
                return Future.failedFuture(e);
              }
            });
  }
}
