package vn.truc.board;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntConsumer;
import vn.truc.event.CaseKind;

/// All counters under one configuration: what every case contributes, taken back and added anew
/// whenever its history or its due phase changes. Only as much of the store as was [#add]ed is in
/// it, so that a second tally can be filled beside the one in use.
final class Tally {
  private static final int PHASE_BITS = 0x07;
  private static final int DUE_SHIFT = 3;
  private static final int VOIDED_BIT = 0x20;
  private static final int FEEDBACK_BIT = 0x40;

  private final CaseStore store;
  private final BoardConfig config;
  private final Scopes scopes;
  private final Today today = new Today();
  private final Counters counters;
  private final AnswerTimes answers;
  private final DueQueue due = new DueQueue();
  private final CaseState before = new CaseState();
  private final CaseState after = new CaseState();
  private final Contribution gone;
  private final Contribution come;
  private final int[] goneKeys = new int[Scopes.KEYS_MAX];
  private final int[] comeKeys = new int[Scopes.KEYS_MAX];

  /// By case: phase, due phase, voided, kind.
  private byte[] standing = new byte[1024];

  /// Who copies the numbers of a scope before they change.
  private final List<DigestJob> copiers = new ArrayList<>();

  /// By scope: bits of the topics whose numbers changed since they were last asked for.
  private final byte[] changed;

  private DuePhase phaseBefore = DuePhase.FAR;
  private int lastTurned;
  private long turnedAt;
  private boolean anyChanged;
  private int tallied;
  private long asOf = Long.MIN_VALUE;

  Tally(CaseStore store, BoardConfig config) {
    this.store = store;
    this.config = config;
    scopes = new Scopes(config, store.dictionary());
    counters = new Counters(scopes.count(), today);
    answers = new AnswerTimes(scopes.count(), today);
    changed = new byte[scopes.count()];
    gone = new Contribution(store.dictionary());
    come = new Contribution(store.dictionary());
  }

  BoardConfig config() {
    return config;
  }

  Scopes scopes() {
    return scopes;
  }

  Counters counters() {
    return counters;
  }

  AnswerTimes answers() {
    return answers;
  }

  long asOf() {
    return asOf;
  }

  /// The count of cases, from the first, that are in this tally.
  int tallied() {
    return tallied;
  }

  /// Sets the instant without looking at any case: only while the tally is empty.
  void startAt(long micros) {
    if (tallied != 0) {
      throw new IllegalStateException("startAt after cases were tallied");
    }
    moveTo(micros);
  }

  /// Adds a case that is not in this tally: the next number. Afterwards [#after] describes it.
  void add(int number) {
    room(number);
    gone.clear();
    come(number, 0, after.of(store.history(number)));
    tallied = number + 1;
  }

  /// Replaces what a case contributes, or adds it. Afterwards [#after] describes the case.
  ///
  /// @param history what it was when it was last tallied: its own array
  /// @param lastFact where its newest fact begins when it is the last; else -1
  void update(int number, byte[] history, int lastFact) {
    if (number >= tallied) {
      add(number);
      return;
    }
    before.of(history);
    phaseBefore = duePhase(number);
    gone.of(before, phaseBefore);
    byte[] now = store.history(number);
    come(
        number,
        scopes.keys(before, goneKeys),
        lastFact < 0 ? after.of(now) : after.of(before, now, lastFact));
  }

  private void come(int number, int goneCount, CaseState state) {
    DuePhase phase = duePhase(state, asOf);
    settle(number, phase);
    come.of(state, phase);
    replace(goneCount, scopes.keys(state, comeKeys), state.kind());
  }

  /// Moves on to an instant, turning the cases whose moment comes before or at it, at most so many.
  /// Returns the instant reached: every moment up to it is done.
  long advance(long now, int casesMax, IntConsumer turned) {
    if (now <= asOf) {
      return asOf;
    }
    int done = 0;
    long moment = due.first();
    while (moment <= now) {
      if (done++ == casesMax) {
        moveTo(Math.max(asOf, moment - 1));
        return asOf;
      }
      turn(due.take(), moment);
      turned.accept(lastTurned);
      moment = due.first();
    }
    moveTo(now);
    return asOf;
  }

  private void turn(int number, long moment) {
    lastTurned = number;
    turnedAt = moment;
    after.of(store.history(number));
    gone.of(after, duePhase(number));
    DuePhase phase = duePhase(after, moment);
    settle(number, phase);
    come.of(after, phase);
    int keys = scopes.keys(after, comeKeys);
    System.arraycopy(comeKeys, 0, goneKeys, 0, keys);
    replace(keys, keys, after.kind());
  }

  void tellBefore(DigestJob copier) {
    copiers.add(copier);
  }

  void tellNoMore(DigestJob copier) {
    copiers.remove(copier);
  }

