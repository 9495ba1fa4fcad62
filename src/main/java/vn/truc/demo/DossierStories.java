package vn.truc.demo;

import static vn.truc.demo.WorkHours.MINUTE;

import java.util.SplittableRandom;
import vn.truc.event.EventTypes;

/// The lives of simulated dossiers in the ten national codes, with the disorder real feeds show:
/// due dates absent or moved, backward steps, jumps, unknown codes, the same dossier told by a
/// ministry.
final class DossierStories {
  static final String ONE_STOP = "/mot-cua/tinh";
  static final String PORTAL = "/cong-dvc";
  static final String MINISTRY = "/bo-nganh";

  private static final int[] DURATION_DAYS = {
    1, 1, 1, 1, 1, 1, 2, 2, 2, 3, 3, 3, 3, 5, 5, 5, 7, 7, 10, 15
  };
  private static final int WORKDAY_MINUTES = 480;

  private final SimulatedPlaces places;
  private final Codes codes;
  private final WorkHours hours;
  private final Agenda agenda;

  DossierStories(SimulatedPlaces places, Codes codes, WorkHours hours, Agenda agenda) {
    this.places = places;
    this.codes = codes;
    this.hours = hours;
    this.agenda = agenda;
  }

  /// One dossier and what its facts have in common.
  private record Dossier(
      String code, String source, String agency, String area, String field, String channel) {}

  /// Begins one dossier at an instant.
  void begin(SplittableRandom random, long start) {
    boolean open = hours.open(start);
    double kind = random.nextDouble();
    String channel = !open || kind < 0.62 ? "online" : kind < 0.92 ? "desk" : "post";
    Codes.Place place = codes.place(random);
    Dossier dossier =
        new Dossier(
            codes.dossier(random, place, start),
            channel.equals("online") ? PORTAL : ONE_STOP,
            random.nextInt(4000) == 0 ? "so-cu-khong-con" : place.agency(),
            random.nextInt(3000) == 0 ? "99999" : place.area(),
            places.fields().get(random.nextInt(places.fields().size())),
            channel);
    long accepted = start;
    if (channel.equals("online")) {
      submitted(random, dossier, start);
      accepted = hours.add(start, 10 + random.nextInt(220));
    }
    double fate = random.nextDouble();
    if (fate < 0.03) {
      status(random, dossier, 3, accepted);
      return;
    }
    int days = DURATION_DAYS[random.nextInt(DURATION_DAYS.length)];
    long due = hours.add(accepted, (long) days * WORKDAY_MINUTES);
    boolean dated = random.nextDouble() >= 0.015;
    accepted(random, dossier, accepted, dated ? due : 0, days);
    long working = hours.add(accepted, 15 + random.nextInt(170));
    if (random.nextDouble() >= 0.05) {
      status(random, dossier, 4, working);
    }
    if (fate < 0.055) {
      status(random, dossier, 7, hours.add(working, 30 + random.nextInt(400)));
    } else if (fate < 0.065) {
      status(random, dossier, 8, hours.add(working, 60 + random.nextInt(600)));
    } else {
      handled(random, dossier, working, due, days, dated);
    }
    if (random.nextDouble() < 0.012) {
      toldByMinistry(random, dossier, start, accepted, due);
    }
  }

  private void handled(
      SplittableRandom random, Dossier dossier, long from, long due, int days, boolean dated) {
    long working = from;
    long dueNow = due;
    double turn = random.nextDouble();
    if (turn < 0.05 && dated) {
      long asked = hours.add(working, 20 + random.nextInt(200));
      int pause = 120 + random.nextInt(1200);
      long back = hours.add(asked, pause);
      status(random, dossier, 5, asked);
      dueNow = hours.add(due, pause);
      supplemented(random, dossier, back, due, dueNow, random.nextInt(8) == 0);
      working = back + 5 * MINUTE;
    } else if (turn < 0.09) {
      long asked = hours.add(working, 20 + random.nextInt(120));
      long paid = hours.add(asked, 30 + random.nextInt(300));
      status(random, dossier, 6, asked);
      status(random, dossier, 4, paid);
      working = paid + MINUTE;
    }
    long finished = finish(random, working, dueNow, days);
    finished(random, dossier, finished);
    long returned = hours.add(finished, 5 + random.nextInt(240));
    returned(random, dossier, returned, 0);
    if (random.nextDouble() < 0.004) {
      long undone = returned + (10 + random.nextInt(50)) * MINUTE;
      long again = hours.add(undone, 30 + random.nextInt(90));
      status(random, dossier, 4, undone);
      finished(random, dossier, again);
      returned(random, dossier, hours.add(again, 10 + random.nextInt(60)), 1);
    }
    if (random.nextDouble() < 0.15) {
      rated(random, dossier, returned + (3 + random.nextInt(300)) * MINUTE);
    }
  }

