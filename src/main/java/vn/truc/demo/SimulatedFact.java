package vn.truc.demo;

/// One fact as a sender lets go of it.
///
/// @param emittedMicros when it leaves its system, microseconds since 1970 on the domain clock; its
///     CloudEvents `time` is this or earlier
/// @param source its CloudEvents source
/// @param json the event in structured form, on one line
public record SimulatedFact(long emittedMicros, String source, String json) {}
