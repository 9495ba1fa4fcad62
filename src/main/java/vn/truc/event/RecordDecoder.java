package vn.truc.event;

/// Decodes the data of a stored record again, for replay.
final class RecordDecoder {
  private RecordDecoder() {}

  static Event decode(LogRecord record) {
    throw new UnreadableRecordException(
        "unknown type " + record.type() + " at position " + record.position());
  }
}
