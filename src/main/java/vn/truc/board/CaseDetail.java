package vn.truc.board;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import vn.truc.event.Attribute;
import vn.truc.event.CaseKind;
import vn.truc.event.Event.CaseFact;

/// Writes one case with its whole history, oldest fact first.
final class CaseDetail implements Facts.AttributeSink {
  private final Dictionary dictionary;
  private final Facts facts = new Facts();
  private JsonText json = new JsonText();

  CaseDetail(Dictionary dictionary) {
    this.dictionary = dictionary;
  }

  String write(byte[] history, CaseSummary summary, Scopes scopes) {
    json = new JsonText();
    json.open('{').name("case");
    Summaries.write(summary, scopes, json);
    json.name("history").open('[');
    facts.of(history);
    while (facts.next()) {
      fact(facts.kind());
    }
    return json.close(']').close('}').toString();
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

  /// The positions of a case's records, oldest fact first.
  static List<Long> positions(byte[] history) {
    List<Long> positions = new ArrayList<>();
    Facts facts = new Facts().of(history);
    while (facts.next()) {
      positions.add(facts.position());
    }
    return positions;
  }
}
