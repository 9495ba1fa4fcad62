package vn.truc.demo;

import java.util.List;

/// The catalogue the simulated province speaks of: ids as the configuration has them.
///
/// @param agencies agency ids; one that ends in an area's code (`ubnd-02215`) is that area's own
/// @param areas commune codes, five characters
/// @param fields field ids
/// @param indicators indicator ids; the investment projects are reported under `von-dang-ky`
/// (worth)
///     and `du-an-dau-tu` (number) where these exist
public record SimulatedPlaces(
    List<String> agencies, List<String> areas, List<String> fields, List<String> indicators) {

  public SimulatedPlaces {
    if (agencies.isEmpty() || areas.isEmpty() || fields.isEmpty()) {
      throw new IllegalArgumentException("a province needs an agency, an area and a field");
    }
    agencies = List.copyOf(agencies);
    areas = List.copyOf(areas);
    fields = List.copyOf(fields);
    indicators = List.copyOf(indicators);
  }

  /// The first of the preferred fields that exists, else the first field.
  String field(String... preferred) {
    for (String wanted : preferred) {
      if (fields.contains(wanted)) {
        return wanted;
      }
    }
    return fields.getFirst();
  }
}
