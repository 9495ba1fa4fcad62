package vn.truc.event;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.StreamReadFeature;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;

/// Random events, written in many ways, and random damage to them. The seed is the repetition.
class EventCodecModelTest {
  private static final DecodeContext CONTEXT =
      new DecodeContext(Rfc3339.parse("2026-11-23T08:00:00+07:00"), "key-1");

  private final EventCodec codec = new EventCodec(CodecLimits.defaults());

  private Decoded decode(byte[] bytes) {
    return codec.decode(bytes, 0, bytes.length, 0, CONTEXT);
  }

  /// A JSON text of a value (maps, lists, texts, whole numbers) with random order, white space,
  /// escapes and number forms.
  private static String written(Object value, Random random) {
    String space = random.nextInt(4) == 0 ? " \n\t".substring(random.nextInt(3)) : "";
    return space
        + switch (value) {
          case Map<?, ?> map -> {
            List<String> members = new ArrayList<>();
            map.forEach(
                (name, inner) ->
                    members.add(written(name, random) + space + ":" + written(inner, random)));
            Collections.shuffle(members, random);
            yield "{" + String.join(",", members) + space + "}";
          }
          case List<?> list ->
              "["
                  + String.join(",", list.stream().map(inner -> written(inner, random)).toList())
                  + "]";
          case String text -> quoted(text, random);
          case Integer number ->
              switch (random.nextInt(3)) {
                case 0 -> number + ".0";
                case 1 -> number == 0 ? "-0" : number + "0e-1";
                default -> number.toString();
              };
          default -> throw new IllegalArgumentException(value.toString());
        };
  }

  private static String quoted(String text, Random random) {
    StringBuilder out = new StringBuilder("\"");
    text.codePoints()
        .forEach(
            point -> {
              if (point == '"' || point == '\\' || point < 0x20 || random.nextInt(8) == 0) {
                for (char half : Character.toChars(point)) {
                  out.append(String.format("\\u%04X", (int) half));
                }
              } else {
                out.appendCodePoint(point);
              }
            });
    return out.append('"').toString();
  }

  private static Map<String, Object> event(Random random) {
    Map<String, Object> data = new TreeMap<>();
    data.put("status", random.nextBoolean() ? "received" : "closed");
    data.put("agency", text(random));
    data.put("dueAt", "2026-11-2" + random.nextInt(10));
    data.put("lat", random.nextInt(90));
    for (int i = random.nextInt(6); i > 0; i--) {
      data.put("x" + text(random), value(random, 3));
    }
    Map<String, Object> event = new TreeMap<>();
    event.put("specversion", "1.0");
    event.put("id", "id" + random.nextInt());
    event.put("source", "/hotline/1022");
    event.put("type", EventTypes.FEEDBACK_STATUS);
    event.put("subject", "PA-" + random.nextInt(1_000));
    event.put("time", "2026-11-23T07:30:00+07:00");
    event.put("data", data);
    return event;
  }

  private static Object value(Random random, int depth) {
    return switch (random.nextInt(depth > 0 ? 4 : 2)) {
      case 0 -> text(random);
      case 1 -> random.nextInt(1_000_000) - 500_000;
      case 2 -> List.of(value(random, depth - 1), value(random, depth - 1));
      default -> new TreeMap<>(Map.of("k" + text(random), value(random, depth - 1)));
    };
  }

  private static String text(Random random) {
    String letters = "abcXYZ019 \"\\\n/ếộÁ漢😀";
    StringBuilder out = new StringBuilder();
    for (int i = random.nextInt(20); i > 0; i--) {
      int at = random.nextInt(letters.codePointCount(0, letters.length()));
      out.appendCodePoint(letters.codePointAt(letters.offsetByCodePoints(0, at)));
    }
    return out.toString();
  }

  @RepeatedTest(300)
  void hashDependsOnContentAloneAndStoredRecordsDecodeToTheSame(RepetitionInfo repetition) {
    Random random = new Random(repetition.getCurrentRepetition());
    Map<String, Object> event = event(random);
    String first = written(event, random);
    String second = written(event, random);
    LogRecord one =
        assertInstanceOf(Decoded.Accepted.class, decode(first.getBytes(UTF_8)), first).record();
    LogRecord two =
        assertInstanceOf(Decoded.Accepted.class, decode(second.getBytes(UTF_8)), second).record();
    assertEquals(one.event(), two.event(), first + "\n" + second);
    assertEquals(one.event(), RecordDecoder.decode(one), one.data());
    Map<String, Object> changed = new TreeMap<>(event);
    @SuppressWarnings("unchecked")
    Map<String, Object> data = new TreeMap<>((Map<String, Object>) event.get("data"));
    data.put("agency", data.get("agency") + "!");
    changed.put("data", data);
    LogRecord other =
        assertInstanceOf(Decoded.Accepted.class, decode(written(changed, random).getBytes(UTF_8)))
            .record();
    assertNotEquals(one.event().contentHash(), other.event().contentHash());
  }

  @RepeatedTest(300)
  void damagedBytesAreRefusedOrReadAsJacksonReadsThem(RepetitionInfo repetition)
      throws IOException {
    Random random = new Random(1_000L + repetition.getCurrentRepetition());
    byte[] sound = written(event(random), random).getBytes(UTF_8);
    for (int round = 0; round < 50; round++) {
      byte[] damaged = sound.clone();
      for (int hits = 1 + random.nextInt(3); hits > 0; hits--) {
        int at = random.nextInt(damaged.length);
        String likely = "{}[]\",:\\u0e-. tn";
        damaged[at] =
            (byte)
                (random.nextBoolean()
                    ? random.nextInt(256)
                    : likely.charAt(random.nextInt(likely.length())));
      }
      Decoded decoded = decode(damaged);
      boolean json = !(decoded instanceof Decoded.Refused refused) || refused.json();
      if (json && decoded instanceof Decoded.Accepted accepted) {
        assertTrue(isJson(damaged), () -> new String(damaged, UTF_8));
        assertEquals(accepted.record().event(), RecordDecoder.decode(accepted.record()));
      }
      if (decoded instanceof Decoded.Refused refused
          && refused.rejection().reason() == Rejection.Reason.MALFORMED_JSON
          && !refused.json()) {
        assertTrue(!isJson(damaged), () -> new String(damaged, UTF_8));
      }
    }
  }

  private static boolean isJson(byte[] bytes) throws IOException {
    JsonFactory factory =
        JsonFactory.builder().disable(StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION).build();
    try (JsonParser parser = factory.createParser(bytes)) {
      int depth = 0;
      int roots = 0;
      for (var token = parser.nextToken(); token != null; token = parser.nextToken()) {
        if (token.isScalarValue()) {
          parser.getText();
        }
        roots += depth == 0 && !token.isStructEnd() ? 1 : 0;
        depth += token.isStructStart() ? 1 : token.isStructEnd() ? -1 : 0;
      }
      return roots == 1;
    } catch (com.fasterxml.jackson.core.JsonProcessingException
        | java.io.CharConversionException _) {
      return false;
    }
  }
}
