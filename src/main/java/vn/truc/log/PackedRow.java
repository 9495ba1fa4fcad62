package vn.truc.log;

import static java.nio.charset.StandardCharsets.UTF_8;

import org.jspecify.annotations.Nullable;
import vn.truc.event.LogRecord;
import vn.truc.event.TextCache;

/// One row of the table of records as one value: fetching a value from the driver costs more than
/// everything else it needs, so a row is put together by the database and taken apart here.
///
/// Fields are told apart by a character no text of a record should have. Where one has it the count
/// of fields does not fit, and the row is left to be read column by column. Reusable; not for two
/// threads.
final class PackedRow {
  private static final byte SEPARATOR = 0x1f;
  private static final int FIELDS_MAX = 13;
  private static final int NO_SUBJECT = 1;
  private static final int NO_SEQUENCE = 2;
  private static final int NO_EXTENSIONS = 4;

  /// What to select. `concat_ws` leaves out what is null; the third field says what was.
  static final String COLUMN =
      """
      concat_ws(char(31), position, schema, (subject is null) + 2 * (sequence is null)
        + 4 * (extensions is null), type, source, id, subject, time, sequence, recorded_at, key,
        extensions, data)""";

  private final TextCache texts = new TextCache();
  private final int[] ends = new int[FIELDS_MAX + 1];
  private byte[] buf = new byte[0];
  private int from;
  private int field;

  /// The record in a row; null when one of its texts holds the separator.
  @Nullable LogRecord read(byte[] packed) {
    buf = packed;
    from = 0;
    field = 0;
    int fields = split();
    long position = number();
    int schema = (int) number();
    int absent = (int) number();
    if (fields != FIELDS_MAX - Integer.bitCount(absent)) {
      return null;
    }
    String type = repeated();
    String source = repeated();
    String id = text();
    String subject = (absent & NO_SUBJECT) == 0 ? text() : null;
    long time = number();
    String sequence = (absent & NO_SEQUENCE) == 0 ? text() : null;
    long recordedAt = number();
    String key = repeated();
    String extensions = (absent & NO_EXTENSIONS) == 0 ? text() : null;
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
        text(),
        null);
  }

  /// Finds where fields end. Their count, or one more than there can be.
  private int split() {
    int count = 0;
    for (int at = 0; at < buf.length && count < FIELDS_MAX; at++) {
      if (buf[at] == SEPARATOR) {
        ends[count++] = at;
      }
    }
    ends[count] = buf.length;
    return count + 1;
  }

  /// A whole number, as the database writes it.
  private long number() {
    int to = ends[field++];
    boolean negative = buf[from] == '-';
    long value = 0;
    for (int at = negative ? from + 1 : from; at < to; at++) {
      value = value * 10 + (buf[at] - '0');
    }
    from = to + 1;
    return negative ? -value : value;
  }

  private String text() {
    int to = ends[field++];
    String text = new String(buf, from, to - from, UTF_8);
    from = to + 1;
    return text;
  }

  /// A text that many records have.
  private String repeated() {
    int to = ends[field++];
    String text = texts.text(buf, from, to);
    from = to + 1;
    return text;
  }
}
