package vn.truc.intake;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.core.io.JsonStringEncoder;
import java.io.ByteArrayOutputStream;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import vn.truc.event.CodecLimits;
import vn.truc.event.DecodeContext;
import vn.truc.event.Decoded;
import vn.truc.event.EventCodec;
import vn.truc.event.LogRecord;
import vn.truc.event.Rejection;
import vn.truc.testing.Fuzz;

/// The four forms of a body, damaged: whatever comes, each event is a named refusal or a record,
/// and the record says the same when it is read from the log and when it is sent again.
class EventFuzzTest {
  private static final int LINE_BYTES_MAX = 65_536;
  private static final int ITEMS_MAX = 50;
  private static final long NOW =
      ChronoUnit.MICROS.between(Instant.EPOCH, Instant.parse("2026-11-23T01:00:00Z"));
  private static final DecodeContext CONTEXT = new DecodeContext(NOW, "key-1");
  private static final List<String> WORDS =
      List.of(
          "{",
          "}",
          "[",
          "]",
          ",",
          ":",
          "\"",
          "\\",
          "\n",
          "\r\n",
          "null",
          "true",
          "-0",
          "1e400",
          "0.1e-7",
          "9223372036854775808",
          "\"\"",
          "\\u0000",
          "\\ud800",
          "\\udc00\\ud800",
          "\u0000",
          "\u00ef\u00bb\u00bf",
          "\u00c0\u0080",
          "\u00ed\u00a0\u0080",
          "\u00f4\u0090\u0080\u0080",
          "\u00e1\u00ba\u00bf",
          "e\u00cc\u0081",
          "%",
          "%00",
          "%C3%A9",
          "%ff",
          "ce-id",
          "\"data\":",
          "\"data_base64\":\"e30=\"",
          "\"id\":\"e-1\",",
          "\"time\":\"9999-12-31T23:59:60Z\"",
          "\"subject\":",
          "\"status\":",
          "2026-02-30",
          "+24:00",
          "vn.truc.key.added",
          "vn.ioc.dossier.status",
          "vn.ioc.portal.traffic",
          "vn.ioc.indicator",
          "[[[[[[[[",
          "{\"a\":{\"a\":");

  private final EventCodec codec = new EventCodec(CodecLimits.defaults());

  /// Reads again what was written anew, which may be longer than what came.
  private final EventCodec roomy = new EventCodec(larger());

  private static CodecLimits larger() {
    CodecLimits d = CodecLimits.defaults();
    return new CodecLimits(
        d.factBytesMax() * 8,
        d.idCharsMax(),
        d.sourceCharsMax(),
        d.subjectCharsMax(),
        d.textCharsMax(),
        d.membersMax(),
        d.depthMax(),
        d.futureToleranceSeconds());
  }

  @Test
  void structured() throws Exception {
    long tried =
        new Fuzz("structured", WORDS)
            .run((input, _) -> check(codec.decode(input, 0, input.length, 7, CONTEXT), 7));
    assertTrue(tried > 100, "only " + tried);
  }

  @Test
  void binary() throws Exception {
    long tried = new Fuzz("binary", WORDS).run((input, _) -> check(binary(input), 7));
    assertTrue(tried > 100, "only " + tried);
  }

  /// Headers, one a line, an empty line, the body.
  private Decoded binary(byte[] input) {
    String text = new String(input, ISO_8859_1);
    int end = text.indexOf("\n\n");
    String head = end < 0 ? text : text.substring(0, end);
    byte[] body = end < 0 ? new byte[0] : text.substring(end + 2).getBytes(ISO_8859_1);
    List<Map.Entry<String, String>> headers = new ArrayList<>();
    Optional<String> type = Optional.empty();
    for (String line : head.split("\n", -1)) {
      int colon = line.indexOf(':');
      String name = colon < 0 ? line : line.substring(0, colon);
      String value = colon < 0 ? "" : line.substring(colon + 1);
      headers.add(Map.entry(name, value));
      if (name.equalsIgnoreCase("content-type")) {
        type = Optional.of(value.strip());
      }
    }
    return codec.decodeBinary(headers, type, body, 7, CONTEXT);
  }

  @Test
  void batch() throws Exception {
    long tried = new Fuzz("batch", WORDS).run(this::batch);
    assertTrue(tried > 100, "only " + tried);
  }

  private void batch(byte[] input, SplittableRandom random) {
    ArraySplitter once = new ArraySplitter(ITEMS_MAX);
    once.scan(input, input.length);
    ArraySplitter dripped = new ArraySplitter(ITEMS_MAX);
    for (int end = 0; end < input.length; ) {
      end = Math.min(input.length, end + 1 + random.nextInt(60));
      dripped.scan(input, end);
    }
    assertEquals(once.isWhole(), dripped.isWhole(), "whole");
    assertEquals(once.isBroken(), dripped.isBroken(), "broken");
    assertEquals(once.count(), dripped.count(), "count");
    assertFalse(once.isWhole() && once.isBroken(), "whole and broken");
    int before = 0;
    for (int i = 0; i < Math.min(once.count(), ITEMS_MAX); i++) {
      assertEquals(once.from(i), dripped.from(i));
      assertEquals(once.to(i), dripped.to(i));
      assertTrue(before <= once.from(i) && once.from(i) < once.to(i), "items in order");
      assertTrue(once.to(i) <= input.length, "items inside");
      before = once.to(i);
      check(codec.decode(input, once.from(i), once.to(i), i, CONTEXT), i);
    }
  }

