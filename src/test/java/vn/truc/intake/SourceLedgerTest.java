package vn.truc.intake;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import vn.truc.event.CodecLimits;
import vn.truc.event.DecodeContext;
import vn.truc.event.Decoded;
import vn.truc.event.EventCodec;
import vn.truc.event.LogRecord;
import vn.truc.event.Rejection;
import vn.truc.event.Rfc3339;
import vn.truc.testing.Events;

class SourceLedgerTest {
  private static final long AT = Rfc3339.parse("2026-11-23T07:30:00+07:00");
  private static final long RECORDED = Rfc3339.parse("2026-11-23T07:30:40+07:00");

  private static SourceLedger ledger(int sourcesKept, int refusalsKept) {
    IntakeSettings d = IntakeSettings.defaults();
    return new SourceLedger(
        new IntakeSettings(
            d.codec(),
            d.batchItemsMax(),
            d.batchBytesMax(),
            d.bufferedBytesMax(),
            d.bodyStallMillis(),
            d.bodyMillisMax(),
            d.ndjsonBatchRecords(),
            d.ndjsonBatchesInFlightMax(),
            d.sliceMillis(),
            d.rejectedListedMax(),
            refusalsKept,
            sourcesKept));
  }

  private static LogRecord record() {
    byte[] bytes = Events.feedback("a", "PA-1", "received").getBytes(StandardCharsets.UTF_8);
    Decoded decoded =
        new EventCodec(CodecLimits.defaults())
            .decode(bytes, 0, bytes.length, 0, new DecodeContext(RECORDED, "key-1"));
    return ((Decoded.Accepted) decoded).record();
  }

  private static Rejection refusal(long index) {
    return new Rejection(index, Optional.empty(), Rejection.Reason.INVALID_TIME, "time", "no");
  }

  @Test
  void arrivalTellsCountLagAndSilence() {
    SourceLedger ledger = ledger(3, 3);
    ledger.taken("/a", record());
    ledger.taken("/a", record());
    assertEquals(
        new SourceLedger.Arrival(
            "/a",
            2,
            0,
            Optional.of(AT),
            Optional.of(RECORDED),
            Optional.of(40_000_000L),
            Optional.of(5L)),
        ledger.arrival("/a", RECORDED + 5).orElseThrow());
  }

  @Test
  void theSourceThatWasAskedOrSentLastStays() {
    SourceLedger ledger = ledger(2, 3);
    ledger.refused("/a", 1, refusal(0));
    ledger.refused("/b", 2, refusal(0));
    ledger.refused("/a", 3, refusal(0));
    ledger.refused("/c", 4, refusal(0));
    assertEquals(Set.of("/a", "/c"), ledger.sources());
  }

  @Test
  void unknownCodesAreCountedWithinABound() {
    SourceLedger ledger = ledger(2, 2);
    for (String code : List.of("x", "y", "z", "x")) {
      ledger.unknown("/a", "agency", code);
    }
    assertEquals(
        Map.of(
            new SourceLedger.Quarantined("agency", "x"), 2L,
            new SourceLedger.Quarantined("agency", "y"), 1L),
        ledger.quarantine("/a"));
    assertEquals(1, ledger.unlisted("/a"), "told as more");
    assertEquals(0, ledger.unlisted("/b"));
    ledger.unknown("/m", "member", "a");
    ledger.unknown("/m", "member", "b");
    ledger.unknown("/m", "agency", "x");
    assertEquals(
        Map.of(
            new SourceLedger.Quarantined("member", "a"), 1L,
            new SourceLedger.Quarantined("agency", "x"), 1L),
        ledger.quarantine("/m"),
        "names of members leave room for codes");
    assertEquals(1, ledger.unlisted("/m"));
    assertTrue(ledger.quarantine("/b").isEmpty());
    assertTrue(ledger.refusals("/b").isEmpty());
    assertTrue(ledger.arrival("/b", 1).isEmpty(), "nothing came and nothing may");
  }

  @Test
  void receiptsAddUpAndListTheFirstRefusals() {
    Tally tally = new Tally(2);
    tally.accept(3);
    tally.duplicate();
    tally.reject(refusal(9));
    tally.reject(
        new Rejection(4, Optional.empty(), Rejection.Reason.SOURCE_NOT_BOUND, "source", "no"));
    tally.reject(refusal(1));
    Receipt receipt = tally.receipt();
    assertEquals(new Receipt(3, 1, 3, 1, receipt.rejected()), receipt);
    assertEquals(List.of(4L, 9L), receipt.rejected().stream().map(Rejection::index).toList());
    Tally sum = new Tally(10);
    sum.add(receipt);
    sum.add(receipt);
    assertEquals(new Receipt(6, 2, 6, 2, sum.receipt().rejected()), sum.receipt());
    assertEquals(4, sum.receipt().rejected().size());
  }

  @Test
  void allRefusedAndAllNotBoundAreToldApart() {
    assertAll(new Receipt(0, 0, 0, 0, List.of()), false, false);
    assertAll(new Receipt(0, 0, 2, 2, List.of()), true, true);
    assertAll(new Receipt(0, 0, 2, 1, List.of()), true, false);
    assertAll(new Receipt(1, 0, 2, 2, List.of()), false, false);
    assertAll(new Receipt(0, 1, 2, 2, List.of()), false, false);
    assertAll(new Receipt(1, 1, 0, 0, List.of()), false, false);
    assertAll(Receipt.none(), false, false);
  }

  private static void assertAll(Receipt receipt, boolean refused, boolean notBound) {
    assertEquals(refused, receipt.allRejected(), receipt.toString());
    assertEquals(notBound, receipt.allNotBound(), receipt.toString());
  }
}
