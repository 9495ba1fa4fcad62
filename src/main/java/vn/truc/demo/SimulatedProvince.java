package vn.truc.demo;

import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.SplittableRandom;
import java.util.function.LongSupplier;

/// A province at work: facts in the order its systems send them, from an instant on, as long as one
/// asks. Pure and lazy: the same settings, places and span give the same facts, byte for byte
/// ([SplittableRandom], one per quarter hour, derived from the seed). Not thread-safe.
///
/// **The order** is that of sending. Most facts leave within seconds; one in seventy leaves up to
/// five hours late and so arrives behind younger facts of its case; one in eighty leaves twice.
///
/// **The days** follow each other without a jump: after 17:30 the desks close, the portals, the app
/// and the hotline go on thinly through the evening, nights and weekends are quiet, and the next
/// working day begins at 07:30. Holidays are not known.
///
/// **The hazards**: steps skipped or taken back (10 to 4), supplements that move the due date, "1"
/// sent again after one, due dates absent, bare dates, unknown agencies, areas and forms of code,
/// dossiers told by a ministry under another code, repeats, late arrivals, a feed that falls silent
/// and catches up next morning.
public final class SimulatedProvince implements Iterator<SimulatedFact> {
  private static final int SURGE_CALLS = 42;
  private static final long SURGE_SPAN = 40 * WorkHours.MINUTE;

  private final SimulationSettings settings;
  private final long from;
  private final long to;
  private final Agenda agenda;
  private final Codes codes;
  private final DossierStories dossiers;
  private final FeedbackStories feedback;
  private final SideStories side;
  private final DailyCurve dossierCurve = new DailyCurve(0.45, 0.14, 0.004, 0.04);
  private final DailyCurve feedbackCurve = new DailyCurve(0.6, 0.2, 0.02, 0.09);
  private final SplittableRandom sending;
  private final FactJson json;
  private LongSupplier realMicros;
  private double speed = 1;
  private long slice;

  /// The facts sent in `[from, to)`, microseconds since 1970. Cases begin at `from`: nothing is
  /// open before it. `to` may be `Long.MAX_VALUE`.
  public SimulatedProvince(
      SimulationSettings settings, SimulatedPlaces places, long from, long to) {
    this.settings = settings;
    this.from = from;
    this.to = to;
    this.json = new FactJson(settings.sourcePrefix());
    this.agenda = new Agenda(settings);
    this.codes = new Codes(places, settings.round());
    WorkHours hours = new WorkHours(settings.roundTheClock());
    this.dossiers = new DossierStories(places, codes, hours, agenda);
    this.feedback = new FeedbackStories(places, codes, hours, agenda);
    this.side = new SideStories(places, agenda, settings.round());
    this.sending = new SplittableRandom(settings.seed());
    this.slice = Math.floorDiv(from, DailyCurve.SLICE) * DailyCurve.SLICE;
    this.realMicros = () -> 0;
    side.investment(new SplittableRandom(settings.seed() + 1), from);
  }

  /// Lets the days run in a real hurry: each fact is written as happening at the instant a clock
  /// shows when it is asked for, and what lies between facts shrinks by `speed`. The facts then
  /// depend on that clock; for load, not for tests.
  SimulatedProvince hurried(LongSupplier clockMicros, double hurry) {
    this.realMicros = clockMicros;
    this.speed = hurry;
    return this;
  }

  /// 07:30 of the working day an instant lies in, or of the latest one before it: when the
  /// demonstration begins, whatever the hour it is started at.
  public static long demoStart(long nowMicros) {
    return WorkHours.workingDayStart(nowMicros);
  }

  @Override
  public boolean hasNext() {
    return next(to) < to;
  }

  /// When the next fact leaves; `to` when there is none.
  public long nextMicros() {
    return Math.min(next(to), to);
  }

  @Override
  public SimulatedFact next() {
    if (!hasNext()) {
      throw new NoSuchElementException("the simulated span is over");
    }
    Agenda.Step step = agenda.take();
    if (speed != 1) {
      json.anchor(step.emitMicros(), realMicros.getAsLong(), speed);
    }
    String text = step.telling().tell(json);
    if (step.repeat()) {
      agenda.again(sending, step, text);
    }
    return new SimulatedFact(step.emitMicros(), settings.sourcePrefix() + step.source(), text);
  }

  private long next(long end) {
    while (agenda.nextMicros() >= slice && slice < end) {
      begin(slice);
      slice += DailyCurve.SLICE;
    }
    return agenda.nextMicros();
  }

  /// Enters the cases that begin in one quarter hour.
  private void begin(long start) {
    SplittableRandom random = new SplittableRandom(settings.seed() * 31 + start / DailyCurve.SLICE);
    boolean even = settings.roundTheClock();
    int seconds = (int) (DailyCurve.SLICE / WorkHours.SECOND);
    for (int n = dossierCurve.draw(random, settings.dossiersPerDay(), start, even); n > 0; n--) {
      atOrAfterStart(random, start, seconds, dossiers::begin);
    }
    for (int n = feedbackCurve.draw(random, settings.feedbackPerDay(), start, even); n > 0; n--) {
      atOrAfterStart(random, start, seconds, feedback::begin);
    }
    if (Math.floorMod(start, WorkHours.HOUR) == 0 && start >= from) {
      side.heartbeats(random, start);
      if (speed != 1 && Math.floorMod(start, 6 * WorkHours.HOUR) == 0) {
        side.trafficSoFar(random, start);
      } else if (!even) {
        side.traffic(random, start);
      }
    }
    long surge = settings.surgeAtMicros().orElse(Long.MIN_VALUE);
    if (surge >= start && surge < start + DailyCurve.SLICE) {
      int area = new SplittableRandom(settings.seed() + 2).nextInt(codes.areas());
      for (int i = 0; i < SURGE_CALLS; i++) {
        // Thick at the beginning, thinner towards the end.
        double at = random.nextDouble();
        feedback.landslide(random, surge + (long) (at * at * SURGE_SPAN), area);
      }
    }
  }

  private interface Beginning {
    void begin(SplittableRandom random, long start);
  }

  private void atOrAfterStart(
      SplittableRandom random, long start, int seconds, Beginning beginning) {
    long at = start + random.nextInt(seconds) * WorkHours.SECOND;
    if (at >= from) {
      beginning.begin(random, at);
    }
  }
}
