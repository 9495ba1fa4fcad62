package vn.truc.board;

/// Where an instant stands against a due date: before the last day, within it, or past due.
enum DuePhase {
  FAR,
  NEAR,
  PAST;

  /// Near due begins this long before the due date.
  static final long NEAR_MICROS = 24 * 3_600_000_000L;

  private static final DuePhase[] ALL = values();

  static DuePhase at(int ordinal) {
    return ALL[ordinal];
  }

  static DuePhase of(long dueAt, long now) {
    if (dueAt == CaseState.NONE || now < dueAt - NEAR_MICROS) {
      return FAR;
    }
    return now <= dueAt ? NEAR : PAST;
  }

  /// The next instant at which a case with this due date changes its phase; `Long.MAX_VALUE` when
  /// there is none.
  static long nextMoment(long dueAt, DuePhase now) {
    if (dueAt == CaseState.NONE) {
      return Long.MAX_VALUE;
    }
    return switch (now) {
      case FAR -> dueAt - NEAR_MICROS;
      case NEAR -> dueAt + 1;
      case PAST -> Long.MAX_VALUE;
    };
  }
}
