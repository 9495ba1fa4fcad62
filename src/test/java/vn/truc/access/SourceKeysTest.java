package vn.truc.access;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import vn.truc.access.SourceKeys.NewKey;
import vn.truc.event.EventTypes;
import vn.truc.event.LogRecord;
import vn.truc.event.UnreadableRecordException;

class SourceKeysTest {
  private static final int PRESENTED_MAX = 200;

  private final SourceKeys keys = new SourceKeys();

  private NewKey added(String source) {
    NewKey made = SourceKeys.create(source, "Tổng đài 1022", false);
    keys.apply(made.record(1));
    return made;
  }

  @Test
  void keyIsInForceFromItsRecordToItsRevocation() {
    NewKey made = SourceKeys.create("/hotline/1022", "Tổng đài 1022", true);
    assertEquals(Optional.empty(), keys.authenticate(made.presented()));
    keys.apply(made.record(1));
    assertEquals(
        Optional.of(new SourceKey(made.key().keyId(), "/hotline/1022", "Tổng đài 1022", true)),
        keys.authenticate(made.presented()));
    keys.apply(SourceKeys.revocation(made.key().keyId(), 2));
    assertEquals(Optional.empty(), keys.authenticate(made.presented()));
    keys.apply(made.record(3));
    assertEquals(Optional.empty(), keys.authenticate(made.presented()), "revoked is for ever");
    assertTrue(keys.wasRevoked(made.key().keyId()));
  }

  @Test
  void recordsHoldTheHashAndNeverTheKey() {
    NewKey made = SourceKeys.create("/a", "A", false);
    // the secret may hold the separator too: one that ended with it once looked for nothing
    String secret = made.presented().substring("truc_".length() + 12 + 1);
    assertEquals(43, secret.length());
    assertTrue(made.presented().matches("truc_[0-9a-f]{12}_[A-Za-z0-9_-]{43}"), made.presented());
    assertFalse(made.record(1).data().contains(secret));
    assertFalse(made.toString().contains(secret));
    keys.apply(made.record(1));
    assertFalse(new String(keys.exported(), StandardCharsets.UTF_8).contains(secret));
  }

  @Test
  void nothingButTheWholeKeyOpens() {
    NewKey made = added("/a");
    NewKey other = added("/b");
    String good = made.presented();
    String mixed = good.substring(0, 18) + other.presented().substring(18);
    for (String bad :
        List.of(
            "",
            "truc_",
            good + "x",
            good.substring(0, good.length() - 1),
            mixed,
            "x" + good,
            good.substring(0, 18),
            "truc__x",
            "x".repeat(5000))) {
      assertEquals(Optional.empty(), keys.authenticate(bad), bad);
    }
    assertEquals("/a", keys.authenticate(good).orElseThrow().source());
  }

  /// What has not the form of a key is refused before the log is asked.
  @Test
  void theFormOfAKeyIsKnown() {
    String id = "truc_0123456789ab_";
    assertTrue(SourceKeys.wellFormed(id + "x"));
    assertFalse(SourceKeys.wellFormed(id), "no secret");
    assertFalse(SourceKeys.wellFormed("curt_0123456789ab_x"), "another house");
    assertFalse(SourceKeys.wellFormed("truc_0123456789a_x"), "a short id");
    assertTrue(SourceKeys.wellFormed(id + "x".repeat(PRESENTED_MAX - id.length())));
    assertFalse(SourceKeys.wellFormed(id + "x".repeat(PRESENTED_MAX + 1 - id.length())));
  }

  @Test
  void sourceAndNameHaveLengths() {
    assertEquals(
        512, SourceKeys.create("/".repeat(512), "n".repeat(200), false).key().source().length());
    assertThrows(
        IllegalArgumentException.class, () -> SourceKeys.create("/".repeat(513), "n", false));
    assertThrows(
        IllegalArgumentException.class, () -> SourceKeys.create("/", "n".repeat(201), false));
  }

  @Test
  void snapshotCarriesKeysAndRevocations() {
    NewKey kept = added("/a");
    NewKey gone = added("/b");
    keys.apply(SourceKeys.revocation(gone.key().keyId(), 2));
    SourceKeys restored = new SourceKeys();
    restored.restore(keys.exported());
    restored.apply(gone.record(3));
    assertEquals(List.of(kept.key()), restored.list());
    assertTrue(restored.authenticate(kept.presented()).isPresent());
  }

  @Test
  void badSnapshotChangesNothing() {
    NewKey made = added("/a");
    for (String bad :
        List.of(
            "", "[]", "{\"keys\":[1],\"revoked\":[]}", "{\"keys\":[{}],\"revoked\":[]}", "{}")) {
      byte[] content = bad.getBytes(StandardCharsets.UTF_8);
      assertThrows(RuntimeException.class, () -> keys.restore(content), bad);
    }
    assertTrue(keys.authenticate(made.presented()).isPresent());
  }

  @Test
  void unreadableRecordStopsTheFold() {
    for (String data : List.of("{", "{}", "{\"key\":1}")) {
      LogRecord record = LogRecord.internal(EventTypes.KEY_ADDED, "i", null, 1, data);
      assertThrows(UnreadableRecordException.class, () -> keys.apply(record), data);
    }
    keys.apply(LogRecord.internal(EventTypes.CLOCK_SET, "i", null, 1, "{"));
    assertEquals(List.of(), keys.list());
  }

  /// A key for `/a/..` was made, and no fact can have such a source.
  @Test
  void sourceAndNameAreJudged() {
    for (String source :
        List.of(
            "",
            " ",
            "/a b",
            "/a\n",
            "x".repeat(513),
            "/a/..",
            "/%2e%2E/a",
            "./a",
            "/a%2fb",
            "/a|b")) {
      assertThrows(IllegalArgumentException.class, () -> SourceKeys.create(source, "A", false));
    }
    assertThrows(IllegalArgumentException.class, () -> SourceKeys.create("/a", " ", false));
  }
}
