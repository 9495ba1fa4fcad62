package vn.truc.access;

import java.util.Objects;

/// A key a sender of facts presents, as the log knows it: never the key itself.
///
/// @param keyId public name of the key, as recorded with each fact
/// @param source the source URI it is bound to, by whole path segments
/// @param name what people call it
/// @param test whether its facts are answered as usual and stored nowhere
public record SourceKey(String keyId, String source, String name, boolean test) {
  public SourceKey {
    Objects.requireNonNull(keyId, "keyId");
    Objects.requireNonNull(source, "source");
    Objects.requireNonNull(name, "name");
  }

  /// Whether an event's `source` is this key's source or lies below it: `/hotline/1022` covers
  /// `/hotline/1022/a`, not `/hotline/10220`.
  public boolean covers(String eventSource) {
    return eventSource.startsWith(source)
        && (eventSource.length() == source.length()
            || source.endsWith("/")
            || eventSource.charAt(source.length()) == '/');
  }
}
