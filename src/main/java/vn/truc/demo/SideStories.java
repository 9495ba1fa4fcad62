package vn.truc.demo;

import static vn.truc.demo.WorkHours.HOUR;
import static vn.truc.demo.WorkHours.MINUTE;

import java.time.LocalDate;
import java.util.Base64;
import java.util.SplittableRandom;
import org.apache.datasketches.hll.HllSketch;
import org.apache.datasketches.hll.TgtHllType;
import vn.truc.event.EventTypes;

/// What is told beside the cases: signs of life of the feeds, visits of the portals hour by hour,
/// the investment projects of the year one by one.
final class SideStories {
  static final String TRAFFIC = "/portal-traffic";
  static final String INVESTMENT = "/dau-tu";

  /// Seventy-five projects worth this many tỷ đồng together.
  static final int PROJECTS = 75;

  static final long CAPITAL = 31_013;

  private static final String[] FEEDS = {
    DossierStories.ONE_STOP, DossierStories.PORTAL, FeedbackStories.HOTLINE, Agenda.QUIET_SOURCE
  };
  private static final String[] PORTALS = {"cong-ttdt", "dich-vu-cong"};
  private static final String WORTH = "von-dang-ky";
  private static final String NUMBER = "du-an-dau-tu";
  private static final int SKETCH_LOG2 = 12;

  private final SimulatedPlaces places;
  private final Agenda agenda;
  private final int round;

  SideStories(SimulatedPlaces places, Agenda agenda, int round) {
    this.places = places;
    this.agenda = agenda;
    this.round = round;
  }

  /// Each feed's sign of life at the beginning of an hour.
  void heartbeats(SplittableRandom random, long hour) {
    for (String feed : FEEDS) {
      long at = hour + random.nextInt(240) * WorkHours.SECOND;
      String id = "song-" + round + "-" + hour / WorkHours.SECOND;
      agenda.leaves(
          random,
          at,
          feed,
          json -> json.begin(EventTypes.SOURCE_HEARTBEAT, feed, id, "", at).end());
    }
  }

  /// The hour cell that ends at an instant, for two portals: one counts visitors exactly, the other
  /// sends a sketch.
  void traffic(SplittableRandom random, long end) {
    int hour = (int) (WorkHours.timeOfDay(end - HOUR) / HOUR);
    double busy = hour < 6 ? 0.06 : hour < 18 ? 1 : 0.4;
    if (!WorkHours.working(WorkHours.day(end - HOUR))) {
      busy *= 0.5;
    }
    int visits = (int) (busy * (900 + random.nextInt(300)));
    cell(random, end, PORTALS[0], visits, Long.toString(visits * 7L / 10));
    int online = (int) (busy * (500 + random.nextInt(150)));
    cell(random, end, PORTALS[1], online, sketch(random, online));
  }

  private void cell(SplittableRandom random, long end, String portal, int visits, String visitors) {
    long at = end + (1 + random.nextInt(4)) * MINUTE;
    int pages = visits * (3 + random.nextInt(3));
    int errors = random.nextInt(1 + visits / 150);
    String id = portal + "-" + round + "-" + (end - HOUR) / WorkHours.SECOND;
    agenda.leaves(
        random,
        at,
        TRAFFIC,
        json ->
            json.begin(EventTypes.PORTAL_TRAFFIC, TRAFFIC, id, "", at)
                .text("portal", portal)
                .time("from", end - HOUR)
                .time("to", end)
                .number("pageviews", pages)
                .number("visits", visits)
                .raw("visitors", visitors)
                .number("errors", errors)
                .end());
  }

  /// For days run through in a hurry: what each portal counted of the real hour that runs, told
  /// again and again, each time a little more.
  void trafficSoFar(SplittableRandom random, long at) {
    for (String portal : PORTALS) {
      String id = portal + "-" + round + "-so-far-" + at / WorkHours.SECOND;
      agenda.leaves(random, at, TRAFFIC, json -> soFar(json, portal, id, at));
    }
  }

  private static String soFar(FactJson json, String portal, String id, long at) {
    long hour = Math.floorDiv(json.anchored(), HOUR) * HOUR;
    SplittableRandom random = new SplittableRandom(hour / HOUR * 31 + portal.hashCode());
    double part = (json.anchored() - hour) / (double) HOUR;
    int visits = (int) (part * (600 + random.nextInt(600)));
    return json.begin(EventTypes.PORTAL_TRAFFIC, TRAFFIC, id, "", at)
        .text("portal", portal)
        .realTime("from", hour)
        .realTime("to", hour + HOUR)
        .number("pageviews", visits * 4L)
        .number("visits", visits)
        .raw("visitors", portal.equals(PORTALS[0]) ? "" + visits * 7L / 10 : sketch(random, visits))
        .number("errors", visits / 200)
        .end();
  }

  private static String sketch(SplittableRandom random, int visits) {
    HllSketch visitors = new HllSketch(SKETCH_LOG2, TgtHllType.HLL_4);
    for (int i = 0; i < visits; i++) {
      visitors.update((long) random.nextInt(60_000));
    }
    return "\"" + Base64.getEncoder().encodeToString(visitors.toCompactByteArray()) + "\"";
  }

  /// The projects, reported one by one from an instant on, three minutes apart.
  void investment(SplittableRandom random, long from) {
    boolean worth = places.indicators().contains(WORTH);
    boolean number = places.indicators().contains(NUMBER);
    long[] capital = new long[PROJECTS];
    long given = 0;
    for (int i = 0; i < PROJECTS; i++) {
      double share = random.nextDouble();
      capital[i] = 40 + (long) (share * share * 900);
      given += capital[i];
    }
    long scaled = 0;
    for (int i = 0; i < PROJECTS; i++) {
      capital[i] = capital[i] * CAPITAL / given;
      scaled += capital[i];
    }
    capital[PROJECTS - 1] += CAPITAL - scaled;
    String year = Integer.toString(LocalDate.ofEpochDay(WorkHours.day(from)).getYear());
    for (int i = 0; i < PROJECTS; i++) {
      long at = from + i * 3L * MINUTE;
      String project = "DA-" + (101 + i);
      if (worth) {
        reported(random, at, project, WORTH, capital[i], "tỷ đồng", year);
      }
      if (number) {
        reported(random, at, project, NUMBER, 1, "dự án", year);
      }
    }
  }

  private void reported(
      SplittableRandom random,
      long at,
      String project,
      String indicator,
      long value,
      String unit,
      String year) {
    agenda.leaves(
        random,
        at,
        INVESTMENT,
        json ->
            json.begin(
                    EventTypes.INDICATOR_REPORTED,
                    INVESTMENT,
                    project + "/" + indicator + "/" + year + "/" + round,
                    project,
                    at)
                .text("indicator", indicator)
                .number("value", value)
                .text("period", year)
                .text("unit", unit)
                .text("author", "mo-phong")
                .end());
  }
}
