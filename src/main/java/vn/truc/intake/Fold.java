package vn.truc.intake;

import vn.truc.access.SourceKey;
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
    /// The case has as many facts, or bytes, as it may have: refused.
    CASE_TOO_LONG,
    /// The record is in the log and could not be folded: a fault of this program. It counts nowhere
    /// until a later start folds it.
    FAILED
  }

  /// What the fold would make of a record that is not in the log yet.
  ///
  /// @param bytesUnderWay about how many bytes of facts of its case are on their way into the log
  Verdict judge(LogRecord record, long bytesUnderWay);

  /// Whether everything up to a position is folded here. Where it is not, though the log has it,
  /// the fold has stopped.
  boolean reached(long position);

  /// What the fold made of the record at a position it has folded. Asked at most once per position,
  /// right after the append of it completed.
  Verdict verdictAt(long position);

  /// Whether every record known durable is folded here, so that a 202 can be read back at once.
  boolean caughtUp();

  /// Whether a key is in force still: it may have been revoked while a body of its sender was read.
  boolean inForce(SourceKey key);

  /// Whether this node is stopping and takes no more facts.
  boolean stopping();
}
