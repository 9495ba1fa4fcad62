package vn.truc.demo;

import java.util.PriorityQueue;
import java.util.SplittableRandom;

/// What the simulated systems are about to send, by the instant they send it. Facts are told (made
/// into text) only when their turn comes, except repeats, which are the same text again.
final class Agenda {

  /// Writes one fact.
  interface Telling {
    String tell(FactJson json);
  }

  /// One entry; `order` keeps ties in the order they were entered.
  record Step(long emitMicros, long order, String source, boolean repeat, Telling telling)
      implements Comparable<Step> {
    @Override
    public int compareTo(Step other) {
      int byTime = Long.compare(emitMicros, other.emitMicros);
      return byTime != 0 ? byTime : Long.compare(order, other.order);
    }
  }

  /// The feed that falls silent.
  static final String QUIET_SOURCE = "/app";

  private static final double LATE_ARRIVALS = 0.015;
  private static final double REPEATS = 0.012;

  private final PriorityQueue<Step> steps = new PriorityQueue<>();
  private final long quietFrom;
  private final long quietUntil;
  private long order;

  Agenda(SimulationSettings settings) {
    quietFrom = settings.quietFromMicros().orElse(Long.MAX_VALUE);
    quietUntil =
        settings.quietFromMicros().isPresent()
            ? WorkHours.beforeNextWorkingDay(quietFrom)
            : Long.MAX_VALUE;
  }

  /// Enters a fact that happens at an instant; it leaves some seconds later, sometimes hours, and
  /// now and then twice.
  void happens(SplittableRandom random, long at, String source, Telling telling) {
    long emit = at + random.nextInt(20) * WorkHours.SECOND;
    if (random.nextDouble() < LATE_ARRIVALS) {
      emit = at + (10 + random.nextInt(290)) * WorkHours.MINUTE;
    }
    boolean repeat = random.nextDouble() < REPEATS;
    steps.add(new Step(notWhileQuiet(emit, source, random), order++, source, repeat, telling));
  }

  /// Enters a fact that leaves exactly at an instant, once.
  void leaves(SplittableRandom random, long at, String source, Telling telling) {
    steps.add(new Step(notWhileQuiet(at, source, random), order++, source, false, telling));
  }

  /// Enters the same text once more, 1 to 60 minutes later.
  void again(SplittableRandom random, Step told, String json) {
    long emit = told.emitMicros() + (1 + random.nextInt(60)) * WorkHours.MINUTE;
    long allowed = notWhileQuiet(emit, told.source(), random);
    steps.add(new Step(allowed, order++, told.source(), false, _ -> json));
  }

  private long notWhileQuiet(long emit, String source, SplittableRandom random) {
    if (emit >= quietFrom && emit < quietUntil && source.equals(QUIET_SOURCE)) {
      return quietUntil + random.nextInt(600) * WorkHours.SECOND;
    }
    return emit;
  }

  boolean isEmpty() {
    return steps.isEmpty();
  }

  /// When the next fact leaves; the end of time when there is none.
  long nextMicros() {
    Step head = steps.peek();
    return head == null ? Long.MAX_VALUE : head.emitMicros();
  }

  Step take() {
    return steps.remove();
  }
}
