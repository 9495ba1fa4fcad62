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
    require(caseFactsMax, 1, "caseFactsMax");
    require(turnCasesMax, 1, "turnCasesMax");
    require(scanCasesMax, 1, "scanCasesMax");
    require(indicatorsMax, 0, "indicatorsMax");
    require(heartbeatsPerSource, 1, "heartbeatsPerSource");
    require(heartbeatsMax, 1, "heartbeatsMax");
  }

  private static void require(int value, int min, String name) {
    if (value < min) {
      throw new IllegalArgumentException(name + " must be at least " + min + ": " + value);
    }
  }

  public static BoardSettings defaults() {
    return new BoardSettings(10_000, 400, 4_000, 200, 200, 100_000);
  }
}
