package vn.truc.board;

import java.util.Arrays;
import vn.truc.event.CaseKind;
import vn.truc.event.FeedbackStatus;

/// What one case adds to every scope it lies in: counts at quarter hours, changes of levels at days
/// and at most one answer time. Two of them are held against each other when a case changes.
/// Reused.
///
/// The entries stand in the order of their keys, each key once, so that what two of them differ by
/// is found in one walk over both: a case of thousands of facts costs each of them as much as it
/// has entries, and not that squared. They are made in that order too, measure by measure, since
/// the facts of a case stand in the order of their times.
final class Contribution {
  static final int NO_ANSWER = -1;
  private static final int REFUSED = FeedbackStatus.REFUSED.code();
  private static final int DELTA_BITS = 20;
  private static final long DELTA_ZERO = 1L << (DELTA_BITS - 1);

  private final Dictionary dictionary;
  private final long nearMicros;

  /// By dictionary number of a channel: its counter, filled as channels are met.
  private Measure[] feedbackChannels = new Measure[0];

  private int channelsMet;
  private long[] keys = new long[32];
  private int[] deltas = new int[32];
  private int size;
  private boolean ordered = true;
  private int answerDay;
  private int answerCell = NO_ANSWER;

  /// The stretches of being open: begin and end, two places each.
  private long[] stretches = new long[16];

  private int stretchCount;

  /// @param nearMicros near due begins this long before a due date
  Contribution(Dictionary dictionary, long nearMicros) {
    this.dictionary = dictionary;
    this.nearMicros = nearMicros;
  }

