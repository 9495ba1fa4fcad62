package vn.truc.config;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// A value as it stands in a file: a closed family, told apart before anything is read from it.
sealed interface ConfigValue {

  Place place();

  /// `~`, `null` or nothing at all.
  record Nothing(Place place) implements ConfigValue {}

  /// One text.
  ///
  /// @param plain whether it stands without quotes
  record Scalar(Place place, String text, boolean plain) implements ConfigValue {}

  /// A list.
  record Sequence(Place place, List<ConfigValue> items) implements ConfigValue {
    public Sequence {
      items = List.copyOf(items);
    }
  }

  /// Keys and values, in the file's order.
  record Mapping(Place place, Map<String, Entry> entries) implements ConfigValue {
    public Mapping {
      entries = new LinkedHashMap<>(entries);
    }
  }

  /// A value with the place of its key.
  record Entry(Place place, ConfigValue value) {}
}
