package vn.truc.board;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import vn.truc.event.Attribute;
import vn.truc.event.Attributes;
import vn.truc.event.CaseKind;
import vn.truc.event.Event.CaseFact;
import vn.truc.event.EventTypes;
import vn.truc.event.LogRecord;
import vn.truc.event.Rfc3339;

/// What this house does not know is kept, flagged and counted. Dossier codes of any form once
/// passed without a word, and so did co-operating agencies nobody has heard of; no list showed
/// which cases were meant.
class UnknownTest {
  private static final String GOOD = "H60.50.05.13-261123-0975";

  private static final long NOON = Rfc3339.parse("2026-11-23T12:00:00+07:00");

  private final Board board = Boards.board();

  private long position;

  private LogRecord fact(CaseKind kind, String code, Attributes changes) {
    position++;
    return RandomFacts.caseFact(
        position,
        "/s",
        "e" + position,
        code,
        NOON - 4 * 3_600_000_000L,
        null,
        kind,
        CaseFact.Form.STATUS,
        1,
        changes,
        kind == CaseKind.DOSSIER ? EventTypes.DOSSIER_STATUS : EventTypes.FEEDBACK_STATUS);
  }

  private static Attributes agency(String id) {
    return new Attributes.Builder().set(Attribute.AGENCY, id).build();
  }

  private List<Unknown> unknowns(CaseKind kind, String code, Attributes changes) {
    LogRecord record = fact(kind, code, changes);
    board.apply(record);
    return board.unknowns(record);
  }

  /// A case whose only status was misspelt had none, and did not say why.
  @Test
  void aCaseNamesTheStatusItDoesNotKnow() {
    LogRecord misspelt =
        RandomFacts.caseFact(
            1,
            "/s",
            "e1",
            "PA-1",
            NOON - 4 * 3_600_000_000L,
            null,
            CaseKind.FEEDBACK,
            CaseFact.Form.STATUS,
            CaseFact.UNKNOWN_STATUS,
            new Attributes.Builder().set(Attribute.UNKNOWN_STATUS, "recieved").build(),
            EventTypes.FEEDBACK_STATUS);
    board.apply(misspelt);
    position = 1;
    assertTrue(
        list(CaseKind.FEEDBACK).contains("\"unknown\":[\"status\"]"), list(CaseKind.FEEDBACK));
    board.apply(fact(CaseKind.FEEDBACK, "PA-1", new Attributes.Builder().build()));
    assertFalse(list(CaseKind.FEEDBACK).contains("unknown"), list(CaseKind.FEEDBACK));
  }

  private String list(CaseKind kind) {
    CaseScan scan =
        board.cases(
            new CaseFilter(
                kind,
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                false,
                Optional.empty(),
                Optional.empty(),
                10,
                ""));
    while (!scan.step(100)) {
      assertFalse(scan.step(0));
    }
    return scan.json();
  }

  @Test
  void dossierCodeOfAnotherFormIsKeptCountedAndFlagged() {
    Boards.advance(board, NOON);
    assertEquals(
        List.of(new Unknown("code", "D-1")), unknowns(CaseKind.DOSSIER, "D-1", Attributes.empty()));
    assertEquals(List.of(), unknowns(CaseKind.DOSSIER, GOOD, Attributes.empty()));
    assertEquals(
        List.of(new Unknown("code", "D-2"), new Unknown("agency", "so-nao-do")),
        unknowns(CaseKind.DOSSIER, "D-2", agency("so-nao-do")));
    assertEquals(
        List.of(), unknowns(CaseKind.FEEDBACK, "1", Attributes.empty()), "no national form");
    String dossiers = list(CaseKind.DOSSIER);
    assertEquals(2, dossiers.split("\"unknown\"", -1).length - 1, dossiers);
    assertTrue(dossiers.contains("\"unknown\":[\"code\"]"), dossiers);
    assertTrue(dossiers.contains("\"unknown\":[\"code\",\"agency\"]"), dossiers);
    assertFalse(list(CaseKind.FEEDBACK).contains("unknown"));
    String one = board.caseJson(CaseKind.DOSSIER, "D-1").orElseThrow();
    assertTrue(one.contains("\"unknown\":[\"code\"]"), one);
  }

  @Test
  void cooperatingAgenciesAreLookedAtOneByOne() {
    Attributes together =
        new Attributes.Builder().set(Attribute.CO_AGENCIES, "so-a,so-nao-do,so-b").build();
    assertEquals(
        List.of(new Unknown("agency", "so-nao-do")), unknowns(CaseKind.FEEDBACK, "PA-1", together));
  }

  /// A channel written `fax`, or `Hotline`, counted as received and in no channel, and nobody was
  /// told.
  @Test
  void wordsOutsideTheirVocabularyAreFlagged() {
    Attributes.Builder odd = new Attributes.Builder();
    Attributes.Builder sound = new Attributes.Builder();
    odd.set(Attribute.CHANNEL, "Hotline").set(Attribute.URGENCY, "khẩn");
    odd.set(Attribute.FEEDBACK_CLASS, "wat").set(Attribute.APPLICANT, "Citizen");
    sound.set(Attribute.CHANNEL, "zalo").set(Attribute.URGENCY, "complex");
    sound.set(Attribute.FEEDBACK_CLASS, "regulation").set(Attribute.APPLICANT, "other");
    assertEquals(
        List.of(
            new Unknown("channel", "Hotline"),
            new Unknown("applicant", "Citizen"),
            new Unknown("class", "wat"),
            new Unknown("urgency", "khẩn")),
        unknowns(CaseKind.FEEDBACK, "PA-1", odd.build()));
    assertEquals(List.of(), unknowns(CaseKind.FEEDBACK, "PA-1", sound.build()));
    Attributes hotline =
        new Attributes.Builder()
            .set(Attribute.CHANNEL, "hotline")
            .set(Attribute.RETURN_BY, "pigeon")
            .build();
    assertEquals(
        List.of(new Unknown("channel", "hotline"), new Unknown("returnBy", "pigeon")),
        unknowns(CaseKind.DOSSIER, GOOD, hotline));
    Attributes online =
        new Attributes.Builder()
            .set(Attribute.CHANNEL, "online")
            .set(Attribute.RETURN_BY, "post")
            .build();
    assertEquals(List.of(), unknowns(CaseKind.DOSSIER, GOOD, online));
  }

  @Test
  void nationalFormIsKnownInAllItsVariants() {
    for (String good :
        List.of(
            GOOD,
            "H60-261123-0001",
            "H60.50-261123-0001",
            "H60.50.05.13.2A-261123-0001",
            "G09.20-20261123-0092637",
            "G18.1A-20261123-0092637",
            "000.00.50.H60-210315-0012",
            "000.00.050.H60-210315-0012")) {
      assertTrue(DossierCode.isWellFormed(good), good);
    }
    for (String bad :
        List.of(
            "",
            "-",
            "D-1",
            "H60",
            "H60-261123",
            "H60-261123-",
            "H60-261123-001",
            "H60-261123-00000001",
            "H60-2611233-0001",
            "H60.5-261123-0001",
            "H60.5000-261123-0001",
            "H60.50.05.13.2A.01-261123-0001",
            "h60.50-261123-0001",
            "H60.50-261123-0001 ",
            "H60.50-261123-0001-1",
            "H6٠-261123-0001",
            "000.00.H60-210315-0012",
            "000.00.5.H60-210315-0012")) {
      assertFalse(DossierCode.isWellFormed(bad), bad);
    }
  }
}
