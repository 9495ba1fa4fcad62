package vn.truc.config;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/// Collects every fault of one reading, so that all are told together.
public final class Faults {
  private static final Comparator<Fault> READING_ORDER =
      Comparator.comparing((Fault fault) -> fault.place().file())
          .thenComparingInt(fault -> fault.place().line())
          .thenComparingInt(fault -> fault.place().column());

  private final List<Fault> faults = new ArrayList<>();

  /// Notes one fault.
  public void add(Place place, String key, String message) {
    faults.add(new Fault(place, key, message));
  }

  int count() {
    return faults.size();
  }

  public boolean isEmpty() {
    return faults.isEmpty();
  }

  /// The faults noted so far, by file, line and column.
  public List<Fault> list() {
    return faults.stream().sorted(READING_ORDER).toList();
  }

  /// Ends a reading.
  ///
  /// @throws ConfigException when a fault was noted; it carries all of them
  public void throwIfAny() {
    if (!faults.isEmpty()) {
      throw new ConfigException(list());
    }
  }
}
