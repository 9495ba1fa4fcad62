package vn.truc.real;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RealOracleTest {
  @TempDir Path folder;

  @BeforeEach
  void write() throws Exception {
    Files.writeString(
        folder.resolve("la311-2020.csv"),
        """
        request_id,srnumber,created_date,closed_date,type_id,agency_id,source_id,council_id,region_id,address,latitude,longitude,city_id
        1,1-1,2020-01-01 00:05:00,2020-01-01 01:05:00,6,2,8,44,3,"A, B",34.1,-118.4,6
        2,1-2,2020-01-01 23:59:59,2020-01-03 00:00:00,6,2,7,44,3,C,34.1,-118.4,6
        3,1-3,2020-01-02 00:00:00,,1,1,18,0,3,D,34.1,-118.4,6
        """);
    Files.writeString(folder.resolve("la311-agencies.csv"), "agency_id,n\n1,L\n2,S\n");
    Files.writeString(folder.resolve("la311-councils.csv"), "council_id,n\n0,No\n44,Lake\n");
    Files.writeString(folder.resolve("la311-types.csv"), "type_id,n\n1,G\n6,I\n");
  }

  private RealOracle oracle() throws Exception {
    return RealOracle.load(folder, folder.resolve("real.db"));
  }

  private static Map<String, Long> figures(Map<String, Map<String, Long>> boards, String scope) {
    return boards.getOrDefault(scope, Map.of());
  }

  @Test
  void boardsCountByScope() throws Exception {
    try (RealOracle oracle = oracle()) {
      Map<String, Map<String, Long>> boards = oracle.boards();
      assertEquals(
          List.of("province", "la-1", "la-2", "00000", "00044", "field:type-1", "field:type-6"),
          oracle.scopes());
      assertEquals(3, figures(boards, "province").get("feedback.received.year"));
      assertEquals(2, figures(boards, "00044").get("feedback.answered.year"));
      assertEquals(1, figures(boards, "la-1").get("feedback.open"));
      assertEquals(0, figures(boards, "field:type-6").get("feedback.open"));
      assertEquals(1, figures(boards, "province").get("feedback.channel.ioc.year"));
      // One hour, and 24 h 0 min 1 s, which falls into the cell up to 24 h 15 min.
      assertEquals(60, figures(boards, "la-2").get("feedback.answertime.p50.year"));
      assertEquals(1455, figures(boards, "la-2").get("feedback.answertime.p90.year"));
      assertFalse(figures(boards, "la-1").containsKey("feedback.answertime.p50.year"));
      assertEquals(5, oracle.facts());
    }
  }

  @Test
  void daysCountFromMidnightToMidnight() throws Exception {
    try (RealOracle oracle = oracle()) {
      assertEquals(List.of("2020-01-01", "2020-01-04"), oracle.span());
      assertEquals(
          Map.of("2020-01-01", 2L, "2020-01-02", 1L, "2020-01-03", 0L),
          oracle.days("feedback.received").get("province"));
      assertEquals(
          Map.of("2020-01-01", 1L, "2020-01-02", 0L, "2020-01-03", 1L),
          oracle.days("feedback.answered").get("province"));
      assertEquals(
          Map.of("2020-01-01", 1L, "2020-01-02", 2L, "2020-01-03", 1L),
          oracle.days("feedback.open").get("province"));
    }
  }

  @Test
  void codesAreListedByState() throws Exception {
    try (RealOracle oracle = oracle()) {
      assertEquals(List.of("1-3"), oracle.codes("open", "province"));
      assertEquals(List.of("1-1", "1-2"), oracle.codes("done", "la-2"));
      assertEquals(List.of(), oracle.codes("overdue", "province"));
    }
  }
}
