package vn.truc.intake;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import vn.truc.event.Rejection;

class SplittersTest {

  private static List<String> lines(String body, int cut, int lineBytesMax) {
    List<String> lines = new ArrayList<>();
    LineSplitter splitter =
        new LineSplitter(
            lineBytesMax,
            new LineSplitter.Sink() {
              @Override
              public void line(byte[] buf, int from, int to) {
                lines.add(new String(buf, from, to - from, UTF_8));
              }

              @Override
              public void oversized() {
                lines.add("OVERSIZED");
              }
            });
    byte[] bytes = body.getBytes(UTF_8);
    for (int at = 0; at < bytes.length; at += cut) {
      chunk(splitter, Arrays.copyOfRange(bytes, at, Math.min(bytes.length, at + cut)));
    }
    splitter.end();
    return lines;
  }

  @Test
  void linesAreTheSameHoweverTheBodyIsCut() {
    String body = "one\n\n  \r\ntwo ế\nthis line is far too long for it\nlast";
    for (int cut = 1; cut <= body.length() + 3; cut++) {
      assertEquals(
          List.of("one", "two ế", "OVERSIZED", "last"), lines(body, cut, 12), "cut " + cut);
    }
  }

  @Test
  void aLineOfExactlyTheLimitIsTaken() {
    for (int cut = 1; cut <= 30; cut++) {
      assertEquals(List.of("123456789012"), lines("123456789012\n", cut, 12), "cut " + cut);
      assertEquals(List.of("OVERSIZED"), lines("1234567890123", cut, 12), "cut " + cut);
    }
  }

  @Test
  void itemsAreTheSameHoweverTheArrayArrives() {
    byte[] body = "\n\t[{\"a\":\"],}\\\"\"} , [1,[2]],\r\n3 ,\t\"x\"]\r\n".getBytes(UTF_8);
    for (int cut = 1; cut <= body.length; cut++) {
      ArraySplitter splitter = new ArraySplitter(10);
      for (int end = cut; end < body.length; end += cut) {
        splitter.scan(body, end);
      }
      splitter.scan(body, body.length);
      assertTrue(splitter.isWhole());
      List<String> items = new ArrayList<>();
      for (int i = 0; i < splitter.count(); i++) {
        int from = splitter.from(i);
        items.add(new String(body, from, splitter.to(i) - from, UTF_8).strip());
      }
      assertEquals(List.of("{\"a\":\"],}\\\"\"}", "[1,[2]]", "3", "\"x\""), items);
    }
  }

  @Test
  void brokenArraysAreNotWhole() {
    for (String body :
        List.of("", "[", "{}", "[1,]", "[,1]", "[1]]", "[1", "[\"]", "[1}]", "[\"\"\"]")) {
      ArraySplitter splitter = new ArraySplitter(10);
      splitter.scan(body.getBytes(UTF_8), body.length());
      assertFalse(splitter.isWhole(), body);
    }
  }

