package vn.truc;

import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.Map;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import vn.truc.Snapshots.Small;
import vn.truc.log.EventLog;

/// What verbs need that do without the cases, kept beside the log every few thousand records: a
/// process that comes by for a verb on a log of millions reads that, and what lies behind it. It
/// holds what is small of a snapshot, in the same form.
final class Briefs {
  /// Records behind a brief, about, that a verb has to read.
  static final int RECORDS = 8_192;

  private static final Logger LOG = LoggerFactory.getLogger(Briefs.class);

  private final EventLog log;
  private final FoldLoop fold;
  private final Snapshots snapshots;
  private long position;
  private Future<Void> keeping = Future.succeededFuture();

  Briefs(EventLog log, FoldLoop fold, Snapshots snapshots) {
    this.log = log;
    this.fold = fold;
    this.snapshots = snapshots;
  }

  /// Keeps one when enough records came since the last; nothing where the store keeps none.
  void keepIfDue() {
    if (keeping.isComplete() && fold.position() - position >= RECORDS) {
      keeping = keep();
    }
  }

  /// Keeps one now, after any that is under way.
  Future<Void> keepLast() {
    return keeping.otherwiseEmpty().compose(_ -> keep()).otherwiseEmpty();
  }

  private Future<Void> keep() {
    JsonArray sections = new JsonArray();
    for (Small one : snapshots.small()) {
      sections.add(
          new JsonObject()
              .put("name", one.name())
              .put("version", one.version())
              .put("content", one.content().getBytes()));
    }
    position = fold.position();
    Buffer content = new JsonObject().put("in", sections).toBuffer();
    return log.keepBrief(new EventLog.Brief(position, content))
        .onFailure(e -> LOG.debug("brief_failed cause={}", e.toString()));
  }

  /// Loads the newest, else what is small of the newest snapshot; the fold then goes on behind it.
  /// Fails where what there is cannot be used.
  Future<Void> load() {
    return log.brief()
        .compose(
            found ->
                found.isPresent() && found.get().position() <= log.head()
                    ? take(found.get())
                    : snapshots.loadSmall());
  }

  private Future<Void> take(EventLog.Brief brief) {
    Map<String, Small> held = new TreeMap<>();
    for (Object one : brief.content().toJsonObject().getJsonArray("in")) {
      JsonObject section = (JsonObject) one;
      String name = section.getString("name");
      Buffer content = Buffer.buffer(section.getBinary("content"));
      held.put(name, new Small(name, section.getInteger("version"), content));
    }
    for (Small wanted : snapshots.small()) {
      Small there = held.get(wanted.name());
      if (there == null || there.version() != wanted.version()) {
        return Future.failedFuture("the brief holds no " + wanted.name() + " this program reads");
      }
      snapshots.take(wanted.name(), there.content());
    }
    fold.restored(brief.position(), brief.position());
    return Future.succeededFuture();
  }
}
