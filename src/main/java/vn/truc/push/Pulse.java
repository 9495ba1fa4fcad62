package vn.truc.push;

/// Pings of one connection, and how long it may stay silent.
final class Pulse {
  private long pingMillis;

  /// When silence ends the connection; 0 while nothing is awaited.
  private long silentUntilMillis;

  /// Awaits the first connect.
  Pulse(long connectByMillis) {
    silentUntilMillis = connectByMillis;
  }

  /// Begins to ping.
  ///
  /// @param firstMillis when the first is due: spread, so that not all are pinged at once
  void begin(long firstMillis) {
    pingMillis = firstMillis;
    silentUntilMillis = 0;
  }

  /// The client answered.
  void answered() {
    silentUntilMillis = 0;
  }

  /// It has no answer yet, and takes what was sent to it.
  void reads(long nowMillis, PushSettings settings) {
    if (silentUntilMillis > 0) {
      silentUntilMillis = nowMillis + settings.pongMillis();
    }
  }

  /// Whether what was awaited did not come in time.
  boolean silent(long nowMillis) {
    return silentUntilMillis > 0 && nowMillis >= silentUntilMillis;
  }

  /// Whether a ping is due; then an answer is awaited from now on, where none was before.
  boolean due(long nowMillis, PushSettings settings) {
    if (nowMillis < pingMillis) {
      return false;
    }
    pingMillis += settings.pingMillis();
    if (silentUntilMillis == 0) {
      silentUntilMillis = nowMillis + settings.pongMillis();
    }
    return true;
  }
}
