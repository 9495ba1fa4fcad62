package vn.truc.intake;

import java.util.List;
import vn.truc.event.Rejection;

/// What became of the events of a request.
///
/// @param accepted new facts, durable and folded
/// @param duplicates repeats of known facts
/// @param rejectedCount refused events
/// @param notBound those of them refused as `source-not-bound`
/// @param rejected the first refusals by index, at most `rejectedListedMax`
public record Receipt(
    long accepted, long duplicates, long rejectedCount, long notBound, List<Rejection> rejected) {
  public Receipt {
    rejected = List.copyOf(rejected);
  }

  /// Nothing came.
  public static Receipt none() {
    return new Receipt(0, 0, 0, 0, List.of());
  }

  /// Whether there was something and all of it was refused.
  public boolean allRejected() {
    return rejectedCount > 0 && accepted + duplicates == 0;
  }

  /// Whether all of it was refused because the key does not cover its source.
  public boolean allNotBound() {
    return allRejected() && notBound == rejectedCount;
  }
}
