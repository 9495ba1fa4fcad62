package vn.truc.board;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// Writes the points of a series in pieces: ten thousand of them take some milliseconds.
public final class SeriesText {
  /// What is written.
  public enum Form {
    /// The answer of `GET /api/v1/series`.
    JSON,
    /// The same with a header line and one line a point.
    CSV
  }

  private final List<Long> starts;
  private final List<@Nullable Long> values;
  private final Form form;
  private final JsonText json = new JsonText();
  private final StringBuilder csv = new StringBuilder();
  private int at;

  public SeriesText(SeriesAnswer.Points points, Form form) {
    starts = points.starts();
    values = points.values();
    this.form = form;
    switch (form) {
      case JSON -> {
        json.open('{').name("metric").string(points.metric()).name("scope").string(points.scope());
        json.name("step").string(points.step()).name("points").open('[');
      }
      case CSV -> csv.append("time,value\n");
    }
  }

  /// Writes so many more points; true when all are written.
  public boolean write(int points) {
    int end = Math.min(starts.size(), at + points);
    for (; at < end; at++) {
      String time = JsonText.instantText(starts.get(at));
      String value = String.valueOf(values.get(at));
      switch (form) {
        case JSON -> json.open('[').string(time).raw(value).close(']');
        case CSV ->
            csv.append(time).append(',').append(values.get(at) == null ? "" : value).append('\n');
      }
    }
    return at == starts.size();
  }

  /// What was written, once it is whole.
  public String text() {
    return switch (form) {
      case JSON -> json + "]}";
      case CSV -> csv.toString();
    };
  }
}
