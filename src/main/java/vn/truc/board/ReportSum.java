package vn.truc.board;

import java.math.BigDecimal;
import java.util.Optional;

/// A sum of reports of an indicator. It is exact, so what was added can be taken away again.
final class ReportSum {
  private BigDecimal value = BigDecimal.ZERO;
  private BigDecimal plan = BigDecimal.ZERO;
  private long addends;
  private long unplanned;

  void add(Indicators.Report report, int sign) {
    value = plus(value, BigDecimal.valueOf(report.value()), sign);
    boolean planned = !Double.isNaN(report.plan());
    plan = plus(plan, BigDecimal.valueOf(planned ? report.plan() : 0), sign);
    addends += sign;
    unplanned += planned ? 0 : sign;
  }

  void add(ReportSum other, int sign) {
    value = plus(value, other.value, sign);
    plan = plus(plan, other.plan, sign);
    addends += sign * other.addends;
    unplanned += sign * other.unplanned;
  }

  private static BigDecimal plus(BigDecimal left, BigDecimal right, int sign) {
    return sign > 0 ? left.add(right) : left.subtract(right);
  }

  /// The plan of a sum is the sum of the plans; where an addend has none there is none.
  Indicators.Figure figure() {
    boolean planned = addends > 0 && unplanned == 0;
    return new Indicators.Figure(value, planned ? Optional.of(plan) : Optional.empty());
  }
}
