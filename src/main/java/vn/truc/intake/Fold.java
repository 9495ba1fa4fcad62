package vn.truc.intake;

import vn.truc.event.LogRecord;

/// What the door asks of the fold on this node; wired by `App`. Called on the one context that owns
/// the fold; answers at once.
public interface Fold {

  /// What the fold makes of a record.
  enum Verdict {
    /// It counts.
    NEW,
    /// The same identity with the same content is known: success, nothing changes.
    DUPLICATE,
    /// The same identity with another content is known: refused, the first stands.
    CONFLICT,
    /// The case has as many facts as it may have: refused.
    CASE_TOO_LONG
  }

  /// What the fold would make of a record that is not in the log yet.
  Verdict judge(LogRecord record);

  /// What the fold made of the record at a position it has folded. Asked at most once per position,
  /// right after the append of it completed.
  Verdict verdictAt(long position);

  /// Whether every record known durable is folded here, so that a 202 can be read back at once.
  boolean caughtUp();

  /// Whether this node is stopping and takes no more facts.
  boolean stopping();
}
