package vn.truc.table;

import java.util.List;
import java.util.Optional;

/// The rows of a table, the heading and what stands above it included. Holds one at a time.
interface TableRows extends AutoCloseable {

  /// A row.
  ///
  /// @param line where it begins, from 1
  /// @param fault why it cannot be read; the rows after it can
  record Line(long line, List<CellValue> cells, Optional<String> fault) {
    public Line {
      cells = List.copyOf(cells);
    }

    boolean blank() {
      return fault.isEmpty() && cells.stream().allMatch(CellValue::isEmpty);
    }
  }

  /// The next row; empty after the last.
  ///
  /// @throws TableFault when the table cannot be read on; then there is no next row
  Optional<Line> next();

  /// Whether a row may have fewer cells than the heading, the others being empty.
  boolean ragged();

  /// What is being read and how, in words.
  String what();

  @Override
  void close();
}
