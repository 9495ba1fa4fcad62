package vn.truc.board;

import java.util.List;
import java.util.Objects;
import java.util.Optional;
import vn.truc.event.CaseKind;

/// Which cases a list wants.
///
/// @param state the standing wanted; empty for every case
/// @param agency an agency id: its whole subtree; empty for any
/// @param withinAgency a second agency the case must lie under, for readers bound to a subtree
/// @param unassigned whether the case must have no agency that is configured
/// @param area an area code; empty for any
/// @param field a field id; empty for any
/// @param limit cases per page, 1 to 1,000
/// @param cursor the last code of the page before; the empty text for the first page
public record CaseFilter(
    CaseKind kind,
    Optional<State> state,
    Optional<String> agency,
    Optional<String> withinAgency,
    boolean unassigned,
    Optional<String> area,
    Optional<String> field,
    int limit,
    String cursor) {
  public CaseFilter {
    Objects.requireNonNull(kind, "kind");
    Objects.requireNonNull(cursor, "cursor");
    if (limit < 1 || limit > 1000) {
      throw new IllegalArgumentException("limit is 1 to 1000");
    }
  }

  /// The standings a list can be asked for.
  public enum State {
    WAITING("waiting"),
    OPEN("open"),
    UNACCEPTED("unaccepted"),
    PAUSED("paused"),
    NEARDUE("neardue"),
    OVERDUE("overdue"),
    NODUE("nodue"),
    /// Feedback that was answered.
    DONE("done"),
    FINISHED("finished"),
    ENDED("ended"),
    VOIDED("voided");

    private static final List<State> OF_FEEDBACK =
        List.of(OPEN, UNACCEPTED, NEARDUE, OVERDUE, NODUE, DONE, ENDED, VOIDED);
    private static final List<State> OF_DOSSIERS =
        List.of(WAITING, OPEN, PAUSED, NEARDUE, OVERDUE, NODUE, FINISHED, ENDED, VOIDED);

    private final String label;

    State(String label) {
      this.label = label;
    }

    public String label() {
      return label;
    }

    /// The standings of a kind of case.
    public static List<State> of(CaseKind kind) {
      return kind == CaseKind.FEEDBACK ? OF_FEEDBACK : OF_DOSSIERS;
    }

    /// The standing of this name, where the kind has it.
    public static Optional<State> of(CaseKind kind, String label) {
      return of(kind).stream().filter(state -> state.label.equals(label)).findFirst();
    }

    /// The names of a kind's standings, for messages.
    public static String names(CaseKind kind) {
      return String.join(", ", of(kind).stream().map(State::label).toList());
    }
  }
}
