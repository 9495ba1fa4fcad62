package vn.truc.send;

import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/// Tells why a sending does not go on: at once, and again each time it is looked at while it lasts.
/// That the server is only busy (429) is told when it lasts.
final class Trouble {
  private final Consumer<String> say;
  private final LongSupplier nanos;
  private String why = "";
  private boolean told;
  private long sinceNanos;
  private long heardNanos;

  Trouble(Consumer<String> say, LongSupplier nanos) {
    this.say = say;
    this.nanos = nanos;
    this.heardNanos = nanos.getAsLong();
  }

  /// An attempt failed and is made again.
  void met(String reason, boolean busy) {
    if (why.isEmpty()) {
      sinceNanos = nanos.getAsLong();
    }
    boolean other = !reason.equals(why);
    why = reason;
    if (!busy && (!told || other)) {
      told = true;
      say.accept("waiting for the server: " + why + "; trying again");
    }
  }

  /// A post was answered, and what it held is dealt with.
  void over() {
    heardNanos = nanos.getAsLong();
    if (told) {
      say.accept("the server answers again, after " + seconds(sinceNanos) + " s");
    }
    why = "";
    told = false;
  }

  /// Called from time to time while posts are under way.
  void look() {
    if (!why.isEmpty()) {
      told = true;
      say.accept("waiting for the server for " + seconds(sinceNanos) + " s: " + why);
    } else if (seconds(heardNanos) >= FactSender.TOLD_SECONDS) {
      say.accept("no answer of the server for " + seconds(heardNanos) + " s");
    }
  }

  /// Nothing is under way, so no answer is missed.
  void idle() {
    heardNanos = nanos.getAsLong();
  }

  private long seconds(long since) {
    return TimeUnit.NANOSECONDS.toSeconds(nanos.getAsLong() - since);
  }
}
