package vn.truc.board;

import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.time.OffsetDateTime;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Random;
import org.apache.datasketches.hll.HllSketch;
import org.apache.datasketches.hll.TgtHllType;
import org.jspecify.annotations.Nullable;
import vn.truc.event.Attribute;
import vn.truc.event.Attributes;
import vn.truc.event.CaseKind;
import vn.truc.event.Event;
import vn.truc.event.EventTypes;
import vn.truc.event.LogRecord;

/// Facts at random, all from one seed, with everything senders get wrong: backward statuses, ties
/// of time, sequences of all three classes, cleared attributes, unknown names, repeats, conflicts.
final class RandomFacts {
  /// Of every kind, some with one last day, some of the year before: only months were once drawn,
  /// and no test saw that `2026-Q1` beat `2026-12`.
  private static final List<String> PERIODS =
      List.of(
          "2026-09",
          "2026-11",
          "2026-12",
          "2025-12",
          "2026-Q1",
          "2026-Q4",
          "2026",
          "2025",
          "2026-W01",
          "2026-W48",
          "2026-W53",
          "2026-11-30",
          "2026-12-31");

  static final long FROM = micros("2026-11-20T00:00:00+07:00");
  static final long TO = micros("2027-01-04T00:00:00+07:00");

  private static final List<String> EDGES =
      List.of(
          "2026-11-23T00:00:00+07:00",
          "2026-11-30T00:00:00+07:00",
          "2026-12-01T00:00:00+07:00",
          "2026-12-14T00:00:00+07:00",
          "2027-01-01T00:00:00+07:00",
          "2026-09-30T23:59:59+07:00");
  private static final List<String> SOURCES = List.of("/hotline/1022", "/portal/a", "/mộtcửa/b");
  private static final List<String> AGENCIES =
      List.of("so-a", "so-a-1", "so-a-1-x", "so-b", "xa-1", "không-có", "H60.99");
  private static final List<String> AREAS = List.of("02215", "02216", "99999");
  private static final List<String> FIELDS = List.of("dat-dai", "giao-thong", "la");
  private static final List<String> CHANNELS =
      List.of("hotline", "portal", "app", "zalo", "mail", "desk", "social", "ioc", "fax");
  private static final List<String> SEQUENCES =
      List.of("1", "2", "10", "007", "7", "99999999999999999999999", "a", "b2", "A", "1a");

  private final Random random;
  private final int codes;
  private final boolean conflicts;
  private final List<LogRecord> made = new ArrayList<>();
  private boolean sketches;
  private long position;

  /// @param codes how many case codes there are per kind
  /// @param conflicts whether an identity may come again with another content
  RandomFacts(long seed, int codes, boolean conflicts) {
    random = new Random(seed);
    this.codes = codes;
    this.conflicts = conflicts;
  }

  /// The same with visitors given as sketches too, which the naive board cannot unite.
  RandomFacts withSketches() {
    sketches = true;
    return this;
  }

  static BoardConfig config() {
    return new BoardConfig(
        List.of(
            agency("so-a", null),
            agency("so-a-1", "so-a"),
            agency("so-a-1-x", "so-a-1"),
            agency("so-b", null),
            agency("xa-1", null)),
        List.of(
            new BoardConfig.Area("02215", "Xã A", "xa", 0, 0),
            new BoardConfig.Area("02216", "Phường B", "phuong", 0, 1)),
        List.of(
            new BoardConfig.Field("dat-dai", "Đất đai", "Land"),
            new BoardConfig.Field("giao-thong", "Giao thông", "Traffic")),
        List.of(
            new BoardConfig.IndicatorSpec(
                "grdp",
                "GRDP",
                "GRDP",
                "%",
                "%",
                OptionalDouble.of(8.5),
                OptionalDouble.empty(),
                OptionalDouble.empty())));
  }

  /// Another configuration over the same facts: agencies moved, one gone, one new, fields changed.
  static BoardConfig otherConfig() {
    return new BoardConfig(
        List.of(
            agency("so-b", null),
            agency("so-a-1", "so-b"),
            agency("không-có", "so-a-1"),
            agency("so-a-1-x", null)),
        List.of(
            new BoardConfig.Area("99999", "Xã C", "xa", 1, 0),
            new BoardConfig.Area("02215", "Xã A", "xa", 0, 0)),
        List.of(new BoardConfig.Field("la", "Lạ", "Odd")),
        List.of());
  }

  private static BoardConfig.Agency agency(String id, @Nullable String parent) {
    return new BoardConfig.Agency(id, id, id, Optional.ofNullable(parent), "department");
  }

  static long micros(String text) {
    return ChronoUnit.MICROS.between(java.time.Instant.EPOCH, OffsetDateTime.parse(text));
  }

