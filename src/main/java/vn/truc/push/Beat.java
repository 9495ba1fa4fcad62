package vn.truc.push;

/// Time and turns of the context that owns the hub.
interface Beat {

  /// Milliseconds that only go forward, from an arbitrary start above zero.
  long millis();

  /// Real time in seconds since 1970, for tokens.
  long epochSeconds();

  /// Runs once this turn is over.
  void soon(Runnable action);

  /// Runs once this turn is over, after what others of the clients' asking wait for.
  void inLine(Runnable action);

  /// Whether a piece of work that has taken so long should end.
  boolean isOver(long nanos);

  /// Runs once after some milliseconds.
  void after(long millis, Runnable action);
}
