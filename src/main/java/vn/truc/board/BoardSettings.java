package vn.truc.board;

/// Limits of the board.
///
/// @param caseFactsMax facts one case may hold; one more is refused as `case-too-long`
/// @param caseBytesMax bytes the history of one case may take (a fact of some attributes takes
///     about a hundred); a fact for a longer one is refused as `case-too-long`
/// @param textsMax texts of senders' choice (sources, unknown codes …) that are kept once for all
///     facts; of more each fact keeps its own
/// @param turnCasesMax cases the clock turns in one slice
/// @param scanCasesMax cases one slice of a list looks at
/// @param indicatorsMax indicators that are reported and not configured, and stand on boards; of
///     more the first by name
/// @param failedFactsMax facts this program could not fold that are listed to be tried again; of
///     more the next start folds the whole log
/// @param heartbeatsPerSource heartbeats of one source that are known again when they are repeated:
///     the newest by time
/// @param heartbeatsMax the same of all sources together
public record BoardSettings(
    int caseFactsMax,
    int caseBytesMax,
    int textsMax,
    int turnCasesMax,
    int scanCasesMax,
    int indicatorsMax,
    int failedFactsMax,
    int heartbeatsPerSource,
    int heartbeatsMax) {
  public BoardSettings {
    require(caseFactsMax, 1, "caseFactsMax");
    require(caseBytesMax, 1, "caseBytesMax");
    require(textsMax, 0, "textsMax");
    require(turnCasesMax, 1, "turnCasesMax");
    require(scanCasesMax, 1, "scanCasesMax");
    require(indicatorsMax, 0, "indicatorsMax");
    require(failedFactsMax, 1, "failedFactsMax");
    require(heartbeatsPerSource, 1, "heartbeatsPerSource");
    require(heartbeatsMax, 1, "heartbeatsMax");
  }

  private static void require(int value, int min, String name) {
    if (value < min) {
      throw new IllegalArgumentException(name + " must be at least " + min + ": " + value);
    }
  }

  public static BoardSettings defaults() {
    return new BoardSettings(10_000, 4_194_304, 65_536, 400, 1_000, 200, 1_000, 200, 100_000);
  }
}
