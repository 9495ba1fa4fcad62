package vn.truc.log;

import io.vertx.redis.client.Response;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import vn.truc.event.EventTypes;
import vn.truc.event.LogRecord;

/// One entry of the stream. It is ours where it names the form of a record, as everything that
/// [RedisRecords] wrote does: the fields `schema` and `by`, or `schema` and `type`. Whatever else
/// lies there keeps its position, as a record that says nothing.
final class RedisEntry {
  private final Response entry;

  RedisEntry(Response entry) {
    this.entry = entry;
  }

  /// The stream id of an entry.
  String id() {
    return entry.get(0).toString();
  }

  /// Whether this house wrote it, in this version or another.
  boolean ours() {
    RedisReply fields = RedisReply.of(entry.get(1));
    return !fields.member("schema").isNil()
        && (!fields.member("by").isNil() || !fields.member("type").isNil());
  }

  /// Who wrote an entry of ours; nobody where it does not say so first of all.
  String by() {
    Response fields = entry.get(1);
    return fields.size() > 1 && "by".equals(fields.get(0).toString()) && ours()
        ? fields.get(1).toString()
        : "";
  }

  /// All its names and values, as they are.
  List<byte[]> words() {
    Response fields = entry.get(1);
    List<byte[]> words = new ArrayList<>(fields.size());
    for (int i = 0; i < fields.size(); i++) {
      words.add(fields.get(i).toBytes());
    }
    return words;
  }

  /// Their length.
  long bytes() {
    Response fields = entry.get(1);
    long bytes = 0;
    for (int i = 0; i < fields.size(); i++) {
      bytes += fields.get(i).toBytes().length;
    }
    return bytes;
  }

  /// When it was recorded, as far as an entry of ours says; 0 where it does not.
  long recordedAtMicros() {
    String text = ours() ? RedisReply.of(entry.get(1)).member("recorded_at").text().orElse("") : "";
    return text.matches("[0-9]{1,18}") ? Long.parseLong(text) : 0;
  }

  /// The reference of the personal fields beside an entry of ours.
  Optional<String> personal() {
    return ours() ? RedisReply.of(entry.get(1)).member("personal").text() : Optional.empty();
  }

  /// The record in an entry; a `vn.truc.log.foreign` where somebody else wrote it.
  ///
  /// @throws LogException `CORRUPT` when it is ours and cannot be read, or is of a newer version
  LogRecord record(long position) {
    if (!ours()) {
      return LogRecord.internal(EventTypes.LOG_FOREIGN, "foreign:" + id(), null, 0, "{}")
          .at(position);
    }
    Response fields = entry.get(1);
    int schema = 0;
    String type = "";
    String source = "";
    String id = "";
    @Nullable String subject = null;
    long time = 0;
    @Nullable String sequence = null;
    long recordedAt = 0;
    String key = "";
    @Nullable String extensions = null;
    String data = "";
    int size = fields.size();
    try {
      for (int i = 0; i + 1 < size; i += 2) {
        Response value = fields.get(i + 1);
        switch (fields.get(i).toString()) {
          case "schema" -> schema = Integer.parseInt(value.toString());
          case "type" -> type = value.toString();
          case "source" -> source = value.toString();
          case "id" -> id = value.toString();
          case "subject" -> subject = value.toString();
          case "time" -> time = Long.parseLong(value.toString());
          case "sequence" -> sequence = value.toString();
          case "recorded_at" -> recordedAt = Long.parseLong(value.toString());
          case "key" -> key = value.toString();
          case "extensions" -> extensions = value.toString();
          case "data" -> data = value.toString();
          default -> {
            // by and personal are the engine's own
          }
        }
      }
    } catch (NumberFormatException e) {
      throw unreadable(position, "a number is none: " + e.getMessage(), e);
    }
    if (schema > LogRecord.SCHEMA) {
      throw unreadable(position, "written by a newer version, schema " + schema, null);
    }
    if (schema < 1 || type.isEmpty() || data.isEmpty()) {
      throw unreadable(position, "without a schema, a type or data", null);
    }
    return new LogRecord(
        position,
        schema,
        type,
        source,
        id,
        subject,
        time,
        sequence,
        recordedAt,
        key,
        extensions,
        data,
        null);
  }

  private LogException unreadable(long position, String how, @Nullable Throwable cause) {
    String what =
        "record " + position + ", entry " + id() + " of the stream, cannot be read: " + how;
    return cause == null
        ? new LogException(LogException.Reason.CORRUPT, what)
        : new LogException(LogException.Reason.CORRUPT, what, cause);
  }
}
