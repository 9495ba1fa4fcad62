package vn.truc.calendar;

import java.time.DayOfWeek;
import java.time.LocalDate;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import vn.truc.config.ConfigFile;
import vn.truc.config.ConfigNode;
import vn.truc.config.Faults;

/// The working days and hours of the province, as `calendar.yaml` gives them. Days it names win
/// over the week.
///
/// @param week the hours of each weekday; a weekday without hours is off
/// @param off days off (holidays, swapped days) with their names
/// @param working days worked although the week or a holiday says otherwise, with the reason
public record WorkingCalendar(
    Map<DayOfWeek, List<Hours>> week, Map<LocalDate, String> off, Map<LocalDate, String> working) {

  /// The file's name.
  public static final String FILE = "calendar.yaml";

  /// The zone of every day here.
  public static final ZoneId ZONE = ZoneId.of("Asia/Ho_Chi_Minh");

  private static final Pattern HOURS =
      Pattern.compile("([0-2][0-9]:[0-5][0-9])-([0-2][0-9]:[0-5][0-9])");

  public WorkingCalendar {
    week = Map.copyOf(week);
    off = Map.copyOf(off);
    working = Map.copyOf(working);
  }

  /// A span of a working day, `from` included, `to` not.
  public record Hours(LocalTime from, LocalTime to) {}

  /// Whether people work on a day.
  public boolean worksOn(LocalDate day) {
    return !hoursOn(day).isEmpty();
  }

  /// The hours of a day, in order; empty on a day off. A swapped-in day has Monday's hours where
  /// its own weekday has none.
  public List<Hours> hoursOn(LocalDate day) {
    List<Hours> usual = week.getOrDefault(day.getDayOfWeek(), List.of());
    if (working.containsKey(day)) {
      return usual.isEmpty() ? week.getOrDefault(DayOfWeek.MONDAY, List.of()) : usual;
    }
    return off.containsKey(day) ? List.of() : usual;
  }

  /// Reads `calendar.yaml`; every fault is noted.
  public static WorkingCalendar read(String text, Faults faults) {
    ConfigNode file = ConfigFile.parse(FILE, text, faults);
    Map<DayOfWeek, List<Hours>> week = new EnumMap<>(DayOfWeek.class);
    for (ConfigNode node : file.maps("week")) {
      readWeekdays(node, week);
    }
    Map<LocalDate, String> off = readDays(file, "off");
    Map<LocalDate, String> working = readDays(file, "working");
    Set<LocalDate> both = new HashSet<>(off.keySet());
    both.retainAll(working.keySet());
    both.stream().sorted().forEach(day -> file.fault("working", day + " is listed under off too"));
    file.end();
    return new WorkingCalendar(week, off, working);
  }

  private static void readWeekdays(ConfigNode node, Map<DayOfWeek, List<Hours>> week) {
    List<Hours> hours = new ArrayList<>();
    for (String span : node.texts("hours")) {
      hours(span)
          .filter(read -> hours.isEmpty() || !read.from().isBefore(hours.getLast().to()))
          .ifPresentOrElse(
              hours::add,
              () -> node.fault("hours", "must be spans like 07:30-11:30 in order, not " + span));
    }
    for (String name : node.texts("days")) {
      Optional<DayOfWeek> weekday =
          EnumSet.allOf(DayOfWeek.class).stream()
              .filter(day -> day.name().equalsIgnoreCase(name))
              .findFirst();
      if (weekday.isEmpty()) {
        node.fault("days", "must be weekdays like monday, not '" + name + "'");
      } else if (week.putIfAbsent(weekday.get(), List.copyOf(hours)) != null) {
        node.fault("days", "name " + name + " a second time");
      }
    }
  }

  private static Map<LocalDate, String> readDays(ConfigNode file, String key) {
    Map<LocalDate, String> days = new TreeMap<>();
    for (ConfigNode node : file.maps(key)) {
      String name = node.text("name");
      String text = node.text("date");
      try {
        LocalDate date = LocalDate.parse(text);
        if (days.putIfAbsent(date, name) != null) {
          node.fault("date", date + " stands twice");
        }
      } catch (DateTimeParseException e) {
        if (!text.isEmpty()) {
          node.fault("date", "must be a date like 2026-11-24, not '" + text + "'");
        }
      }
    }
    return days;
  }

  private static Optional<Hours> hours(String text) {
    Matcher matcher = HOURS.matcher(text);
    if (!matcher.matches()) {
      return Optional.empty();
    }
    try {
      Hours hours = new Hours(LocalTime.parse(matcher.group(1)), LocalTime.parse(matcher.group(2)));
      return hours.from().isBefore(hours.to()) ? Optional.of(hours) : Optional.empty();
    } catch (DateTimeParseException e) {
      return Optional.empty();
    }
  }
}
