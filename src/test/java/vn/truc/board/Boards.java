package vn.truc.board;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;

/// What the tests of the board ask of it again and again.
final class Boards {
  /// Small slices, so that every slicing is met, and a dictionary that is soon full.
  static final BoardSettings SMALL = small(60, 7, 5);

  /// @param textsMax so few, that most of what no configuration knows finds no room
  private static BoardSettings settings(int factsMax, int textsMax, int turn, int scan) {
    return new BoardSettings(factsMax, 1 << 20, textsMax, turn, scan, 10, 5, 3, 7);
  }

  static BoardSettings small(int factsMax, int turnCasesMax, int scanCasesMax) {
    return settings(factsMax, 3, turnCasesMax, scanCasesMax);
  }

  private static final JsonFactory JSON = new JsonFactory();

  private Boards() {}

  static Board board() {
    return empty(SMALL);
  }

  /// A board under the configuration of [RandomFacts].
  static Board empty(BoardSettings settings) {
    return new Board(RandomFacts.config(), settings, new Random());
  }

  static void advance(Board board, long instant) {
    List<Change> ignored = new ArrayList<>();
    while (board.advance(instant, ignored::add) < instant) {
      assertEquals(true, board.asOfMicros() < instant, "a slice short of the instant");
    }
  }

  static String digest(Board board) {
    DigestJob job = board.digest();
    while (!job.step(3)) {
      assertEquals(false, job.step(0), "not done");
    }
    return job.json("c");
  }

  /// The values of a scope in the words of [NaiveBoard#values()].
  static Map<String, String> values(Board board, String scope) {
    return flat(board.boardJson(scope).orElseThrow());
  }

  static Map<String, String> flat(String json) {
    try (JsonParser parser = JSON.createParser(json)) {
      Map<String, String> values = new TreeMap<>();
      while (!"values".equals(parser.currentName())
          || parser.nextToken() != JsonToken.START_OBJECT) {
        parser.nextToken();
      }
      while (parser.nextToken() != JsonToken.END_OBJECT) {
        String name = parser.currentName();
        values.put(name, value(parser));
      }
      return values;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String value(JsonParser parser) throws IOException {
    if (parser.nextToken() != JsonToken.START_OBJECT) {
      return text(parser);
    }
    Map<String, String> members = new TreeMap<>();
    while (parser.nextToken() != JsonToken.END_OBJECT) {
      String name = parser.currentName();
      parser.nextToken();
      members.put(name, text(parser));
    }
    return members.get("value") + " " + members.get("num") + "/" + members.get("den");
  }

  private static String text(JsonParser parser) throws IOException {
    return parser.currentToken() == JsonToken.VALUE_NULL
        ? "null"
        : new BigDecimal(parser.getText()).stripTrailingZeros().toPlainString();
  }

  /// What a question for a series gets.
  static SeriesAnswer answer(SeriesReader reader) {
    while (!reader.step(3)) {
      assertEquals(false, reader.step(0), "not done");
    }
    return reader.answer();
  }

  /// The points of a series, as texts; `null` where it is not kept.
  static List<String> points(
      Board board, String metric, String scope, long from, long to, String step) {
    SeriesText csv =
        switch (answer(board.series(metric, scope, from, to, step))) {
          case SeriesAnswer.Points points -> new SeriesText(points, SeriesText.Form.CSV);
          case SeriesAnswer.Refused refused -> throw new AssertionError(refused.message());
        };
    while (!csv.write(3)) {
      assertEquals(false, csv.write(0), "not done");
    }
    return csv.text().lines().skip(1).map(line -> line.substring(line.indexOf(',') + 1)).toList();
  }

  /// All pages of a list, by following `next` as a client does.
  static List<String> list(Board board, CaseFilter filter) {
    List<String> codes = new ArrayList<>();
    String cursor = filter.cursor();
    while (true) {
      CaseScan scan = board.cases(at(filter, cursor));
      while (!scan.step(5)) {
        assertEquals(false, scan.step(0), "not done");
      }
      Page page = page(scan.json());
      codes.addAll(page.codes());
      assertEquals(true, page.codes().size() <= filter.limit(), "more than the limit");
      if (page.next().isEmpty()) {
        return codes;
      }
      cursor =
          new String(
              java.util.Base64.getUrlDecoder().decode(page.next()),
              java.nio.charset.StandardCharsets.UTF_8);
    }
  }

  private record Page(List<String> codes, String next) {}

  private static Page page(String json) {
    try (JsonParser parser = JSON.createParser(json)) {
      List<String> codes = new ArrayList<>();
      String next = "";
      for (JsonToken token = parser.nextToken(); token != null; token = parser.nextToken()) {
        if (token == JsonToken.VALUE_STRING && "code".equals(parser.currentName())) {
          codes.add(parser.getText());
        } else if (token == JsonToken.VALUE_STRING && "next".equals(parser.currentName())) {
          next = parser.getText();
        }
      }
      return new Page(codes, next);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static CaseFilter at(CaseFilter filter, String cursor) {
    return new CaseFilter(
        filter.kind(),
        filter.state(),
        filter.agency(),
        filter.withinAgency(),
        filter.unassigned(),
        filter.area(),
        filter.field(),
        filter.limit(),
        cursor);
  }
}
