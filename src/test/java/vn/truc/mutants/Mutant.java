package vn.truc.mutants;

/// One change of one operator.
///
/// @param file below the source folder, as `vn/truc/board/CaseState.java`
/// @param line from 1
/// @param column of the change, from 1
/// @param before the whole line, as it stands
/// @param after the line changed
/// @param source the whole file changed
record Mutant(String file, int line, int column, String before, String after, String source) {

  /// The same change wherever the line has moved to.
  String identity() {
    return file + " | " + before.strip() + " | " + after.strip();
  }
}
