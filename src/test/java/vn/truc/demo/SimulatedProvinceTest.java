package vn.truc.demo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.vertx.core.json.JsonObject;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class SimulatedProvinceTest {
  private static final long START = micros("2026-11-23T07:30:00+07:00");
  private static final long HISTORY = START - 56 * WorkHours.DAY;
  private static final Pattern CODE =
      Pattern.compile("[A-Z]\\d{2}(\\.[0-9A-Z]{2,3}){0,4}-(\\d{6}|\\d{8})-\\d{4,7}");

  private static long micros(String text) {
    return OffsetDateTime.parse(text).toInstant().toEpochMilli() * 1_000;
  }

  private static SimulatedProvince province(long seed, long from, long to) {
    SimulationSettings settings = SimulationSettings.defaults().withSeed(seed).withDemoDay(START);
    return new SimulatedProvince(settings, DemoPlaces.province(), from, to);
  }

  private static List<SimulatedFact> all(SimulatedProvince province) {
    List<SimulatedFact> facts = new ArrayList<>();
    province.forEachRemaining(facts::add);
    return facts;
  }

  @Test
  void sameSeedTellsTheSameBytes() {
    long to = HISTORY + 3 * WorkHours.DAY;
    assertEquals(all(province(7, HISTORY, to)), all(province(7, HISTORY, to)));
    assertNotEquals(all(province(7, HISTORY, to)), all(province(8, HISTORY, to)));
  }

  @Test
  void factsLeaveInOrderWithinTheSpanAndNeverBeforeTheyHappen() {
    long to = HISTORY + 10 * WorkHours.DAY;
    long before = HISTORY;
    int olderThanTheOneBefore = 0;
    long happenedBefore = 0;
    for (SimulatedFact fact : all(province(7, HISTORY, to))) {
      assertTrue(fact.emittedMicros() >= before && fact.emittedMicros() < to);
      before = fact.emittedMicros();
      long happened = micros(new JsonObject(fact.json()).getString("time"));
      assertTrue(happened <= fact.emittedMicros(), fact.json());
      olderThanTheOneBefore += happened < happenedBefore - 10 * WorkHours.MINUTE ? 1 : 0;
      happenedBefore = happened;
    }
    assertTrue(olderThanTheOneBefore > 50, "out of order: " + olderThanTheOneBefore);
  }

  @Test
  void eightWeeksHoldAHundredThousandFactsAndMore() {
    long begun = System.nanoTime();
    int facts = 0;
    SimulatedProvince province = province(766, HISTORY, START);
    while (province.hasNext()) {
      province.next();
      facts++;
    }
    long millis = (System.nanoTime() - begun) / 1_000_000;
    assertTrue(facts > 120_000 && facts < 160_000, "facts: " + facts);
    assertTrue(millis < 5_000, facts + " facts took " + millis + " ms");
  }

  @Test
  void everyHazardOfRealFeedsIsThere() {
    Map<String, List<Integer>> paths = new HashMap<>();
    Map<String, Integer> seen = new TreeMap<>();
    Set<String> identities = new HashSet<>();
    for (SimulatedFact fact : all(province(766, HISTORY, START))) {
      JsonObject event = new JsonObject(fact.json());
      JsonObject data = event.getJsonObject("data");
      String type = event.getString("type");
      seen.merge(type, 1, Integer::sum);
      if (!identities.add(fact.source() + " " + event.getString("id"))) {
        seen.merge("repeat", 1, Integer::sum);
      }
      if (type.equals("vn.ioc.dossier.status")) {
        String code = event.getString("subject");
        seen.merge(
            CODE.matcher(code).matches() ? code.substring(0, 3) : "odd code", 1, Integer::sum);
        if (data.containsKey("dueAt") && data.getString("dueAt") == null) {
          seen.merge("no due date", 1, Integer::sum);
        }
        for (String member : List.of("sameAs", "dueBefore", "dueAfter")) {
          seen.merge(member, data.containsKey(member) ? 1 : 0, Integer::sum);
        }
        paths.computeIfAbsent(code, _ -> new ArrayList<>()).add(data.getInteger("status"));
      } else if (type.equals("vn.ioc.feedback.status")) {
        seen.merge("feedback " + data.getString("status"), 1, Integer::sum);
        seen.merge("with contact", data.containsKey("contact") ? 1 : 0, Integer::sum);
      }
    }
    Set<Integer> statuses = new TreeSet<>();
    paths.values().forEach(statuses::addAll);
    assertEquals(Set.of(1, 2, 3, 4, 5, 6, 7, 8, 9, 10), statuses);
    long backward =
        paths.values().stream()
            .filter(path -> path.lastIndexOf(4) > path.indexOf(10) && path.contains(10))
            .count();
    assertTrue(backward > 20, "backward: " + backward);
    for (String wanted :
        List.of(
            "repeat",
            "odd code",
            "H60",
            "H22",
            "G09",
            "no due date",
            "sameAs",
            "dueBefore",
            "dueAfter",
            "with contact",
            "vn.ioc.dossier.rated",
            "vn.ioc.feedback.rated",
            "vn.ioc.source.heartbeat",
            "vn.ioc.portal.traffic",
            "vn.ioc.indicator.reported",
            "feedback received",
            "feedback accepted",
            "feedback assigned",
            "feedback in-progress",
            "feedback answered",
            "feedback published",
            "feedback closed",
            "feedback refused",
            "feedback duplicate",
            "feedback transferred",
            "feedback reopened",
            "feedback withdrawn",
            "feedback on-hold",
            "feedback extended")) {
      assertTrue(seen.getOrDefault(wanted, 0) > 0, wanted + " is missing in " + seen);
    }
    assertEquals(150, seen.get("vn.ioc.indicator.reported"));
  }

  @Test
  void projectsAreWorthALittleOverThirtyOneThousand() {
    double sum = 0;
    Set<String> projects = new HashSet<>();
    for (SimulatedFact fact : all(province(3, HISTORY, HISTORY + WorkHours.DAY))) {
      JsonObject event = new JsonObject(fact.json());
      if (fact.json().contains("von-dang-ky")) {
        projects.add(event.getString("subject"));
        sum += event.getJsonObject("data").getDouble("value");
      }
    }
    assertEquals(75, projects.size());
    assertEquals(31_013, sum);
  }

  @Test
  void theMorningFindsSomeFiftyOpenAndAHandfulOverdue() {
    for (int seed : new int[] {766, 1, 2}) {
      for (int day = 0; day < 5; day++) {
        long start = START - (day == 0 ? 0 : (7 - day) * WorkHours.DAY);
        OpenFeedback open = OpenFeedback.at(province(seed, HISTORY, start), start);
        String told = "seed " + seed + " day " + Instant.ofEpochMilli(start / 1000) + " " + open;
        assertTrue(open.open() >= 38 && open.open() <= 70, told);
        assertTrue(open.overdue() >= 1 && open.overdue() <= 15, told);
        assertTrue(open.nearDue() >= 1, told);
      }
    }
  }

  @Test
  void dossiersAreOnTimeInMoreThanNineHundredNinetySevenOfAThousand() {
    Map<String, Long> due = new HashMap<>();
    int finished = 0;
    int late = 0;
    for (SimulatedFact fact : all(province(766, HISTORY, START))) {
      JsonObject event = new JsonObject(fact.json());
      JsonObject data = event.getJsonObject("data");
      String dueAt = data.getString("dueAt");
      if (dueAt != null && event.getString("type").equals("vn.ioc.dossier.status")) {
        String instant = dueAt.length() == 10 ? dueAt + "T23:59:59+07:00" : dueAt;
        due.put(event.getString("subject"), WorkHours.day(micros(instant)));
      }
      if (data.containsKey("finishedAt")) {
        finished++;
        long day = WorkHours.day(micros(data.getString("finishedAt")));
        late += day > due.getOrDefault(event.getString("subject"), Long.MAX_VALUE) ? 1 : 0;
      }
    }
    double onTime = 1 - (double) late / finished;
    assertTrue(onTime > 0.997 && onTime < 0.9995, late + " late of " + finished);
  }

  @Test
  void oneCommuneCallsAtHalfPastNineAndTheAppFallsSilentAtAQuarterPastTen() {
    Map<String, Integer> calls = new HashMap<>();
    int appBefore = 0;
    int appAfter = 0;
    long to = START + 13 * WorkHours.HOUR;
    for (SimulatedFact fact : all(province(766, HISTORY, to))) {
      if (fact.emittedMicros() < START) {
        continue;
      }
      JsonObject event = new JsonObject(fact.json());
      JsonObject data = event.getJsonObject("data");
      if (data.getString("title", "").contains("Sạt lở")) {
        calls.merge(data.getString("area"), 1, Integer::sum);
      }
      if (fact.source().equals("/app")) {
        if (fact.emittedMicros() < START + 165 * WorkHours.MINUTE) {
          appBefore++;
        } else {
          appAfter++;
        }
      }
    }
    assertEquals(1, calls.size(), calls.toString());
    assertTrue(calls.values().iterator().next() >= 42, calls.toString());
    assertTrue(appBefore > 20, "before: " + appBefore);
    assertEquals(0, appAfter);
  }

  @Test
  void theDemoStartsOnAWorkingDayWhateverTheHour() {
    assertEquals(START, SimulatedProvince.demoStart(micros("2026-11-23T00:10:00+07:00")));
    assertEquals(START, SimulatedProvince.demoStart(micros("2026-11-23T23:50:00+07:00")));
    long friday = micros("2026-11-20T07:30:00+07:00");
    assertEquals(friday, SimulatedProvince.demoStart(micros("2026-11-22T12:00:00+07:00")));
  }

  @Test
  void workingTimeSkipsNightsAndWeekends() {
    WorkHours hours = new WorkHours(false);
    long friday = micros("2026-11-20T17:00:00+07:00");
    assertEquals(micros("2026-11-23T08:00:00+07:00"), hours.add(friday, 60));
    assertEquals(micros("2026-11-23T13:30:00+07:00"), hours.add(friday, 270));
    assertFalse(hours.open(micros("2026-11-21T09:00:00+07:00")));
  }

  @Test
  void anotherRoundNeverMeetsTheFirst() {
    SimulationSettings settings = SimulationSettings.defaults();
    SimulationSettings other =
        new SimulationSettings(
            settings.seed(),
            550,
            66,
            false,
            1,
            "",
            settings.surgeAtMicros(),
            settings.quietFromMicros());
    long to = HISTORY + 2 * WorkHours.DAY;
    Set<String> first =
        subjects(new SimulatedProvince(settings, DemoPlaces.province(), HISTORY, to));
    Set<String> second = subjects(new SimulatedProvince(other, DemoPlaces.province(), HISTORY, to));
    second.removeIf(code -> code.startsWith("DA-"));
    second.retainAll(first);
    assertEquals(Set.of(), second);
  }

  private static Set<String> subjects(SimulatedProvince province) {
    Set<String> subjects = new HashSet<>();
    for (SimulatedFact fact : all(province)) {
      JsonObject event = new JsonObject(fact.json());
      if (event.containsKey("subject")) {
        subjects.add(event.getString("subject"));
      }
    }
    return subjects;
  }
}
