package vn.truc.access;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import vn.truc.access.AccessSettings.TokenMaxAge;
import vn.truc.config.Fault;
import vn.truc.config.Faults;

class AccessSettingsTest {
  @Test
  void noAgeIsNegative() {
    Duration hour = Duration.ofHours(1);
    Duration none = Duration.ofMillis(-1);
    TokenMaxAge sound = new TokenMaxAge(Duration.ZERO, hour, hour, hour);
    assertEquals(Duration.ZERO, sound.viewer());
    assertThrows(
        IllegalArgumentException.class, () -> new TokenMaxAge(none, hour, hour, hour), "viewer");
    assertThrows(
        IllegalArgumentException.class, () -> new TokenMaxAge(hour, none, hour, hour), "operator");
    assertThrows(
        IllegalArgumentException.class, () -> new TokenMaxAge(hour, hour, none, hour), "agency");
    assertThrows(
        IllegalArgumentException.class, () -> new TokenMaxAge(hour, hour, hour, none), "admin");
  }

  @Test
  void aFeedStandsOnceInTheFile() {
    Faults faults = new Faults();
    SourceFeeds feeds =
        SourceFeeds.read(
            """
            sources:
              - {source: /a, name: A, silence: 5m}
              - {source: /b, name: B, nameEn: Bee}
            """,
            faults);
    assertEquals(List.of(), faults.list());
    assertEquals(
        List.of("A", "Bee"), feeds.feeds().stream().map(SourceFeeds.Feed::nameEn).toList());
    SourceFeeds.read(
        """
        sources:
          - {source: /a, name: A}
          - {source: /a, name: B}
          - {source: "", name: C}
          - {source: "", name: D}
        """,
        faults);
    assertEquals(
        List.of("sources[1].source", "sources[2].source", "sources[3].source"),
        faults.list().stream().map(Fault::key).toList(),
        "once each: what is missing does not stand twice");
  }
}
