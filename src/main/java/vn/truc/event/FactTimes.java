package vn.truc.event;

/// Which times of attributes are times at all. No limits of a door but part of what facts mean, so
/// the same on every node and in every replay.
final class FactTimes {
  static final long SECOND_MICROS = 1_000_000L;
  private static final long DAY_MICROS = 86_400 * SECOND_MICROS;

  /// How far what has happened may lie ahead of the recording: a day, well above what clocks of
  /// senders differ by. The door allows less.
  static final long AHEAD_MICROS = DAY_MICROS;

  /// How far a due date may lie behind its fact: 30 years of 365 days. Nothing an office decides
  /// takes so long; databases write 2079, 2999 or 9999 for "none".
  static final long DUE_MICROS = 30 * 365 * DAY_MICROS;

  private FactTimes() {}
}
