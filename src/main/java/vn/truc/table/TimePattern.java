package vn.truc.table;

import java.time.DateTimeException;
import java.time.LocalDate;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.format.ResolverStyle;
import java.time.temporal.ChronoField;
import java.time.temporal.TemporalAccessor;
import java.time.temporal.TemporalQueries;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// Judges a pattern of times before any row is read: letters that are mistaken for others, and
/// patterns that no whole day or time can be made from, are refused. Reading is strict: a day or an
/// hour that does not exist is never moved.
final class TimePattern {
  /// Each part of it reads differently, so that letters in the wrong place show.
  private static final OffsetDateTime SAMPLE =
      OffsetDateTime.of(2026, 11, 23, 17, 45, 38, 0, ZoneOffset.ofHours(7));

  /// What is thought of a pattern.
  sealed interface Judgement {}

  record Sound(DateTimeFormatter formatter) implements Judgement {}

  record Faulty(String message) implements Judgement {}

  private TimePattern() {}

  /// Judges a pattern; a faulty one is told with the one that was probably meant.
  static Judgement of(String pattern) {
    Judgement judgement = judged(pattern);
    if (judgement instanceof Faulty(String message)) {
      String better = mended(pattern);
      if (judged(better) instanceof Sound) {
        return new Faulty(message + "; write " + better);
      }
    }
    return judgement;
  }

  private static Judgement judged(String pattern) {
    Optional<String> mistaken = mistaken(letters(pattern));
    if (mistaken.isPresent()) {
      return new Faulty(mistaken.get());
    }
    try {
      DateTimeFormatter formatter = formatter(pattern);
      TemporalAccessor read = formatter.parse(formatter.format(SAMPLE));
      if (!LocalDate.from(read).equals(SAMPLE.toLocalDate())) {
        return new Faulty("no whole day can be made from it");
      }
      String letters = letters(pattern);
      LocalTime time = read.query(TemporalQueries.localTime());
      boolean timed = letters.matches(".*[HhKkmsSAnN].*");
      if (timed && (time == null || time.getHour() != SAMPLE.getHour())) {
        return new Faulty("no whole time can be made from it");
      }
      return new Sound(formatter);
    } catch (IllegalArgumentException e) {
      return new Faulty("is no pattern of times: " + e.getMessage());
    } catch (DateTimeException e) {
      return new Faulty("no whole day or time can be made from it");
    }
  }

  private static DateTimeFormatter formatter(String pattern) {
    String letters = letters(pattern);
    DateTimeFormatterBuilder builder =
        new DateTimeFormatterBuilder()
            .parseCaseInsensitive()
            .appendPattern(letters.contains("G") ? pattern : replaced(pattern, 'y', 'u'));
    if (letters.matches(".*[HhKk].*") && !letters.contains("m")) {
      builder.parseDefaulting(ChronoField.MINUTE_OF_HOUR, 0);
    }
    return builder.toFormatter(Locale.ENGLISH).withResolverStyle(ResolverStyle.STRICT);
  }

  /// The first mistake people make with letters.
  private static Optional<String> mistaken(String letters) {
    if (letters.contains("Y")) {
      return Optional.of("Y is the year of weeks, not that of the day");
    }
    if (letters.contains("D") && letters.matches(".*[MLd].*")) {
      return Optional.of("D is the day of the year, not that of the month");
    }
    boolean half = letters.matches(".*[aB].*");
    if (letters.matches(".*[hK].*") && !half) {
      return Optional.of("h counts to 12 and wants a (AM or PM) beside it; H counts to 23");
    }
    if (letters.contains("k")) {
      return Optional.of("k counts from 1 to 24; H counts from 0 to 23");
    }
    if (letters.contains("m") && !letters.matches(".*[HhK].*")) {
      return Optional.of("m is minutes and wants hours beside it; months are M");
    }
    Optional<String> twice = twice(letters);
    if (twice.isPresent()) {
      return twice;
    }
    if (!letters.contains("D") && !(letters.matches(".*[ML].*") && letters.contains("d"))) {
      return Optional.of("no whole day can be made from it: it wants year, month M and day d");
    }
    if (!letters.matches(".*[yu].*")) {
      return Optional.of("no whole day can be made from it: it wants the year, yyyy");
    }
    if (letters.contains("s") && !letters.contains("m")) {
      return Optional.of("no whole time can be made from it: seconds want minutes, mm");
    }
    return Optional.empty();
  }

  private static Optional<String> twice(String letters) {
    List<String> runs = List.of(letters.split("(?<=(.))(?!\\1)"));
    List<String> seen = new ArrayList<>();
    for (String run : runs) {
      String letter = run.substring(0, Math.min(1, run.length()));
      if (!letter.isBlank() && seen.contains(letter)) {
        String minutes = letter.equals("M") ? "; minutes are m" : "";
        return Optional.of("the letter " + letter + " stands twice" + minutes);
      }
      seen.add(letter);
    }
    return Optional.empty();
  }

  /// The pattern with the letters that were probably meant.
  private static String mended(String pattern) {
    String letters = letters(pattern);
    boolean half = letters.matches(".*[aB].*");
    StringBuilder mended = new StringBuilder();
    boolean quoted = false;
    boolean hours = false;
    for (int i = 0; i < pattern.length(); i++) {
      char c = pattern.charAt(i);
      quoted ^= c == '\'';
      char better = c;
      if (!quoted) {
        better =
            switch (c) {
              case 'Y' -> 'y';
              case 'D' -> 'd';
              case 'h', 'K', 'k' -> half && c == 'h' ? 'h' : 'H';
              case 'm' -> hours || letters.contains("M") ? 'm' : 'M';
              case 'M' -> hours && mended.indexOf("M") >= 0 ? 'm' : 'M';
              default -> c;
            };
        hours = better == 'H' || better == 'h' || (hours && better != 'd' && better != 'y');
        hours &= !(better == 'M');
      }
      mended.append(better);
    }
    return mended.toString();
  }

  /// The pattern with blanks for all that is no letter, or quoted.
  private static String letters(String pattern) {
    StringBuilder letters = new StringBuilder();
    boolean quoted = false;
    for (int i = 0; i < pattern.length(); i++) {
      char c = pattern.charAt(i);
      quoted ^= c == '\'';
      boolean letter = !quoted && ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'));
      letters.append(letter ? c : ' ');
    }
    return letters.toString();
  }

  private static String replaced(String pattern, char from, char to) {
    StringBuilder replaced = new StringBuilder();
    boolean quoted = false;
    for (int i = 0; i < pattern.length(); i++) {
      char c = pattern.charAt(i);
      quoted ^= c == '\'';
      replaced.append(!quoted && c == from ? to : c);
    }
    return replaced.toString();
  }
}
