package vn.truc.demo;

import java.util.OptionalLong;

/// How the simulated province behaves.
///
/// @param seed the same seed tells the same days, byte for byte
/// @param dossiersPerDay new dossiers on a working day
/// @param feedbackPerDay new feedback on a working day
/// @param roundTheClock no nights, no weekends: an even flow for load
/// @param round 0 and up; another round uses other codes, so that two runs never meet
/// @param sourcePrefix what stands before every source, so that one key's source covers them all;
///     empty or like `/demo`
/// @param surgeAtMicros when one commune starts to call about a landslide, if it does
/// @param quietFromMicros when the feed `/app` falls silent, if it does; what it holds back arrives
///     on the next working day
public record SimulationSettings(
    long seed,
    int dossiersPerDay,
    int feedbackPerDay,
    boolean roundTheClock,
    int round,
    String sourcePrefix,
    OptionalLong surgeAtMicros,
    OptionalLong quietFromMicros) {

  public SimulationSettings {
    if (dossiersPerDay < 0 || feedbackPerDay < 0 || round < 0) {
      throw new IllegalArgumentException("volumes and round are not negative");
    }
  }

  /// The volumes of the demonstration: about 3,500 facts on a working day.
  public static SimulationSettings defaults() {
    return new SimulationSettings(
        766, 550, 66, false, 0, "", OptionalLong.empty(), OptionalLong.empty());
  }

  /// The demonstration's own day: the surge at 09:30 and the silence from 10:15 of the day that
  /// begins at this instant (07:30).
  public SimulationSettings withDemoDay(long dayStartMicros) {
    return new SimulationSettings(
        seed,
        dossiersPerDay,
        feedbackPerDay,
        roundTheClock,
        round,
        sourcePrefix,
        OptionalLong.of(dayStartMicros + 120 * WorkHours.MINUTE),
        OptionalLong.of(dayStartMicros + 165 * WorkHours.MINUTE));
  }

  /// The same province, its sources below a prefix.
  public SimulationSettings withSourcePrefix(String prefix) {
    return new SimulationSettings(
        seed,
        dossiersPerDay,
        feedbackPerDay,
        roundTheClock,
        round,
        prefix,
        surgeAtMicros,
        quietFromMicros);
  }

  /// The same province from another seed.
  public SimulationSettings withSeed(long other) {
    return new SimulationSettings(
        other,
        dossiersPerDay,
        feedbackPerDay,
        roundTheClock,
        round,
        sourcePrefix,
        surgeAtMicros,
        quietFromMicros);
  }
}
