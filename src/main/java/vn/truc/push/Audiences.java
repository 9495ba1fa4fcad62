package vn.truc.push;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// All audiences by their set of channels, and the cache channels that are watched.
final class Audiences {
  private final Map<List<HubChannel>, Audience> byChannels = new HashMap<>();
  private final Map<String, CacheChannel> caches = new HashMap<>();
  private long serials;
  private long subscriptions;

  /// A number for the next channel.
  long nextSerial() {
    return ++serials;
  }

  /// Channels times connections.
  long subscriptions() {
    return subscriptions;
  }

  /// The cache channel of a name, watched or about to be.
  CacheChannel cache(String name) {
    return caches.computeIfAbsent(name, key -> new CacheChannel(key, nextSerial()));
  }

  /// The cache channel of a name; null when nobody watches it.
  @Nullable CacheChannel watchedCache(String name) {
    return caches.get(name);
  }

  /// Every cache channel that is watched.
  Collection<CacheChannel> watchedCaches() {
    return caches.values();
  }

  /// Gives a session another set of channels; an empty one takes it out.
  void move(Session session, List<HubChannel> channels) {
    Audience before = session.audience();
    Audience after = channels.isEmpty() ? null : audience(channels);
    if (after == before) {
      return;
    }
    if (before != null) {
      before.remove(session);
      subscriptions -= before.channels().size();
    }
    if (after != null) {
      after.add(session);
      subscriptions += after.channels().size();
    }
    session.audience(after);
    if (before != null && before.sessions().isEmpty()) {
      drop(before);
    }
  }

  /// Forgets a cache channel that was asked for and never joined.
  void tidy(HubChannel channel) {
    if (channel instanceof CacheChannel && !channel.watched()) {
      caches.remove(channel.name());
    }
  }

  private Audience audience(List<HubChannel> channels) {
    List<HubChannel> sorted = new ArrayList<>(channels);
    sorted.sort(Comparator.comparingLong(HubChannel::serial));
    List<HubChannel> key = List.copyOf(sorted);
    Audience known = byChannels.get(key);
    if (known != null) {
      return known;
    }
    Audience fresh = new Audience(key);
    byChannels.put(key, fresh);
    for (HubChannel channel : key) {
      channel.audiences().add(fresh);
    }
    return fresh;
  }

  private void drop(Audience audience) {
    byChannels.remove(audience.channels());
    for (HubChannel channel : audience.channels()) {
      channel.audiences().remove(audience);
      tidy(channel);
    }
  }
}