  @Test
  void ndjson() throws Exception {
    long tried = new Fuzz("ndjson", WORDS).run(this::lines);
    assertTrue(tried > 100, "only " + tried);
  }

  private void lines(byte[] input, SplittableRandom random) {
    List<String> once = split(List.of(input));
    List<byte[]> chunks = new ArrayList<>();
    for (int from = 0; from < input.length; ) {
      int to = Math.min(input.length, from + 1 + random.nextInt(60));
      chunks.add(Arrays.copyOfRange(input, from, to));
      from = to;
    }
    assertEquals(once, split(chunks), "lines do not depend on how they arrive");
    for (int i = 0; i < once.size(); i++) {
      byte[] line = once.get(i).getBytes(ISO_8859_1);
      check(codec.decode(line, 0, line.length, i, CONTEXT), i);
    }
  }

  private static List<String> split(List<byte[]> chunks) {
    List<String> lines = new ArrayList<>();
    LineSplitter splitter =
        new LineSplitter(
            LINE_BYTES_MAX,
            new LineSplitter.Sink() {
              @Override
              public void line(byte[] buf, int from, int to) {
                lines.add(new String(buf, from, to - from, ISO_8859_1));
              }

              @Override
              public void oversized() {
                lines.add("oversized");
              }
            });
    chunks.forEach(next -> SplittersTest.chunk(splitter, next));
    splitter.end();
    return lines;
  }

  private void check(Decoded decoded, long index) {
    assertEquals(index, decoded.index());
    switch (decoded) {
      case Decoded.Refused(Rejection rejection, boolean _) -> named(rejection);
      case Decoded.Accepted accepted -> sound(accepted);
    }
  }

  private static void named(Rejection rejection) {
    assertFalse(rejection.message().isBlank(), rejection::toString);
    assertTrue(rejection.field().length() <= 1_000, rejection::toString);
    assertTrue(rejection.id().orElse("").length() <= 256, rejection::toString);
    text(rejection.field());
    text(rejection.id().orElse(""));
  }

  /// Nothing that UTF-8 cannot say.
  private static void text(String text) {
    assertEquals(text, new String(text.getBytes(UTF_8), UTF_8));
  }

  private void sound(Decoded.Accepted accepted) {
    LogRecord record = accepted.record();
    text(record.id());
    text(record.source());
    text(record.data());
    text(record.subject().orElse(""));
    text(record.extensions().orElse("{}"));
    text(accepted.personal().orElse("{}"));
    assertEquals(record.event(), stored(record).event(), "as the log has it");

    byte[] again = structured(record);
    LogRecord second =
        assertInstanceOf(
                Decoded.Accepted.class,
                roomy.decode(again, 0, again.length, 7, CONTEXT),
                () -> new String(again, UTF_8))
            .record();
    assertEquals(record.event(), second.event(), () -> new String(again, UTF_8));
    assertEquals(record.event().contentHash(), second.event().contentHash());
    assertEquals(record.data(), second.data());
    assertEquals(record.subject(), second.subject());
    assertEquals(record.sequence(), second.sequence());
    assertEquals(record.timeMicros(), second.timeMicros());
    assertEquals(record.extensions(), second.extensions());
  }

  private static LogRecord stored(LogRecord record) {
    return new LogRecord(
        1,
        record.schema(),
        record.type(),
        record.source(),
        record.id(),
        record.subject().orElse(null),
        record.timeMicros(),
        record.sequence().orElse(null),
        record.recordedAtMicros(),
        record.keyId(),
        record.extensions().orElse(null),
        record.data(),
        null);
  }

  private static byte[] structured(LogRecord record) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    put(out, "{\"specversion\":\"1.0\"");
    member(out, "id", record.id());
    member(out, "source", record.source());
    member(out, "type", record.type());
    record.subject().ifPresent(subject -> member(out, "subject", subject));
    record.sequence().ifPresent(sequence -> member(out, "sequence", sequence));
    member(out, "time", Instant.EPOCH.plus(record.timeMicros(), ChronoUnit.MICROS).toString());
    record
        .extensions()
        .map(all -> all.substring(1, all.length() - 1))
        .filter(all -> !all.isEmpty())
        .ifPresent(all -> put(out, "," + all));
    put(out, ",\"data\":" + record.data() + "}");
    return out.toByteArray();
  }

  private static void member(ByteArrayOutputStream out, String name, String value) {
    put(out, ",\"" + name + "\":\"");
    put(out, new String(JsonStringEncoder.getInstance().quoteAsString(value)) + "\"");
  }

  private static void put(ByteArrayOutputStream out, String text) {
    out.writeBytes(text.getBytes(UTF_8));
  }
}
