package vn.truc.access;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Instant;
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
  private final TokenRegister register = new TokenRegister();
  private final List<LogRecord> appended = new ArrayList<>();
  private final DashboardTokens tokens =
      new DashboardTokens(
          Buffer.buffer("s".repeat(32)),
          InstantSource.system(),
          register,
          AccessSettings.defaults());
  private int kept;
  private final Map<String, Function<JsonObject, Future<JsonObject>>> verbs =
      new AdminVerbs(
              keys,
              tokens,
              register,
              AccessSettings.defaults(),
              scope -> Set.of("province", "so-y-te").contains(scope),
              scope -> scope.equals("so-y-te"),
              record -> {
                appended.add(record);
                keys.apply(record);
                register.apply(record);
                return Future.succeededFuture(appended.size());
              },
              () -> {
                kept++;
                if (!tokens.current()) {
                  tokens.use(register.generation(), Buffer.buffer("n".repeat(32)));
                }
                return Future.succeededFuture();
              },
              () -> 7,
              InstantSource.system())
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
    assertFalse(keys.authenticate(presented).orElseThrow().test(), "for real unless told");
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

  private String issued(String user) {
    return call(
            "token",
            new JsonObject().put("role", "viewer").put("scope", "province").put("user", user))
        .result()
        .getString("token");
  }

  private Access judged(String token) {
    return tokens.judge(token);
  }

  private JsonArray listed() {
    return call("token.list", new JsonObject()).result().getJsonArray("tokens");
  }

  @Test
  void soManyTokensAndNoMoreAreInForce() {
    long now = InstantSource.system().instant().getEpochSecond();
    for (int i = 1; i < TokenRegister.LISTED_MAX; i++) {
      register.apply(
          new TokenRegister.Issue(
                  "%012x".formatted(i),
                  "Lan",
                  Role.VIEWER,
                  "province",
                  now,
                  now + 1_000_000,
                  "root")
              .record(1));
    }
    JsonObject asked = new JsonObject().put("role", "viewer").put("scope", "province");
    assertTrue(call("token", asked).succeeded(), "the last");
    assertTrue(call("token", asked).failed(), "one more");
    assertTrue(call("token.revoke", new JsonObject().put("id", "%012x".formatted(1))).succeeded());
    assertTrue(call("token", asked).succeeded(), "there is room again");
  }

  @Test
  void anIssueIsARecordAndStandsInTheList() {
    JsonObject asked =
        new JsonObject()
            .put("role", "operator")
            .put("scope", "so-y-te")
            .put("user", "Lan")
            .put("ttlSeconds", 60)
            .put("by", "root");
    JsonObject made = call("token", asked).result();
    assertEquals("vn.truc.token.issued", appended.getFirst().type());
    assertFalse(appended.getFirst().data().contains(made.getString("token")));
    JsonObject one = listed().getJsonObject(0);
    assertEquals(made.getString("id"), one.getString("id"));
    assertEquals(
        "operator so-y-te Lan root",
        String.join(
            " ",
            List.of(
                one.getString("role"),
                one.getString("scope"),
                one.getString("user"),
                one.getString("by"))));
    assertEquals(60, one.getLong("expiresAt") - one.getLong("issuedAt"));
    assertTrue(call("token", asked.copy().put("user", "a\nb")).failed());
    assertTrue(call("token", asked.copy().put("by", "\u202E")).failed());
  }

  @Test
  void aTokenEndsByItsIdAndOnlyIt() {
    String lan = issued("Lan");
    String minh = issued("Minh");
    String id = ((Access.Granted) judged(lan)).id().orElseThrow();
    JsonObject which = new JsonObject().put("id", id);
    assertEquals(1, call("token.revoke", which).result().getLong("listed"));
    assertEquals(new Access.Revoked(), judged(lan));
    assertInstanceOf(Access.Granted.class, judged(minh));
    assertEquals(1, listed().size());
    assertEquals(1, kept);
    int records = appended.size();
    assertEquals(0, call("token.revoke", which).result().getLong("listed"), "again is nothing");
    assertEquals(records, appended.size());
    assertEquals(2, kept, "but is kept beside the log");
  }

  @Test
  void allTokensOfAUserEndAndTheNextOneIsGoodAtOnce() {
    String first = issued("Lan");
    String second = issued("Lan");
    String minh = issued("Minh");
    JsonObject which = new JsonObject().put("user", "Lan");
    assertEquals(2, call("token.revoke", which).result().getLong("listed"));
    assertEquals(new Access.Revoked(), judged(first));
    assertEquals(new Access.Revoked(), judged(second));
    assertInstanceOf(Access.Granted.class, judged(minh));
    assertInstanceOf(Access.Granted.class, judged(issued("Lan")));
    assertEquals(2, listed().size());
  }

  @Test
  void whatToRevokeMustBeNamed() {
    for (JsonObject bad :
        List.of(
            new JsonObject(),
            new JsonObject().put("id", "0123456789ab").put("user", "Lan"),
            new JsonObject().put("id", "0123456789AB"),
            new JsonObject().put("id", "0123"),
            new JsonObject().put("user", "a\tb"),
            new JsonObject().put("id", "0123456789ab").put("by", "a\nb"))) {
      assertTrue(call("token.revoke", bad).failed(), bad::encode);
    }
    assertTrue(call("token.rotate-secret", new JsonObject().put("by", "\u2028")).failed());
    assertEquals(List.of(), appended);
    assertTrue(
        call("token.revoke", new JsonObject().put("id", "0123456789ab")).succeeded(),
        "one that was never issued by hand can be ended too");
  }

  @Test
  void anotherSecretEndsAllTokens() {
    String lan = issued("Lan");
    JsonObject done = call("token.rotate-secret", new JsonObject().put("by", "root")).result();
    assertEquals(1, done.getLong("generation"));
    assertEquals(new Access.Invalid(), judged(lan));
    assertInstanceOf(Access.Granted.class, judged(issued("Lan")));
    assertEquals(2, call("token.rotate-secret", new JsonObject()).result().getLong("generation"));
  }

  /// A token that a node issued whose clock was ten minutes ahead outlived the revocation of its
  /// user, and the verb counted it as ended.
  @Test
  void tokensIssuedAheadOfThisClockEndWithTheirUser() {
    long ahead = Instant.now().getEpochSecond() + 600;
    TokenRegister.Issue issue =
        new TokenRegister.Issue(
            "aaaaaaaaaaaa", "Lan", Role.ADMIN, "province", ahead, ahead + 60, "");
    register.apply(issue.record(1));
    assertTrue(call("token.revoke", new JsonObject().put("user", "Lan")).succeeded());
    assertEquals(List.of(), List.copyOf(register.list()));
  }
}
