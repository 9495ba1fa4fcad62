package vn.truc.board;

import java.util.Arrays;
import vn.truc.event.CaseKind;
import vn.truc.event.FeedbackStatus;

/// What one case adds to every scope it lies in: counts at quarter hours, changes of levels at days
/// and at most one answer time. Two of them are held against each other when a case changes.
/// Reused.
final class Contribution {
  static final int NO_ANSWER = -1;
  private static final int REFUSED = FeedbackStatus.REFUSED.code();

  private final Dictionary dictionary;

  /// By dictionary number of a channel: its counter, filled as channels are met.
  private Measure[] feedbackChannels = new Measure[0];

  private long[] keys = new long[32];
  private int[] deltas = new int[32];
  private int size;
  private int answerDay;
  private int answerCell = NO_ANSWER;

  Contribution(Dictionary dictionary) {
    this.dictionary = dictionary;
  }

  void clear() {
    size = 0;
    answerCell = NO_ANSWER;
  }

  int size() {
    return size;
  }

  Measure measure(int index) {
    return Measure.at((int) (keys[index] >> 32));
  }

  /// The quarter hour of a counted measure, the day of a level.
  int place(int index) {
    return (int) keys[index];
  }

  int delta(int index) {
    return deltas[index];
  }

  int answerDay() {
    return answerDay;
  }

  /// The cell of the answer time on [AnswerScale], or [#NO_ANSWER].
  int answerCell() {
    return answerCell;
  }

  /// Takes out of this what another contribution already gave.
  void subtract(Contribution before) {
    for (int i = 0; i < before.size; i++) {
      add(before.keys[i], -before.deltas[i]);
    }
  }

  /// Writes what a case contributes while its due date stands at a phase.
  Contribution of(CaseState state, DuePhase due) {
    clear();
    CasePhase phase = state.phase();
    if (state.voided() || (phase == CasePhase.NONE && state.kind() == CaseKind.FEEDBACK)) {
      return this;
    }
    switch (state.kind()) {
      case DOSSIER -> dossier(state, phase, due);
      case FEEDBACK -> feedback(state, phase, due);
    }
    return this;
  }

  private void dossier(CaseState state, CasePhase phase, DuePhase due) {
    long received = state.received();
    if (received != CaseState.NONE) {
      count(Measure.DOSSIER_RECEIVED, received);
      if (state.channel() >= 0) {
        switch (dictionary.text(state.channel())) {
          case "online" -> count(Measure.DOSSIER_RECEIVED_ONLINE, received);
          case "desk" -> count(Measure.DOSSIER_RECEIVED_DESK, received);
          case "post" -> count(Measure.DOSSIER_RECEIVED_POST, received);
          default -> {}
        }
      }
    }
    if (phase == CasePhase.DONE) {
      finished(state.finished(), state.dueAt());
    }
    if (phase == CasePhase.ENDED) {
      Measure ended =
          switch (state.status()) {
            case 3 -> Measure.DOSSIER_REJECTED;
            case 7 -> Measure.DOSSIER_WITHDRAWN;
            default -> Measure.DOSSIER_STOPPED;
          };
      count(ended, state.stayBegan());
    }
    if (state.rated() != CaseState.NONE && state.stays() > 0) {
      count(Measure.DOSSIER_RATED, state.rated());
      if (state.satisfied()) {
        count(Measure.DOSSIER_SATISFIED, state.rated());
      }
    }
    levels(state, due);
  }

  private void finished(long finished, long dueAt) {
    int day = Days.dayOf(finished);
    if (dueAt == CaseState.NONE) {
      count(Measure.DOSSIER_FINISHED_ONTIME, finished);
      count(Measure.DOSSIER_FINISHED_NODUE, finished);
      return;
    }
    int dueDay = Days.dayOf(dueAt);
    if (day < dueDay) {
      count(Measure.DOSSIER_FINISHED_EARLY, finished);
    } else if (day == dueDay) {
      count(Measure.DOSSIER_FINISHED_ONTIME, finished);
    } else {
      count(Measure.DOSSIER_FINISHED_LATE, finished);
    }
  }

  private void feedback(CaseState state, CasePhase phase, DuePhase due) {
    long received = state.received();
    count(Measure.FEEDBACK_RECEIVED, received);
    Measure channel = feedbackChannel(state.channel());
    if (channel != Measure.FEEDBACK_RECEIVED) {
      count(channel, received);
    }
    if (state.accepted() != CaseState.NONE) {
      count(Measure.FEEDBACK_ACCEPTED, state.accepted());
    }
    for (int i = 0; i < state.reopenings(); i++) {
      count(Measure.FEEDBACK_REOPENED, state.reopening(i));
    }
    if (phase == CasePhase.DONE) {
      answered(state.answered(), received, state.dueAt());
    }
    if (state.status() == REFUSED) {
      count(Measure.FEEDBACK_REFUSED, state.stayBegan());
    }
    if (state.rated() != CaseState.NONE) {
      count(Measure.FEEDBACK_RATED, state.rated());
      if (state.satisfied()) {
        count(Measure.FEEDBACK_SATISFIED, state.rated());
      }
    }
    levels(state, due);
  }

