package vn.truc.board;

import vn.truc.event.CaseKind;
import vn.truc.event.FeedbackStatus;

/// Where a case stands, by its newest known status.
enum CasePhase {
  /// No status fact yet, or none this version knows (dossiers): the case counts nowhere.
  NONE(false),
  /// A dossier nobody received yet (status 1).
  WAITING(false),
  /// Feedback nobody accepted yet; it is open.
  UNACCEPTED(true),
  OPEN(true),
  /// A dossier that waits for the applicant (5, 6); it is open.
  PAUSED(true),
  /// A finished dossier (9, 10) or answered feedback.
  DONE(false),
  /// Ended without a result.
  ENDED(false);

  private static final CasePhase[] ALL = values();

  private final boolean open;

  CasePhase(boolean open) {
    this.open = open;
  }

  boolean open() {
    return open;
  }

  static CasePhase at(int ordinal) {
    return ALL[ordinal];
  }

  static CasePhase of(CaseKind kind, int status) {
    return switch (kind) {
      case DOSSIER ->
          switch (status) {
            case 1 -> WAITING;
            case 2, 4 -> OPEN;
            case 5, 6 -> PAUSED;
            case 9, 10 -> DONE;
            case 3, 7, 8 -> ENDED;
            default -> NONE;
          };
      case FEEDBACK -> status > FeedbackStatus.REOPENED.code() ? OPEN : ofFeedback(status);
    };
  }

  private static CasePhase ofFeedback(int status) {
    return switch (FeedbackStatus.ofCode(status)) {
      case RECEIVED -> UNACCEPTED;
      case ACCEPTED,
          ASSIGNED,
          IN_PROGRESS,
          ON_HOLD,
          EXTENDED,
          TRANSFERRED,
          SUPPLEMENT_REQUESTED,
          SUPPLEMENTED,
          REOPENED ->
          OPEN;
      case ANSWERED, PUBLISHED, CLOSED -> DONE;
      case REFUSED, WITHDRAWN, DUPLICATE -> ENDED;
    };
  }
}
