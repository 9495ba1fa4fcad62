package vn.truc.board;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import vn.truc.event.Attribute;
import vn.truc.event.CaseKind;
import vn.truc.event.Event.CaseFact;

/// Writes one case with its whole history, oldest fact first, in pieces: a long one takes a second
/// and some megabytes. What is written is the case as it was when this began.
public final class CaseDetail implements Facts.AttributeSink {
  private final Dictionary dictionary;
  private final byte[] history;
  private final Facts facts = new Facts();
  private final JsonText json = new JsonText();
  private boolean done;

  CaseDetail(Dictionary dictionary, byte[] history, CaseSummary summary, Scopes scopes) {
    this.dictionary = dictionary;
    json.open('{').name("case");
    Summaries.write(summary, scopes, json);
    json.name("history").open('[');
    facts.of(history);
    this.history = history;
  }

  /// All of it at once.
  String whole() {
    write(Integer.MAX_VALUE);
    return take() + "}";
  }

  /// Writes so many more facts; true when all are written. The object itself is left open for what
  /// stands beside the history.
  public boolean write(int more) {
    for (int i = 0; i < more && !done; i++) {
      if (facts.next()) {
        fact(facts.kind());
      } else {
        json.close(']');
        done = true;
      }
    }
    return done;
  }

  /// The text written since the last time.
  public String take() {
    return json.take();
  }

  private void fact(CaseKind kind) {
    json.open('{').name("position").string(Long.toString(facts.position()));
    json.name("time").string(JsonText.instantText(facts.time()));
    json.name("type").string(type(kind, facts.form()));
    json.name("source").string(facts.source(dictionary));
    json.name("id").string(facts.id());
    if (facts.hasSequence()) {
      json.name("sequence").string(new String(facts.sequence(), StandardCharsets.UTF_8));
    }
    if (facts.isStatus()) {
      String status = Summaries.status(kind, facts.status());
      json.name("status");
      if (kind == CaseKind.DOSSIER && !status.isEmpty()) {
        json.raw(status);
      } else {
        json.stringOrNull(status);
      }
    }
    json.name("changes").open('{');
    facts.attributes(this);
    json.close('}').close('}');
  }

  private static String type(CaseKind kind, CaseFact.Form form) {
    return switch (form) {
      case STATUS -> "vn.ioc." + kind.label() + ".status";
      case RATED -> "vn.ioc." + kind.label() + ".rated";
      case VOIDED -> "vn.ioc.case.voided";
    };
  }

  @Override
  public void cleared(Attribute attribute) {
    json.name(attribute.label()).raw("null");
  }

  @Override
  public void text(Attribute attribute, int dictionaryId) {
    json.name(attribute.label()).string(dictionary.text(dictionaryId));
  }

  @Override
  public void inlineText(Attribute attribute, byte[] bytes, int from, int to) {
    json.name(attribute.label()).string(new String(bytes, from, to - from, StandardCharsets.UTF_8));
  }

  @Override
  public void instant(Attribute attribute, long micros) {
    json.name(attribute.label()).string(JsonText.instantText(micros));
  }

  @Override
  public void number(Attribute attribute, double value) {
    json.name(attribute.label()).decimal(value);
  }

  @Override
  public void flag(Attribute attribute, boolean value) {
    json.name(attribute.label()).raw(Boolean.toString(value));
  }

  /// The positions of the case's records, oldest fact first.
  public List<Long> positions() {
    List<Long> positions = new ArrayList<>();
    Facts all = new Facts().of(history);
    while (all.next()) {
      positions.add(all.position());
    }
    return positions;
  }
}
