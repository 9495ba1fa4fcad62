package vn.truc.access;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import vn.truc.event.EventTypes;
import vn.truc.event.LogRecord;
import vn.truc.event.UnreadableRecordException;

class TokenRegisterTest {
  private final TokenRegister register = new TokenRegister();

  private static TokenRegister.Issue issue(String id, String user, Role role, long at) {
    return new TokenRegister.Issue(id, user, role, "province", at, at + 100, "root");
  }

  private static Access.Granted token(String id, String user, long first) {
    Instant at = Instant.ofEpochSecond(first);
    return new Access.Granted(
        Role.VIEWER, "province", user, at, at.plusSeconds(100), Optional.of(id), at);
  }

  private List<String> listed() {
    return register.list().stream().map(TokenRegister.Issue::id).toList();
  }

  /// On that word all sockets are looked at again.
  @Test
  void whatMayEndATokenSaysSo() {
    assertFalse(register.apply(issue("a", "Lan", Role.VIEWER, 10).record(1)));
    assertTrue(register.apply(TokenRegister.revocation("a", 30, "root", 1)));
    assertTrue(register.apply(TokenRegister.revocationOfUser("Lan", 15, "root", 1)));
    assertTrue(register.apply(TokenRegister.rotation(2, "root", 1)));
    assertFalse(register.apply(SourceKeys.revocation("0123456789ab", 1)));
  }

  private void filled() {
    register.apply(TokenRegister.rotation(2, "root", 1));
    register.apply(issue("a", "Lan", Role.VIEWER, 10).record(1));
    register.apply(issue("b", "Lan", Role.ADMIN, 20).record(1));
    register.apply(issue("c", "Minh", Role.ADMIN, 20).record(1));
    register.apply(TokenRegister.revocation("c", 30, "root", 1));
    register.apply(TokenRegister.revocationOfUser("Lan", 15, "root", 1));
  }

  @Test
  void whatWasEndedIsOutOfTheList() {
    filled();
    assertEquals(List.of("b"), listed());
    assertTrue(register.revoked(token("c", "Minh", 20)));
    assertTrue(register.revoked(token("x", "Lan", 15)), "by then, and never in the list");
    assertFalse(register.revoked(token("x", "Lan", 16)));
    assertFalse(register.revoked(token("x", "Minh", 1)));
    assertTrue(register.wasRevoked("c"));
    assertFalse(register.wasRevoked("a"));
    assertEquals(2, register.generation());
    assertEquals("tokens.2", register.secretName());
    assertEquals("tokens", new TokenRegister().secretName());
    assertTrue(register.find("a").isPresent());
    assertTrue(register.find("x").isEmpty());
  }

  /// The list went on to show what a new secret had ended.
  @Test
  void aNewSecretEmptiesTheList() {
    filled();
    register.apply(TokenRegister.rotation(2, "root", 2));
    assertEquals(List.of("b"), listed(), "that one is in force already");
    register.apply(TokenRegister.rotation(3, "root", 3));
    assertEquals(List.of(), listed());
    register.apply(issue("d", "Lan", Role.VIEWER, 90).record(4));
    assertEquals(List.of("d"), listed());
  }

  @Test
  void recordsInAnyOrderAndTwiceSayTheSame() {
    register.apply(TokenRegister.rotation(2, "", 1));
    register.apply(TokenRegister.rotation(1, "", 1));
    assertEquals(2, register.generation());
    assertTrue(register.apply(TokenRegister.revocationOfUser("Lan", 15, "", 1)));
    assertTrue(register.apply(TokenRegister.revocationOfUser("Lan", 12, "", 1)));
    assertTrue(register.revoked(token("x", "Lan", 14)));
    assertFalse(register.apply(issue("a", "Lan", Role.VIEWER, 10).record(1)));
    assertFalse(register.apply(issue("a", "Minh", Role.VIEWER, 90).record(1)));
    assertEquals("Lan", register.find("a").orElseThrow().user(), "the first stands");
  }

  @Test
  void whatNobodyCanPresentGoesOutOfTheList() {
    register.apply(issue("a", "Lan", Role.VIEWER, 10).record(1));
    register.apply(issue("b", "Lan", Role.ADMIN, 20).record(1));
    register.apply(issue("c", "Lan", Role.AGENCY, 20).record(1));
    register.forget(
        220, role -> role == Role.VIEWER ? Long.MAX_VALUE : role == Role.ADMIN ? 200 : 10);
    assertEquals(List.of("a", "b"), listed());
    register.forget(221, role -> role == Role.VIEWER ? Long.MAX_VALUE : 200);
    assertEquals(List.of("a"), listed());
    register.apply(TokenRegister.revocation("a", 300, "", 1));
    register.forget(Long.MAX_VALUE / 2, _ -> Long.MAX_VALUE);
    assertTrue(register.find("a").isEmpty());
    assertTrue(register.revoked(token("a", "Lan", 10)), "ended for ever, whatever a clock says");
  }

  @Test
  void aSnapshotHoldsAll() {
    filled();
    TokenRegister other = new TokenRegister();
    other.apply(issue("z", "Z", Role.VIEWER, 1).record(1));
    other.restore(register.exported());
    assertArrayEquals(register.exported(), other.exported());
    JsonObject whole = new JsonObject(Buffer.buffer(register.exported()));
    for (String bad :
        List.of(
            "{",
            "{}",
            whole.copy().put("issued", List.of(7)).encode(),
            whole.copy().put("issued", List.of(new JsonObject())).encode(),
            whole.copy().put("ids", 7).encode(),
            whole.copy().put("users", new JsonObject().put("Lan", "x")).encode(),
            whole.copy().put("generation", 1.5).encode())) {
      byte[] content = bad.getBytes(StandardCharsets.UTF_8);
      assertThrows(RuntimeException.class, () -> other.restore(content), bad);
      assertArrayEquals(register.exported(), other.exported(), "nothing changed: " + bad);
    }
  }

  @Test
  void anOlderCopyLearnsWhatItDoesNotHold() {
    filled();
    TokenRegister older = new TokenRegister();
    older.apply(TokenRegister.revocationOfUser("Lan", 12, "", 1));
    List<LogRecord> missing = older.missing(register.revocations(), 7);
    missing.forEach(older::apply);
    assertEquals(3, missing.size());
    assertEquals(register.revocations(), older.revocations());
    assertEquals(List.of(), older.missing(register.revocations(), 7), "once");
    assertEquals(List.of(), register.missing(new TokenRegister().revocations(), 7));
    assertThrows(UnreadableRecordException.class, () -> older.missing(new JsonObject(), 7));
  }

  @Test
  void aRecordThatCannotBeReadIsNone() {
    for (String bad : List.of("{", "{}", "{\"id\":7,\"at\":1}", "{\"id\":\"a\",\"at\":\"1\"}")) {
      LogRecord record = LogRecord.internal(EventTypes.TOKEN_REVOKED, "x", null, 1, bad);
      assertThrows(UnreadableRecordException.class, () -> register.apply(record), bad);
    }
    LogRecord king =
        LogRecord.internal(
            EventTypes.TOKEN_ISSUED,
            "x",
            null,
            1,
            "{\"id\":\"a\",\"user\":\"\",\"role\":\"king\",\"scope\":\"\",\"issuedAt\":1,"
                + "\"expiresAt\":2,\"by\":\"\"}");
    assertThrows(UnreadableRecordException.class, () -> register.apply(king));
    assertFalse(register.apply(LogRecord.internal(EventTypes.KEY_ADDED, "k", null, 1, "{")));
  }
}
