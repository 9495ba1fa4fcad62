package vn.truc.board;

import org.apache.datasketches.hll.HllUnion;
import org.apache.datasketches.hll.TgtHllType;

/// A sum of visits that grows. Sketches are united in whatever order and groups they come: their
/// union does not depend on it. Nothing can be taken away again.
final class VisitSum {
  /// log2 of the sketches' size.
  private static final int LG_K = 12;

  private long pageviews;
  private long visits;
  private long plainVisitors;
  private long errors;
  private final HllUnion union = new HllUnion(LG_K);

  void add(PortalTraffic.Visits cell) {
    if (!cell.image().isEmpty()) {
      union.update(cell.image().sketch());
    }
    pageviews = plus(pageviews, cell.pageviews());
    visits = plus(visits, cell.visits());
    plainVisitors = plus(plainVisitors, cell.plainVisitors());
    errors = plus(errors, cell.errors());
  }

  /// Older doors took any number: a sum that would turn negative stays at the most there is.
  private static long plus(long sum, long more) {
    long all = sum + Math.max(0, more);
    return all < 0 ? Long.MAX_VALUE : all;
  }

  void add(VisitSum other) {
    pageviews = plus(pageviews, other.pageviews);
    visits = plus(visits, other.visits);
    plainVisitors = plus(plainVisitors, other.plainVisitors);
    errors = plus(errors, other.errors);
    if (!other.union.isEmpty()) {
      // the form it is kept in: others take longer than the union itself
      union.update(other.union.getResult(TgtHllType.HLL_8));
    }
  }

  PortalTraffic.Totals totals() {
    return new PortalTraffic.Totals(pageviews, visits, plus(plainVisitors, estimate()), errors);
  }

  /// The estimate that does not depend on the order of the unions.
  private long estimate() {
    return union.isEmpty() ? 0 : Math.round(union.getCompositeEstimate());
  }
}
