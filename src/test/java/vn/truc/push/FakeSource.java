package vn.truc.push;

import io.vertx.core.buffer.Buffer;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/// A source of channels set by the test: `cache:` and `feed:` names exist unless they end in
/// `:nowhere`.
final class FakeSource implements ChannelSource {
  private final Map<String, String> values = new HashMap<>();
  private final Map<String, Integer> asked = new HashMap<>();
  private final Set<String> changed = new LinkedHashSet<>();
  private final Set<String> removed = new HashSet<>();
  private String epoch = "e-one";
  private long position;

  void set(String channel, String json) {
    values.put(channel, json);
    changed.add(channel);
  }

  /// Takes a channel out, as a new configuration does.
  void remove(String channel) {
    removed.add(channel);
    values.remove(channel);
  }

  void restore(String channel) {
    removed.remove(channel);
  }

  void position(long now) {
    position = now;
  }

  void epoch(String now) {
    epoch = now;
  }

  /// How often a channel's value was asked for.
  int asked(String channel) {
    return asked.getOrDefault(channel, 0);
  }

  @Override
  public ChannelClass classOf(String channel) {
    if (channel.endsWith(":nowhere") || removed.contains(channel)) {
      return ChannelClass.UNKNOWN;
    }
    if (channel.startsWith("feed:") || channel.startsWith("alerts:")) {
      return ChannelClass.STREAM;
    }
    return channel.startsWith("dossier:") || channel.startsWith("feedback:")
        ? ChannelClass.CACHE
        : ChannelClass.UNKNOWN;
  }

  @Override
  public Buffer current(String channel) {
    asked.merge(channel, 1, Integer::sum);
    return Buffer.buffer(values.getOrDefault(channel, "{\"values\":{}}"));
  }

  @Override
  public void drainChanged(Consumer<String> channels) {
    Set<String> now = Set.copyOf(changed);
    changed.clear();
    now.forEach(channels);
  }

  @Override
  public long position() {
    return position;
  }

  @Override
  public String epoch() {
    return epoch;
  }
}
