package vn.truc.board;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import vn.truc.event.Attribute;
import vn.truc.event.Attributes;
import vn.truc.event.CaseKind;
import vn.truc.event.Event.CaseFact;
import vn.truc.event.EventTypes;
import vn.truc.event.FeedbackStatus;
import vn.truc.event.LogRecord;

/// Measures the fold alone: facts a second, bytes a case, restoring from snapshot chunks.
///
/// Run its `main`; the first argument is the count of cases of the fold (400,000), the second that
/// of the restore (1,000,000). Facts are made in batches outside the time measured; they come as a
/// province sends them: all cases alive together, each going through five facts over some weeks,
/// in the order of their times but for half a day.
public final class FoldBench {
  private static final int FACTS_A_CASE = 5;

  /// As many as a follower hands over at once: as warm as records are when the fold gets them.
  private static final int BATCH = 1_000;
  private static final long START = 1_790_000_000_000_000L;
  private static final long SPAN = 90 * Days.DAY_MICROS;

  /// Facts come in the order of their times but for up to this much.
  private static final long LATE_MICROS = 12 * 3_600_000_000L;

  private static final String[] SOURCES = {"/mot-cua/so", "/mot-cua/xa", "/hotline/1022", "/app"};
  private static final String[] CHANNELS = {"hotline", "portal", "app", "zalo"};
  private static final String[] DESKS = {"online", "desk", "post"};

  /// Statuses a case goes through; feedback by code.
  private static final int[] DOSSIER = {1, 2, 4, 9, 10};

  private static final int[] FEEDBACK = {
    FeedbackStatus.RECEIVED.code(),
    FeedbackStatus.ACCEPTED.code(),
    FeedbackStatus.IN_PROGRESS.code(),
    FeedbackStatus.ANSWERED.code(),
    FeedbackStatus.CLOSED.code()
  };

  private final Attributes.Builder changes = new Attributes.Builder();
  private final List<String> agencies = new ArrayList<>();
  private final List<String> areas = new ArrayList<>();
  private final List<String> fields = new ArrayList<>();
  private final BoardConfig config;
  private long position;

  private FoldBench() {
    config = config();
  }

  /// Prints one line per figure.
  public static void main(String[] arguments) {
    int cases = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 400_000;
    int restored = arguments.length > 1 ? Integer.parseInt(arguments[1]) : 1_000_000;
    new FoldBench().fold("warm-up", cases / 4);
    FoldBench bench = new FoldBench();
    long before = used();
    Board board = bench.fold("fold", cases);
    long bytes = used() - before;
    System.out.printf(
        Locale.ROOT, "memory: %d B a case at %d facts a case%n", bytes / cases, FACTS_A_CASE);
    System.out.printf(
        Locale.ROOT,
        "values of the province: %d characters%n",
        board.boardJson("province").orElse("").length());
    if (restored > 0) {
      new FoldBench().restore(restored);
    }
  }

  private Board empty() {
    return new Board(config, BoardSettings.defaults(), new SplittableRandom(1));
  }

  private Board fold(String name, int cases) {
    Board board = empty();
    board.advance(START, _ -> {});
    long nanos = 0;
    long facts = 0;
    long clockNanos = 0;
    for (int step = 0; step < FACTS_A_CASE; step++) {
      for (int from = 0; from < cases; from += BATCH) {
        List<LogRecord> batch = batch(step, from, Math.min(cases, from + BATCH), cases);
        long begin = cpuNanos();
        for (LogRecord record : batch) {
          board.apply(record);
        }
        nanos += cpuNanos() - begin;
        facts += batch.size();
        long now = START + SPAN / FACTS_A_CASE * step + SPAN / FACTS_A_CASE * from / cases;
        begin = cpuNanos();
        while (board.advance(now, _ -> {}) < now) {
          clockNanos++;
        }
        clockNanos += cpuNanos() - begin;
      }
    }
    System.out.printf(
        Locale.ROOT,
        "%s: %d facts over %d cases in %.2f s: %.0f facts/s; the clock beside them %.2f s%n",
        name,
        facts,
        board.caseCount(),
        nanos / 1e9,
        facts * 1e9 / nanos,
        clockNanos / 1e9);
    return board;
  }

  private void restore(int cases) {
    Board live = fold("fold for the snapshot", cases);
    BoardSnapshot snapshot = live.copy();
    List<byte[]> chunks = new ArrayList<>();
    long begin = cpuNanos();
    long bytes = 0;
    for (Optional<byte[]> chunk = snapshot.nextCases();
        chunk.isPresent();
        chunk = snapshot.nextCases()) {
      chunks.add(chunk.get());
      bytes += chunk.get().length;
    }
    System.out.printf(
        Locale.ROOT,
        "snapshot: %d MiB written in %.2f s%n",
        bytes >> 20,
        (cpuNanos() - begin) / 1e9);
    List<byte[]> texts = new ArrayList<>();
    snapshot.texts().forEachRemaining(texts::add);
    byte[] clock = snapshot.clock();
    long state = live.state();
    for (int round = 0; round < 2; round++) {
      Board board = empty();
      begin = cpuNanos();
      board.restore(BoardSnapshot.CLOCK, clock);
      texts.forEach(chunk -> board.restore(BoardSnapshot.TEXTS, chunk));
      for (byte[] chunk : chunks) {
        board.restore(BoardSnapshot.CASES, chunk);
      }
      board.restored(snapshot.position());
      System.out.printf(
          Locale.ROOT,
          "restore: %d cases in %.2f s%s%n",
          board.caseCount(),
          (cpuNanos() - begin) / 1e9,
          board.state() == state ? "" : ", WRONG STATE");
    }
  }

