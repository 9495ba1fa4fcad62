package vn.truc.http;

import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import vn.truc.intake.IntakeException;
import vn.truc.intake.IntakeMetrics;
import vn.truc.intake.IntakeSettings;

/// Ends bodies whose senders stall: they hold room that others need, and a sender that was cut off
/// never says so. A body is late when no byte came for `intake.bodyStallMillis`, or when it, or of
/// NDJSON one line, is not whole after `intake.bodyMillisMax`.
///
/// All bodies are looked at together, a few times in the shorter of the two spans; one that comes
/// and ends between two looks costs nothing more than its place in the set. Belongs to one event
/// loop.
final class BodyDeadlines {
  private static final int LOOKS = 4;

  private final Vertx vertx;
  private final IntakeMetrics metrics;
  private final long stallNanos;
  private final long wholeNanos;
  private final long lookMillis;
  private final Set<Body> open = new LinkedHashSet<>();
  private boolean looking;

  BodyDeadlines(Vertx vertx, IntakeSettings settings, IntakeMetrics metrics) {
    this.vertx = vertx;
    this.metrics = metrics;
    stallNanos = TimeUnit.MILLISECONDS.toNanos(settings.bodyStallMillis());
    wholeNanos = TimeUnit.MILLISECONDS.toNanos(settings.bodyMillisMax());
    lookMillis =
        Math.max(1, Math.min(settings.bodyStallMillis(), settings.bodyMillisMax()) / LOOKS);
  }

  /// A body under way. Its clocks stand still while it waits for the server.
  final class Body {
    private final Runnable late;
    private long begunNanos = System.nanoTime();
    private long arrivedNanos = begunNanos;
    private boolean waits;

    private Body(Runnable late) {
      this.late = late;
    }

    /// Bytes came.
    void arrived() {
      arrivedNanos = System.nanoTime();
    }

    /// What is bounded in time begins anew.
    void restart() {
      begunNanos = System.nanoTime();
      arrivedNanos = begunNanos;
    }

    /// The server does not read on for now, or does again.
    void waits(boolean forServer) {
      waits = forServer;
      restart();
    }

    /// It is whole, refused or given up.
    void end() {
      open.remove(this);
    }

    private boolean isLate(long now) {
      return !waits && (now - arrivedNanos > stallNanos || now - begunNanos > wholeNanos);
    }
  }

  /// Watches a body until its end.
  ///
  /// @param late called once when it is late; it is watched no longer then
  Body begin(Runnable late) {
    Body body = new Body(late);
    open.add(body);
    if (!looking) {
      looking = true;
      lookLater();
    }
    return body;
  }

  private void lookLater() {
    long planned = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(lookMillis);
    vertx.setTimer(lookMillis, _ -> look(planned));
  }

  /// A look that comes late itself finds nobody late: the bytes may wait to be read.
  private void look(long planned) {
    long now = System.nanoTime();
    if (now - planned < TimeUnit.MILLISECONDS.toNanos(lookMillis)) {
      for (Body body : new ArrayList<>(open)) {
        if (body.isLate(now)) {
          body.end();
          metrics.bodyRefused(IntakeException.Reason.BODY_STALLED.status());
          body.late.run();
        }
      }
    }
    looking = !open.isEmpty();
    if (looking) {
      lookLater();
    }
  }
}
