package vn.truc.board;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.SortedSet;
import org.jspecify.annotations.Nullable;

/// The catalogue in use. Senders choose the names of indicators, so whether it still stands is
/// looked at only when somebody asks for it, and only at as many names as it may hold.
final class LiveCatalogue {
  private final SortedSet<String> reported;
  private final int reportedMax;
  private @Nullable Catalogue made;
  private List<String> held = List.of();
  private int namesThen;

  /// @param reported a view of the indicators that were reported; none ever goes
  /// @param reportedMax how many of those that are not configured it holds, from the first
  LiveCatalogue(SortedSet<String> reported, int reportedMax) {
    this.reported = reported;
    this.reportedMax = reportedMax;
  }

  /// The catalogue under the configuration in use.
  Catalogue under(BoardConfig config) {
    Catalogue present = made;
    if (present != null && namesThen == reported.size()) {
      return present;
    }
    namesThen = reported.size();
    List<String> first = first(config);
    if (present != null && first.equals(held)) {
      return present;
    }
    Catalogue fresh = new Catalogue(config, first);
    made = fresh;
    held = first;
    return fresh;
  }

  private List<String> first(BoardConfig config) {
    Set<String> configured = new HashSet<>();
    config.indicators().forEach(spec -> configured.add(spec.id()));
    List<String> first = new ArrayList<>();
    Iterator<String> names = reported.iterator();
    while (first.size() < reportedMax && names.hasNext()) {
      String name = names.next();
      if (!configured.contains(name)) {
        first.add(name);
      }
    }
    return first;
  }

  /// Another configuration has come into use.
  void forget() {
    made = null;
  }
}
