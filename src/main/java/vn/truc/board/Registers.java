package vn.truc.board;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import vn.truc.event.Event;
import vn.truc.event.LogRecord;

/// Facts that are no case: visits of portals and reported indicators, of which every identity is
/// remembered with its content, and of the facts that speak of the same thing the last in order
/// stands; and heartbeats, of which the newest are remembered.
final class Registers {
  /// An identity within its kind and subject. Ordered, so that a table of them stays quick where
  /// somebody chooses identities that meet in it.
  record Identity(String type, String subject, String source, String id)
      implements Comparable<Identity> {
    private static final Comparator<Identity> ORDER =
        Comparator.comparing(Identity::id)
            .thenComparing(Identity::subject)
            .thenComparing(Identity::source)
            .thenComparing(Identity::type);

    @Override
    public int compareTo(Identity other) {
      return ORDER.compare(this, other);
    }
  }

  private final Map<Identity, Long> identities = new HashMap<>();

  /// In the order they came, to be read piece by piece while more come.
  private final List<Identity> known = new ArrayList<>();

  private final PortalTraffic portal = new PortalTraffic();
  private final Indicators indicators;
  private final Heartbeats heartbeats;
  private long stateSum;

  /// @param scopes of the configuration in use
  Registers(Heartbeats heartbeats, Scopes scopes) {
    this.heartbeats = heartbeats;
    indicators = new Indicators(scopes);
  }

  Heartbeats heartbeats() {
    return heartbeats;
  }

  PortalTraffic portal() {
    return portal;
  }

  Indicators indicators() {
    return indicators;
  }

  long stateSum() {
    return stateSum;
  }

  int identityCount() {
    return identities.size();
  }

  BoardVerdict judge(LogRecord record, Event event) {
    if (event instanceof Event.Heartbeat heartbeat) {
      return heartbeats.judge(record, heartbeat);
    }
    Long known = identities.get(identity(record));
    if (known == null) {
      return BoardVerdict.NEW;
    }
    return known == event.contentHash() ? BoardVerdict.DUPLICATE : BoardVerdict.CONFLICT;
  }

  /// Takes a fact judged new; returns whether a value may have changed. One that cannot be taken
  /// leaves no trace.
  boolean insert(LogRecord record, Event event) {
    return switch (event) {
      case Event.Heartbeat heartbeat -> {
        heartbeats.insert(record, heartbeat);
        yield false;
      }
      case Event.Traffic traffic -> {
        boolean stands = portal.put(record, traffic);
        remember(identity(record), event.contentHash());
        yield stands;
      }
      case Event.Indicator indicator -> {
        boolean stands = indicators.put(record, indicator);
        remember(identity(record), event.contentHash());
        yield stands;
      }
      case Event.CaseFact _, Event.Internal _ ->
          throw new IllegalArgumentException("not a register: " + record);
    };
  }

  /// Remembers an identity, from a fact or from a snapshot.
  void remember(Identity identity, long contentHash) {
    if (identities.put(identity, contentHash) != null) {
      throw new IllegalArgumentException("remembered twice: " + identity);
    }
    known.add(identity);
    long h = Mix.combine(contentHash, hash(identity.type()));
    h = Mix.combine(h, hash(identity.subject()));
    h = Mix.combine(h, hash(identity.source()));
    stateSum += Mix.combine(h, hash(identity.id()));
  }

  /// An identity by its place in the order they came, from 0.
  Identity identity(int index) {
    return known.get(index);
  }

  long contentHash(Identity identity) {
    return identities.getOrDefault(identity, 0L);
  }

  private static long hash(String text) {
    return Mix.hash(text.getBytes(StandardCharsets.UTF_8));
  }

  private static Identity identity(LogRecord record) {
    return new Identity(record.type(), record.subject().orElse(""), record.source(), record.id());
  }
}
