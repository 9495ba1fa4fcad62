package vn.truc.board;

import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import vn.truc.event.Event;
import vn.truc.event.LogRecord;

/// Which heartbeats were taken, so that a repeat is known: of each source the newest by time, and
/// of all those together again the newest. Both bounds go by the facts' own time, never by arrival,
/// so the same heartbeats leave the same memory, and folding one twice changes nothing. What is
/// older than all that is remembered is taken, and not remembered.
///
/// Heartbeats change no number, and are no part of the board's state.
final class Heartbeats {
  private static final Comparator<Beat> BY_TIME =
      Comparator.comparingLong(Beat::timeMicros)
          .thenComparing(Beat::source)
          .thenComparing(Beat::subject)
          .thenComparing(Beat::id);

  /// What is remembered of one.
  record Beat(String source, String subject, String id, long timeMicros, long contentHash) {}

  private record Name(String subject, String id) implements Comparable<Name> {
    @Override
    public int compareTo(Name other) {
      int byId = id.compareTo(other.id);
      return byId != 0 ? byId : subject.compareTo(other.subject);
    }
  }

  /// The heartbeats of one source.
  private static final class Source {
    private final Map<Name, Beat> byName = new HashMap<>();
    private final TreeSet<Beat> byTime = new TreeSet<>(BY_TIME);
  }

  private final int perSource;
  private final int inAll;
  private final Map<String, Source> sources = new HashMap<>();
  private final TreeSet<Beat> byTime = new TreeSet<>(BY_TIME);

  /// @param perSource heartbeats remembered of one source
  /// @param inAll heartbeats remembered of all sources together
  Heartbeats(int perSource, int inAll) {
    this.perSource = perSource;
    this.inAll = inAll;
  }

  BoardVerdict judge(LogRecord record, Event.Heartbeat heartbeat) {
    Source source = sources.get(record.source());
    Beat known =
        source == null
            ? null
            : source.byName.get(new Name(record.subject().orElse(""), record.id()));
    if (known == null) {
      return BoardVerdict.NEW;
    }
    return known.contentHash() == heartbeat.contentHash()
        ? BoardVerdict.DUPLICATE
        : BoardVerdict.CONFLICT;
  }

  /// Takes a heartbeat judged new.
  void insert(LogRecord record, Event.Heartbeat heartbeat) {
    remember(
        new Beat(
            record.source(),
            record.subject().orElse(""),
            record.id(),
            record.timeMicros(),
            heartbeat.contentHash()));
  }

  /// Remembers one that is not remembered, from a fact or from a snapshot, and forgets what is then
  /// too old.
  void remember(Beat beat) {
    Source source = sources.computeIfAbsent(beat.source(), _ -> new Source());
    source.byName.put(new Name(beat.subject(), beat.id()), beat);
    source.byTime.add(beat);
    byTime.add(beat);
    if (source.byTime.size() > perSource) {
      forget(source.byTime.first());
    } else if (byTime.size() > inAll) {
      forget(byTime.first());
    }
  }

  private void forget(Beat beat) {
    byTime.remove(beat);
    Source source = sources.get(beat.source());
    if (source != null) {
      source.byTime.remove(beat);
      source.byName.remove(new Name(beat.subject(), beat.id()));
      if (source.byTime.isEmpty()) {
        sources.remove(beat.source());
      }
    }
  }

  /// All that are remembered, for a snapshot.
  List<Beat> remembered() {
    return List.copyOf(byTime);
  }
}
