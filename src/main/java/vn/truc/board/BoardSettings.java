package vn.truc.board;

/// Limits of the board.
///
/// @param caseFactsMax facts one case may hold; one more is refused as `case-too-long`
/// @param turnCasesMax cases the clock turns in one slice
/// @param scanCasesMax cases one slice of a list looks at
public record BoardSettings(int caseFactsMax, int turnCasesMax, int scanCasesMax) {
  public BoardSettings {
    if (caseFactsMax < 1 || turnCasesMax < 1 || scanCasesMax < 1) {
      throw new IllegalArgumentException("board limits are at least 1");
    }
  }

  public static BoardSettings defaults() {
    return new BoardSettings(10_000, 1_000, 4_000);
  }
}
