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
          Set.of("02215"),
          Set.of("y-te"));

  private static Access.Granted token(Role role, String scope) {
    return new Access.Granted(
        role, scope, "u", Instant.EPOCH, Instant.MAX, Optional.empty(), Instant.EPOCH);
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
    assertFalse(rules.mayReadChannel(agency, "nonsense"));
    assertFalse(rules.mayReadChannel(agency, ":so-y-te"));
    assertFalse(rules.mayReadChannel(province, "nonsense"));
    assertFalse(rules.mayReadChannel(province, ":province"));
    assertTrue(rules.mayReadChannel(agency, "f:so-y-te"));
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

  /// A case whose agency was written as the code of an area, or as `field:x`, opened for the token
  /// of that area or field, its personal fields for an operator.
  @Test
  void aCaseIsComparedWithScopesOfItsOwnKind() {
    Access.Granted area = token(Role.OPERATOR, "02215");
    Access.Granted field = token(Role.OPERATOR, "field:y-te");
    Access.Granted none = token(Role.OPERATOR, "unassigned");
    Access.Granted agency = token(Role.AGENCY, "so-y-te");
    for (String text : Set.of("02215", "field:y-te", "unassigned", "province", "y-te")) {
      Optional<String> written = Optional.of(text);
      assertFalse(rules.mayReadCase(area, written, NONE, NONE), text);
      assertFalse(rules.mayReadCase(field, written, NONE, NONE), text);
      assertFalse(rules.mayReadPersonal(area, written, NONE, NONE), text);
      assertFalse(rules.mayReadPersonal(field, written, NONE, NONE), text);
      assertFalse(rules.mayReadCase(agency, written, written, written), text);
      assertTrue(rules.mayReadCase(none, written, NONE, NONE), text + " is no agency");
    }
    assertFalse(rules.mayReadCase(area, NONE, NONE, Optional.of("02215")));
    assertFalse(rules.mayReadCase(field, NONE, Optional.of("y-te"), NONE));
    assertFalse(rules.mayReadCase(field, NONE, NONE, Optional.of("field:y-te")));
    assertTrue(rules.mayReadPersonal(area, NONE, Optional.of("02215"), NONE));
    assertTrue(rules.mayReadPersonal(field, NONE, NONE, Optional.of("y-te")));
  }

  @Test
  void aScopeThatIsGoneReadsNothingAndMeansNothing() {
    Access.Granted gone = token(Role.ADMIN, "so-khong-co");
    assertEquals(new Scope.None(), rules.scope("so-khong-co"));
    assertEquals(new Scope.None(), rules.scope("field:dat-dai"));
    assertEquals(new Scope.Field("y-te"), rules.scope("field:y-te"));
    assertEquals(new Scope.Source("/a"), rules.scope("source:/a"));
    assertFalse(rules.mayRead(gone, "so-khong-co"));
    assertFalse(rules.mayReadCase(gone, Optional.of("so-khong-co"), NONE, NONE));
    assertFalse(rules.mayReadChannel(gone, "feedback:so-khong-co"));
    assertFalse(rules.exists("source:/a"));
    assertTrue(rules.mayRead(token(Role.VIEWER, "source:/a"), "source:/a"));
    assertFalse(rules.mayRead(token(Role.VIEWER, "source:/a"), "source:/b"));
    assertFalse(rules.isAgency("02215"));
    assertTrue(rules.isAgency("to-1"));
  }

  @Test
  void parentsThatGoInACircleEnd() {
    AccessRules round = new AccessRules(Map.of("a", "b", "b", "a", "c", ""), Set.of(), Set.of());
    assertFalse(round.mayRead(token(Role.VIEWER, "c"), "a"));
    assertTrue(round.mayRead(token(Role.VIEWER, "b"), "a"));
  }
}