  /// The next record of the log.
  LogRecord next() {
    position++;
    int dice = random.nextInt(100);
    if (!made.isEmpty() && dice < 6) {
      return pick(made).at(position);
    }
    LogRecord record =
        dice < 12 ? traffic() : dice < 17 ? indicator() : dice < 20 ? heartbeat() : caseFact();
    made.add(record);
    return record;
  }

  List<LogRecord> take(int count) {
    List<LogRecord> records = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      records.add(next());
    }
    return records;
  }

  /// An instant ahead of another, often at an edge: a midnight, a due date made before, a day
  /// before one, or a microsecond beside it.
  long clockAfter(long now) {
    long target =
        switch (random.nextInt(6)) {
          case 0 -> Days.startOf(Days.dayOf(now) + 1) - random.nextInt(2);
          case 1 -> dueNear(now, 0);
          case 2 -> dueNear(now, Days.DAY_MICROS);
          case 3 -> now + random.nextLong(40 * Days.DAY_MICROS);
          default -> now + random.nextLong(Days.DAY_MICROS / 2);
        };
    return Math.max(now, target);
  }

  private long dueNear(long now, long before) {
    for (int i = 0; i < 20; i++) {
      if (!made.isEmpty() && pick(made).event() instanceof Event.CaseFact fact) {
        long due = (Long) fact.changes().value(Attribute.DUE_AT).orElse(0L) - before;
        if (due > now && due < now + 10 * Days.DAY_MICROS) {
          return due + random.nextInt(3) - 1;
        }
      }
    }
    return now + 1;
  }

  private <T> T pick(List<T> from) {
    return from.get(random.nextInt(from.size()));
  }

  private boolean chance(int percent) {
    return random.nextInt(100) < percent;
  }

  private long instant() {
    return switch (random.nextInt(5)) {
      case 0 -> micros(pick(EDGES)) + random.nextInt(3) - 1;
      case 1 -> Days.startOf(Days.dayOf(FROM) + random.nextInt(45)) + random.nextInt(3) - 1;
      case 2 -> FROM + random.nextLong(TO - FROM);
      case 3 -> (FROM + random.nextLong(TO - FROM)) / 1_000_000 * 1_000_000;
      default -> micros("2026-12-01T08:00:00+07:00") + random.nextInt(20) * 1_000_000L;
    };
  }

  private LogRecord caseFact() {
    CaseKind kind = random.nextBoolean() ? CaseKind.DOSSIER : CaseKind.FEEDBACK;
    String code = "PA-Đ" + random.nextInt(codes);
    int form = random.nextInt(100);
    long time = chance(15) && !made.isEmpty() ? pick(made).timeMicros() : instant();
    if (form < 8) {
      return rated(kind, code, time);
    }
    if (form < 12) {
      return voided(kind, code, time);
    }
    int status = 1 + random.nextInt(kind == CaseKind.DOSSIER ? 10 : 16);
    Attributes.Builder changes = new Attributes.Builder();
    if (chance(5)) {
      status = Event.CaseFact.UNKNOWN_STATUS;
      changes.set(Attribute.UNKNOWN_STATUS, "đang bay");
    }
    text(changes, Attribute.AGENCY, AGENCIES);
    text(changes, Attribute.AREA, AREAS);
    text(changes, Attribute.FIELD, FIELDS);
    text(
        changes,
        Attribute.CHANNEL,
        kind == CaseKind.DOSSIER ? List.of("online", "desk", "post", "fax") : CHANNELS);
    time(changes, Attribute.RECEIVED_AT, 15);
    time(changes, Attribute.DUE_AT, 35);
    time(changes, kind == CaseKind.DOSSIER ? Attribute.FINISHED_AT : Attribute.ANSWERED_AT, 15);
    if (chance(5)) {
      changes.set(Attribute.LAT, 22.3 + random.nextInt(100) / 100.0);
      changes.set(Attribute.PAID_ONLINE, chance(50));
      changes.set(Attribute.OUTCOME, "đã trả lời");
    }
    String type = kind == CaseKind.DOSSIER ? EventTypes.DOSSIER_STATUS : EventTypes.FEEDBACK_STATUS;
    return fact(type, code, time, kind, Event.CaseFact.Form.STATUS, status, changes.build());
  }

  private void text(Attributes.Builder changes, Attribute attribute, List<String> values) {
    if (chance(5)) {
      changes.clear(attribute);
    } else if (chance(40)) {
      changes.set(attribute, pick(values));
    }
  }

  private void time(Attributes.Builder changes, Attribute attribute, int percent) {
    if (chance(4)) {
      changes.clear(attribute);
    } else if (chance(percent)) {
      long value = instant();
      boolean bareDate = attribute == Attribute.DUE_AT && chance(30);
      changes.set(attribute, bareDate ? Days.startOf(Days.dayOf(value) + 1) - 1 : value);
    }
  }

  private LogRecord rated(CaseKind kind, String code, long time) {
    Attributes.Builder changes = new Attributes.Builder();
    if (chance(60)) {
      changes.set(Attribute.SCORE, (double) (1 + random.nextInt(5)));
    } else {
      changes.set(chance(50) ? Attribute.LIKE : Attribute.DISLIKE, 1.0);
    }
    String type = kind == CaseKind.DOSSIER ? EventTypes.DOSSIER_RATED : EventTypes.FEEDBACK_RATED;
    return fact(
        type,
        code,
        time,
        kind,
        Event.CaseFact.Form.RATED,
        Event.CaseFact.NO_STATUS,
        changes.build());
  }

  private LogRecord voided(CaseKind kind, String code, long time) {
    Attributes changes =
        new Attributes.Builder()
            .set(Attribute.VOIDED, chance(50))
            .set(Attribute.REASON, "thử")
            .build();
    return fact(
        EventTypes.CASE_VOIDED,
        code,
        time,
        kind,
        Event.CaseFact.Form.VOIDED,
        Event.CaseFact.NO_STATUS,
        changes);
  }

  private LogRecord fact(
      String type,
      String code,
      long time,
      CaseKind kind,
      Event.CaseFact.Form form,
      int status,
      Attributes changes) {
    String id = conflicts && chance(3) ? "e-" + random.nextInt(50) : "e-" + (1_000 + made.size());
    return caseFact(
        position, pick(SOURCES), id, code, time, sequence(), kind, form, status, changes, type);
  }

  static LogRecord caseFact(
      long position,
      String source,
      String id,
      String code,
      long time,
      @Nullable String sequence,
      CaseKind kind,
      Event.CaseFact.Form form,
      int status,
      Attributes changes,
      String type) {
    long hash = hash(type + "|" + code + "|" + time + "|" + status + "|" + changes);
    return new LogRecord(
        position,
        LogRecord.SCHEMA,
        type,
        source,
        id,
        code,
        time,
        sequence,
        time,
        "k1",
        null,
        "{}",
        new Event.CaseFact(kind, form, status, changes, hash));
  }

  private @Nullable String sequence() {
    return chance(60) ? null : pick(SEQUENCES);
  }

  private static long hash(String text) {
    return Mix.hash(text.getBytes(StandardCharsets.UTF_8));
  }

  private LogRecord traffic() {
    long from = instant() / 3_600_000_000L * 3_600_000_000L;
    JsonObject data =
        new JsonObject()
            .put("portal", "cong-" + random.nextInt(2))
            .put("from", Board.exactTimeText(from))
            .put("to", Board.exactTimeText(from + 3_600_000_000L));
    for (String name : List.of("pageviews", "visits", "visitors")) {
      if (chance(70)) {
        data.put(name, random.nextInt(1_000));
      }
    }
    if (chance(7)) {
      data.put("errors", random.nextInt(1_000));
    }
    if (sketches && chance(60)) {
      data.put("visitors", sketch());
    }
    String subject = "cong-" + made.size() % 2;
    return register(EventTypes.PORTAL_TRAFFIC, "t-" + made.size() / 2, subject, data);
  }

  /// Visitors of whom many came elsewhere too.
  private String sketch() {
    HllSketch visitors = new HllSketch(12, TgtHllType.HLL_4);
    for (int i = random.nextInt(chance(50) ? 20 : 3_000); i > 0; i--) {
      visitors.update((long) random.nextInt(5_000));
    }
    return Base64.getEncoder().encodeToString(visitors.toCompactByteArray());
  }

  private LogRecord indicator() {
    JsonObject data =
        new JsonObject()
            .put("indicator", chance(60) ? "grdp" : "fdi")
            .put("value", random.nextInt(100) / 4.0)
            .put("period", pick(PERIODS));
    if (chance(50)) {
      data.put("agency", pick(AGENCIES));
    }
    if (chance(50)) {
      data.put("target", 10 + random.nextInt(8));
    }
    if (chance(20)) {
      data.put("targetHigh", 20);
    }
    String subject = chance(30) ? null : "du-an-" + random.nextInt(3);
    return register(EventTypes.INDICATOR_REPORTED, "i-" + made.size(), subject, data);
  }

  /// A fact as it stands in the log: its event is decoded from its data.
  private LogRecord register(String type, String id, @Nullable String subject, JsonObject data) {
    return new LogRecord(
        position,
        LogRecord.SCHEMA,
        type,
        pick(SOURCES),
        id,
        subject,
        instant(),
        sequence(),
        0,
        "k1",
        null,
        data.encode(),
        null);
  }

  private LogRecord heartbeat() {
    return new LogRecord(
        position,
        LogRecord.SCHEMA,
        EventTypes.SOURCE_HEARTBEAT,
        pick(SOURCES),
        conflicts && chance(30) ? "h-" + random.nextInt(20) : "h-" + made.size(),
        chance(10) ? "may-chu" : null,
        instant(),
        null,
        0,
        "k1",
        null,
        "{}",
        new Event.Heartbeat(conflicts ? random.nextInt(2) : 0));
  }
}
