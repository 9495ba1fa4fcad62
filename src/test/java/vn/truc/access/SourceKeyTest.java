package vn.truc.access;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What a key covers, by whole segments of the path. No test saw the rule turned round.
class SourceKeyTest {
  @ParameterizedTest
  @CsvSource({
    "/hotline/1022, /hotline/1022, true",
    "/hotline/1022, /hotline/1022/a, true",
    "/hotline/1022, /hotline/1022/, true",
    "/hotline/1022, /hotline/10220, false",
    "/hotline/1022, /hotline/102, false",
    "/hotline/1022, /hotline, false",
    "/hotline/1022, /mail/hotline/1022, false",
    "/hotline/1022, hotline/1022, false",
    "/hotline/, /hotline/1022, true",
    "/hotline/, /hotline/, true",
    "/hotline/, /hotline, false",
    "/, /a, true",
    "https://a.vn/x, https://a.vn/x/y, true",
    "https://a.vn/x, https://a.vn/xy, false"
  })
  void aKeyCoversItsSourceAndWhatLiesBelow(String source, String event, boolean covered) {
    assertEquals(covered, new SourceKey("0", source, "n", false).covers(event));
  }
}
