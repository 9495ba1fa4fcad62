package vn.truc.board;

import java.util.List;
import vn.truc.event.CaseKind;
import vn.truc.event.Event.CaseFact;
import vn.truc.event.FeedbackStatus;

/// Makes summaries of cases for those outside the board.
final class Summaries {
  private static final String[] NATIONAL_CODES = {
    "0", "1", "2", "3", "4", "5", "6", "7", "8", "9", "10"
  };

  private final Dictionary dictionary;

  Summaries(Dictionary dictionary) {
    this.dictionary = dictionary;
  }

  CaseSummary of(CaseState state, String code, DuePhase due) {
    boolean open = state.phase().open() && !state.voided();
    return new CaseSummary(
        state.kind(),
        code,
        status(state.kind(), state.status()),
        state.codes().agency(dictionary),
        state.codes().area(dictionary),
        state.codes().field(dictionary),
        state.codes().channel(dictionary),
        state.received(),
        state.dueAt(),
        open,
        open && due == DuePhase.NEAR,
        open && due == DuePhase.PAST,
        state.voided(),
        state.dueNotTaken(),
        state.statusUnknown());
  }

  /// The words of a status; empty for none and for unknown ones.
  static String status(CaseKind kind, int status) {
    if (status == CaseFact.NO_STATUS || status == CaseFact.UNKNOWN_STATUS) {
      return "";
    }
    return kind == CaseKind.DOSSIER
        ? NATIONAL_CODES[status]
        : FeedbackStatus.ofCode(status).label();
  }

  /// Writes a case. What it names that is unknown, or no code at all, stands in `unknown`, where
  /// there is something.
  static void write(CaseSummary summary, Scopes scopes, JsonText json) {
    json.open('{').name("kind").string(summary.kind().label()).name("code").string(summary.code());
    json.name("agency").stringOrNull(summary.agency());
    json.name("area").stringOrNull(summary.area());
    json.name("field").stringOrNull(summary.field());
    json.name("channel").stringOrNull(summary.channel());
    status(summary, json);
    instant(json, "receivedAt", summary.receivedAtMicros());
    instant(json, "dueAt", summary.dueAtMicros());
    json.name("dueBy").raw(summary.dueAtMicros() == CaseState.NONE ? "null" : "\"source\"");
    if (summary.voided()) {
      json.name("voided").raw("true");
    }
    List<String> unknown = Unknown.in(summary, scopes);
    if (!unknown.isEmpty()) {
      json.name("unknown").open('[');
      unknown.forEach(json::string);
      json.close(']');
    }
    json.close('}');
  }

  static void status(CaseSummary summary, JsonText json) {
    json.name("status");
    if (summary.kind() == CaseKind.DOSSIER && !summary.status().isEmpty()) {
      json.raw(summary.status());
    } else {
      json.stringOrNull(summary.status());
    }
  }

  static void instant(JsonText json, String name, long micros) {
    json.name(name);
    if (micros == CaseState.NONE) {
      json.raw("null");
    } else {
      json.string(JsonText.instantText(micros));
    }
  }
}
