package vn.truc.board;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// What a question for a series got.
public sealed interface SeriesAnswer {
  /// The points, oldest first.
  ///
  /// @param starts where each step begins, microseconds since 1970
  /// @param values one for each step; null where it is not kept, or lies ahead
  record Points(
      String metric, String scope, String step, List<Long> starts, List<@Nullable Long> values)
      implements SeriesAnswer {}

  /// Why there is no such series; the field at fault.
  record Refused(String field, String message) implements SeriesAnswer {}
}
