package vn.truc.event;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What a refusal says to whoever wrote the sender.
class RefusalTextTest {
  private final EventCodec codec = new EventCodec(CodecLimits.defaults());

  private Decoded decode(String json) {
    byte[] bytes = json.replace('\'', '"').getBytes(UTF_8);
    return codec.decode(bytes, 0, bytes.length, 0, EventCodecTest.CONTEXT);
  }

  /// "out of range" left the integrator to guess which.
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "'received' | 'received','lat':91 | must be from -90 to 90",
        "'received' | 'received','lon':-180.5 | must be from -180 to 180",
        "2026-11-23T07:30 | 2026-02-30T07:30 | must be RFC 3339 with an offset, to the second or"
            + " finer, on a day and hour that exist",
        "2026-11-23T07:30 | 1999-11-23T07:30 | before 2000-01-01T00:00:00Z",
      })
  void refusalSaysWhatWouldDo(String stands, String instead, String message) {
    String sound = EventCodecTest.SOUND;
    assertTrue(sound.contains(stands), sound);
    Decoded.Refused refused =
        assertInstanceOf(Decoded.Refused.class, decode(sound.replace(stands, instead)));
    assertEquals(message, refused.rejection().message());
  }
}
