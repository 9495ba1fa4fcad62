package vn.truc.board;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
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
  private final long nearMicros;
  private final Scopes scopes;
  private final Today today = new Today();
  private final Counters counters;
  private final AnswerTimes answers;
  private final DueQueue moments = new DueQueue();
  private CaseState before = new CaseState();
  private CaseState after = new CaseState();
  private Contribution gone;
  private Contribution come;
  private final Contribution difference;
  private final int[] goneKeys = new int[Scopes.KEYS_MAX];
  private final int[] comeKeys = new int[Scopes.KEYS_MAX];
  private int goneCount;
  private int comeCount;
  private int number;
  private DuePhase phase = DuePhase.FAR;

  /// The case that [#after] and what has come describe as it stands, -1 while they describe none.
  /// Facts of one case often come one after the other.
  private int described = -1;

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
    nearMicros = TimeUnit.MILLISECONDS.toMicros(config.nearDue().toMillis());
    gone = new Contribution(store.dictionary(), nearMicros);
    come = new Contribution(store.dictionary(), nearMicros);
    difference = new Contribution(store.dictionary(), nearMicros);
    store.dictionary().trust(config);
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
  void add(int next) {
    prepare(next, NO_HISTORY, store.history(next), -1);
    commit();
  }

  private static final byte[] NO_HISTORY = new byte[0];

  /// Works out what a case contributes when its history becomes another, and changes nothing yet:
  /// whatever is wrong with a history shows here. Afterwards [#after] describes the case as it is
  /// to be, and [#before] as it was, where it is in this tally.
  ///
  /// @param caseNumber one in this tally, or the next
  /// @param was what it was when it was last tallied: its own array
  /// @param now what it becomes: the array that is stored
  /// @param lastFact where its newest fact begins when it is the last; else -1
  void prepare(int caseNumber, byte[] was, byte[] now, int lastFact) {
    number = caseNumber;
    boolean known = caseNumber < tallied;
    boolean describes = known && caseNumber == described;
    described = -1;
    goneCount = 0;
    gone.clear();
    if (describes) {
      CaseState reused = before;
      before = after;
      after = reused;
      Contribution emptied = gone;
      gone = come;
      come = emptied;
      phaseBefore = phase;
      goneCount = comeCount;
      System.arraycopy(comeKeys, 0, goneKeys, 0, comeCount);
    } else if (known) {
      before.of(was);
      phaseBefore = duePhase(caseNumber);
      gone.of(before, phaseBefore);
      goneCount = scopes.keys(before, goneKeys);
    }
    after = known && lastFact >= 0 ? after.of(before, now, lastFact) : after.of(now);
    come(asOf);
  }

  private void come(long moment) {
    phase = duePhase(after, moment);
    come.of(after, phase);
    comeCount = scopes.keys(after, comeKeys);
  }

  /// Puts what was prepared into force.
  void commit() {
    tellCopiers();
    room(number);
    settle(number, phase);
    replace(after.kind());
    tallied = Math.max(tallied, number + 1);
    described = number;
  }

  /// Moves on to an instant, turning the cases whose moment comes before or at it, at most so many.
  /// Returns the instant reached: every moment up to it is done.
  long advance(long now, int casesMax, IntConsumer turned) {
    if (now <= asOf) {
      return asOf;
    }
    int done = 0;
    long moment = moments.first();
    while (moment <= now) {
      if (done++ == casesMax) {
        moveTo(Math.max(asOf, moment - 1));
        return asOf;
      }
      turn(moments.take(), moment);
      turned.accept(lastTurned);
      moment = moments.first();
    }
    moveTo(now);
    return asOf;
  }

  private void turn(int turned, long moment) {
    lastTurned = turned;
    turnedAt = moment;
    number = turned;
    described = -1;
    after.of(store.history(turned));
    gone.of(after, duePhase(turned));
    come(moment);
    System.arraycopy(comeKeys, 0, goneKeys, 0, comeCount);
    goneCount = comeCount;
    commit();
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
      for (DigestJob copier : List.copyOf(copiers)) {
        try {
          copier.beforeDayChange();
        } catch (RuntimeException e) {
          copier.spoil(e);
        }
      }
      today.moveTo(day);
      counters.dayChanged();
      Arrays.fill(changed, (byte) ((1 << Topic.values().length) - 1));
      anyChanged = true;
    }
  }

  private DuePhase duePhase(CaseState state, long now) {
    return state.phase().open() && !state.voided()
        ? DuePhase.of(state.dueAt(), now, nearMicros)
        : DuePhase.FAR;
  }

  private void settle(int settled, DuePhase due) {
    CasePhase stands = after.phase();
    standing[settled] =
        (byte)
            (stands.ordinal()
                | due.ordinal() << DUE_SHIFT
                | (after.voided() ? VOIDED_BIT : 0)
                | (after.kind() == CaseKind.FEEDBACK ? FEEDBACK_BIT : 0));
    boolean waits = stands.open() && !after.voided();
    moments.set(
        settled, waits ? DuePhase.nextMoment(after.dueAt(), due, nearMicros) : DueQueue.NEVER);
  }

  /// The digests under way copy what is about to change. One that cannot is given up: that is no
  /// fault of the fact.
  private void tellCopiers() {
    if (copiers.isEmpty()) {
      return;
    }
    for (DigestJob copier : List.copyOf(copiers)) {
      try {
        tell(copier, goneKeys, goneCount);
        tell(copier, comeKeys, comeCount);
      } catch (RuntimeException e) {
        copier.spoil(e);
      }
    }
  }

  private void replace(CaseKind kind) {
    int topic = (kind == CaseKind.DOSSIER ? Topic.DOSSIER : Topic.FEEDBACK).bit();
    if (goneCount == comeCount && Arrays.equals(goneKeys, 0, goneCount, comeKeys, 0, comeCount)) {
      boolean sameAnswer =
          gone.answerCell() == come.answerCell()
              && (come.answerCell() == Contribution.NO_ANSWER
                  || gone.answerDay() == come.answerDay());
      if (!sameAnswer) {
        answer(gone, goneKeys, goneCount, -1);
        answer(come, comeKeys, comeCount, 1);
      }
      difference.difference(come, gone);
      apply(difference, comeKeys, comeCount, 1, topic, !sameAnswer);
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

  private void room(int wanted) {
    if (wanted >= standing.length) {
      standing = Arrays.copyOf(standing, Math.max(wanted + 1, standing.length * 3 / 2));
    }
  }

  /// The case that was last prepared, as it was.
  CaseState before() {
    return before;
  }

  /// Where the case that was last prepared stands against its due date.
  DuePhase phase() {
    return phase;
  }

  /// Where the case that was last prepared stood against its due date before.
  DuePhase phaseBefore() {
    return phaseBefore;
  }

  /// The moment the clock last turned a case at.
  long turnedAt() {
    return turnedAt;
  }

  /// The case that was last prepared.
  CaseState after() {
    return after;
  }

  /// The scopes of the case that was last prepared; returns how many.
  int afterKeys(int[] into) {
    return scopes.keys(after, into);
  }

  CasePhase phase(int ofCase) {
    return CasePhase.at(standing[ofCase] & PHASE_BITS);
  }

  DuePhase duePhase(int ofCase) {
    return DuePhase.at(standing[ofCase] >> DUE_SHIFT & 3);
  }

  boolean voided(int ofCase) {
    return (standing[ofCase] & VOIDED_BIT) != 0;
  }

  CaseKind kind(int ofCase) {
    return (standing[ofCase] & FEEDBACK_BIT) != 0 ? CaseKind.FEEDBACK : CaseKind.DOSSIER;
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
