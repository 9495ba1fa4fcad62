package vn.truc;

import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.Map;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import vn.truc.fold.Projection;
import vn.truc.fold.Projections;
import vn.truc.fold.Section;
import vn.truc.fold.StateCopy;
import vn.truc.log.EventLog;

/// What verbs need that do without the cases, kept beside the log every few thousand records: a
/// process that comes by for a verb on a log of millions reads that, and what lies behind it. It
/// holds what is small of a snapshot, in the same form.
final class Briefs {
  /// Records behind a brief, about, that a verb has to read.
  static final int RECORDS = 8_192;

  private static final Logger LOG = LoggerFactory.getLogger(Briefs.class);

  private final EventLog log;
  private final Projections projections;
  private final FoldLoop fold;
  private final Snapshots snapshots;
  private long position;
  private Future<Void> keeping = Future.succeededFuture();

  Briefs(EventLog log, Projections projections, FoldLoop fold, Snapshots snapshots) {
    this.log = log;
    this.projections = projections;
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
    JsonArray held = new JsonArray();
    for (Projection projection : projections.list()) {
      StateCopy copy = projection.copy();
      for (Section section : projection.sections()) {
        if (section.kind() == Section.Kind.BRIEF) {
          held.add(
              new JsonObject()
                  .put("name", section.name())
                  .put("version", section.version())
                  .put("content", copy.chunks(section.name()).next()));
        }
      }
    }
    position = fold.position();
    Buffer content = new JsonObject().put("in", held).toBuffer();
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
    Map<String, JsonObject> held = new TreeMap<>();
    for (Object one : brief.content().toJsonObject().getJsonArray("in")) {
      JsonObject section = (JsonObject) one;
      held.put(section.getString("name"), section);
    }
    for (Projection projection : projections.list()) {
      for (Section wanted : projection.sections()) {
        if (wanted.kind() == Section.Kind.BRIEF) {
          JsonObject there = held.get(wanted.name());
          if (there == null || there.getInteger("version") != wanted.version()) {
            return Future.failedFuture(
                "the brief holds no " + wanted.name() + " this program reads");
          }
          projection.restore(wanted.name(), there.getBinary("content"));
          projections.restored(projection, brief.position());
        }
      }
    }
    fold.restored(brief.position());
    return Future.succeededFuture();
  }
}
