package vn.truc.log;

import io.vertx.redis.client.Response;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import vn.truc.event.LogRecord;

/// One entry of the stream, as [RedisRecords] wrote it.
final class RedisEntry {
  private final Response entry;

  RedisEntry(Response entry) {
    this.entry = entry;
  }

  /// The stream id of an entry.
  String id() {
    return entry.get(0).toString();
  }

  /// Who wrote an entry.
  String by() {
    Response fields = entry.get(1);
    return fields.size() > 1 && "by".equals(fields.get(0).toString())
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

  /// When it was recorded, as far as an entry says; 0 where it does not.
  long recordedAtMicros() {
    return RedisReply.of(entry.get(1)).member("recorded_at").number();
  }

  /// The reference of the personal fields beside an entry.
  Optional<String> personal() {
    return RedisReply.of(entry.get(1)).member("personal").text();
  }

  /// The record in an entry.
  ///
  /// @throws LogException `CORRUPT` when it is none, or one of a newer version
  LogRecord record(long position) {
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
      throw new LogException(
          LogException.Reason.CORRUPT, "record " + position + " cannot be read: " + e, e);
    }
    if (schema < 1 || type.isEmpty() || data.isEmpty()) {
      throw new LogException(
          LogException.Reason.CORRUPT, "entry " + id() + " of the stream is no record");
    }
    if (schema > LogRecord.SCHEMA) {
      throw new LogException(
          LogException.Reason.CORRUPT,
          "record " + position + " was written by a newer version, schema " + schema);
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
}