  private List<LogRecord> batch(int step, int from, int to, int cases) {
    List<LogRecord> batch = new ArrayList<>(to - from);
    for (int number = from; number < to; number++) {
      batch.add(fact(number, step, cases));
    }
    return batch;
  }

  private LogRecord fact(int number, int step, int cases) {
    SplittableRandom random = new SplittableRandom(number);
    boolean dossier = random.nextInt(4) > 0;
    CaseKind kind = dossier ? CaseKind.DOSSIER : CaseKind.FEEDBACK;
    long begun = SPAN / FACTS_A_CASE / cases * number + random.nextLong(LATE_MICROS);
    long first = START + begun / 1_000_000 * 1_000_000;
    long time = first + step * (SPAN / FACTS_A_CASE);
    if (step == 0) {
      changes
          .set(Attribute.AGENCY, agencies.get(random.nextInt(agencies.size())))
          .set(Attribute.AREA, areas.get(random.nextInt(areas.size())))
          .set(Attribute.FIELD, fields.get(random.nextInt(fields.size())))
          .set(Attribute.CHANNEL, (dossier ? DESKS : CHANNELS)[random.nextInt(3)])
          .set(Attribute.RECEIVED_AT, first)
          .set(Attribute.DUE_AT, first + random.nextLong(10 * Days.DAY_MICROS));
    } else if (dossier && step == 3) {
      changes.set(Attribute.FINISHED_AT, time);
    }
    int status = (dossier ? DOSSIER : FEEDBACK)[step];
    // twenty characters, as national codes are: unit, date, running number
    String code = String.format(Locale.ROOT, "H60.01-26112%08d", number);
    String id = number % 2 == 0 ? code + "-" + step : uuid(random, step);
    return record(
        dossier ? SOURCES[number % 2] : SOURCES[2 + number % 2], id, code, time, kind, status);
  }

  private static String uuid(SplittableRandom random, int step) {
    return new java.util.UUID(random.nextLong() + step, random.nextLong()).toString();
  }

  private LogRecord record(
      String source, String id, String code, long time, CaseKind kind, int status) {
    position++;
    Attributes built = changes.build();
    long hash = Mix.hash((code + id).getBytes(StandardCharsets.UTF_8)) ^ time;
    String type = kind == CaseKind.DOSSIER ? EventTypes.DOSSIER_STATUS : EventTypes.FEEDBACK_STATUS;
    return new LogRecord(
        position,
        LogRecord.SCHEMA,
        type,
        source,
        id,
        code,
        time,
        null,
        time,
        "k1",
        null,
        "{}",
        new CaseFact(kind, CaseFact.Form.STATUS, status, built, hash));
  }

  /// As large as the province: 15 departments, 124 communes with three offices each, 124 areas.
  private BoardConfig config() {
    List<BoardConfig.Agency> units = new ArrayList<>();
    List<BoardConfig.Area> communes = new ArrayList<>();
    List<BoardConfig.Field> topics = new ArrayList<>();
    for (int i = 0; i < 15; i++) {
      units.add(agency("H60." + i, null));
      agencies.add("H60." + i);
    }
    for (int i = 0; i < 124; i++) {
      units.add(agency("H60.X" + i, null));
      agencies.add("H60.X" + i);
      units.add(agency("H60.X" + i + ".1", "H60.X" + i));
      agencies.add("H60.X" + i + ".1");
      String area = String.format(Locale.ROOT, "%05d", 2_200 + i);
      areas.add(area);
      communes.add(new BoardConfig.Area(area, area, "xa", i / 12, i % 12));
    }
    for (int i = 0; i < 20; i++) {
      fields.add("f" + i);
      topics.add(new BoardConfig.Field("f" + i, "f" + i, "f" + i));
    }
    return new BoardConfig(
        units,
        communes,
        topics,
        List.of(
            new BoardConfig.IndicatorSpec(
                "grdp",
                "GRDP",
                "GRDP",
                "%",
                "%",
                OptionalDouble.of(8),
                OptionalDouble.empty(),
                OptionalDouble.empty())));
  }

  private static BoardConfig.Agency agency(String id, @Nullable String parent) {
    return new BoardConfig.Agency(id, id, id, Optional.ofNullable(parent), "office");
  }

  /// Time of this thread on a processor: other work on the machine does not count.
  private static long cpuNanos() {
    return java.lang.management.ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
  }

  private static long used() {
    for (int i = 0; i < 3; i++) {
      System.gc();
    }
    Runtime runtime = Runtime.getRuntime();
    return runtime.totalMemory() - runtime.freeMemory();
  }
}
