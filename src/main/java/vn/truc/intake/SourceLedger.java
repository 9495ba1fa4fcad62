package vn.truc.intake;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import vn.truc.event.LogRecord;
import vn.truc.event.Rejection;

/// How facts of each source arrive, and the last refusals each can read back: of this node, since
/// it started, in memory. Holds no personal data. Owned by the door's context.
public final class SourceLedger {

  /// One refusal of a source.
  ///
  /// @param atMicros domain time of the refusal, microseconds since 1970
  public record Refusal(long atMicros, Rejection rejection) {}

  /// An unknown code.
  ///
  /// @param what `agency`, `area`, `field`, `status`, `indicator`, or `code` of a dossier
  /// @param code as it came
  public record Quarantined(String what, String code) {}

  /// Arrival of one source.
  ///
  /// @param source the source URI of its key
  /// @param events facts taken, repeats included
  /// @param rejected events refused
  /// @param lastTimeMicros `time` of the fact that came last, empty before the first
  /// @param lagMicros recordedAt minus time of the fact that came last
  /// @param silenceMicros now minus recordedAt of the fact that came last
  public record Arrival(
      String source,
      long events,
      long rejected,
      Optional<Long> lastTimeMicros,
      Optional<Long> lastRecordedAtMicros,
      Optional<Long> lagMicros,
      Optional<Long> silenceMicros) {}

  private static final class Page {
    private final Deque<Refusal> refusals = new ArrayDeque<>();
    private final Map<Quarantined, Long> quarantine = new LinkedHashMap<>();
    private int members;
    private long unlisted;
    private long events;
    private long rejected;
    private boolean fed;
    private long lastTimeMicros;
    private long lastRecordedAtMicros;
  }

  /// What a name of a member no type knows is called in the quarantine.
  static final String MEMBER = "member";

  private final int refusalsKept;
  private final int quarantinedMax;
  private final Map<String, Page> pages;
  private final Predicate<String> expected;

  public SourceLedger(IntakeSettings settings) {
    this(settings, _ -> false);
  }

  /// @param expected whether something may come from a source: one that has a key stands here with
  ///     nothing rather than not at all, since the silent feed is the one to look for
  public SourceLedger(IntakeSettings settings, Predicate<String> expected) {
    this.expected = expected;
    refusalsKept = settings.refusalsKeptPerSource();
    quarantinedMax = settings.refusalsKeptPerSource();
    pages =
        new LinkedHashMap<>(16, 0.75f, true) {
          private static final long serialVersionUID = 1L;

          @Override
          protected boolean removeEldestEntry(Map.Entry<String, Page> eldest) {
            return size() > settings.sourcesKeptMax();
          }
        };
  }

  private Page page(String source) {
    return pages.computeIfAbsent(source, _ -> new Page());
  }

  /// A fact was taken, or known already.
  void taken(String source, LogRecord record) {
    Page page = page(source);
    page.events++;
    page.fed = true;
    page.lastTimeMicros = record.timeMicros();
    page.lastRecordedAtMicros = record.recordedAtMicros();
  }

  /// An event was refused.
  void refused(String source, long nowMicros, Rejection rejection) {
    Page page = page(source);
    page.rejected++;
    if (page.refusals.size() == refusalsKept) {
      page.refusals.removeLast();
    }
    page.refusals.addFirst(new Refusal(nowMicros, rejection));
  }

  /// A fact of a source named a code this house does not know.
  public void unknown(String source, String what, String code) {
    Page page = page(source);
    Quarantined one = new Quarantined(what, code);
    // names of members are no more than half, so that codes have room
    boolean member = what.equals(MEMBER);
    boolean room =
        page.quarantine.size() < quarantinedMax
            && (!member || page.members < Math.max(1, quarantinedMax / 2));
    if (page.quarantine.containsKey(one)) {
      page.quarantine.merge(one, 1L, Long::sum);
    } else if (room) {
      page.quarantine.put(one, 1L);
      page.members += member ? 1 : 0;
    } else {
      page.unlisted++;
    }
  }

  /// Facts with codes that found no room in [#quarantine].
  public long unlisted(String source) {
    Page page = pages.get(source);
    return page == null ? 0 : page.unlisted;
  }

  /// The unknown codes a source sent since the start, with how often.
  public Map<Quarantined, Long> quarantine(String source) {
    Page page = pages.get(source);
    return page == null ? Map.of() : new LinkedHashMap<>(page.quarantine);
  }

  /// The sources that sent something since the start.
  public Set<String> sources() {
    return Set.copyOf(pages.keySet());
  }

  /// Arrival of a source; empty when nothing came from it since the start and nothing may.
  ///
  /// @param nowMicros domain time
  public Optional<Arrival> arrival(String source, long nowMicros) {
    Page page = pages.get(source);
    if (page == null) {
      return expected.test(source)
          ? Optional.of(
              new Arrival(
                  source,
                  0,
                  0,
                  Optional.empty(),
                  Optional.empty(),
                  Optional.empty(),
                  Optional.empty()))
          : Optional.empty();
    }
    return Optional.of(
        new Arrival(
            source,
            page.events,
            page.rejected,
            when(page.fed, page.lastTimeMicros),
            when(page.fed, page.lastRecordedAtMicros),
            when(page.fed, page.lastRecordedAtMicros - page.lastTimeMicros),
            when(page.fed, nowMicros - page.lastRecordedAtMicros)));
  }

  private static Optional<Long> when(boolean present, long value) {
    return present ? Optional.of(value) : Optional.empty();
  }

  /// The last refusals of a source, newest first.
  public List<Refusal> refusals(String source) {
    Page page = pages.get(source);
    return page == null ? List.of() : new ArrayList<>(page.refusals);
  }
}
