package vn.truc.board;

/// What the board makes of a fact.
public enum BoardVerdict {
  /// It counts.
  NEW,
  /// Known, with the same content: nothing changes.
  DUPLICATE,
  /// The identity is known with another content: the first stands.
  CONFLICT,
  /// The case holds as many facts as it may.
  CASE_TOO_LONG
}
