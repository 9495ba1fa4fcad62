package vn.truc.board;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// What comes from below to each agency of one configuration and to the province, by indicator,
/// kept as reports come. A report is added on its way up, up to the first agency that stands with
/// its whole for all below it: as many steps as there are levels of agencies.
final class AgencySums {
  private final Scopes scopes;

  /// By indicator, by scope.
  private final Map<String, Map<Integer, ReportSum>> sums = new HashMap<>();

  AgencySums(Scopes scopes) {
    this.scopes = scopes;
  }

  Scopes scopes() {
    return scopes;
  }

  /// What the agencies right below an agency come to, or, for the province, everything that is
  /// reported and stands below no whole; empty where there is nothing.
  Optional<ReportSum> below(String indicator, int scope) {
    return Optional.ofNullable(sums.getOrDefault(indicator, Map.of()).get(scope));
  }

  /// What an agency comes to has changed.
  ///
  /// @param more by how much what it shows by itself changed
  /// @param wholeCame whether it stands with its whole since: then what came from below does not
  ///     count any more
  /// @param hasWhole whether an agency stands with its whole
  void add(
      String indicator,
      String agency,
      ReportSum more,
      boolean wholeCame,
      Predicate<String> hasWhole) {
    Map<Integer, ReportSum> own = sums.computeIfAbsent(indicator, _ -> new HashMap<>());
    int[] path = scopes.pathNumbers(agency);
    ReportSum rise = new ReportSum();
    rise.add(more, 1);
    ReportSum hidden = wholeCame && path.length > 0 ? own.get(path[path.length - 1]) : null;
    if (hidden != null) {
      rise.add(hidden, -1);
    }
    for (int i = path.length - 2; i >= 0; i--) {
      at(own, path[i]).add(rise, 1);
      if (hasWhole.test(scopes.name(path[i]))) {
        return;
      }
    }
    at(own, Scopes.PROVINCE).add(rise, 1);
  }

  private static ReportSum at(Map<Integer, ReportSum> sums, int scope) {
    @Nullable ReportSum known = sums.get(scope);
    if (known == null) {
      known = new ReportSum();
      sums.put(scope, known);
    }
    return known;
  }
}
