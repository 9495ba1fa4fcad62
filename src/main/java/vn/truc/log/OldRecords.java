package vn.truc.log;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import vn.truc.event.Event;
import vn.truc.event.LogRecord;
import vn.truc.event.StoredMembers;
import vn.truc.event.UnreadableRecordException;

/// Judges the records of older versions: what of them stays in the record, and what becomes of the
/// rest. It is kept beside the record as long as it would be had it come there at once, counted
/// from when the door took the fact; what that time is over for, what was erased since, and what
/// belongs to no case is dropped. For one thread.
final class OldRecords {

  /// One record that is to be written anew.
  ///
  /// @param record without what it should not hold
  /// @param beside what is to lie beside it; empty where that is nothing
  record Cleaned(LogRecord record, Optional<Draft.Personal> beside) {}

  /// What was done to a log.
  ///
  /// @param records written anew
  /// @param moved of those, how many have now more beside them than before
  record Done(long records, long moved) {
    static final Done NOTHING = new Done(0, 0);
  }

  /// The case an erasure names.
  private record CaseName(String kind, String code) {}

  private final StoredMembers members = new StoredMembers();
  private final Map<CaseName, Long> erasedUpTo = new HashMap<>();
  private final long keptMicros;
  private final long nowMicros;

  /// @param keptMicros how long personal fields are kept
  /// @param nowMicros real time
  OldRecords(List<Erasures.Erasure> erasures, long keptMicros, long nowMicros) {
    this.keptMicros = keptMicros;
    this.nowMicros = nowMicros;
    erasures.forEach(
        erasure ->
            erasedUpTo.merge(
                new CaseName(erasure.kind(), erasure.code()), erasure.upTo(), Math::max));
  }

  /// Judges one; empty where it stands as it should.
  ///
  /// @throws LogException `CORRUPT` where it cannot be read
  Optional<Cleaned> clean(LogRecord record) {
    try {
      return members.part(record).map(parted -> new Cleaned(parted.record(), beside(parted)));
    } catch (UnreadableRecordException e) {
      throw new LogException(
          LogException.Reason.CORRUPT, "a record cannot be read: " + e.getMessage(), e);
    }
  }

  private Optional<Draft.Personal> beside(StoredMembers.Parted parted) {
    LogRecord record = parted.record();
    if (parted.beside().isEmpty() || !(record.event() instanceof Event.CaseFact fact)) {
      return Optional.empty();
    }
    CaseName name = new CaseName(fact.kind().label(), record.subject().orElse(""));
    // A clock that was ahead, or a virtual one, keeps nothing longer than a fact of now.
    long expires = Math.min(record.recordedAtMicros(), nowMicros) + keptMicros;
    boolean erased = record.position() <= erasedUpTo.getOrDefault(name, 0L);
    return erased || expires <= nowMicros
        ? Optional.empty()
        : Optional.of(new Draft.Personal(name.kind(), name.code(), parted.beside().get(), expires));
  }

  /// What lies beside a record already, and what is to lie there too.
  String together(String lying, String more) {
    return members.together(lying, more);
  }
}
