package vn.truc.log;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.vertx.redis.client.Command;
import io.vertx.redis.client.Request;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import vn.truc.event.LogRecord;

/// Records as entries of the stream.
///
/// ```
/// by          who wrote it: node.number of the append         always first
/// schema      form of the record
/// type, source, id, subject                                   as in CloudEvents; subject optional
/// time        when it happened, microseconds since 1970
/// sequence    CloudEvents extension, optional
/// recorded_at when the door took it, microseconds since 1970
/// key         key it came with, '' for internal records
/// extensions  JSON object, optional
/// personal    reference of the personal fields, optional
/// data        JSON, without personal fields
/// ```
final class RedisRecords {
  private static final byte[] NO_STREAM_MADE = "NOMKSTREAM".getBytes(US_ASCII);
  private static final byte[] NEXT_ID = "*".getBytes(US_ASCII);
  private static final byte[] BY = "by".getBytes(US_ASCII);
  private static final byte[] SCHEMA = "schema".getBytes(US_ASCII);
  private static final byte[] TYPE = "type".getBytes(US_ASCII);
  private static final byte[] SOURCE = "source".getBytes(US_ASCII);
  private static final byte[] ID = "id".getBytes(US_ASCII);
  private static final byte[] SUBJECT = "subject".getBytes(US_ASCII);
  private static final byte[] TIME = "time".getBytes(US_ASCII);
  private static final byte[] SEQUENCE = "sequence".getBytes(US_ASCII);
  private static final byte[] RECORDED_AT = "recorded_at".getBytes(US_ASCII);
  private static final byte[] KEY = "key".getBytes(US_ASCII);
  private static final byte[] EXTENSIONS = "extensions".getBytes(US_ASCII);
  private static final byte[] PERSONAL = "personal".getBytes(US_ASCII);
  private static final byte[] DATA = "data".getBytes(US_ASCII);

  private RedisRecords() {}

  /// The append of a record behind the newest one; answered nil where the stream is gone.
  static Request append(
      RedisKeys keys, LogRecord record, String by, Optional<String> personalReference) {
    List<Object> arguments = new ArrayList<>(28);
    arguments.add(keys.stream());
    arguments.add(NO_STREAM_MADE);
    arguments.add(NEXT_ID);
    addFields(arguments, record, by, personalReference.orElse(null));
    return Request.cmd(Command.XADD, arguments.toArray());
  }

  /// The append of one of the first records, which makes the stream.
  static Request birth(RedisKeys keys, LogRecord record, long position) {
    List<Object> arguments = new ArrayList<>(28);
    arguments.add(keys.stream());
    arguments.add(birthId(position));
    addFields(arguments, record, "birth." + position, null);
    return Request.cmd(Command.XADD, arguments.toArray());
  }

  /// The stream id of a record that was written with the stream itself.
  static String birthId(long position) {
    return "0-" + position;
  }

  /// The names and values of an entry.
  static List<Object> fields(LogRecord record, String by, Optional<String> personalReference) {
    List<Object> fields = new ArrayList<>(24);
    addFields(fields, record, by, personalReference.orElse(null));
    return fields;
  }

  private static void addFields(
      List<Object> to, LogRecord record, String by, @Nullable String personalReference) {
    add(to, BY, by);
    add(to, SCHEMA, Integer.toString(record.schema()));
    add(to, TYPE, record.type());
    add(to, SOURCE, record.source());
    add(to, ID, record.id());
    record.subject().ifPresent(subject -> add(to, SUBJECT, subject));
    add(to, TIME, Long.toString(record.timeMicros()));
    record.sequence().ifPresent(sequence -> add(to, SEQUENCE, sequence));
    add(to, RECORDED_AT, Long.toString(record.recordedAtMicros()));
    add(to, KEY, record.keyId());
    record.extensions().ifPresent(extensions -> add(to, EXTENSIONS, extensions));
    if (personalReference != null) {
      add(to, PERSONAL, personalReference);
    }
    add(to, DATA, record.data());
  }

  private static void add(List<Object> to, byte[] name, String value) {
    to.add(name);
    to.add(value);
  }
}
