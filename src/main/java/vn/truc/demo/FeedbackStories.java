package vn.truc.demo;

import static vn.truc.demo.WorkHours.MINUTE;

import java.util.Map;
import java.util.SplittableRandom;
import vn.truc.event.EventTypes;

/// The lives of simulated citizen feedback: received by the hotline, the app and the portal,
/// accepted, assigned, answered; some transferred, refused, reopened, late. Names and telephone
/// numbers are made up and look it.
final class FeedbackStories {
  static final String HOTLINE = "/hotline/1022";

  private static final String[] CHANNELS = {
    "hotline", "hotline", "hotline", "hotline", "hotline", "hotline", "hotline", "hotline",
    "hotline", "app", "app", "app", "app", "app", "zalo", "zalo", "portal", "portal", "mail",
    "social", "desk",
  };
  private static final Map<String, String> WORDS =
      Map.of(
          "giao-thong", "Mặt đường hư hỏng",
          "moi-truong", "Rác thải chưa được thu gom",
          "dat-dai", "Hỏi về trích lục bản đồ địa chính",
          "y-te", "Chờ khám lâu tại trạm y tế",
          "giao-duc", "Hỏi về tuyển sinh đầu cấp",
          "thien-tai", "Nước suối dâng cao");

  private final SimulatedPlaces places;
  private final Codes codes;
  private final WorkHours hours;
  private final Agenda agenda;

  FeedbackStories(SimulatedPlaces places, Codes codes, WorkHours hours, Agenda agenda) {
    this.places = places;
    this.codes = codes;
    this.hours = hours;
    this.agenda = agenda;
  }

  /// One piece of feedback and what its facts have in common.
  private record Feedback(
      String code,
      String source,
      String agency,
      String area,
      String field,
      String channel,
      String urgency,
      String title) {}

  /// Begins one ordinary piece of feedback at an instant.
  void begin(SplittableRandom random, long start) {
    String channel = CHANNELS[random.nextInt(CHANNELS.length)];
    double weight = random.nextDouble();
    String urgency = weight < 0.07 ? "urgent" : weight < 0.13 ? "complex" : "normal";
    Codes.Place place = codes.place(random);
    String field = places.fields().get(random.nextInt(places.fields().size()));
    Feedback feedback =
        new Feedback(
            codes.feedback(start),
            source(channel),
            place.agency(),
            place.area(),
            field,
            channel,
            urgency,
            WORDS.getOrDefault(field, "Phản ánh hiện trường"));
    long allowance = allowance(urgency);
    long due = hours.add(start, allowance);
    double dated = random.nextDouble();
    received(random, feedback, start, dated < 0.55 ? due : 0);
    long accepted =
        urgency.equals("urgent") || (channel.equals("hotline") && random.nextInt(10) < 6)
            ? start + (2 + random.nextInt(18)) * MINUTE
            : hours.add(start, 3 + random.nextInt(60));
    double fate = random.nextDouble();
    if (fate < 0.012) {
      step(random, feedback, "withdrawn", hours.add(start, 20 + random.nextInt(100)));
      return;
    }
    accepted(random, feedback, accepted, dated >= 0.55 && dated < 0.93 ? due : 0);
    if (fate < 0.05) {
      step(random, feedback, "refused", hours.add(accepted, 30 + random.nextInt(300)));
    } else if (fate < 0.075) {
      duplicate(random, feedback, hours.add(accepted, 5 + random.nextInt(60)));
    } else {
      handled(random, feedback, start, accepted, allowance, due);
    }
  }

  /// One urgent call about a landslide in one commune.
  void landslide(SplittableRandom random, long start, int area) {
    Codes.Place place = codes.local(area);
    Feedback feedback =
        new Feedback(
            codes.feedback(start),
            HOTLINE,
            place.agency(),
            place.area(),
            places.field("thien-tai", "moi-truong", "giao-thong"),
            "hotline",
            "urgent",
            random.nextBoolean() ? "Sạt lở đất chắn đường" : "Sạt lở taluy sau nhà dân");
    long due = hours.add(start, 240);
    received(random, feedback, start, due);
    long accepted = start + (8 + random.nextInt(40)) * MINUTE;
    accepted(random, feedback, accepted, 0);
    handled(random, feedback, start, accepted, 240, due);
  }

  private static long allowance(String urgency) {
    return switch (urgency) {
      case "urgent" -> 240;
      case "complex" -> 2400;
      default -> 960;
    };
  }

  private static String source(String channel) {
    return switch (channel) {
      case "app" -> Agenda.QUIET_SOURCE;
      case "zalo" -> "/zalo";
      case "portal" -> DossierStories.PORTAL;
      default -> HOTLINE;
    };
  }

