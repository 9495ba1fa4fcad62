package vn.truc;

import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import vn.truc.access.AdminVerbs;
import vn.truc.board.Board;
import vn.truc.board.BoardConfigReader;
import vn.truc.cli.ClockOption;
import vn.truc.cli.VerbException;
import vn.truc.config.Faults;
import vn.truc.event.CaseCode;
import vn.truc.event.CaseKind;
import vn.truc.event.EventTypes;
import vn.truc.event.LogRecord;
import vn.truc.event.Printable;

/// The administrative verbs, as the owner of the data folder does them. Each completes when what it
/// did is durable and folded here.
final class Administration {
  private static final String ERASE = "erase";

  private final Core core;

  Administration(Core core) {
    this.core = core;
  }

  /// What of the log has to be folded before a verb can be done: an erasure asks whether there is
  /// such a case, the others have to do with keys, clock and configuration.
  static Core.Depth depthOf(String verb) {
    return verb.equals(ERASE) ? Core.Depth.WHOLE : Core.Depth.WITHOUT_FACTS;
  }

  /// The handlers by verb, as the command line calls them.
  Map<String, Function<JsonObject, Future<JsonObject>>> handlers() {
    Map<String, Function<JsonObject, Future<JsonObject>>> handlers =
        new HashMap<>(
            new AdminVerbs(
                    core.keys(),
                    core.tokens(),
                    core.register(),
                    core.access(),
                    scope -> core.config().rules().exists(scope),
                    scope -> core.config().rules().isAgency(scope),
                    core::append,
                    core::revocationsKept,
                    core.fold()::now,
                    InstantSource.system())
                .handlers());
    handlers.put(ERASE, this::erase);
    handlers.put("config.apply", this::applyConfig);
    handlers.put("config.show", _ -> Future.succeededFuture(config()));
    handlers.put("clock.set", this::setClock);
    handlers.put("clock.add", this::addClock);
    handlers.put("clock.real", _ -> realClock());
    return handlers;
  }

  private Future<JsonObject> erase(JsonObject arguments) {
    String kind = arguments.getString("kind", "");
    String code = CaseCode.normal(arguments.getString("code", ""));
    Printable.require("the name of who asks", arguments.getString("by", ""));
    CaseKind known =
        CaseKind.of(kind).orElseThrow(() -> new VerbException("kind is dossier or feedback"));
    if (core.board().summary(known, code).isEmpty()) {
      throw new VerbException("there is no " + kind + " case '" + code + "'; nothing was erased");
    }
    long now = core.fold().now();
    JsonObject data =
        new JsonObject()
            .put("kind", kind)
            .put("code", code)
            .put("by", arguments.getString("by", ""));
    LogRecord record =
        LogRecord.internal(
            EventTypes.PERSONAL_ERASED,
            "erased:" + kind + ":" + code + ":" + now,
            code,
            now,
            data.encode());
    return core.log()
        .erase(kind, code)
        .compose(count -> core.append(record).map(new JsonObject().put("records", count)));
  }

  private Future<JsonObject> applyConfig(JsonObject arguments) {
    Map<String, String> files = new TreeMap<>();
    arguments
        .getJsonObject("files", new JsonObject())
        .forEach(entry -> files.put(entry.getKey(), (String) entry.getValue()));
    Faults faults = new Faults();
    BoardConfigReader.read(files, faults);
    faults.throwIfAny();
    String before = core.config().hash();
    return core.applyConfig(files)
        .map(_ -> config().put("changed", !core.config().hash().equals(before)));
  }

  private JsonObject config() {
    JsonObject files = new JsonObject();
    core.config().files().forEach(files::put);
    return new JsonObject().put("hash", core.config().hash()).put("files", files);
  }

  private Future<JsonObject> setClock(JsonObject arguments) {
    return moveTo(Instant.parse(arguments.getString("time", "")));
  }

  private Future<JsonObject> addClock(JsonObject arguments) {
    Instant now = Instant.EPOCH.plus(micros(core.fold().now()));
    return moveTo(now.plusMillis(arguments.getLong("millis", 0L)));
  }

  private Future<JsonObject> realClock() {
    return core.setClockReal()
        .map(
            changed -> {
              core.fold().tick();
              return new JsonObject()
                  .put("changed", changed)
                  .put("now", Board.exactTimeText(core.fold().now()));
            });
  }

  private static Duration micros(long micros) {
    return Duration.of(micros, ChronoUnit.MICROS);
  }

  private Future<JsonObject> moveTo(Instant instant) {
    if (!core.clock().virtual()) {
      throw new VerbException("the clock is real; only a server with --clock can be moved");
    }
    ClockOption option;
    try {
      option = new ClockOption(instant, core.clock().speed());
    } catch (IllegalArgumentException e) {
      throw new VerbException(String.valueOf(e.getMessage()), e);
    }
    return core.setClock(option)
        .map(
            moved -> {
              core.fold().tick();
              return new JsonObject()
                  .put("moved", moved)
                  .put("now", Board.exactTimeText(core.fold().now()));
            });
  }
}
