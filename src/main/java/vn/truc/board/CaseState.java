package vn.truc.board;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import vn.truc.event.Attribute;
import vn.truc.event.CaseKind;
import vn.truc.event.Event.CaseFact;
import vn.truc.event.FeedbackStatus;

/// What one case's history amounts to, read in one walk over its facts: the registers and the
/// moments that design, section 4, names. Free of configuration and of the clock. One object is
/// reused for many cases.
final class CaseState implements Facts.AttributeSink {
  /// Stands for an instant that is not there.
  static final long NONE = Long.MIN_VALUE;

  private static final int ANSWERED = FeedbackStatus.ANSWERED.code();
  private static final int PUBLISHED = FeedbackStatus.PUBLISHED.code();
  private static final int CLOSED = FeedbackStatus.CLOSED.code();
  private static final int REOPENED = FeedbackStatus.REOPENED.code();
  private static final int ACCEPTED = FeedbackStatus.ACCEPTED.code();

  private final Facts facts = new Facts();

  private CaseKind kind = CaseKind.DOSSIER;

  private final CaseCodes codes = new CaseCodes();
  private boolean voided;
  private long receivedAt;
  private long dueAt;
  private boolean dueNotTaken;
  private int status;
  private boolean anyStatus;
  private long firstStatus;
  private long firstAccepted;
  private long firstReceived;
  private long finishedAt;
  private long firstDone;
  private long firstReturned;
  private long answeredAt;
  private long firstAnswered;
  private long firstPublished;
  private long ratedAt;
  private double score;
  private double like;
  private double dislike;
  private boolean ratingFact;

  private int[] stayStatus = new int[8];
  private long[] stayStart = new long[8];
  private int stays;
  private long[] reopened = new long[4];
  private int reopenings;

  /// Reads a case; returns itself.
  CaseState of(byte[] history) {
    reset();
    facts.of(history);
    kind = facts.kind();
    return read();
  }

  /// Reads a case that was read before, and has one more fact since, behind all others.
  CaseState of(CaseState before, byte[] history, int lastFact) {
    copy(before);
    facts.lastOf(history, lastFact);
    return read();
  }

  private CaseState read() {
    while (facts.next()) {
      if (facts.isStatus()) {
        statusFact();
      } else {
        ratingFact = facts.isRating();
        if (ratingFact) {
          ratedAt = facts.time();
          score = Double.NaN;
          like = 0;
          dislike = 0;
        }
        facts.attributes(this);
        ratingFact = false;
      }
    }
    return this;
  }

  private void reset() {
    codes.clear();
    voided = false;
    receivedAt = NONE;
    dueAt = NONE;
    dueNotTaken = false;
    status = CaseFact.NO_STATUS;
    anyStatus = false;
    firstStatus = NONE;
    firstAccepted = NONE;
    firstReceived = NONE;
    finishedAt = NONE;
    firstDone = NONE;
    firstReturned = NONE;
    answeredAt = NONE;
    firstAnswered = NONE;
    firstPublished = NONE;
    ratedAt = NONE;
    stays = 0;
    reopenings = 0;
  }

  private void copy(CaseState other) {
    kind = other.kind;
    codes.copy(other.codes);
    voided = other.voided;
    receivedAt = other.receivedAt;
    dueAt = other.dueAt;
    dueNotTaken = other.dueNotTaken;
    status = other.status;
    anyStatus = other.anyStatus;
    firstStatus = other.firstStatus;
    firstAccepted = other.firstAccepted;
    firstReceived = other.firstReceived;
    finishedAt = other.finishedAt;
    firstDone = other.firstDone;
    firstReturned = other.firstReturned;
    answeredAt = other.answeredAt;
    firstAnswered = other.firstAnswered;
    firstPublished = other.firstPublished;
    ratedAt = other.ratedAt;
    score = other.score;
    like = other.like;
    dislike = other.dislike;
    stays = other.stays;
    reopenings = other.reopenings;
    if (stays > stayStatus.length) {
      stayStatus = new int[other.stayStatus.length];
      stayStart = new long[other.stayStart.length];
    }
    System.arraycopy(other.stayStatus, 0, stayStatus, 0, stays);
    System.arraycopy(other.stayStart, 0, stayStart, 0, stays);
    if (reopenings > reopened.length) {
      reopened = new long[other.reopened.length];
    }
    System.arraycopy(other.reopened, 0, reopened, 0, reopenings);
  }

  private void statusFact() {
    long time = facts.time();
    if (!anyStatus) {
      anyStatus = true;
      firstStatus = time;
    }
    int to = facts.status();
    if (to == CaseFact.UNKNOWN_STATUS) {
      if (stays == 0) {
        stay(to, time);
      }
    } else {
      int from = status;
      status = to;
      if (stays == 0 || from != to) {
        stay(to, time);
      }
      if (kind == CaseKind.DOSSIER) {
        dossierStatus(from, to, time);
      } else {
        feedbackStatus(to, time);
      }
    }
    facts.attributes(this);
    if (kind == CaseKind.FEEDBACK && to == REOPENED) {
      answeredAt = NONE;
    }
  }

  private void dossierStatus(int from, int to, long time) {
    if (firstReceived == NONE && isReceiving(to)) {
      firstReceived = time;
    }
    if (!isFinished(from)) {
      finishedAt = NONE;
      firstDone = NONE;
      firstReturned = NONE;
    }
    if (to == 9 && firstDone == NONE) {
      firstDone = time;
    } else if (to == 10 && firstReturned == NONE) {
      firstReturned = time;
    }
  }

