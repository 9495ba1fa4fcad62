package vn.truc.access;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import vn.truc.event.LogRecord;

class AdminVerbsTest {
  private final SourceKeys keys = new SourceKeys();
  private final List<LogRecord> appended = new ArrayList<>();
  private final DashboardTokens tokens =
      new DashboardTokens(Buffer.buffer("s".repeat(32)), InstantSource.system());
  private final Map<String, Function<JsonObject, Future<JsonObject>>> verbs =
      new AdminVerbs(
              keys,
              tokens,
              scope -> Set.of("province", "so-y-te").contains(scope),
              scope -> scope.equals("so-y-te"),
              record -> {
                appended.add(record);
                keys.apply(record);
                return Future.succeededFuture(appended.size());
              },
              () -> 7)
          .handlers();

  private Future<JsonObject> call(String verb, JsonObject arguments) {
    Function<JsonObject, Future<JsonObject>> handler = verbs.get(verb);
    return handler == null ? Future.failedFuture("no verb " + verb) : handler.apply(arguments);
  }

  @Test
  void keyIsInForceWhenTheVerbAnswersAndGoneWhenItIsRevoked() {
    JsonObject made =
        call("key.add", new JsonObject().put("source", "/a").put("name", "A")).result();
    String presented = made.getString("presented");
    assertTrue(keys.authenticate(presented).isPresent());
    assertEquals(7, appended.getFirst().timeMicros());
    JsonArray listed = call("key.list", new JsonObject()).result().getJsonArray("keys");
    assertEquals(made.getString("key"), listed.getJsonObject(0).getString("key"));
    assertFalse(listed.encode().contains(presented));
    JsonObject which = new JsonObject().put("key", made.getString("key"));
    assertTrue(call("key.revoke", which).succeeded());
    assertTrue(keys.authenticate(presented).isEmpty());
    assertTrue(call("key.revoke", which).succeeded(), "again is nothing");
    assertEquals(2, appended.size());
  }

  @Test
  void whatCannotBeIsRefusedAndNotRecorded() {
    assertTrue(call("key.add", new JsonObject().put("source", "").put("name", "A")).failed());
    assertTrue(call("key.revoke", new JsonObject().put("key", "none")).failed());
    JsonObject token = new JsonObject().put("role", "viewer").put("scope", "so-khong-co");
    assertTrue(call("token", token).failed());
    assertTrue(call("token", token.copy().put("scope", "province").put("role", "king")).failed());
    assertTrue(call("token", token.copy().put("scope", "province").put("ttlSeconds", 0)).failed());
    assertEquals(List.of(), appended);
  }

  /// An agency's people see the personal fields of their own cases, whose agency the scope names.
  @Test
  void roleOfAnAgencyWantsAnAgency() {
    JsonObject token = new JsonObject().put("role", "agency").put("scope", "so-y-te");
    assertTrue(call("token", token).succeeded());
    Future<JsonObject> wide = call("token", token.copy().put("scope", "province"));
    assertTrue(wide.failed());
    assertTrue(wide.cause().toString().contains("'province' is no agency"), wide::toString);
  }

  @Test
  void tokenOpensItsScope() {
    JsonObject made =
        call(
                "token",
                new JsonObject()
                    .put("role", "operator")
                    .put("scope", "province")
                    .put("user", "Lan"))
            .result();
    Access.Granted granted =
        assertInstanceOf(Access.Granted.class, tokens.judge(made.getString("token")));
    assertEquals("Lan", granted.user());
    assertEquals(Role.OPERATOR, granted.role());
  }
}
