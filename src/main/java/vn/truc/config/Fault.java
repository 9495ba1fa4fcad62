package vn.truc.config;

import java.util.Objects;

/// One thing wrong with the configuration.
///
/// @param key the path of the key, like `agencies[3].parent`; empty where the whole file is meant
/// @param message what is wrong, in words that finish the sentence "this key …"
public record Fault(Place place, String key, String message) {
  public Fault {
    Objects.requireNonNull(place, "place");
    Objects.requireNonNull(key, "key");
    Objects.requireNonNull(message, "message");
  }

  /// One line: `agencies.yaml:12:5: agencies[3].parent: names no agency above it: 'so-x'`.
  @Override
  public String toString() {
    return key.isEmpty() ? place + ": " + message : place + ": " + key + ": " + message;
  }
}
