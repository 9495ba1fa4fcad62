package vn.truc.calendar;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.List;
import org.junit.jupiter.api.Test;
import vn.truc.config.Fault;
import vn.truc.config.Faults;

class WorkingCalendarTest {
  private final Faults faults = new Faults();

  @Test
  void shippedCalendarKnowsHolidaysAndSwappedDays() throws Exception {
    WorkingCalendar calendar =
        WorkingCalendar.read(Files.readString(Path.of("config/calendar.yaml")), faults);
    assertEquals(List.of(), faults.list());
    assertTrue(calendar.worksOn(LocalDate.parse("2026-11-23")), "a Monday");
    assertFalse(calendar.worksOn(LocalDate.parse("2026-11-24")), "the day of culture");
    assertFalse(calendar.worksOn(LocalDate.parse("2026-11-28")), "a Saturday");
    assertFalse(calendar.worksOn(LocalDate.parse("2026-08-31")), "swapped away");
    assertTrue(calendar.worksOn(LocalDate.parse("2026-08-22")), "swapped in");
    assertEquals(2, calendar.hoursOn(LocalDate.parse("2026-08-22")).size(), "with Monday's hours");
    assertFalse(calendar.worksOn(LocalDate.parse("2026-04-27")), "given for a Sunday");
  }

  @Test
  void faultsNameTheirKey() {
    WorkingCalendar.read(
        """
        week:
          - {days: [monday, sunnyday], hours: ["07:30-11:30", "11:00-12:00"]}
          - {days: [monday], hours: ["12:00-11:00"]}
        off: [{date: 2026-01-01, name: a}, {date: 2026-01-01, name: b}]
        working: [{date: 2026-01-01, name: c}]
        """,
        faults);
    assertEquals(
        List.of(
            "calendar.yaml:2:12: week[0].days: must be weekdays like monday, not 'sunnyday'",
            "calendar.yaml:2:39: week[0].hours: must be spans like 07:30-11:30 in order, not"
                + " 11:00-12:00",
            "calendar.yaml:3:12: week[1].days: name monday a second time",
            "calendar.yaml:3:29: week[1].hours: must be spans like 07:30-11:30 in order, not"
                + " 12:00-11:00",
            "calendar.yaml:4:43: off[1].date: 2026-01-01 stands twice",
            "calendar.yaml:5:10: working: 2026-01-01 is listed under off too"),
        faults.list().stream().map(Fault::toString).toList());
  }
}