  private void moveTo(long micros) {
    asOf = micros;
    int day = Days.dayOf(micros);
    if (day != today.day()) {
      copiers.forEach(DigestJob::beforeDayChange);
      today.moveTo(day);
      counters.dayChanged();
      Arrays.fill(changed, (byte) ((1 << Topic.values().length) - 1));
      anyChanged = true;
    }
  }

  private static DuePhase duePhase(CaseState state, long now) {
    return state.phase().open() && !state.voided() ? DuePhase.of(state.dueAt(), now) : DuePhase.FAR;
  }

  private void settle(int number, DuePhase phase) {
    CasePhase stands = after.phase();
    standing[number] =
        (byte)
            (stands.ordinal()
                | phase.ordinal() << DUE_SHIFT
                | (after.voided() ? VOIDED_BIT : 0)
                | (after.kind() == CaseKind.FEEDBACK ? FEEDBACK_BIT : 0));
    boolean waits = stands.open() && !after.voided();
    due.set(number, waits ? DuePhase.nextMoment(after.dueAt(), phase) : DueQueue.NEVER);
  }

  private void replace(int goneCount, int comeCount, CaseKind kind) {
    int topic = (kind == CaseKind.DOSSIER ? Topic.DOSSIER : Topic.FEEDBACK).bit();
    for (DigestJob copier : copiers) {
      tell(copier, goneKeys, goneCount);
      tell(copier, comeKeys, comeCount);
    }
    if (goneCount == comeCount && Arrays.equals(goneKeys, 0, goneCount, comeKeys, 0, comeCount)) {
      boolean sameAnswer =
          gone.answerCell() == come.answerCell()
              && (come.answerCell() == Contribution.NO_ANSWER
                  || gone.answerDay() == come.answerDay());
      if (!sameAnswer) {
        answer(gone, goneKeys, goneCount, -1);
        answer(come, comeKeys, comeCount, 1);
      }
      come.subtract(gone);
      apply(come, comeKeys, comeCount, 1, topic, !sameAnswer);
      return;
    }
    answer(gone, goneKeys, goneCount, -1);
    apply(gone, goneKeys, goneCount, -1, topic, false);
    answer(come, comeKeys, comeCount, 1);
    apply(come, comeKeys, comeCount, 1, topic, false);
  }

  private static void tell(DigestJob copier, int[] keys, int count) {
    for (int i = 0; i < count; i++) {
      copier.beforeChange(keys[i]);
    }
  }

  private void answer(Contribution contribution, int[] keys, int count, int sign) {
    if (contribution.answerCell() == Contribution.NO_ANSWER) {
      return;
    }
    for (int i = 0; i < count; i++) {
      answers.add(keys[i], contribution.answerDay(), contribution.answerCell(), sign);
    }
  }

  private void apply(
      Contribution contribution, int[] keys, int count, int sign, int topic, boolean touched) {
    boolean any = touched;
    for (int entry = 0; entry < contribution.size(); entry++) {
      int delta = contribution.delta(entry) * sign;
      if (delta != 0) {
        any = true;
        counters.add(keys, count, contribution.measure(entry), contribution.place(entry), delta);
      }
    }
    if (any) {
      for (int i = 0; i < count; i++) {
        changed[keys[i]] |= (byte) topic;
      }
      anyChanged = true;
    }
  }

  private void room(int number) {
    if (number >= standing.length) {
      standing = Arrays.copyOf(standing, Math.max(number + 1, standing.length * 3 / 2));
    }
  }

  /// The case that was last updated, as it was.
  CaseState before() {
    return before;
  }

  /// Where the case that was last updated stood against its due date before.
  DuePhase duePhaseBefore() {
    return phaseBefore;
  }

  /// The moment the clock last turned a case at.
  long turnedAt() {
    return turnedAt;
  }

  /// The case that was last updated.
  CaseState after() {
    return after;
  }

  /// The scopes of the case that was last updated; returns how many.
  int afterKeys(int[] into) {
    return scopes.keys(after, into);
  }

  CasePhase phase(int number) {
    return CasePhase.at(standing[number] & PHASE_BITS);
  }

  DuePhase duePhase(int number) {
    return DuePhase.at(standing[number] >> DUE_SHIFT & 3);
  }

  boolean voided(int number) {
    return (standing[number] & VOIDED_BIT) != 0;
  }

  CaseKind kind(int number) {
    return (standing[number] & FEEDBACK_BIT) != 0 ? CaseKind.FEEDBACK : CaseKind.DOSSIER;
  }

  /// Whether any scope changed since this was last asked; forgets it.
  boolean takeAnyChanged() {
    boolean any = anyChanged;
    anyChanged = false;
    return any;
  }

  /// The topics of a scope that changed since the last call, as bits; forgets them.
  int takeChanged(int scope) {
    int bits = changed[scope];
    changed[scope] = 0;
    return bits;
  }

  /// Marks topics of a scope changed.
  void markChanged(int scope, int topicBits) {
    changed[scope] |= (byte) topicBits;
    anyChanged = true;
  }
}
