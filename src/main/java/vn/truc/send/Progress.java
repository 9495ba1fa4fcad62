package vn.truc.send;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.Locale;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/// Tells how far a long file is: on a terminal in one line that changes, elsewhere a line now and
/// then, and one at the end in any case.
public final class Progress {
  private static final long PLACE_MILLIS = 500;
  private static final long LINE_MILLIS = 10_000;
  private static final double NANOS = 1e9;

  /// Where it is told.
  ///
  /// @param text takes text as it is, without an end of line
  /// @param inPlace whether a line can be written over
  public record Screen(Consumer<String> text, boolean inPlace) {}

  /// How far it is.
  ///
  /// @param done rows or lines
  /// @param words what else is to be said
  public record State(long done, String words) {}

  private final Screen screen;
  private final Supplier<State> state;
  private final String unit;
  private final LongSupplier nanos;
  private final long begunNanos;
  private int width;

  Progress(Screen screen, String unit, Supplier<State> state, LongSupplier nanos) {
    this.screen = screen;
    this.unit = unit;
    this.state = state;
    this.nanos = nanos;
    this.begunNanos = nanos.getAsLong();
  }

  /// Tells until the work is done.
  ///
  /// @param unit what is counted, in the plural
  public static <T> Future<T> during(
      Vertx vertx, Screen screen, String unit, Supplier<State> state, Supplier<Future<T>> work) {
    Progress progress = new Progress(screen, unit, state, System::nanoTime);
    long timer =
        vertx.setPeriodic(screen.inPlace ? PLACE_MILLIS : LINE_MILLIS, _ -> progress.tell(false));
    return work.get()
        .onComplete(
            _ -> {
              vertx.cancelTimer(timer);
              progress.tell(true);
            });
  }

  void tell(boolean last) {
    State now = state.get();
    double seconds = Math.max((nanos.getAsLong() - begunNanos) / NANOS, 1 / NANOS);
    String line =
        String.format(
            Locale.ROOT, "%s %d, %.0f a second%s", unit, now.done, now.done / seconds, now.words);
    if (screen.inPlace) {
      String blanks = " ".repeat(Math.max(0, width - line.length()));
      width = line.length();
      screen.text.accept("\r" + line + blanks + (last ? "\n" : ""));
    } else {
      screen.text.accept(line + "\n");
    }
  }
}
