package vn.truc.demo;

import java.util.ArrayList;
import java.util.List;

/// A small catalogue for tests: 20 departments, 124 communes with their committees.
final class DemoPlaces {
  private DemoPlaces() {}

  static SimulatedPlaces province() {
    List<String> agencies = new ArrayList<>();
    for (int i = 1; i <= 20; i++) {
      agencies.add("so-" + i);
    }
    List<String> areas = new ArrayList<>();
    for (int i = 0; i < 124; i++) {
      String code = "%05d".formatted(691 + i * 15);
      areas.add(code);
      agencies.add("ubnd-" + code);
    }
    List<String> fields =
        List.of("giao-thong", "moi-truong", "dat-dai", "y-te", "giao-duc", "thien-tai");
    return new SimulatedPlaces(agencies, areas, fields, List.of("von-dang-ky", "du-an-dau-tu"));
  }
}
