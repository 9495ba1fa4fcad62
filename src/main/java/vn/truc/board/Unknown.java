package vn.truc.board;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import vn.truc.event.Attribute;
import vn.truc.event.Attributes;
import vn.truc.event.CaseKind;
import vn.truc.event.Event;
import vn.truc.event.Event.CaseFact;
import vn.truc.event.LogRecord;
import vn.truc.event.ReportedPeriod;

/// A code a fact brought that this house does not know, or that has not the form of one: kept as it
/// came, and counted.
///
/// @param what `agency`, `area`, `field`, `status`, `indicator`; `applicant`, `channel`, `class`,
/// `returnBy`, `urgency` for a word that is none of theirs; `code` for a dossier code that has
/// not the national form; `time` for a member whose time can be none; `visitors` for an image
/// nobody can read; `period` for a report whose period lies over another's
/// @param code as it came; the member's name; the portal; indicator and both periods
public record Unknown(String what, String code) {
  public Unknown {
    Objects.requireNonNull(what, "what");
    Objects.requireNonNull(code, "code");
  }

  /// Whether it counts as not given, where a code that is only unknown counts where it can.
  public boolean leftOut() {
    return what.equals("time") || what.equals("visitors");
  }

  static List<Unknown> in(CaseFact fact, String caseCode, Scopes scopes) {
    List<Unknown> found = List.of();
    if (isMalformed(fact.kind(), caseCode)) {
      found = with(found, new Unknown("code", caseCode));
    }
    Attributes changes = fact.changes();
    if (changes.isEmpty()) {
      return found;
    }
    if (changes.sets(Attribute.AGENCY)) {
      String id = (String) changes.valueOf(Attribute.AGENCY);
      found = scopes.knowsAgency(id) ? found : with(found, new Unknown("agency", id));
    }
    if (changes.sets(Attribute.CO_AGENCIES)) {
      String ids = (String) changes.valueOf(Attribute.CO_AGENCIES);
      for (String id : ids.split(",", -1)) {
        found = scopes.knowsAgency(id) ? found : with(found, new Unknown("agency", id));
      }
    }
    if (changes.sets(Attribute.AREA)) {
      String code = (String) changes.valueOf(Attribute.AREA);
      found = scopes.knowsArea(code) ? found : with(found, new Unknown("area", code));
    }
    if (changes.sets(Attribute.FIELD)) {
      String id = (String) changes.valueOf(Attribute.FIELD);
      found = scopes.knowsField(id) ? found : with(found, new Unknown("field", id));
    }
    for (Unknown word : Words.outside(fact.kind(), changes)) {
      found = with(found, word);
    }
    if (changes.sets(Attribute.UNKNOWN_STATUS)) {
      String status = (String) changes.valueOf(Attribute.UNKNOWN_STATUS);
      found = with(found, new Unknown("status", status));
    }
    if (changes.sets(Attribute.NOT_TAKEN)) {
      String members = (String) changes.valueOf(Attribute.NOT_TAKEN);
      for (String member : members.split(",", -1)) {
        found = with(found, new Unknown("time", member));
      }
    }
    return found;
  }

  /// What a case's registers name now that this house does not know; the words of [#what()].
  static List<String> in(CaseSummary summary, Scopes scopes) {
    List<String> found = new ArrayList<>();
    if (isMalformed(summary.kind(), summary.code())) {
      found.add("code");
    }
    if (!summary.agency().isEmpty() && !scopes.knowsAgency(summary.agency())) {
      found.add("agency");
    }
    if (!summary.area().isEmpty() && !scopes.knowsArea(summary.area())) {
      found.add("area");
    }
    if (!summary.field().isEmpty() && !scopes.knowsField(summary.field())) {
      found.add("field");
    }
    if (summary.statusUnknown()) {
      found.add("status");
    }
    if (summary.dueNotTaken()) {
      found.add(Attribute.DUE_AT.label());
    }
    return found;
  }

  /// Feedback has no national code: every source has its own.
  private static boolean isMalformed(CaseKind kind, String code) {
    return kind == CaseKind.DOSSIER && !DossierCode.isWellFormed(code);
  }

  static List<Unknown> in(Event.Traffic traffic) {
    return traffic.visitorsUnread()
        ? List.of(new Unknown("visitors", traffic.portal()))
        : List.of();
  }

  /// What a fact names that the configuration does not know.
  static List<Unknown> in(
      LogRecord record, BoardConfig config, Scopes scopes, Indicators indicators) {
    return switch (record.event()) {
      case Event.CaseFact fact -> in(fact, record.subject().orElseThrow(), scopes);
      case Event.Indicator report -> in(report, config, scopes, indicators.overlap(record, report));
      case Event.Traffic traffic -> in(traffic);
      case Event.Heartbeat _, Event.Internal _ -> List.of();
    };
  }

  /// @param overlap another period reported of the same, with days of this one
  static List<Unknown> in(
      Event.Indicator report, BoardConfig config, Scopes scopes, Optional<ReportedPeriod> overlap) {
    List<Unknown> found = List.of();
    if (overlap.isPresent()) {
      String periods = report.period() + " " + overlap.get().text();
      found = with(found, new Unknown("period", report.indicator() + " " + periods));
    }
    if (config.indicators().stream().noneMatch(spec -> spec.id().equals(report.indicator()))) {
      found = with(found, new Unknown("indicator", report.indicator()));
    }
    Optional<String> agency = report.agency();
    if (agency.isPresent() && !scopes.knowsAgency(agency.get())) {
      found = with(found, new Unknown("agency", agency.get()));
    }
    return found;
  }

  private static List<Unknown> with(List<Unknown> found, Unknown one) {
    List<Unknown> more = new ArrayList<>(found);
    more.add(one);
    return more;
  }
}
