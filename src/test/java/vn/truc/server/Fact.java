package vn.truc.server;

import io.vertx.core.json.JsonObject;

/// Facts as the hotline sends them.
final class Fact {
  static final String SOURCE = "/hotline/1022";
  static final String TIME = "2026-11-23T07:30:00+07:00";

  /// A clock that stands still half an hour behind [#TIME].
  static final String CLOCK = "2026-11-23T08:00+07:00,x0";

  private Fact() {}

  /// A feedback status fact at 07:30.
  static String feedback(String id, String code, String status) {
    return feedback(id, code, new JsonObject().put("status", status));
  }

  static String feedback(String id, String code, JsonObject data) {
    return new JsonObject()
        .put("specversion", "1.0")
        .put("id", id)
        .put("source", SOURCE)
        .put("type", "vn.ioc.feedback.status")
        .put("subject", code)
        .put("time", TIME)
        .put("data", data)
        .encode();
  }
}
