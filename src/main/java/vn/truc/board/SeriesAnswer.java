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
      implements SeriesAnswer {

    /// The answer of `GET /api/v1/series`.
    public String json() {
      JsonText json = new JsonText();
      json.open('{').name("metric").string(metric).name("scope").string(scope);
      json.name("step").string(step).name("points").open('[');
      for (int i = 0; i < starts.size(); i++) {
        json.open('[').string(JsonText.instantText(starts.get(i)));
        json.raw(String.valueOf(values.get(i))).close(']');
      }
      return json.close(']').close('}').toString();
    }

    /// The same with a header line and one line a point.
    public String csv() {
      StringBuilder csv = new StringBuilder("time,value\n");
      for (int i = 0; i < starts.size(); i++) {
        Long value = values.get(i);
        csv.append(JsonText.instantText(starts.get(i))).append(',');
        csv.append(value == null ? "" : value.toString()).append('\n');
      }
      return csv.toString();
    }
  }

  /// Why there is no such series; the field at fault.
  record Refused(String field, String message) implements SeriesAnswer {}
}
