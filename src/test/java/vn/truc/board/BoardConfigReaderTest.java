package vn.truc.board;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;
import vn.truc.board.BoardConfig.Agency;
import vn.truc.config.Fault;
import vn.truc.config.Faults;

class BoardConfigReaderTest {
  private final Faults faults = new Faults();

  private BoardConfig read(Map<String, String> files) {
    return BoardConfigReader.read(files, faults);
  }

  private List<String> told() {
    return faults.list().stream().map(Fault::toString).toList();
  }

  @Test
  void shippedFilesHoldTheWholeProvince() throws Exception {
    Map<String, String> files = new HashMap<>();
    for (String name : BoardConfigReader.FILES) {
      files.put(name, Files.readString(Path.of("config", name)));
    }
    BoardConfig config = read(files);
    assertEquals(List.of(), told());
    assertEquals(124, config.areas().size());
    assertEquals(7, config.areas().stream().filter(area -> area.kind().equals("phuong")).count());
    for (BoardConfig.Area area : config.areas()) {
      Optional<Agency> committee =
          config.agencies().stream()
              .filter(agency -> agency.id().equals("ubnd-" + area.code()))
              .findFirst();
      assertEquals(Optional.of("cap-xa"), committee.orElseThrow().parent(), area.name());
    }
    assertTrue(config.fields().size() >= 12);
    BoardConfig.IndicatorSpec capital =
        config.indicators().stream()
            .filter(spec -> spec.id().equals("von-dang-ky"))
            .findFirst()
            .orElseThrow();
    assertEquals(OptionalDouble.of(45000), capital.targetLow());
    assertEquals(OptionalDouble.of(50000), capital.targetHigh());
  }

  @Test
  void faultsOfAllFilesAreToldTogether() {
    read(
        Map.of(
            "agencies.yaml",
            """
            agencies:
              - {id: Sở, name: A, kind: department}
              - {id: b, name: B, kind: department, parent: c}
              - {id: c, name: C, kind: ministry}
              - {id: province, name: P, kind: office}
              - {id: c, name: C2, kind: office}
              - {id: "02215", name: D, kind: office, boss: x}
            """,
            "areas.yaml",
            """
            areas:
              - {code: 2215, name: X, kind: xa, hexRow: 1, hexCol: 1}
              - {code: "02215", name: Y, kind: xa, hexRow: 1, hexCol: 1}
            """,
            "fields.yaml",
            "fields: [{id: a, name: A}, {id: a, name: B}]\n",
            "indicators.yaml",
            "indicators: [{id: a, name: A, unit: x, targetLow: 2, targetHigh: 1}]\n"));
    assertEquals(
        List.of(
            "agencies.yaml:2:10: agencies[0].id: must be 1 to 64 small letters, digits and hyphens,"
                + " a hyphen not first, not 'Sở'",
            "agencies.yaml:3:48: agencies[1].parent: names no agency that stands before this one:"
                + " 'c'",
            "agencies.yaml:4:28: agencies[2].kind: must be one of department, office, commune, not"
                + " 'ministry'",
            "agencies.yaml:5:10: agencies[3].id: is reserved: 'province' is a scope of its own",
            "agencies.yaml:6:10: agencies[4].id: 'c' is taken by the agency at agencies.yaml:4",
            "agencies.yaml:7:42: agencies[5].boss: is unknown",
            "areas.yaml:2:12: areas[0].code: must be five digits, not '2215'",
            "areas.yaml:3:12: areas[1].code: '02215' is taken by the agency at agencies.yaml:7",
            "areas.yaml:3:48: areas[1].hexRow: and hexCol give place 1, 1, which 2215 has",
            "fields.yaml:1:33: fields[1].id: 'a' stands twice",
            "indicators.yaml:1:51: indicators[0].targetLow: lies above targetHigh"),
        told());
  }

  @Test
  void absentFilesGiveAnEmptyConfigurationWithoutFaults() {
    assertEquals(new BoardConfig(List.of(), List.of(), List.of(), List.of()), read(Map.of()));
    assertEquals(List.of(), told());
  }

  @Test
  void idMayBeSixtyFourLongAndNoMore() {
    String longest = "a".repeat(64);
    BoardConfig config = read(Map.of("fields.yaml", "fields: [{id: " + longest + ", name: A}]\n"));
    assertEquals(longest, config.fields().getFirst().id());
    assertEquals(List.of(), told());
    read(Map.of("fields.yaml", "fields: [{id: " + longest + "a, name: A}]\n"));
    assertEquals(1, told().size());
  }
}
