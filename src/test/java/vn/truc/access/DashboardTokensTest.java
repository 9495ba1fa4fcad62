package vn.truc.access;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.vertx.core.buffer.Buffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Test;

class DashboardTokensTest {
  private static final Duration HALF_DAY = Duration.ofHours(12);
  private Instant now = Instant.parse("2026-11-23T00:30:00.9Z");
  private final TokenRegister register = new TokenRegister();
  private final DashboardTokens tokens = tokens(Buffer.buffer("s".repeat(32)));

  private DashboardTokens tokens(Buffer secret) {
    return new DashboardTokens(secret, () -> now, register, AccessSettings.defaults());
  }

  private String issue(Role role, String scope, String user, Duration ttl) {
    return tokens.issue(role, scope, user, ttl, "root").token();
  }

  @Test
  void tokenCarriesRoleScopeUserAndLife() {
    Access access = tokens.judge(issue(Role.AGENCY, "so-y-te", "Lan", HALF_DAY));
    assertEquals(
        new Access.Granted(
            Role.AGENCY,
            "so-y-te",
            "Lan",
            Instant.parse("2026-11-23T00:30:00Z"),
            Instant.parse("2026-11-23T12:30:00Z"),
            assertInstanceOf(Access.Granted.class, access).id(),
            Instant.parse("2026-11-23T00:30:00Z")),
        access);
    assertTrue(((Access.Granted) access).id().orElseThrow().matches("[0-9a-f]{12}"));
  }

  @Test
  void tokenEndsAtItsSecondAndIsNotRenewedAfter() {
    String token = issue(Role.VIEWER, "province", "", Duration.ofMinutes(1));
    now = Instant.parse("2026-11-23T00:30:59.999Z");
    assertInstanceOf(Access.Granted.class, tokens.judge(token));
    now = Instant.parse("2026-11-23T00:31:00Z");
    assertEquals(new Access.Expired(), tokens.judge(token));
    assertEquals(Optional.empty(), tokens.renew(token));
  }

  @Test
  void renewalKeepsRightsAndLengthOfLife() {
    String token = issue(Role.OPERATOR, "province", "Minh", HALF_DAY);
    now = now.plus(Duration.ofHours(6));
    String fresh = tokens.renew(token).orElseThrow();
    assertNotEquals(token, fresh);
    Access.Granted granted = assertInstanceOf(Access.Granted.class, tokens.judge(fresh));
    assertEquals(Instant.parse("2026-11-23T18:30:00Z"), granted.expiresAt());
    assertEquals(Role.OPERATOR, granted.role());
  }

  @Test
  void forgeriesAreInvalid() {
    String token = issue(Role.VIEWER, "so-y-te", "", HALF_DAY);
    String[] parts = token.split("\\.", -1);
    String admin =
        encoded("{\"role\":\"admin\",\"scope\":\"province\",\"iat\":1,\"exp\":9999999999}");
    String none = encoded("{\"alg\":\"none\",\"typ\":\"JWT\"}");
    String foreign =
        tokens(Buffer.buffer("t".repeat(32)))
            .issue(Role.ADMIN, "province", "", HALF_DAY, "")
            .token();
    for (String bad :
        List.of(
            "",
            ".",
            "..",
            "a.b.c",
            parts[0] + "." + admin + "." + parts[2],
            none + "." + admin + ".",
            none + "." + parts[1] + "." + parts[2],
            foreign,
            token.substring(0, token.length() - 2),
            // the same bytes in other spellings: one token was many texts
            token + "=",
            nextSpelling(token),
            parts[0] + "." + parts[1],
            "\u1ee9.\u1ee9.\u1ee9",
            "x".repeat(10_000))) {
      assertEquals(new Access.Invalid(), tokens.judge(bad), bad);
    }
  }

  /// The last character carries two bits that no byte has.
  private static String nextSpelling(String token) {
    String alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    int last = alphabet.indexOf(token.charAt(token.length() - 1));
    assertEquals(0, last % 4);
    return token.substring(0, token.length() - 1) + alphabet.charAt(last + 1);
  }

