package vn.truc.board;

/// Writes the catalogue for those outside.
final class CatalogueText {
  private static final Catalogue.Unit EVENTS = new Catalogue.Unit("sự kiện", "events");
  private static final Catalogue.Unit SECONDS = new Catalogue.Unit("giây", "seconds");

  private CatalogueText() {}

  static String json(Catalogue catalogue) {
    JsonText json = new JsonText().open('{').name("metrics").open('[');
    for (Catalogue.Entry entry : catalogue.entries()) {
      json.open('{').name("id").string(entry.id());
      json.name("topic").string(entry.topic().label());
      json.name("name").string(entry.nameVi()).name("nameEn").string(entry.nameEn());
      json.name("definition").string(entry.definitionVi());
      json.name("definitionEn").string(entry.definitionEn());
      json.name("numerator").stringOrNull(entry.numerator());
      json.name("denominator").stringOrNull(entry.denominator());
      json.name("unit").stringOrNull(entry.unit().vi());
      json.name("unitEn").stringOrNull(entry.unit().en());
      json.name("emptyDenominator").stringOrNull(entry.emptyPolicy()).close('}');
    }
    for (String id :
        new String[] {"source.events", "source.rejected", "source.lag", "source.silence"}) {
      source(json, id);
    }
    return json.close(']').close('}').toString();
  }

  private static void source(JsonText json, String id) {
    json.open('{').name("id").string(id).name("topic").string("source");
    switch (id) {
      case "source.events" -> names(json, "Sự kiện nhận được", "Events received", EVENTS);
      case "source.rejected" -> names(json, "Sự kiện bị từ chối", "Events refused", EVENTS);
      case "source.lag" -> names(json, "Độ trễ của nguồn", "Lag of the source", SECONDS);
      default -> names(json, "Thời gian im lặng", "Silence of the source", SECONDS);
    }
    json.close('}');
  }

  private static void names(JsonText json, String vi, String en, Catalogue.Unit unit) {
    json.name("name").string(vi).name("nameEn").string(en);
    json.name("definition")
        .string("Của việc nhận sự kiện, ở phạm vi source:<id> của riêng nút này, trong bộ nhớ.");
    json.name("definitionEn")
        .string("Of arrival, under the scope source:<id> of this node only, in memory.");
    json.name("numerator").raw("null").name("denominator").raw("null");
    json.name("unit").string(unit.vi()).name("unitEn").string(unit.en());
    json.name("emptyDenominator").raw("null");
  }
}