  private void answered(long answered, long received, long dueAt) {
    count(Measure.FEEDBACK_ANSWERED, answered);
    if (dueAt == CaseState.NONE) {
      count(Measure.FEEDBACK_ANSWERED_NODUE, answered);
    } else if (answered <= dueAt) {
      count(Measure.FEEDBACK_ANSWERED_ONTIME, answered);
    } else {
      count(Measure.FEEDBACK_ANSWERED_LATE, answered);
    }
    answerDay = Days.dayOf(answered);
    answerCell = AnswerScale.cellOf(answered - received);
  }

  private void levels(CaseState state, DuePhase due) {
    CaseKind kind = state.kind();
    boolean dossier = kind == CaseKind.DOSSIER;
    long openSince = CaseState.NONE;
    for (int i = 0; i < state.stays(); i++) {
      long start = state.stayStart(i);
      long end = i + 1 < state.stays() ? state.stayStart(i + 1) : CaseState.NONE;
      CasePhase phase = CasePhase.of(kind, state.stayStatus(i));
      switch (phase) {
        case WAITING -> level(Measure.DOSSIER_WAITING, start, end);
        case PAUSED -> level(Measure.DOSSIER_PAUSED, start, end);
        case UNACCEPTED -> level(Measure.FEEDBACK_UNACCEPTED, start, end);
        case NONE, OPEN, DONE, ENDED -> {}
      }
      if (phase.open() && openSince == CaseState.NONE) {
        openSince = start;
      }
      if (openSince != CaseState.NONE && !phase.open()) {
        open(dossier, openSince, start, state.dueAt(), due);
        openSince = CaseState.NONE;
      }
    }
    if (openSince != CaseState.NONE) {
      open(dossier, openSince, CaseState.NONE, state.dueAt(), due);
    }
  }

  /// One stretch of being open, up to an end or ([CaseState#NONE]) still going on.
  private void open(boolean dossier, long start, long end, long dueAt, DuePhase due) {
    level(dossier ? Measure.DOSSIER_OPEN : Measure.FEEDBACK_OPEN, start, end);
    if (dueAt == CaseState.NONE) {
      level(dossier ? Measure.DOSSIER_NODUE : Measure.FEEDBACK_NODUE, start, end);
      return;
    }
    boolean ended = end != CaseState.NONE;
    long nearFrom = Math.max(start, dueAt - DuePhase.NEAR_MICROS);
    long pastFrom = Math.max(start, dueAt + 1);
    boolean wasNear = nearFrom <= dueAt;
    // a sender's clock may be ahead of ours: what is near now counts, though it opened behind due
    boolean reachedNear =
        ended
            ? wasNear && nearFrom < end
            : due == DuePhase.NEAR || (wasNear && due == DuePhase.PAST);
    boolean reachedPast = ended ? pastFrom < end : due == DuePhase.PAST;
    if (reachedNear) {
      long nearEnd = reachedPast ? pastFrom : end;
      level(dossier ? Measure.DOSSIER_NEARDUE : Measure.FEEDBACK_NEARDUE, nearFrom, nearEnd);
    }
    if (reachedPast) {
      level(dossier ? Measure.DOSSIER_OVERDUE : Measure.FEEDBACK_OVERDUE, pastFrom, end);
    }
  }

  private void level(Measure measure, long start, long end) {
    int from = Days.dayOf(start);
    if (end == CaseState.NONE) {
      add(key(measure, from), 1);
      return;
    }
    int to = Days.dayOf(end);
    if (from != to) {
      add(key(measure, from), 1);
      add(key(measure, to), -1);
    }
  }

  private void count(Measure measure, long micros) {
    add(key(measure, Days.cellOf(micros)), 1);
  }

  private static long key(Measure measure, int place) {
    return ((long) measure.ordinal() << 32) | (place & 0xFFFFFFFFL);
  }

  private void add(long key, int delta) {
    for (int i = 0; i < size; i++) {
      if (keys[i] == key) {
        deltas[i] += delta;
        return;
      }
    }
    if (size == keys.length) {
      keys = Arrays.copyOf(keys, size * 2);
      deltas = Arrays.copyOf(deltas, size * 2);
    }
    keys[size] = key;
    deltas[size++] = delta;
  }

  /// The counter of a feedback channel; [Measure#FEEDBACK_RECEIVED] stands for "none of its own".
  private Measure feedbackChannel(int channel) {
    if (channel < 0) {
      return Measure.FEEDBACK_RECEIVED;
    }
    int known = feedbackChannels.length;
    if (channel >= known) {
      feedbackChannels = Arrays.copyOf(feedbackChannels, dictionary.size());
      for (int i = known; i < feedbackChannels.length; i++) {
        feedbackChannels[i] =
            Measure.feedbackChannel(dictionary.text(i)).orElse(Measure.FEEDBACK_RECEIVED);
      }
    }
    return feedbackChannels[channel];
  }
}