  /// Early mostly, on the due day often, after it once in about 700 cases.
  private long finish(SplittableRandom random, long working, long due, int days) {
    double luck = random.nextDouble();
    if (luck < 0.0014) {
      return hours.add(due, WORKDAY_MINUTES + random.nextInt(2 * WORKDAY_MINUTES));
    }
    long span = (long) days * WORKDAY_MINUTES;
    long finished = hours.add(working, 10 + (long) (span * (0.2 + 0.7 * random.nextDouble())));
    return Math.min(
        finished, Math.max(working + 5 * MINUTE, due - (5 + random.nextInt(50)) * MINUTE));
  }

  private void submitted(SplittableRandom random, Dossier dossier, long at) {
    boolean paid = random.nextInt(100) < 70;
    boolean vneid = random.nextInt(100) < 88;
    agenda.happens(
        random,
        at,
        dossier.source,
        json ->
            about(head(json, dossier, "1", at).number("status", 1), dossier)
                .flag("paidOnline", paid)
                .flag("vneid", vneid)
                .end());
  }

  private void accepted(SplittableRandom random, Dossier dossier, long at, long due, int days) {
    boolean bare = random.nextInt(4) == 0;
    boolean digitised = random.nextInt(100) < 82;
    agenda.happens(
        random,
        at,
        dossier.source,
        json -> {
          about(head(json, dossier, "2", at).number("status", 2), dossier).time("receivedAt", at);
          if (due == 0) {
            json.clear("dueAt");
          } else if (bare) {
            json.date("dueAt", due);
          } else {
            json.time("dueAt", due);
          }
          return json.flag("digitised", digitised).text("maxDuration", "P" + days + "D").end();
        });
  }

  private void supplemented(
      SplittableRandom random, Dossier dossier, long at, long before, long after, boolean resends) {
    if (resends) {
      // Some systems send "submitted" again when the papers are complete.
      status(random, dossier, 1, at - MINUTE);
    }
    agenda.happens(
        random,
        at,
        dossier.source,
        json ->
            head(json, dossier, "4b", at)
                .number("status", 4)
                .time("dueBefore", before)
                .time("dueAfter", after)
                .time("dueAt", after)
                .end());
  }

  private void finished(SplittableRandom random, Dossier dossier, long at) {
    boolean electronic = random.nextInt(100) < 76;
    agenda.happens(
        random,
        at,
        dossier.source,
        json ->
            head(json, dossier, "9@" + at / WorkHours.SECOND, at)
                .number("status", 9)
                .time("finishedAt", at)
                .flag("electronicResult", electronic)
                .end());
  }

  private void returned(SplittableRandom random, Dossier dossier, long at, int time) {
    String by = dossier.channel.equals("online") && random.nextInt(3) > 0 ? "online" : "desk";
    agenda.happens(
        random,
        at,
        dossier.source,
        json ->
            head(json, dossier, time == 0 ? "10" : "10b", at)
                .number("status", 10)
                .text("returnBy", by)
                .end());
  }

  private void status(SplittableRandom random, Dossier dossier, int status, long at) {
    agenda.happens(
        random,
        at,
        dossier.source,
        json ->
            head(json, dossier, status + "@" + at / WorkHours.SECOND, at)
                .number("status", status)
                .end());
  }

  private void rated(SplittableRandom random, Dossier dossier, long at) {
    int score = Codes.score(random, 0.955);
    agenda.happens(
        random,
        at,
        dossier.source,
        json ->
            json.begin(
                    EventTypes.DOSSIER_RATED,
                    dossier.source,
                    dossier.code + "/danh-gia",
                    dossier.code,
                    at)
                .number("score", score)
                .end());
  }

  private void toldByMinistry(
      SplittableRandom random, Dossier dossier, long start, long at, long due) {
    Dossier other =
        new Dossier(
            codes.ministry(start), MINISTRY, dossier.agency, dossier.area, dossier.field, "online");
    agenda.happens(
        random,
        at,
        MINISTRY,
        json ->
            about(head(json, other, "2", at).number("status", 2), other)
                .time("dueAt", due)
                .text("sameAs", dossier.code)
                .end());
    finished(random, other, due - 30 * MINUTE);
  }

  private static FactJson head(FactJson json, Dossier dossier, String step, long at) {
    return json.begin(
        EventTypes.DOSSIER_STATUS, dossier.source, dossier.code + "/" + step, dossier.code, at);
  }

  private static FactJson about(FactJson json, Dossier dossier) {
    return json.text("agency", dossier.agency)
        .text("area", dossier.area)
        .text("field", dossier.field)
        .text("channel", dossier.channel)
        .text("procedure", "1.00" + (4000 + Math.floorMod(dossier.field.hashCode(), 900)))
        .text("applicant", dossier.channel.equals("post") ? "business" : "citizen");
  }
}
