package vn.truc.event;

import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// One record of the log, without its personal fields. Immutable but for the memo of its decoded
/// form, which is set before the record is handed to another thread or computed by its one reader.
///
/// Times are microseconds since 1970-01-01T00:00:00Z.
public final class LogRecord {
  /// The schema number written today. Older ones are read through upcasters.
  public static final int SCHEMA = 1;

  private final long position;
  private final int schema;
  private final String type;
  private final String source;
  private final String id;
  private final @Nullable String subject;
  private final long timeMicros;
  private final @Nullable String sequence;
  private final long recordedAtMicros;
  private final String keyId;
  private final @Nullable String extensions;
  private final String data;
  private @Nullable Event event;

  /// @param position ordinal in the log, from 1; 0 while it is not appended
  /// @param subject the case code (NFC, trimmed) or absent
  /// @param sequence the CloudEvents `sequence` extension or absent
  /// @param keyId the source key it came with; the empty text for internal records
  /// @param extensions other CloudEvents extensions as one JSON object: only older records have any
  /// @param data the data as JSON text, of the members its type knows alone; `{}` when there is
  /// none
  /// @param event the decoded form where the caller has it already
  public LogRecord(
      long position,
      int schema,
      String type,
      String source,
      String id,
      @Nullable String subject,
      long timeMicros,
      @Nullable String sequence,
      long recordedAtMicros,
      String keyId,
      @Nullable String extensions,
      String data,
      @Nullable Event event) {
    this.position = position;
    this.schema = schema;
    this.type = Objects.requireNonNull(type, "type");
    this.source = Objects.requireNonNull(source, "source");
    this.id = Objects.requireNonNull(id, "id");
    this.subject = subject;
    this.timeMicros = timeMicros;
    this.sequence = sequence;
    this.recordedAtMicros = recordedAtMicros;
    this.keyId = Objects.requireNonNull(keyId, "keyId");
    this.extensions = extensions;
    this.data = Objects.requireNonNull(data, "data");
    this.event = event;
  }

  /// An internal record: source `truc`, time and recordedAt alike.
  public static LogRecord internal(
      String type, String id, @Nullable String subject, long nowMicros, String data) {
    return new LogRecord(
        0, SCHEMA, type, "truc", id, subject, nowMicros, null, nowMicros, "", null, data, null);
  }

  /// The same record at its place in the log.
  public LogRecord at(long newPosition) {
    return new LogRecord(
        newPosition,
        schema,
        type,
        source,
        id,
        subject,
        timeMicros,
        sequence,
        recordedAtMicros,
        keyId,
        extensions,
        data,
        event);
  }

  /// The same fact with other data and without extensions.
  LogRecord with(String newData) {
    return new LogRecord(
        position,
        schema,
        type,
        source,
        id,
        subject,
        timeMicros,
        sequence,
        recordedAtMicros,
        keyId,
        null,
        newData,
        null);
  }

  public long position() {
    return position;
  }

  public int schema() {
    return schema;
  }

  public String type() {
    return type;
  }

  public String source() {
    return source;
  }

  public String id() {
    return id;
  }

  public Optional<String> subject() {
    return Optional.ofNullable(subject);
  }

  /// When it happened.
  public long timeMicros() {
    return timeMicros;
  }

  public Optional<String> sequence() {
    return Optional.ofNullable(sequence);
  }

  /// When the door took it, in domain time; never stamped again.
  public long recordedAtMicros() {
    return recordedAtMicros;
  }

  public String keyId() {
    return keyId;
  }

  public Optional<String> extensions() {
    return Optional.ofNullable(extensions);
  }

  public String data() {
    return data;
  }

  /// What the record says. Decoded from type and data on first use where the maker did not give it.
  ///
  /// @throws UnreadableRecordException when the type is unknown or the data does not fit it: a log
  /// written by a newer version
  public Event event() {
    Event known = event;
    if (known == null) {
      known = RecordDecoder.decode(this);
      event = known;
    }
    return known;
  }

  @Override
  public String toString() {
    return position + " " + type + " " + source + " " + id + (subject == null ? "" : " " + subject);
  }
}