  private void handled(
      SplittableRandom random,
      Feedback feedback,
      long start,
      long accepted,
      long allowance,
      long due) {
    Feedback current = feedback;
    long at = hours.add(accepted, 2 + random.nextInt(25));
    assigned(random, current, at, random.nextInt(30) == 0);
    double turn = random.nextDouble();
    if (turn < 0.05) {
      at = hours.add(at, 15 + random.nextInt(120));
      current = elsewhere(random, current);
      transferred(random, current, at);
      at = hours.add(at, 5 + random.nextInt(30));
      assigned(random, current, at, false);
    } else if (turn < 0.065) {
      step(random, current, "supplement-requested", hours.add(at, 10 + random.nextInt(60)));
      at = hours.add(at, 90 + random.nextInt(300));
      step(random, current, "supplemented", at);
    } else if (turn < 0.08) {
      step(random, current, "on-hold", hours.add(at, 20 + random.nextInt(60)));
    } else if (turn < 0.095) {
      extended(random, current, hours.add(at, 60 + random.nextInt(60)), hours.add(due, 480));
    }
    if (random.nextInt(10) < 6) {
      at = hours.add(at, 5 + random.nextInt(40));
      step(random, current, "in-progress", at);
    }
    double late = random.nextDouble();
    double part = random.nextDouble();
    double of = late < 0.05 ? 1.05 + 1.1 * part : 0.02 + 0.72 * part * part;
    long answered = Math.max(at + 2 * MINUTE, hours.add(start, (long) (allowance * of)));
    answered(random, current, answered, 0);
    if (random.nextInt(100) < 2) {
      long back = answered + (30 + random.nextInt(600)) * MINUTE;
      step(random, current, "reopened", back);
      long again = hours.add(back, 60 + random.nextInt(300));
      answered(random, current, again, 1);
      answered = again;
    }
    if (random.nextInt(100) < 18) {
      step(random, current, "published", hours.add(answered, 30 + random.nextInt(200)));
    }
    step(random, current, "closed", hours.add(answered, 240 + random.nextInt(700)));
    if (random.nextInt(100) < 32) {
      rated(random, current, answered + (10 + random.nextInt(900)) * MINUTE);
    }
  }

  private Feedback elsewhere(SplittableRandom random, Feedback feedback) {
    String agency = codes.place(random).agency();
    return new Feedback(
        feedback.code,
        feedback.source,
        agency,
        feedback.area,
        feedback.field,
        feedback.channel,
        feedback.urgency,
        feedback.title);
  }

  private void received(SplittableRandom random, Feedback feedback, long at, long due) {
    int caller = random.nextInt(1000);
    agenda.happens(
        random,
        at,
        feedback.source,
        json -> {
          head(json, feedback, "received", at)
              .text("agency", feedback.agency)
              .text("area", feedback.area)
              .text("field", feedback.field)
              .text("channel", feedback.channel)
              .text("urgency", feedback.urgency)
              .text("applicant", caller % 9 == 0 ? "business" : "citizen")
              .time("receivedAt", at);
          if (due != 0) {
            json.time("dueAt", due);
          }
          return json.text("title", feedback.title + " (mô phỏng)")
              .text("text", "Nội dung mô phỏng, không phải phản ánh có thật.")
              .raw("contact", contact(caller))
              .end();
        });
  }

  private static String contact(int caller) {
    String digits = Integer.toString(1000 + caller).substring(1);
    return "{\"name\":\"Người dân mô phỏng " + digits + "\",\"phone\":\"0000 000 " + digits + "\"}";
  }

  private void accepted(SplittableRandom random, Feedback feedback, long at, long due) {
    agenda.happens(
        random,
        at,
        feedback.source,
        json -> {
          head(json, feedback, "accepted", at);
          return (due == 0 ? json : json.time("dueAt", due)).end();
        });
  }

  private void assigned(SplittableRandom random, Feedback feedback, long at, boolean together) {
    String helper = codes.place(random).agency();
    agenda.happens(
        random,
        at,
        feedback.source,
        json -> {
          head(json, feedback, "assigned", at).text("agency", feedback.agency);
          return (together ? json.raw("coAgencies", "[\"" + helper + "\"]") : json).end();
        });
  }

  private void transferred(SplittableRandom random, Feedback feedback, long at) {
    agenda.happens(
        random,
        at,
        feedback.source,
        json -> head(json, feedback, "transferred", at).text("agency", feedback.agency).end());
  }

  private void extended(SplittableRandom random, Feedback feedback, long at, long due) {
    agenda.happens(
        random,
        at,
        feedback.source,
        json -> head(json, feedback, "extended", at).time("dueAt", due).end());
  }

  private void answered(SplittableRandom random, Feedback feedback, long at, int time) {
    agenda.happens(
        random,
        at,
        feedback.source,
        json ->
            head(json, feedback, "answered", at)
                .time("answeredAt", at)
                .text("outcome", time == 0 ? "fixed" : "fixed-again")
                .end());
  }

  private void duplicate(SplittableRandom random, Feedback feedback, long at) {
    agenda.happens(
        random,
        at,
        feedback.source,
        json ->
            head(json, feedback, "duplicate", at)
                .text("duplicateOf", feedback.code.substring(0, 10) + "0001")
                .end());
  }

  private void step(SplittableRandom random, Feedback feedback, String status, long at) {
    agenda.happens(random, at, feedback.source, json -> head(json, feedback, status, at).end());
  }

  private void rated(SplittableRandom random, Feedback feedback, long at) {
    boolean app = feedback.channel.equals("app");
    int score = Codes.score(random, 0.86);
    agenda.happens(
        random,
        at,
        feedback.source,
        json -> {
          json.begin(
              EventTypes.FEEDBACK_RATED,
              feedback.source,
              feedback.code + "/danh-gia",
              feedback.code,
              at);
          if (app) {
            return json.number("like", score > 3 ? 1 : 0)
                .number("dislike", score > 3 ? 0 : 1)
                .end();
          }
          return json.number("score", score).end();
        });
  }

  private static FactJson head(FactJson json, Feedback feedback, String status, long at) {
    return json.begin(
            EventTypes.FEEDBACK_STATUS,
            feedback.source,
            feedback.code + "/" + status + "@" + at / WorkHours.SECOND,
            feedback.code,
            at)
        .text("status", status);
  }
}
