package vn.truc.access;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.vertx.core.buffer.Buffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class DashboardTokensTest {
  private static final Duration HALF_DAY = Duration.ofHours(12);
  private Instant now = Instant.parse("2026-11-23T00:30:00.9Z");
  private final DashboardTokens tokens =
      new DashboardTokens(Buffer.buffer("s".repeat(32)), () -> now);

  @Test
  void tokenCarriesRoleScopeUserAndLife() {
    Access access = tokens.judge(tokens.issue(Role.AGENCY, "so-y-te", "Lan", HALF_DAY));
    assertEquals(
        new Access.Granted(
            Role.AGENCY,
            "so-y-te",
            "Lan",
            Instant.parse("2026-11-23T00:30:00Z"),
            Instant.parse("2026-11-23T12:30:00Z")),
        access);
  }

  @Test
  void tokenEndsAtItsSecondAndIsNotRenewedAfter() {
    String token = tokens.issue(Role.VIEWER, "province", "", Duration.ofMinutes(1));
    now = Instant.parse("2026-11-23T00:30:59.999Z");
    assertInstanceOf(Access.Granted.class, tokens.judge(token));
    now = Instant.parse("2026-11-23T00:31:00Z");
    assertEquals(new Access.Expired(), tokens.judge(token));
    assertEquals(Optional.empty(), tokens.renew(token));
  }

  @Test
  void renewalKeepsRightsAndLengthOfLife() {
    String token = tokens.issue(Role.OPERATOR, "province", "Minh", HALF_DAY);
    now = now.plus(Duration.ofHours(6));
    String fresh = tokens.renew(token).orElseThrow();
    assertNotEquals(token, fresh);
    Access.Granted granted = assertInstanceOf(Access.Granted.class, tokens.judge(fresh));
    assertEquals(Instant.parse("2026-11-23T18:30:00Z"), granted.expiresAt());
    assertEquals(Role.OPERATOR, granted.role());
  }

  @Test
  void forgeriesAreInvalid() {
    String token = tokens.issue(Role.VIEWER, "so-y-te", "", HALF_DAY);
    String[] parts = token.split("\\.", -1);
    String admin =
        encoded("{\"role\":\"admin\",\"scope\":\"province\",\"iat\":1,\"exp\":9999999999}");
    String none = encoded("{\"alg\":\"none\",\"typ\":\"JWT\"}");
    String foreign =
        new DashboardTokens(Buffer.buffer("t".repeat(32)), () -> now)
            .issue(Role.ADMIN, "province", "", HALF_DAY);
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
            parts[0] + "." + parts[1],
            "\u1ee9.\u1ee9.\u1ee9",
            "x".repeat(10_000))) {
      assertEquals(new Access.Invalid(), tokens.judge(bad), bad);
    }
  }

  private static String encoded(String json) {
    return Base64.getUrlEncoder()
        .withoutPadding()
        .encodeToString(json.getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void lifeAndSecretHaveLimits() {
    for (Duration bad : List.of(Duration.ZERO, Duration.ofDays(367), Duration.ofSeconds(-1))) {
      assertThrows(
          IllegalArgumentException.class, () -> tokens.issue(Role.VIEWER, "province", "", bad));
    }
    assertThrows(
        IllegalArgumentException.class,
        () -> new DashboardTokens(Buffer.buffer("short"), () -> now));
  }
}
