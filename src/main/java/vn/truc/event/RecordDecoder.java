package vn.truc.event;

import static java.nio.charset.StandardCharsets.UTF_8;

import vn.truc.event.JsonReader.Token;

/// Decodes the data of a stored record again, for replay: to the very event the door made.
final class RecordDecoder {
  private static final ThreadLocal<RecordDecoder> OF_THREAD =
      ThreadLocal.withInitial(RecordDecoder::new);

  private final JsonReader reader;
  private final DataMembers members;
  private final DataDecoder data;

  private RecordDecoder() {
    CodecLimits limits = CodecLimits.none();
    reader = new JsonReader(limits.depthMax(), limits.membersMax());
    members = new DataMembers(limits.membersMax());
    data = new DataDecoder(limits, false, members, new TextCache());
  }

  static Event decode(LogRecord record) {
    if (record.schema() > LogRecord.SCHEMA) {
      throw new UnreadableRecordException(
          "schema " + record.schema() + " at position " + record.position() + " is newer");
    }
    if (record.type().startsWith(EventTypes.INTERNAL_PREFIX)) {
      return new Event.Internal(
          ContentHash.pair(ContentHash.text(record.type()), ContentHash.text(record.data())));
    }
    FactType type =
        FactType.of(record.type())
            .orElseThrow(
                () ->
                    new UnreadableRecordException(
                        "unknown type " + record.type() + " at position " + record.position()));
    return OF_THREAD.get().decode(record, type);
  }

  private Event decode(LogRecord record, FactType type) {
    byte[] bytes = record.data().getBytes(UTF_8);
    reader.reset(bytes, 0, bytes.length);
    Flaw flaw =
        reader.value() == Token.OBJECT
            ? members.read(reader, bytes)
            : Flaw.invalid("data", "not an object");
    if (flaw == null) {
      Event event =
          data.decode(
              type, record.subject().orElse(null), record.timeMicros(), record.recordedAtMicros());
      if (event != null) {
        return event;
      }
      flaw = data.flaw();
    }
    throw new UnreadableRecordException(
        "position " + record.position() + ": " + flaw.field() + " " + flaw.message());
  }
}