  private static String encoded(String json) {
    return Base64.getUrlEncoder()
        .withoutPadding()
        .encodeToString(json.getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void lifeAndSecretHaveLimits() {
    for (Duration bad : List.of(Duration.ZERO, Duration.ofDays(367), Duration.ofSeconds(-1))) {
      assertThrows(IllegalArgumentException.class, () -> issue(Role.VIEWER, "province", "", bad));
    }
    assertThrows(IllegalArgumentException.class, () -> tokens(Buffer.buffer("s".repeat(31))));
    for (Duration good : List.of(Duration.ofSeconds(1), Duration.ofDays(366))) {
      assertInstanceOf(
          Access.Granted.class, tokens.judge(issue(Role.VIEWER, "province", "", good)));
    }
    for (String bad : List.of("x".repeat(201), "a\nb", "\u202Ea", "\u2029", "\u0085")) {
      assertThrows(
          IllegalArgumentException.class, () -> issue(Role.VIEWER, "province", bad, HALF_DAY));
    }
    assertThrows(IllegalArgumentException.class, () -> issue(Role.VIEWER, " ", "", HALF_DAY));
    assertInstanceOf(
        Access.Granted.class,
        tokens.judge(issue(Role.VIEWER, "province", "x".repeat(200), HALF_DAY)));
  }

  private static final byte[] SECRET = "s".repeat(32).getBytes(StandardCharsets.US_ASCII);

  /// A token as another program with the secret would sign it.
  private static String signed(String claims) throws Exception {
    String text = encoded("{\"alg\":\"HS256\",\"typ\":\"JWT\"}") + "." + encoded(claims);
    Mac mac = Mac.getInstance("HmacSHA256");
    mac.init(new SecretKeySpec(SECRET, "HmacSHA256"));
    byte[] signature = mac.doFinal(text.getBytes(StandardCharsets.US_ASCII));
    return text + "." + Base64.getUrlEncoder().withoutPadding().encodeToString(signature);
  }

  @Test
  void aSignedTokenMustSayRoleScopeAndEnd() throws Exception {
    String whole =
        "{\"sub\":\"Lan\",\"role\":\"viewer\",\"scope\":\"province\","
            + "\"iat\":1795000000,\"exp\":1796000000}";
    assertInstanceOf(Access.Granted.class, tokens.judge(signed(whole)));
    for (String bad :
        List.of(
            whole.replace("viewer", "king"),
            whole.replace("\"role\"", "\"rule\""),
            whole.replace("\"province\"", "\"\""),
            whole.replace("\"scope\"", "\"reach\""),
            whole.replace("1796000000", "1795000000"),
            whole.replace("1796000000", "\"1796000000\""),
            "[]",
            "{")) {
      assertEquals(new Access.Invalid(), tokens.judge(signed(bad)), bad);
    }
    String long4096 = signed(whole.replace("Lan", "x".repeat(2_870)));
    assertEquals(
        long4096.length() <= 4_096,
        tokens.judge(long4096) instanceof Access.Granted,
        "" + long4096.length());
    assertEquals(
        new Access.Invalid(), tokens.judge(signed(whole.replace("Lan", "x".repeat(4_000)))));
  }

  /// Tokens of before ids were given: they end by user, by rotation, or by themselves.
  @Test
  void aTokenOfAnOlderVersionIsRenewedFromItsOwnIssue() throws Exception {
    String old =
        signed(
            "{\"sub\":\"Lan\",\"role\":\"admin\",\"scope\":\"province\",\"iat\":"
                + now.getEpochSecond()
                + ",\"exp\":"
                + now.plusSeconds(4).getEpochSecond()
                + "}");
    Access.Granted first = assertInstanceOf(Access.Granted.class, tokens.judge(old));
    assertEquals(Optional.empty(), first.id());
    now = now.plusSeconds(2);
    Access.Granted fresh =
        assertInstanceOf(Access.Granted.class, tokens.judge(tokens.renew(old).orElseThrow()));
    assertEquals(first.issuedAt(), fresh.firstIssuedAt());
    assertEquals(Optional.empty(), fresh.id());
    register.apply(TokenRegister.revocationOfUser("Lan", now.getEpochSecond(), "", 1));
    assertEquals(new Access.Revoked(), tokens.judge(old));
    assertEquals(Optional.empty(), tokens.renew(old));
  }

  /// An admin's token of four seconds was renewed for ever.
  @Test
  void renewalsEndSoLongAfterTheFirstIssue() {
    Instant begun = now;
    String token = issue(Role.ADMIN, "province", "Lan", Duration.ofMinutes(30));
    String id = granted(token).id().orElseThrow();
    int renewed = 0;
    while (tokens.judge(token) instanceof Access.Granted granted) {
      assertEquals(id, granted.id().orElseThrow());
      assertFalse(granted.expiresAt().isAfter(begun.plus(HALF_DAY)));
      now = now.plus(Duration.ofMinutes(15));
      token = tokens.renew(token).orElse(token);
      renewed++;
    }
    assertEquals(new Access.Expired(), tokens.judge(token));
    assertEquals(12 * 4, renewed);
  }

  @Test
  void aRenewalNeverEndsBeforeWhatItIsTradedFor() {
    String token = issue(Role.ADMIN, "province", "Lan", Duration.ofHours(20));
    Instant end = granted(token).expiresAt();
    now = now.plus(Duration.ofHours(19));
    assertEquals(end, granted(tokens.renew(token).orElseThrow()).expiresAt());
    String wall = issue(Role.VIEWER, "province", "", HALF_DAY);
    for (int i = 0; i < 1_000; i++) {
      now = now.plus(Duration.ofHours(11));
      wall = tokens.renew(wall).orElseThrow();
    }
  }

  @Test
  void aTokenIsNotGoodWhileTheSecretInForceIsOnItsWay() {
    String token = issue(Role.VIEWER, "province", "", HALF_DAY);
    register.apply(TokenRegister.rotation(1, "", 1));
    assertEquals(new Access.Invalid(), tokens.judge(token));
    assertThrows(IllegalStateException.class, () -> issue(Role.VIEWER, "province", "", HALF_DAY));
    tokens.use(1, Buffer.buffer("n".repeat(32)));
    assertEquals(new Access.Invalid(), tokens.judge(token));
    assertInstanceOf(
        Access.Granted.class, tokens.judge(issue(Role.VIEWER, "province", "", HALF_DAY)));
  }

  @Test
  void nobodyPrintsATokenByMistake() {
    DashboardTokens.Issued issued = tokens.issue(Role.VIEWER, "province", "Lan", HALF_DAY, "root");
    assertFalse(issued.toString().contains(issued.token()));
  }

  private Access.Granted granted(String token) {
    return assertInstanceOf(Access.Granted.class, tokens.judge(token));
  }
}