  void clear() {
    size = 0;
    ordered = true;
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

  /// Makes this what one contribution is more than another; keys that cancel out are left away.
  void difference(Contribution come, Contribution gone) {
    clear();
    int i = 0;
    int j = 0;
    while (i < come.size || j < gone.size) {
      long left = i < come.size ? come.keys[i] : Long.MAX_VALUE;
      long right = j < gone.size ? gone.keys[j] : Long.MAX_VALUE;
      int delta = 0;
      if (left <= right) {
        delta += come.deltas[i++];
      }
      if (right <= left) {
        delta -= gone.deltas[j++];
      }
      if (delta != 0) {
        add(Math.min(left, right), delta);
      }
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
    order();
    return this;
  }

  private void dossier(CaseState state, CasePhase phase, DuePhase due) {
    long received = state.received();
    if (received != CaseState.NONE) {
      count(Measure.DOSSIER_RECEIVED, received);
      switch (state.codes().channel(dictionary)) {
        case "online" -> count(Measure.DOSSIER_RECEIVED_ONLINE, received);
        case "desk" -> count(Measure.DOSSIER_RECEIVED_DESK, received);
        case "post" -> count(Measure.DOSSIER_RECEIVED_POST, received);
        default -> {}
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
    if (state.accepted() != CaseState.NONE) {
      count(Measure.FEEDBACK_ACCEPTED, state.accepted());
    }
    if (phase == CasePhase.DONE) {
      answered(state.answered(), received, state.dueAt());
    }
    if (state.status() == REFUSED) {
      count(Measure.FEEDBACK_REFUSED, state.stayBegan());
    }
    for (int i = 0; i < state.reopenings(); i++) {
      count(Measure.FEEDBACK_REOPENED, state.reopening(i));
    }
    Measure channel = feedbackChannel(state.codes().channel());
    if (channel != Measure.FEEDBACK_RECEIVED) {
      count(channel, received);
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
    stretch(state);
    boolean noDue = state.dueAt() == CaseState.NONE;
    switch (state.kind()) {
      case DOSSIER -> {
        stays(state, CasePhase.WAITING, Measure.DOSSIER_WAITING);
        open(Measure.DOSSIER_OPEN);
        stays(state, CasePhase.PAUSED, Measure.DOSSIER_PAUSED);
        if (noDue) {
          open(Measure.DOSSIER_NODUE);
        } else {
          near(Measure.DOSSIER_NEARDUE, state.dueAt(), due);
          past(Measure.DOSSIER_OVERDUE, state.dueAt(), due);
        }
      }
      case FEEDBACK -> {
        open(Measure.FEEDBACK_OPEN);
        stays(state, CasePhase.UNACCEPTED, Measure.FEEDBACK_UNACCEPTED);
        if (noDue) {
          open(Measure.FEEDBACK_NODUE);
        } else {
          near(Measure.FEEDBACK_NEARDUE, state.dueAt(), due);
          past(Measure.FEEDBACK_OVERDUE, state.dueAt(), due);
        }
      }
    }
  }

  /// Finds the stretches of being open; [CaseState#NONE] ends one that still goes on.
  private void stretch(CaseState state) {
    stretchCount = 0;
    long since = CaseState.NONE;
    for (int i = 0; i < state.stays(); i++) {
      boolean open = CasePhase.of(state.kind(), state.stayStatus(i)).open();
      if (open && since == CaseState.NONE) {
        since = state.stayStart(i);
      } else if (!open && since != CaseState.NONE) {
        stretch(since, state.stayStart(i));
        since = CaseState.NONE;
      }
    }
    if (since != CaseState.NONE) {
      stretch(since, CaseState.NONE);
    }
  }

  private void stretch(long start, long end) {
    if (stretchCount * 2 == stretches.length) {
      stretches = Arrays.copyOf(stretches, stretches.length * 2);
    }
    stretches[stretchCount * 2] = start;
    stretches[stretchCount * 2 + 1] = end;
    stretchCount++;
  }

  private void stays(CaseState state, CasePhase wanted, Measure measure) {
    for (int i = 0; i < state.stays(); i++) {
      if (CasePhase.of(state.kind(), state.stayStatus(i)) == wanted) {
        long end = i + 1 < state.stays() ? state.stayStart(i + 1) : CaseState.NONE;
        level(measure, state.stayStart(i), end);
      }
    }
  }

  private void open(Measure measure) {
    for (int i = 0; i < stretchCount; i++) {
      level(measure, stretches[i * 2], stretches[i * 2 + 1]);
    }
  }

  private void near(Measure measure, long dueAt, DuePhase due) {
    for (int i = 0; i < stretchCount; i++) {
      long start = stretches[i * 2];
      long end = stretches[i * 2 + 1];
      boolean ended = end != CaseState.NONE;
      long from = Math.max(start, dueAt - nearMicros);
      boolean was = from <= dueAt;
      // a sender's clock may be ahead of ours: what is near now counts, though it opened behind due
      boolean reached =
          ended ? was && from < end : due == DuePhase.NEAR || (was && due == DuePhase.PAST);
      if (reached) {
        level(measure, from, reachedPast(start, end, dueAt, due) ? pastFrom(start, dueAt) : end);
      }
    }
  }

  private void past(Measure measure, long dueAt, DuePhase due) {
    for (int i = 0; i < stretchCount; i++) {
      long start = stretches[i * 2];
      long end = stretches[i * 2 + 1];
      if (reachedPast(start, end, dueAt, due)) {
        level(measure, pastFrom(start, dueAt), end);
      }
    }
  }

  private static long pastFrom(long start, long dueAt) {
    return Math.max(start, dueAt + 1);
  }

  private static boolean reachedPast(long start, long end, long dueAt, DuePhase due) {
    return end == CaseState.NONE ? due == DuePhase.PAST : pastFrom(start, dueAt) < end;
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
    if (size > 0 && keys[size - 1] >= key) {
      if (keys[size - 1] == key) {
        deltas[size - 1] += delta;
        return;
      }
      ordered = false;
    }
    if (size == keys.length) {
      keys = Arrays.copyOf(keys, size * 2);
      deltas = Arrays.copyOf(deltas, size * 2);
    }
    keys[size] = key;
    deltas[size++] = delta;
  }

  /// Brings the entries into order, where a case's instants did not do it: a rating older than the
  /// case, say.
  private void order() {
    if (ordered) {
      return;
    }
    long[] packed = new long[size];
    for (int i = 0; i < size; i++) {
      packed[i] = keys[i] << DELTA_BITS | (deltas[i] + DELTA_ZERO);
    }
    Arrays.sort(packed);
    size = 0;
    for (long entry : packed) {
      add(entry >> DELTA_BITS, (int) ((entry & ((1L << DELTA_BITS) - 1)) - DELTA_ZERO));
    }
    ordered = true;
  }

  /// The counter of a feedback channel; [Measure#FEEDBACK_RECEIVED] stands for "none of its own".
  private Measure feedbackChannel(int channel) {
    if (channel < 0) {
      // also one that is not in the dictionary: the channels that are counted all are
      return Measure.FEEDBACK_RECEIVED;
    }
    if (channel >= feedbackChannels.length) {
      int room = Math.max(channel + 1, feedbackChannels.length * 2);
      feedbackChannels = Arrays.copyOf(feedbackChannels, Math.max(64, room));
    }
    for (; channelsMet <= channel; channelsMet++) {
      feedbackChannels[channelsMet] =
          Measure.feedbackChannel(dictionary.text(channelsMet)).orElse(Measure.FEEDBACK_RECEIVED);
    }
    return feedbackChannels[channel];
  }
}
