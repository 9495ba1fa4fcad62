package vn.truc.log;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.file.OpenOptions;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Request;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The list of erasures of a node on Redis. The store has the same list as a set of its lines,
/// written by whoever erased; each node keeps a copy, `erased` in its data folder, in the form of
/// [Erasures]. Both only grow, so a line that is here and not in the store means that an older copy
/// of the store was put back: that erasure is applied again.
///
/// Belongs to one context.
final class RedisErasures {
  private static final Logger LOG = LoggerFactory.getLogger(RedisErasures.class);

  private final Vertx vertx;
  private final RedisPersonal personal;
  private final Optional<Path> file;
  private final Set<Erasures.Erasure> here;

  /// Length of the file up to the end of its last whole line.
  private long fileBytes;

  private Future<Void> agreeing = Future.succeededFuture();
  private boolean owed;
  private boolean told;

  private RedisErasures(
      Vertx vertx,
      RedisPersonal personal,
      Optional<Path> file,
      List<Erasures.Erasure> here,
      long fileBytes) {
    this.vertx = vertx;
    this.personal = personal;
    this.file = file;
    this.here = new LinkedHashSet<>(here);
    this.fileBytes = fileBytes;
  }

  /// Reads the list of a node that stays and owns its folder; another keeps none. Touches the disk
  /// shortly: for the start only.
  ///
  /// @throws LogException `CORRUPT` where a line is no erasure
  static RedisErasures in(Vertx vertx, Path folder, boolean staying, RedisPersonal personal)
      throws IOException {
    if (!staying) {
      return new RedisErasures(vertx, personal, Optional.empty(), List.of(), 0);
    }
    Erasures list = new Erasures(folder);
    long bytes = list.makeWhole();
    return new RedisErasures(
        vertx, personal, Optional.of(folder.resolve(Erasures.FILE)), list.all(), bytes);
  }

  /// The command that lists erasures in the store.
  static Request list(RedisKeys keys, List<Erasures.Erasure> erasures) {
    List<Object> arguments = new ArrayList<>();
    arguments.add(keys.erased());
    erasures.forEach(erasure -> arguments.add(erasure.line()));
    return RedisReply.command(Command.SADD, arguments.toArray());
  }

  /// Brings both lists together. Completes when what only this node knew is erased in the store
  /// again, its files included, and what only the store knew stands in the file here. Costs one
  /// question where they agree already.
  ///
  /// Fails where the store does. A file that cannot be written is told, and [#owed] until it can.
  Future<Void> agree(RedisLink.Session session, RedisKeys keys) {
    if (file.isEmpty()) {
      return Future.succeededFuture();
    }
    agreeing = agreeing.transform(_ -> compare(session, keys));
    return agreeing;
  }

  private Future<Void> compare(RedisLink.Session session, RedisKeys keys) {
    owed = true;
    return session
        .send(RedisReply.command(Command.SMEMBERS, keys.erased()))
        .compose(
            lines -> {
              Set<Erasures.Erasure> there = new LinkedHashSet<>();
              for (RedisReply line : lines.list()) {
                there.add(Erasures.parse(Path.of(keys.erased()), line.toString()));
              }
              return again(session, keys, there).compose(_ -> keep(there));
            });
  }

  private Future<Void> again(
      RedisLink.Session session, RedisKeys keys, Set<Erasures.Erasure> there) {
    List<Erasures.Erasure> forgotten =
        here.stream().filter(erasure -> !there.contains(erasure)).toList();
    if (forgotten.isEmpty()) {
      return Future.succeededFuture();
    }
    return personal
        .erase(session, keys, forgotten)
        .onSuccess(
            records -> LOG.info("erased_again erasures={} records={}", forgotten.size(), records))
        .mapEmpty();
  }

  /// Adds what is new to the file; every line is durable before the next step of anything.
  private Future<Void> keep(Set<Erasures.Erasure> there) {
    List<Erasures.Erasure> fresh =
        there.stream().filter(erasure -> !here.contains(erasure)).toList();
    if (fresh.isEmpty()) {
      owed = false;
      return Future.succeededFuture();
    }
    Buffer lines = Buffer.buffer();
    fresh.forEach(erasure -> lines.appendString(erasure.line()).appendString("\n"));
    return append(lines)
        .transform(
            written -> {
              if (written.succeeded()) {
                here.addAll(fresh);
                fileBytes += lines.length();
              } else if (!told) {
                LOG.error("erasures_not_listed cause={}", written.cause().toString());
              }
              told = written.failed();
              owed = written.failed();
              return Future.succeededFuture();
            });
  }

  /// Whatever a write that failed left behind is cut off first.
  private Future<Void> append(Buffer lines) {
    String path = file.orElseThrow().toString();
    OpenOptions options = new OpenOptions().setRead(false).setAppend(true).setDsync(true);
    return vertx
        .fileSystem()
        .truncate(path, fileBytes)
        .compose(_ -> vertx.fileSystem().open(path, options))
        .compose(open -> open.write(lines).eventually(open::close));
  }

  /// Whether the lists may differ, because they could not be compared or the file not be written,
  /// and nobody is comparing them now: that may take as long as a rewrite of the journal.
  boolean owed() {
    return owed && agreeing.isComplete();
  }
}
