package vn.truc.board;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class CatalogueTest {
  private static final JsonArray METRICS =
      new JsonObject(
              CatalogueText.json(
                  new Catalogue(
                      new BoardConfig(List.of(), List.of(), List.of(), List.of()),
                      List.of("kinh-te"))))
          .getJsonArray("metrics");

  @Test
  void everyMetricIsNamedAndDefinedInBothLanguages() {
    Set<String> ids = new HashSet<>();
    for (int i = 0; i < METRICS.size(); i++) {
      JsonObject metric = METRICS.getJsonObject(i);
      String id = metric.getString("id");
      assertTrue(ids.add(id), id);
      assertFalse(metric.getString("name").isBlank(), id);
      assertFalse(metric.getString("nameEn").isBlank(), id);
      assertFalse(metric.getString("definition").isBlank(), id);
      assertFalse(metric.getString("definitionEn").isBlank(), id);
      assertNotEquals(metric.getString("definition"), metric.getString("definitionEn"), id);
      assertEquals(metric.getString("unit") == null, metric.getString("unitEn") == null, id);
      assertTrue(
          String.valueOf(metric.getString("unitEn")).chars().allMatch(c -> c < 0x80),
          id + " has an English unit");
      assertTrue(
          metric.getString("definition").chars().anyMatch(c -> c > 0x7f),
          id + " is defined in Vietnamese");
      assertTrue(
          metric.getString("definitionEn").chars().allMatch(c -> c < 0x80),
          id + " is defined in English");
    }
    assertTrue(ids.contains("dossier.ontime.d2.month") && ids.contains("source.lag"));
  }

  @Test
  void ratiosSayWhatIsDividedByWhat() {
    int ratios = 0;
    for (int i = 0; i < METRICS.size(); i++) {
      JsonObject metric = METRICS.getJsonObject(i);
      if (metric.getString("denominator") != null) {
        ratios++;
        assertFalse(metric.getString("numerator").isBlank(), metric.getString("id"));
        assertEquals("null", metric.getString("emptyDenominator"), metric.getString("id"));
      }
    }
    assertTrue(ratios > 20, "ratios: " + ratios);
  }

  /// Series of `feedback.rated` and its like were answered, though only ratios need them and no
  /// list names them.
  @Test
  void seriesAreOfWhatIsInTheCatalogue() {
    Board board =
        new Board(
            new BoardConfig(List.of(), List.of(), List.of(), List.of()),
            BoardSettings.defaults(),
            new Random());
    Set<String> ids = new HashSet<>();
    for (int i = 0; i < METRICS.size(); i++) {
      ids.add(METRICS.getJsonObject(i).getString("id"));
    }
    int served = 0;
    for (Measure measure : Measure.values()) {
      boolean listed = ids.contains(measure.id()) || ids.contains(measure.id() + ".today");
      SeriesAnswer answer = Boards.answer(board.series(measure.id(), "province", 0, 0, "day"));
      assertEquals(listed, answer instanceof SeriesAnswer.Points, measure.id());
      served += listed ? 1 : 0;
    }
    assertEquals(Measure.count() - 4, served);
    SeriesAnswer hidden = Boards.answer(board.series("feedback.rated", "province", 0, 0, "day"));
    assertTrue(
        hidden instanceof SeriesAnswer.Refused refused && refused.field().equals("metric"),
        hidden::toString);
  }
}
