package vn.truc.board;

/// What a question for a series got.
public sealed interface SeriesAnswer {
  /// The points, as the JSON answer and as CSV with a header line.
  record Points(String json, String csv) implements SeriesAnswer {}

  /// Why there is no such series; the field at fault.
  record Refused(String field, String message) implements SeriesAnswer {}
}
