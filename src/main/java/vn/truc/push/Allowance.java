package vn.truc.push;

/// How many frames and commands a connection may still send: so many at once, and so many more with
/// each second.
final class Allowance {
  private final int perSecond;
  private final int most;
  private int left;
  private long countedMillis;

  Allowance(PushSettings settings, long nowMillis) {
    this.perSecond = settings.commandsPerSecondMax();
    this.most = settings.commandsBurstMax();
    this.left = most;
    this.countedMillis = nowMillis;
  }

  /// Takes one; false when none is left.
  boolean take(long nowMillis) {
    long earned = (nowMillis - countedMillis) * perSecond / 1000;
    if (earned > 0) {
      left = (int) Math.min(most, left + earned);
      countedMillis = nowMillis;
    }
    return left-- > 0;
  }
}
