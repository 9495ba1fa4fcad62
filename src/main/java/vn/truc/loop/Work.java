package vn.truc.loop;

/// Whose long work a piece is. Those with something to do take turns, whatever waits for each of
/// them: a thousand greedy clients take no more of the loop from the facts than one does.
public enum Work {
  /// Records on their way into the log and from it into the counters.
  FOLD,

  /// Counters and items on their way to the sockets.
  PUSH,

  /// What the clients of the sockets ask for.
  COMMANDS,

  /// Bodies of facts that are judged.
  BODIES,

  /// Lists, series and digests somebody reads.
  READS
}