  @Test
  void ledgerKeepsTheLastRefusalsAndTheMostRecentSources() {
    IntakeSettings d = IntakeSettings.defaults();
    IntakeSettings small =
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
            3,
            2);
    SourceLedger ledger = new SourceLedger(small);
    for (int i = 0; i < 5; i++) {
      ledger.refused(
          "/a", i, new Rejection(i, Optional.empty(), Rejection.Reason.INVALID_TIME, "time", "no"));
    }
    assertEquals(
        List.of(4L, 3L, 2L),
        ledger.refusals("/a").stream().map(SourceLedger.Refusal::atMicros).toList());
    assertEquals(5, ledger.arrival("/a", 9).orElseThrow().rejected());
    assertTrue(ledger.arrival("/a", 9).orElseThrow().silenceMicros().isEmpty());
    for (String source : List.of("/b", "/c")) {
      ledger.refused(
          source,
          9,
          new Rejection(0, Optional.empty(), Rejection.Reason.INVALID_TIME, "time", "no"));
    }
    assertEquals(java.util.Set.of("/b", "/c"), ledger.sources());
  }

  @Test
  void sourceThatMaySendAndHasNotIsKnownToBeSilent() {
    // After a restart the feed that says nothing was the one that could not be asked for.
    SourceLedger ledger = new SourceLedger(IntakeSettings.defaults(), "/quiet"::equals);
    SourceLedger.Arrival quiet = ledger.arrival("/quiet", 9).orElseThrow();
    assertEquals(0, quiet.events());
    assertTrue(quiet.silenceMicros().isEmpty());
    assertTrue(ledger.arrival("/stranger", 9).isEmpty());
  }

  @Test
  void aMarkOfTheByteOrderIsPassedOverAtTheVeryStartAlone() {
    byte[] body = {(byte) 0xEF, (byte) 0xBB, (byte) 0xBF, '[', '1', ']'};
    ArraySplitter splitter = new ArraySplitter(10);
    splitter.scan(body, body.length);
    assertTrue(splitter.isWhole());
    assertEquals(4, splitter.from(0));
    for (byte[] bad :
        List.of(
            new byte[] {(byte) 0xBB, (byte) 0xEF, (byte) 0xBF, '[', ']'},
            new byte[] {(byte) 0xEF, (byte) 0xBF, (byte) 0xBB, '[', ']'},
            new byte[] {' ', (byte) 0xEF, (byte) 0xBB, (byte) 0xBF, '[', ']'},
            new byte[] {(byte) 0xEF, (byte) 0xBB, (byte) 0xBF, (byte) 0xBF, '[', ']'})) {
      ArraySplitter other = new ArraySplitter(10);
      other.scan(bad, bad.length);
      assertTrue(other.isBroken(), Arrays.toString(bad));
    }
  }

  @Test
  void itemsBeyondTheLimitAreSeenAtOnceAndNotKept() {
    String two = "[\"a\\\"\",2]";
    ArraySplitter enough = new ArraySplitter(2);
    enough.scan(two.getBytes(UTF_8), two.length());
    assertTrue(enough.isWhole());
    assertFalse(enough.tooMany());
    String empty = "[\"\",\"\"]";
    ArraySplitter texts = new ArraySplitter(2);
    texts.scan(empty.getBytes(UTF_8), empty.length());
    assertTrue(texts.isWhole());
    assertEquals(2, texts.count());
    String three = "[1,2,3";
    ArraySplitter splitter = new ArraySplitter(2);
    splitter.scan(three.getBytes(UTF_8), three.length());
    assertFalse(splitter.tooMany(), "the third has not ended");
    splitter.scan("[1,2,3,4,5]".getBytes(UTF_8), 11);
    assertTrue(splitter.tooMany());
    assertEquals(3, splitter.count(), "nothing is looked at beyond");
  }

  @Test
  void manyItemsAreKeptInOrder() {
    StringBuilder body = new StringBuilder("[0");
    for (int i = 1; i < 100; i++) {
      body.append(',').append(i);
    }
    body.append(']');
    ArraySplitter splitter = new ArraySplitter(100);
    splitter.scan(body.toString().getBytes(UTF_8), body.length());
    assertFalse(splitter.tooMany());
    for (int i = 0; i < 100; i++) {
      assertEquals("" + i, body.substring(splitter.from(i), splitter.to(i)));
    }
  }

  @Test
  void aChunkTellsWhetherALineEndedInIt() {
    List<String> lines = new ArrayList<>();
    LineSplitter splitter =
        new LineSplitter(
            10_000,
            new LineSplitter.Sink() {
              @Override
              public void line(byte[] buf, int from, int to) {
                lines.add(new String(buf, from, to - from, UTF_8));
              }

              @Override
              public void oversized() {
                lines.add("OVERSIZED");
              }
            });
    assertFalse(chunk(splitter, "a".getBytes(UTF_8)));
    assertTrue(chunk(splitter, "b\n".getBytes(UTF_8)));
    assertTrue(chunk(splitter, "\n".getBytes(UTF_8)));
    assertFalse(chunk(splitter, new byte[0]));
    assertEquals(List.of("ab"), lines);
    assertEquals(1_024, splitter.heldBytes());
    chunk(splitter, "x".repeat(1_025).getBytes(UTF_8));
    assertEquals(2_048, splitter.heldBytes());
    chunk(splitter, "y".repeat(3_000).getBytes(UTF_8));
    assertEquals(4_096, splitter.heldBytes(), "twice as much, or what is wanted");
    splitter.drop();
    assertEquals(0, splitter.heldBytes());
    splitter.end();
    assertEquals(List.of("ab"), lines);
  }

  @Test
  void theLineAfterOneTooLongIsWhole() {
    assertEquals(
        List.of("OVERSIZED", "next", "OVERSIZED"),
        lines("1234567890123\nnext\n12345678901234", 5, 12));
  }

  /// Whether a line ended in it.
  static boolean chunk(LineSplitter splitter, byte[] chunk) {
    splitter.take(chunk);
    boolean ended = false;
    while (splitter.step()) {
      ended = true;
    }
    return ended;
  }
}
