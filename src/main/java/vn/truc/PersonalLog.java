package vn.truc;

import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.util.Optional;
import vn.truc.event.CaseKind;
import vn.truc.event.EventTypes;
import vn.truc.event.LogRecord;
import vn.truc.http.CaseRoutes;

/// Personal fields as they lie beside the log's records, each look recorded in it.
final class PersonalLog implements CaseRoutes.PersonalFields {
  private final Core core;
  private long looks;

  PersonalLog(Core core) {
    this.core = core;
  }

  @Override
  public Future<Optional<String>> beside(long position) {
    return core.log().personal(position);
  }

  @Override
  public Future<Void> recordLook(String user, CaseKind kind, String code) {
    long now = core.fold().now();
    JsonObject data =
        new JsonObject().put("user", user).put("kind", kind.label()).put("code", code);
    return core.append(
            LogRecord.internal(
                EventTypes.PERSONAL_READ,
                "look:" + core.fold().position() + ":" + looks++,
                code,
                now,
                data.encode()))
        .mapEmpty();
  }
}
