package vn.truc.board;

/// Where an instant stands against a due date: far before it, near, or past due.
enum DuePhase {
  FAR,
  NEAR,
  PAST;

  private static final DuePhase[] ALL = values();

  static DuePhase at(int ordinal) {
    return ALL[ordinal];
  }

  /// @param nearMicros near due begins this long before the due date
  static DuePhase of(long dueAt, long now, long nearMicros) {
    if (dueAt == CaseState.NONE || now < dueAt - nearMicros) {
      return FAR;
    }
    return now <= dueAt ? NEAR : PAST;
  }

  /// The next instant at which a case with this due date changes its phase; `Long.MAX_VALUE` when
  /// there is none.
  static long nextMoment(long dueAt, DuePhase now, long nearMicros) {
    if (dueAt == CaseState.NONE) {
      return Long.MAX_VALUE;
    }
    return switch (now) {
      case FAR -> dueAt - nearMicros;
      case NEAR -> dueAt + 1;
      case PAST -> Long.MAX_VALUE;
    };
  }
}