  private void feedbackStatus(int to, long time) {
    if (to == ACCEPTED && firstAccepted == NONE) {
      firstAccepted = time;
    } else if (to == ANSWERED && firstAnswered == NONE) {
      firstAnswered = time;
    } else if ((to == PUBLISHED || to == CLOSED) && firstPublished == NONE) {
      firstPublished = time;
    } else if (to == REOPENED) {
      firstAnswered = NONE;
      firstPublished = NONE;
      if (reopenings == reopened.length) {
        reopened = Arrays.copyOf(reopened, reopenings * 2);
      }
      reopened[reopenings++] = time;
    }
  }

  private void stay(int to, long time) {
    if (stays == stayStatus.length) {
      stayStatus = Arrays.copyOf(stayStatus, stays * 2);
      stayStart = Arrays.copyOf(stayStart, stays * 2);
    }
    stayStatus[stays] = to;
    stayStart[stays++] = time;
  }

  private static boolean isReceiving(int dossierStatus) {
    return switch (dossierStatus) {
      case 2, 4, 5, 6, 8, 9, 10 -> true;
      default -> false;
    };
  }

  private static boolean isFinished(int dossierStatus) {
    return dossierStatus == 9 || dossierStatus == 10;
  }

  @Override
  public void cleared(Attribute attribute) {
    codes.set(attribute, Dictionary.NONE);
    switch (attribute) {
      case RECEIVED_AT -> receivedAt = NONE;
      case DUE_AT -> {
        dueAt = NONE;
        dueNotTaken = false;
      }
      case FINISHED_AT -> finishedAt = NONE;
      case ANSWERED_AT -> answeredAt = NONE;
      case VOIDED -> voided = false;
      default -> {}
    }
  }

  @Override
  public void text(Attribute attribute, int dictionaryId) {
    codes.set(attribute, dictionaryId);
  }

  @Override
  public void inlineText(Attribute attribute, byte[] bytes, int from, int to) {
    codes.set(attribute, bytes, from, to);
    if (attribute == Attribute.NOT_TAKEN) {
      notTaken(new String(bytes, from, to - from, StandardCharsets.UTF_8));
    }
  }

  /// A due date that is none stands for "none".
  private void notTaken(String names) {
    if (List.of(names.split(",", -1)).contains(Attribute.DUE_AT.label())) {
      dueAt = NONE;
      dueNotTaken = true;
    }
  }

  @Override
  public void instant(Attribute attribute, long micros) {
    switch (attribute) {
      case RECEIVED_AT -> receivedAt = micros;
      case DUE_AT -> {
        dueAt = micros;
        dueNotTaken = false;
      }
      case FINISHED_AT -> {
        if (isFinished(status)) {
          finishedAt = micros;
        }
      }
      case ANSWERED_AT -> answeredAt = micros;
      default -> {}
    }
  }

  @Override
  public void number(Attribute attribute, double value) {
    if (!ratingFact) {
      return;
    }
    switch (attribute) {
      case SCORE -> score = value;
      case LIKE -> like = value;
      case DISLIKE -> dislike = value;
      default -> {}
    }
  }

  @Override
  public void flag(Attribute attribute, boolean value) {
    if (attribute == Attribute.VOIDED) {
      voided = value;
    }
  }

  CaseKind kind() {
    return kind;
  }

  /// Where it belongs.
  CaseCodes codes() {
    return codes;
  }

  /// Whether the newest word on the due date was none that can be one.
  /// Whether all it was ever told of its status are words this house does not know.
  boolean statusUnknown() {
    return anyStatus && status == CaseFact.NO_STATUS;
  }

  boolean dueNotTaken() {
    return dueNotTaken;
  }

  boolean voided() {
    return voided;
  }

  /// The newest known status, or [CaseFact#NO_STATUS].
  int status() {
    return status;
  }

  long dueAt() {
    return dueAt;
  }

  /// When the case counts as received; [#NONE] when it does not.
  long received() {
    if (kind == CaseKind.DOSSIER) {
      return firstReceived == NONE || receivedAt == NONE ? firstReceived : receivedAt;
    }
    return firstStatus == NONE || receivedAt == NONE ? firstStatus : receivedAt;
  }

  long accepted() {
    return firstAccepted;
  }

  /// When a finished dossier was finished: by a fact of its present stay, else its first 9, else
  /// its first 10.
  long finished() {
    if (finishedAt != NONE) {
      return finishedAt;
    }
    return firstDone != NONE ? firstDone : firstReturned;
  }

  /// When feedback that is done was answered, looking no further back than the last reopening.
  long answered() {
    if (answeredAt != NONE) {
      return answeredAt;
    }
    return firstAnswered != NONE ? firstAnswered : firstPublished;
  }

  /// When the present status began.
  long stayBegan() {
    return stayStart[stays - 1];
  }

  long rated() {
    return ratedAt;
  }

  boolean satisfied() {
    return Double.isNaN(score) ? like > dislike : score >= 4;
  }

  int reopenings() {
    return reopenings;
  }

  long reopening(int index) {
    return reopened[index];
  }

  int stays() {
    return stays;
  }

  int stayStatus(int index) {
    return stayStatus[index];
  }

  long stayStart(int index) {
    return stayStart[index];
  }

  CasePhase phase() {
    if (!anyStatus) {
      return CasePhase.NONE;
    }
    return CasePhase.of(kind, status == CaseFact.NO_STATUS ? CaseFact.UNKNOWN_STATUS : status);
  }
}
