package vn.truc.send;

import io.vertx.core.Future;
import java.util.Locale;
import java.util.function.Consumer;

/// Says in words how a sending ended, and turns that into an exit code: 0 when everything was
/// taken, 1 when something was refused or the sending could not go on.
public final class Reporter {
  private final Consumer<String> say;

  public Reporter(Consumer<String> say) {
    this.say = say;
  }

  /// Tells the totals when the sending has ended, and closes its sender.
  public Future<Integer> exitCode(FactSender sender, Future<FactSender.Totals> sending) {
    return sending
        .map(
            totals -> {
              tell(totals);
              return totals.rejected() == 0 ? 0 : 1;
            })
        .recover(
            failure -> {
              tell(sender.totals());
              say.accept("stopped: " + Reasons.of(failure));
              return Future.succeededFuture(1);
            })
        .eventually(sender::close);
  }

  /// Tells the totals so far.
  public void tell(FactSender.Totals totals) {
    say.accept(
        String.format(
            Locale.ROOT,
            "sent %d: accepted %d, duplicates %d, rejected %d (retries %d)",
            totals.sent(),
            totals.accepted(),
            totals.duplicates(),
            totals.rejected(),
            totals.retries()));
    if (!totals.kept()) {
      say.accept("  nothing was stored: the key is one for trials (--test)");
    }
    totals.reasons().forEach(reason -> say.accept("  refused " + reason));
    if (totals.unanswered() > 0) {
      say.accept(
          "  %d more were posted and not answered for: they may be stored, a repeat is harmless"
              .formatted(totals.unanswered()));
    }
  }
}
