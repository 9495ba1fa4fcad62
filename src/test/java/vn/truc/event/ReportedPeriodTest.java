package vn.truc.event;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Which days a report speaks for, and which of two is the newer.
class ReportedPeriodTest {
  @ParameterizedTest
  @CsvSource({
    "2026, 2026-01-01, 2026-12-31",
    "2024-02, 2024-02-01, 2024-02-29",
    "2026-Q1, 2026-01-01, 2026-03-31",
    "2026-Q4, 2026-10-01, 2026-12-31",
    "2026-W01, 2025-12-29, 2026-01-04",
    "2026-W53, 2026-12-28, 2027-01-03",
    "2027-W01, 2027-01-04, 2027-01-10",
    "2026-11-23, 2026-11-23, 2026-11-23",
  })
  void periodsHaveTheirDays(String text, String first, String last) {
    ReportedPeriod period = ReportedPeriod.of(text).orElseThrow();
    assertEquals(LocalDate.parse(first).toEpochDay(), period.firstDay());
    assertEquals(LocalDate.parse(last).toEpochDay(), period.lastDay());
    assertTrue(period.exists());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "26",
        "2026-",
        "2026-0",
        "2026-Q0",
        "2026-Q5",
        "2026-13",
        "2026-00",
        "2026-W00",
        "2026-W54",
        "2026-w47",
        "2026-02-30",
        "2026/11",
        "2026-11-2",
        "năm1",
        "2026-1x",
        "20x6",
        "2026-W5x",
        "+2026-11-2",
        "2026-11-23T"
      })
  void otherTextsAreNone(String text) {
    assertEquals(Optional.empty(), ReportedPeriod.of(text));
  }

  @Test
  void someYearsHaveNoWeek53() {
    assertTrue(ReportedPeriod.of("2026-W53").orElseThrow().exists());
    assertFalse(ReportedPeriod.of("2025-W53").orElseThrow().exists());
  }

  /// They were compared as text: `2026-Q1` beat `2026-12` all year, and `2026-W01` beat both.
  @Test
  void theLaterEndIsNewerAndThenTheLonger() {
    List<String> ordered =
        List.of(
            "2025-12",
            "2025",
            "2026-W01",
            "2026-01",
            "2026-03-31",
            "2026-03",
            "2026-Q1",
            "2026-W47",
            "2026-11",
            "2026-12-31",
            "2026-12",
            "2026-Q4",
            "2026",
            "2026-W53",
            "2027-W01");
    List<ReportedPeriod> shuffled = new ArrayList<>();
    ordered.forEach(text -> shuffled.add(ReportedPeriod.of(text).orElseThrow()));
    Collections.shuffle(shuffled, new Random(7));
    Collections.sort(shuffled);
    assertEquals(ordered, shuffled.stream().map(ReportedPeriod::text).toList());
  }

  @Test
  void whatHasADayInCommonOverlaps() {
    ReportedPeriod quarter = ReportedPeriod.of("2026-Q1").orElseThrow();
    for (String with : List.of("2026", "2026-01", "2026-03-31", "2026-W01", "2026-W14")) {
      assertTrue(quarter.overlaps(ReportedPeriod.of(with).orElseThrow()), with);
      assertTrue(ReportedPeriod.of(with).orElseThrow().overlaps(quarter), with);
    }
    for (String without : List.of("2025", "2026-Q2", "2026-04-01", "2025-12-31", "2026-W15")) {
      assertFalse(quarter.overlaps(ReportedPeriod.of(without).orElseThrow()), without);
    }
  }
}
