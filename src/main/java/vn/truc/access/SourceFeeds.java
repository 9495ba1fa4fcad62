package vn.truc.access;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import vn.truc.config.ConfigFile;
import vn.truc.config.ConfigNode;
import vn.truc.config.Faults;

/// The feeds the province expects to hear from, as `sources.yaml` lists them.
public record SourceFeeds(List<Feed> feeds) {
  /// The file's name.
  public static final String FILE = "sources.yaml";

  private static final Duration SILENCE_MIN = Duration.ofSeconds(10);
  private static final Duration SILENCE_MAX = Duration.ofDays(31);

  public SourceFeeds {
    feeds = List.copyOf(feeds);
  }

  /// One feed.
  ///
  /// @param source the source URI its key is bound to
  /// @param silence the longest silence that is usual in working hours; absent when any is
  public record Feed(String source, String name, String nameEn, Optional<Duration> silence) {}

  /// Reads `sources.yaml`; every fault is noted.
  public static SourceFeeds read(String text, Faults faults) {
    ConfigNode file = ConfigFile.parse(FILE, text, faults);
    List<Feed> feeds = new ArrayList<>();
    Set<String> sources = new HashSet<>();
    for (ConfigNode node : file.maps("sources")) {
      String source = node.text("source");
      if (!source.isEmpty() && !sources.add(source)) {
        node.fault("source", "'" + source + "' stands twice");
      }
      String name = node.text("name");
      feeds.add(
          new Feed(
              source,
              name,
              node.text("nameEn", name),
              node.optionalDuration("silence", SILENCE_MIN, SILENCE_MAX)));
    }
    file.end();
    return new SourceFeeds(feeds);
  }
}
