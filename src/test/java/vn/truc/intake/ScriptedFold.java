package vn.truc.intake;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import vn.truc.access.SourceKey;
import vn.truc.event.LogRecord;

/// A fold of which the test says what it does.
final class ScriptedFold implements Fold {
  final Map<Long, Verdict> verdicts = new HashMap<>();
  final List<Long> underWay = new ArrayList<>();
  final Map<String, Verdict> judged = new HashMap<>();
  boolean caughtUp = true;
  boolean stopping;
  boolean revoked;
  String poison = "none";
  long stoppedAt = Long.MAX_VALUE;

  @Override
  public Verdict judge(LogRecord record, long bytesUnderWay) {
    if (record.id().equals(poison)) {
      throw new IllegalStateException("a fault of ours");
    }
    underWay.add(bytesUnderWay);
    return bytesUnderWay > 1_000
        ? Verdict.CASE_TOO_LONG
        : judged.getOrDefault(record.id(), Verdict.NEW);
  }

  @Override
  public boolean reached(long position) {
    return position < stoppedAt;
  }

  @Override
  public Verdict verdictAt(long position) {
    return verdicts.getOrDefault(position, Verdict.NEW);
  }

  @Override
  public boolean inForce(SourceKey key) {
    return !revoked;
  }

  @Override
  public boolean caughtUp() {
    return caughtUp;
  }

  @Override
  public boolean stopping() {
    return stopping;
  }
}
