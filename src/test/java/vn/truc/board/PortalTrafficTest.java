package vn.truc.board;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import org.apache.datasketches.hll.HllSketch;
import org.apache.datasketches.hll.HllUnion;
import org.apache.datasketches.hll.TgtHllType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Sums of visits that are kept as cells come and are replaced.
class PortalTrafficTest {
  private static final long HOUR = 3_600_000_000L;
  private static final int TODAY = Days.dayOf(RandomFacts.micros("2026-11-23T12:00:00+07:00"));

  private final PortalTraffic traffic = new PortalTraffic();
  private int facts;

  private PortalTraffic.Visits visits(long time, long count, HllImage image) {
    facts++;
    FactPlace place = new FactPlace(time, "", "/portal", "t-" + facts, "");
    return new PortalTraffic.Visits(place, 2 * count, count, -1, count % 3, image);
  }

  private static HllImage image(Random random, int visitors) {
    HllSketch sketch =
        new HllSketch(12, random.nextBoolean() ? TgtHllType.HLL_4 : TgtHllType.HLL_8);
    for (int i = 0; i < visitors; i++) {
      sketch.update((long) random.nextInt(9_000));
    }
    return new HllImage(sketch.toCompactByteArray());
  }

  /// One hour that was corrected dropped the sums of its day and of every period: for who corrected
  /// it again and again the board united all sketches of the day anew at each look, three thousand
  /// here.
  @Test
  void aCorrectedCellIsSummedUpWithAFewOthersAndNotWithItsWholeDay() {
    HllImage image = image(new Random(1), 5_000);
    long hour = Days.startOf(TODAY) + 8 * HOUR;
    for (int i = 0; i < 3_000; i++) {
      traffic.put(cell("p" + i, hour), visits(1, 5, image));
    }
    traffic.totals(Period.TODAY, TODAY);
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    for (int i = 1; i <= 5; i++) {
      long before = threads.getCurrentThreadAllocatedBytes();
      for (int again = 0; again < 20; again++) {
        assertTrue(traffic.put(cell("p7", hour), visits(1 + i, again, image)));
      }
      for (Period period : Period.values()) {
        assertEquals(5 * 2_999 + 19, traffic.totals(period, TODAY).visits());
      }
      long bytes = threads.getCurrentThreadAllocatedBytes() - before;
      assertTrue(bytes < 2_000_000, "bytes for a correction and a look: " + bytes);
    }
  }

  private static PortalTraffic.Cell cell(String portal, long from) {
    return new PortalTraffic.Cell(portal, from, from + HOUR);
  }

  /// Sums must equal those of all cells that stand, added up one by one, whatever was replaced
  /// between two looks and wherever a range begins.
  @ParameterizedTest
  @ValueSource(longs = {201, 202, 203, 204})
  void sumsEqualTheRecountAfterEveryCorrection(long seed) {
    System.out.println("seed " + seed);
    Random random = new Random(seed);
    Map<PortalTraffic.Cell, PortalTraffic.Visits> standing = new HashMap<>();
    for (int i = 0; i < 900; i++) {
      int quarters = random.nextInt(4) == 0 ? random.nextInt(70_000) : random.nextInt(300);
      PortalTraffic.Cell cell =
          cell("p" + random.nextInt(40), Days.startOf(TODAY) + (96 - quarters) * (HOUR / 4));
      HllImage image =
          random.nextInt(5) == 0
              ? HllImage.NONE
              : image(random, random.nextInt(i % 9 == 0 ? 900 : 30));
      PortalTraffic.Visits fresh = visits(random.nextInt(500), random.nextInt(100), image);
      PortalTraffic.Visits present = standing.get(cell);
      boolean stands = present == null || present.place().compareTo(fresh.place()) < 0;
      assertEquals(stands, traffic.put(cell, fresh));
      if (stands) {
        standing.put(cell, fresh);
      }
      if (random.nextInt(6) == 0) {
        Period period = Period.at(random.nextInt(Period.count()));
        assertEquals(
            recount(standing, Days.startOf(period.start(TODAY)), Days.startOf(period.end(TODAY))),
            traffic.totals(period, TODAY),
            "seed " + seed + " " + period);
        long from = Days.startOf(TODAY) - random.nextInt(900) * (HOUR / 4);
        long to = from + random.nextInt(2_000) * (HOUR / 4);
        assertEquals(recount(standing, from, to), traffic.between(from, to), "seed " + seed);
      }
    }
    assertFalse(standing.isEmpty());
    assertEquals(standing.size(), traffic.standing().size());
  }

  private static PortalTraffic.Totals recount(
      Map<PortalTraffic.Cell, PortalTraffic.Visits> standing, long from, long to) {
    long[] sums = new long[3];
    HllUnion union = new HllUnion(12);
    standing.forEach(
        (cell, visits) -> {
          if (cell.from() >= from && cell.from() < to) {
            sums[0] += visits.pageviews();
            sums[1] += visits.visits();
            sums[2] += visits.errors();
            if (!visits.image().isEmpty()) {
              union.update(visits.image().sketch());
            }
          }
        });
    long visitors = union.isEmpty() ? 0 : Math.round(union.getCompositeEstimate());
    return new PortalTraffic.Totals(sums[0], sums[1], visitors, sums[2]);
  }
}
