package vn.truc;

/// Takes the word that the clock stood ahead.
interface Setback {
  /// The board goes back from the instant it had reached to now.
  ///
  /// @param asOfMicros that instant
  void begins(long asOfMicros, long nowMicros);
}
