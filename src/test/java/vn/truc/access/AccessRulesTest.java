package vn.truc.access;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class AccessRulesTest {
  private final AccessRules rules =
      new AccessRules(
          Map.of(
              "so-y-te", "", "chi-cuc-attp", "so-y-te", "to-1", "chi-cuc-attp", "so-tu-phap", ""),
          Set.of("02215", "field:y-te"));

  private static Access.Granted token(Role role, String scope) {
    return new Access.Granted(role, scope, "u", Instant.EPOCH, Instant.MAX);
  }

  private static final Optional<String> NONE = Optional.empty();

  @Test
  void provinceReadsEverythingAnAgencyItsSubtreeOnly() {
    Access.Granted province = token(Role.VIEWER, "province");
    Access.Granted agency = token(Role.AGENCY, "so-y-te");
    for (String scope :
        Set.of("province", "so-tu-phap", "02215", "field:y-te", "unassigned", "source:x")) {
      assertTrue(rules.mayRead(province, scope), scope);
      assertFalse(rules.mayRead(agency, scope), scope);
    }
    assertTrue(rules.mayRead(agency, "so-y-te"));
    assertTrue(rules.mayRead(agency, "chi-cuc-attp"));
    assertTrue(rules.mayRead(agency, "to-1"));
    assertFalse(rules.mayRead(token(Role.AGENCY, "chi-cuc-attp"), "so-y-te"), "not upward");
    assertEquals(Set.of("so-y-te", "chi-cuc-attp", "to-1"), rules.agenciesBelow("so-y-te"));
  }

  @Test
  void scopesExistByConfigurationOnly() {
    assertTrue(rules.exists("province"));
    assertTrue(rules.exists("unassigned"));
    assertTrue(rules.exists("02215"));
    assertTrue(rules.exists("field:y-te"));
    assertFalse(rules.exists("y-te"));
    assertFalse(rules.exists("so-khong-co"));
  }

  @Test
  void channelsFollowTheirScopeAndMapsWantTheProvince() {
    Access.Granted province = token(Role.VIEWER, "province");
    Access.Granted agency = token(Role.OPERATOR, "so-y-te");
    assertTrue(rules.mayReadChannel(agency, "feedback:chi-cuc-attp"));
    assertFalse(rules.mayReadChannel(agency, "feedback:province"));
    assertFalse(rules.mayReadChannel(agency, "map:feedback.overdue"));
    assertFalse(rules.mayReadChannel(agency, "ranking:so-y-te"));
    assertTrue(rules.mayReadChannel(province, "map:feedback.overdue"));
    assertTrue(rules.mayReadChannel(token(Role.VIEWER, "field:y-te"), "feedback:field:y-te"));
    assertFalse(rules.mayReadChannel(province, "nonsense"));
    assertFalse(rules.mayReadChannel(province, ":province"));
  }

  @Test
  void casesAreSeenThroughTheTokensOwnScope() {
    Optional<String> unit = Optional.of("to-1");
    Optional<String> area = Optional.of("02215");
    Optional<String> field = Optional.of("y-te");
    assertTrue(rules.mayReadCase(token(Role.VIEWER, "province"), NONE, NONE, NONE));
    assertTrue(rules.mayReadCase(token(Role.AGENCY, "so-y-te"), unit, NONE, NONE));
    assertFalse(rules.mayReadCase(token(Role.AGENCY, "so-tu-phap"), unit, area, field));
    assertTrue(rules.mayReadCase(token(Role.VIEWER, "02215"), unit, area, NONE));
    assertTrue(rules.mayReadCase(token(Role.VIEWER, "field:y-te"), unit, area, field));
    assertTrue(rules.mayReadCase(token(Role.VIEWER, "unassigned"), NONE, area, field));
    assertTrue(rules.mayReadCase(token(Role.VIEWER, "unassigned"), Optional.of("x"), NONE, NONE));
    assertFalse(rules.mayReadCase(token(Role.VIEWER, "unassigned"), unit, NONE, NONE));
  }

  @Test
  void personalFieldsAreForDutyAndForTheAgencyItself() {
    Optional<String> unit = Optional.of("to-1");
    assertFalse(rules.mayReadPersonal(token(Role.VIEWER, "province"), unit, NONE, NONE));
    assertTrue(rules.mayReadPersonal(token(Role.OPERATOR, "province"), unit, NONE, NONE));
    assertTrue(rules.mayReadPersonal(token(Role.ADMIN, "province"), NONE, NONE, NONE));
    assertTrue(rules.mayReadPersonal(token(Role.AGENCY, "so-y-te"), unit, NONE, NONE));
    assertFalse(rules.mayReadPersonal(token(Role.AGENCY, "so-tu-phap"), unit, NONE, NONE));
    assertFalse(rules.mayReadPersonal(token(Role.OPERATOR, "so-tu-phap"), unit, NONE, NONE));
    assertFalse(
        rules.mayReadPersonal(token(Role.AGENCY, "province"), unit, NONE, NONE),
        "an agency role without an agency has no cases of its own");
  }

  @Test
  void onlyDutyWrites() {
    assertTrue(rules.mayWrite(token(Role.OPERATOR, "province")));
    assertTrue(rules.mayWrite(token(Role.ADMIN, "province")));
    assertFalse(rules.mayWrite(token(Role.VIEWER, "province")));
    assertFalse(rules.mayWrite(token(Role.AGENCY, "so-y-te")));
  }
}
