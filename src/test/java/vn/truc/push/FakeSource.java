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
  private final Set<String> poisoned = new HashSet<>();
  private String epoch = "e-one";
  private long position;
  private boolean failingDrain;

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

  /// Makes a channel's payload a fault of ours, or mends it.
  void poison(String channel, boolean on) {
    if (on) {
      poisoned.add(channel);
    } else {
      poisoned.remove(channel);
    }
    changed.add(channel);
  }

  @Override
  public Buffer current(String channel) {
    asked.merge(channel, 1, Integer::sum);
    if (poisoned.contains(channel)) {
      throw new IllegalStateException("a fault of ours");
    }
    return Buffer.buffer(values.getOrDefault(channel, "{\"values\":{}}"));
  }

  /// Makes the question what changed a fault of ours, or mends it.
  void failDrain(boolean on) {
    failingDrain = on;
  }

  @Override
  public void drainChanged(Consumer<String> channels) {
    if (failingDrain) {
      throw new IllegalStateException("a fault of ours");
    }
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
