package vn.truc.board;

import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;

/// Days and quarter hours in Asia/Ho_Chi_Minh, which has stood at UTC+7 without daylight saving
/// since 1975: days are whole numbers since 1970-01-01 there, quarter hours likewise.
final class Days {
  static final ZoneOffset ZONE = ZoneOffset.ofHours(7);
  static final long DAY_MICROS = 86_400_000_000L;
  static final long CELL_MICROS = DAY_MICROS / 96;
  private static final long SHIFT_MICROS = 7 * 3_600_000_000L;

  private Days() {}

  static int dayOf(long micros) {
    return (int) Math.floorDiv(micros + SHIFT_MICROS, DAY_MICROS);
  }

  /// The quarter hour an instant lies in.
  static int cellOf(long micros) {
    return (int) Math.floorDiv(micros + SHIFT_MICROS, CELL_MICROS);
  }

  static long startOf(int day) {
    return day * DAY_MICROS - SHIFT_MICROS;
  }

  static long cellStart(int cell) {
    return cell * CELL_MICROS - SHIFT_MICROS;
  }

  static LocalDate date(int day) {
    return LocalDate.ofEpochDay(day);
  }

  static OffsetDateTime time(long micros) {
    return java.time.Instant.EPOCH
        .plus(micros, java.time.temporal.ChronoUnit.MICROS)
        .atOffset(ZONE);
  }
}
