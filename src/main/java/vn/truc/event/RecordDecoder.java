package vn.truc.event;

/// Decodes the data of a stored record again, for replay.
final class RecordDecoder {
  private RecordDecoder() {}

  static Event decode(LogRecord record) {
    if (record.type().startsWith(EventTypes.INTERNAL_PREFIX)) {
      return new Event.Internal(0);
    }
    throw new UnreadableRecordException(
        "unknown type " + record.type() + " at position " + record.position());
  }
}
