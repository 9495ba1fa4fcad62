package vn.truc.intake;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import vn.truc.event.Rejection;
import vn.truc.event.Rejection.Reason;

/// Adds up receipts; holds no more refusals than an answer lists.
public final class Tally {
  private final int listedMax;
  private final List<Rejection> rejected = new ArrayList<>();
  private long accepted;
  private long duplicates;
  private long rejectedCount;
  private long notBound;

  /// @param listedMax refusals kept
  public Tally(int listedMax) {
    this.listedMax = listedMax;
  }

  public void add(Receipt receipt) {
    accepted += receipt.accepted();
    duplicates += receipt.duplicates();
    rejectedCount += receipt.rejectedCount();
    notBound += receipt.notBound();
    for (Rejection rejection : receipt.rejected()) {
      keep(rejection);
    }
  }

  void accept(long count) {
    accepted += count;
  }

  void duplicate() {
    duplicates++;
  }

  void reject(Rejection rejection) {
    rejectedCount++;
    notBound += rejection.reason() == Reason.SOURCE_NOT_BOUND ? 1 : 0;
    keep(rejection);
  }

  private void keep(Rejection rejection) {
    if (rejected.size() < listedMax) {
      rejected.add(rejection);
    }
  }

  /// What was added so far, refusals by index.
  public Receipt receipt() {
    if (rejected.size() > 1) {
      rejected.sort(Comparator.comparingLong(Rejection::index));
    }
    return new Receipt(accepted, duplicates, rejectedCount, notBound, rejected);
  }
}
