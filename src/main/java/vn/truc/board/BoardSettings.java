package vn.truc.board;

/// Limits of the board.
///
/// @param caseFactsMax facts one case may hold; one more is refused as `case-too-long`
/// @param turnCasesMax cases the clock turns in one slice
/// @param scanCasesMax cases one slice of a list looks at
/// @param indicatorsMax indicators that are reported and not configured, and stand on boards; of
///     more the first by name
/// @param heartbeatsPerSource heartbeats of one source that are known again when they are repeated:
///     the newest by time
/// @param heartbeatsMax the same of all sources together
public record BoardSettings(
    int caseFactsMax,
    int turnCasesMax,
    int scanCasesMax,
    int indicatorsMax,
    int heartbeatsPerSource,
    int heartbeatsMax) {
  public BoardSettings {
    if (caseFactsMax < 1
        || turnCasesMax < 1
        || scanCasesMax < 1
        || indicatorsMax < 0
        || heartbeatsPerSource < 1
        || heartbeatsMax < 1) {
      throw new IllegalArgumentException("a board limit is too small");
    }
  }

  public static BoardSettings defaults() {
    return new BoardSettings(10_000, 400, 4_000, 200, 200, 100_000);
  }
}
