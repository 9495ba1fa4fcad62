package vn.truc;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Future;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import vn.truc.board.Board;
import vn.truc.event.LogRecord;
import vn.truc.log.EventLog;
import vn.truc.loop.Steps;

/// Knows what happened while a clock stood ahead, and says so. A machine's clock that jumps ahead,
/// if only for seconds, takes the board with it; when it comes back the board stands in the future
/// and must be set back. What was recorded in between bears times of then. Belongs to the fold's
/// context.
final class ClockSetback {
  private static final Logger LOG = LoggerFactory.getLogger(ClockSetback.class);

  /// Steps ahead that are remembered; a night without facts looks like one.
  private static final int STEPS_MAX = 64;

  /// Records looked at for facts that say they happened later than now.
  private static final int READ_MAX = 10_000;

  /// Positions that are told one by one.
  private static final int TOLD_MAX = 20;

  /// A record that was recorded much later than all before it.
  private record Step(long position, long recordedAtMicros) {}

  private final long maxMicros;
  private final Counter setbacks;
  private final Deque<Step> steps = new ArrayDeque<>();
  private long newestMicros = Long.MIN_VALUE;
  private @Nullable String told;

  /// @param maxMicros how far a clock may stand behind the board
  ClockSetback(long maxMicros, MeterRegistry registry) {
    this.maxMicros = maxMicros;
    setbacks =
        Counter.builder("truc.clock.setbacks")
            .description("Times the board was set back because the clock had run ahead")
            .register(registry);
  }

  /// Whether a board that stands so far ahead is to be set back.
  boolean isDue(long aheadMicros) {
    return aheadMicros > maxMicros;
  }

  /// A record was folded.
  void saw(LogRecord record) {
    long at = record.recordedAtMicros();
    if (newestMicros == Long.MIN_VALUE || at - newestMicros > maxMicros) {
      steps.addLast(new Step(record.position(), at));
      if (steps.size() > STEPS_MAX) {
        steps.removeFirst();
      }
    }
    newestMicros = Math.max(newestMicros, at);
  }

  /// The board is being set back. Tells it at once, and what the log holds of the time ahead when
  /// it has been read.
  Future<Void> begins(long asOfMicros, long nowMicros, long head, EventLog log) {
    setbacks.increment();
    Optional<Step> first =
        steps.stream().filter(step -> step.recordedAtMicros() > nowMicros + maxMicros).findFirst();
    steps.removeIf(step -> step.recordedAtMicros() > nowMicros + maxMicros);
    newestMicros = nowMicros;
    String ahead =
        "the clock stood ahead, at "
            + Board.timeText(asOfMicros)
            + ", and is back at "
            + Board.timeText(nowMicros);
    LOG.warn(
        "clock_went_back as_of={} now={}", Board.timeText(asOfMicros), Board.timeText(nowMicros));
    told = ahead;
    if (first.isEmpty()) {
      return Future.succeededFuture();
    }
    long from = first.get().position();
    told = ahead + "; the records at " + from + " to " + head + " bear times of then";
    List<Long> late = new ArrayList<>();
    return read(log, from, Math.min(head, from + READ_MAX - 1), nowMicros, late)
        .onSuccess(
            _ -> {
              LOG.warn("recorded_ahead from={} to={} facts={}", from, head, late.size());
              told += facts(late, head >= from + READ_MAX);
            })
        .onFailure(e -> LOG.warn("recorded_ahead from={} to={} unread={}", from, head, e + ""));
  }

  private static Future<Void> read(EventLog log, long from, long to, long now, List<Long> late) {
    return Steps.each(
        LongStream.rangeClosed(from, to).iterator(),
        at ->
            log.read(at)
                .map(
                    found ->
                        found
                            .filter(record -> record.timeMicros() > now)
                            .map(record -> late.add(record.position()))));
  }

  private static String facts(List<Long> late, boolean more) {
    if (late.isEmpty()) {
      return more ? "" : ", none of them says that it happened later than now";
    }
    List<String> first = late.stream().limit(TOLD_MAX).map(String::valueOf).toList();
    return "; at least "
        + late.size()
        + " of them say they happened later than now, at "
        + String.join(", ", first)
        + (late.size() > first.size() ? " and others" : "");
  }

  /// What whoever runs this node should know; empty when nothing of that kind happened.
  Optional<String> notice() {
    return Optional.ofNullable(told);
  }
}
