package vn.truc.table;

import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.Optional;

/// A cell of a table. CSV knows texts alone; workbooks know numbers, times and errors too.
///
/// @param text what it reads, clean; empty for an empty cell
/// @param number whether the text is a number in plain digits with a point, whatever the mapping
/// says of decimals
/// @param moment the time it is, where the table itself says so
/// @param fault why it cannot be used; empty otherwise
record CellValue(String text, boolean number, Optional<LocalDateTime> moment, String fault) {
  static final CellValue EMPTY = new CellValue("", false, Optional.empty(), "");

  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss", Locale.ROOT);

  static CellValue text(String raw) {
    String text = Texts.clean(raw);
    return text.isEmpty() ? EMPTY : new CellValue(text, false, Optional.empty(), "");
  }

  static CellValue number(String plain) {
    return new CellValue(plain, true, Optional.empty(), "");
  }

  /// A time reads `2026-11-23 07:30:00`, a day without one `2026-11-23`.
  static CellValue moment(LocalDateTime at) {
    boolean day = at.toLocalTime().equals(LocalTime.MIDNIGHT);
    return new CellValue(
        day ? at.toLocalDate().toString() : TIME.format(at), false, Optional.of(at), "");
  }

  static CellValue faulty(String text, String fault) {
    return new CellValue(text, false, Optional.empty(), fault);
  }

  boolean isEmpty() {
    return text.isEmpty();
  }
}
