package vn.truc;

import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import vn.truc.access.Role;
import vn.truc.access.SourceKey;
import vn.truc.access.SourceKeys;
import vn.truc.board.BoardConfigReader;
import vn.truc.cli.ClockOption;
import vn.truc.cli.VerbException;
import vn.truc.config.Faults;
import vn.truc.event.CaseKind;
import vn.truc.event.EventTypes;
import vn.truc.event.LogRecord;

/// The administrative verbs, as the owner of the data folder does them. Each completes when what it
/// did is durable and folded here.
final class Administration {
  private final Core core;

  Administration(Core core) {
    this.core = core;
  }

  /// The handlers by verb, as the command line calls them.
  Map<String, Function<JsonObject, Future<JsonObject>>> handlers() {
    return Map.of(
        "key.add", this::addKey,
        "key.list", _ -> Future.succeededFuture(keys()),
        "key.revoke", this::revokeKey,
        "token", this::token,
        "erase", this::erase,
        "config.apply", this::applyConfig,
        "config.show", _ -> Future.succeededFuture(config()),
        "clock.set", this::setClock,
        "clock.add", this::addClock);
  }

  private Future<JsonObject> addKey(JsonObject arguments) {
    SourceKeys.NewKey made =
        SourceKeys.create(
            arguments.getString("source", ""),
            arguments.getString("name", ""),
            arguments.getBoolean("test", false));
    return core.append(made.record(core.fold().now()))
        .map(new JsonObject().put("key", made.key().keyId()).put("presented", made.presented()));
  }

  private JsonObject keys() {
    JsonArray keys = new JsonArray();
    for (SourceKey key : core.keys().list()) {
      keys.add(
          new JsonObject()
              .put("key", key.keyId())
              .put("source", key.source())
              .put("name", key.name())
              .put("test", key.test()));
    }
    return new JsonObject().put("keys", keys);
  }

  private Future<JsonObject> revokeKey(JsonObject arguments) {
    String keyId = arguments.getString("key", "");
    if (core.keys().byId(keyId).isEmpty()) {
      throw new VerbException("there is no key " + keyId + " in force");
    }
    return core.append(SourceKeys.revocation(keyId, core.fold().now()))
        .map(new JsonObject().put("key", keyId));
  }

  private Future<JsonObject> token(JsonObject arguments) {
    String scope = arguments.getString("scope", "");
    if (!core.config().rules().exists(scope)) {
      throw new VerbException("there is no scope '" + scope + "'");
    }
    Role role =
        Role.of(arguments.getString("role", ""))
            .orElseThrow(() -> new VerbException("role is viewer, operator, agency or admin"));
    String token =
        core.tokens()
            .issue(
                role,
                scope,
                arguments.getString("user", ""),
                Duration.ofSeconds(arguments.getLong("ttlSeconds", 43_200L)));
    return Future.succeededFuture(new JsonObject().put("token", token));
  }

  private Future<JsonObject> erase(JsonObject arguments) {
    String kind = arguments.getString("kind", "");
    String code = arguments.getString("code", "");
    if (CaseKind.of(kind).isEmpty()) {
      throw new VerbException("kind is dossier or feedback");
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

  private static Duration micros(long micros) {
    return Duration.of(micros, ChronoUnit.MICROS);
  }

  private Future<JsonObject> moveTo(Instant instant) {
    if (!core.clock().virtual()) {
      throw new VerbException("the clock is real; only a server with --clock can be moved");
    }
    ClockOption option = new ClockOption(instant, core.clock().speed());
    return core.setClock(option)
        .map(
            _ -> {
              core.fold().tick();
              return new JsonObject()
                  .put("now", Instant.EPOCH.plus(micros(core.fold().now())).toString());
            });
  }
}
