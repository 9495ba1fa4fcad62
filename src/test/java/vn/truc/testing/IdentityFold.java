package vn.truc.testing;

import java.util.HashMap;
import java.util.Map;
import vn.truc.access.SourceKey;
import vn.truc.event.LogRecord;
import vn.truc.intake.Fold;

/// A fold that knows identities and nothing else.
public final class IdentityFold implements Fold {
  private final Map<String, Long> known = new HashMap<>();
  private final Map<Long, Verdict> verdicts = new HashMap<>();
  private long reached;
  private boolean behind;
  private String full = "";

  /// Says that the fold has not caught up, or that it has.
  public void behind(boolean isBehind) {
    behind = isBehind;
  }

  /// Says that a case has as many facts as it may have.
  public void full(String subject) {
    full = subject;
  }

  /// Folds one record.
  public void apply(LogRecord record) {
    reached = Math.max(reached, record.position());
    Verdict verdict = judge(record, 0);
    verdicts.put(record.position(), verdict);
    known.putIfAbsent(identity(record), record.event().contentHash());
  }

  private static String identity(LogRecord record) {
    return record.source() + "\n" + record.id() + "\n" + record.subject().orElse("");
  }

  @Override
  public boolean inForce(SourceKey key) {
    return true;
  }

  @Override
  public boolean reached(long position) {
    return reached >= position;
  }

  @Override
  public Verdict judge(LogRecord record, long bytesUnderWay) {
    Long hash = known.get(identity(record));
    if (hash == null) {
      return record.subject().filter(full::equals).isPresent()
          ? Verdict.CASE_TOO_LONG
          : Verdict.NEW;
    }
    return hash == record.event().contentHash() ? Verdict.DUPLICATE : Verdict.CONFLICT;
  }

  @Override
  public Verdict verdictAt(long position) {
    Verdict verdict = verdicts.remove(position);
    if (verdict == null) {
      throw new IllegalStateException("position " + position + " is not folded, or asked twice");
    }
    return verdict;
  }

  @Override
  public boolean caughtUp() {
    return !behind;
  }

  @Override
  public boolean stopping() {
    return false;
  }
}
