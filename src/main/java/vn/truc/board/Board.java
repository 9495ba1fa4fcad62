package vn.truc.board;

import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import vn.truc.event.CaseKind;
import vn.truc.event.Event;
import vn.truc.event.LogRecord;
import vn.truc.fold.Projection;
import vn.truc.fold.Section;

/// All numbers of the house as a pure fold: the same facts in any order, any number of times, give
/// the same values at the same instant. Belongs to one context; no call does input or output or
/// reads a clock.
///
/// Instants are microseconds since 1970; days and periods are those of Asia/Ho_Chi_Minh.
public final class Board implements Projection {
  private final BoardSettings settings;
  private final CaseStore store;
  private final Registers registers;
  private final Summaries summaries;
  private final Changes changes;
  private final LiveCatalogue liveCatalogue;
  private Tally tally;
  private @Nullable Tally next;
  private boolean settingBack;

  /// Topics somebody ever fed. Portals and indicators are fed one by one; who reads them asks
  /// there.
  private final Set<Topic> fed = EnumSet.of(Topic.PORTAL, Topic.INDICATOR);

  private long position;
  private final BoardSnapshot.CaseReader caseReader = new BoardSnapshot.CaseReader();

  /// @param random whose numbers make the key of the tables: unforeseeable where senders are not
  ///     trusted. No value of the board depends on it.
  public Board(BoardConfig config, BoardSettings settings, RandomGenerator random) {
    this.settings = settings;
    store = new CaseStore(settings, new KeyedHash(random.nextLong(), random.nextLong()));
    summaries = new Summaries(store.dictionary());
    changes = new Changes(summaries);
    tally = new Tally(store, config);
    tally.startAt(0);
    registers =
        new Registers(
            new Heartbeats(settings.heartbeatsPerSource(), settings.heartbeatsMax()),
            tally.scopes());
    liveCatalogue = new LiveCatalogue(registers.indicators().names(), settings.indicatorsMax());
  }

  /// What became of a record.
  ///
  /// @param change the case's change; empty when the record changed no case
  public record Applied(BoardVerdict verdict, Optional<Change> change) {}

  private static final Applied PASSED = new Applied(BoardVerdict.NEW, Optional.empty());

  /// The configuration the values stand under.
  public BoardConfig config() {
    return tally.config();
  }

  /// The position of the newest record folded.
  public long position() {
    return position;
  }

  /// An instant as boards write it: to the millisecond, at +07:00.
  public static String timeText(long micros) {
    return JsonText.millis(micros);
  }

  /// An instant at +07:00 with as many decimals as it has.
  public static String exactTimeText(long micros) {
    return JsonText.instantText(micros);
  }

  /// The instant the values stand for.
  public long asOfMicros() {
    return tally.asOf();
  }

  /// The count of cases known.
  public int caseCount() {
    return store.size();
  }

  /// The count of facts in all cases.
  public long factCount() {
    return store.factCount();
  }

  /// Order-free sum of the hashes of all facts in cases and registers: free of the clock and of
  /// positions.
  public long state() {
    return store.stateSum() + registers.stateSum();
  }

  /// What the door is to make of a record that is not in the log yet.
  ///
  /// @param bytesUnderWay bytes of facts about its case that were taken and are not folded yet
  public BoardVerdict judge(LogRecord record, long bytesUnderWay) {
    Event event = record.event();
    return switch (event) {
      case Event.CaseFact fact -> store.judge(record, fact, bytesUnderWay);
      case Event.Traffic _, Event.Indicator _, Event.Heartbeat _ -> registers.judge(record, event);
      case Event.Internal _ -> BoardVerdict.NEW;
    };
  }

  /// Folds the next record of the log.
  public Applied apply(LogRecord record) {
    position = Math.max(position, record.position());
    Event event = record.event();
    return switch (event) {
      case Event.CaseFact fact -> applyCase(record, fact);
      case Event.Traffic _, Event.Indicator _, Event.Heartbeat _ -> applyRegister(record, event);
      case Event.Internal _ -> PASSED;
    };
  }

  /// All that may fail comes first, then what was worked out is put into force: a fact that cannot
  /// be folded leaves no trace.
  private Applied applyCase(LogRecord record, Event.CaseFact fact) {
    CaseStore.Insertion insertion = store.prepare(record, fact);
    if (insertion.verdict() != BoardVerdict.NEW) {
      return new Applied(insertion.verdict(), Optional.empty());
    }
    int number = insertion.number();
    boolean known = number < tally.tallied();
    prepare(tally, insertion);
    Tally beside = next != null && number < next.tallied() ? next : null;
    if (beside != null) {
      prepare(beside, insertion);
    }
    Change change = changes.byFact(tally, known, record);
    store.commit(insertion);
    tally.commit();
    if (beside != null) {
      beside.commit();
    }
    fed(fact.kind());
    return new Applied(BoardVerdict.NEW, Optional.of(change));
  }

  private static void prepare(Tally into, CaseStore.Insertion insertion) {
    into.prepare(insertion.number(), insertion.before(), insertion.after(), insertion.lastFact());
  }

  private Applied applyRegister(LogRecord record, Event event) {
    BoardVerdict verdict = registers.judge(record, event);
    if (verdict != BoardVerdict.NEW) {
      return new Applied(verdict, Optional.empty());
    }
    int fedBefore = registers.portal().fedBits();
    boolean stands = registers.insert(record, event);
    if (registers.portal().fedBits() != fedBefore) {
      markAll(Topic.PORTAL);
    }
    if (!stands) {
      return PASSED;
    }
    if (event instanceof Event.Indicator) {
      markAll(Topic.INDICATOR);
    } else {
      tally.markChanged(Scopes.PROVINCE, Topic.PORTAL.bit());
    }
    return PASSED;
  }

  private Catalogue catalogue() {
    return liveCatalogue.under(tally.config());
  }

  private void fed(CaseKind kind) {
    if (fed.add(Topic.of(kind))) {
      markAll(Topic.of(kind));
    }
  }

  private void markAll(Topic topic) {
    for (int scope = 0; scope < tally.scopes().count(); scope++) {
      tally.markChanged(scope, topic.bit());
    }
  }

  /// Moves the clock on by one slice and returns the instant reached, which is then [#asOfMicros]:
  /// call again while it is short of `nowMicros`. An instant that is not ahead changes nothing.
  /// Where more cases than a slice holds are due at one and the same instant, the first of them
  /// are turned while `asOf` still stands a microsecond before it.
  public long advance(long nowMicros, Consumer<Change> changes) {
    long reached =
        tally.advance(nowMicros, settings.turnCasesMax(), number -> changes.accept(turned(number)));
    Tally beside = next;
    if (beside != null) {
      // never ahead of the tally in use, or the swap would jump over changes nobody was told of;
      // nor ahead of now, where the tally in use is
      beside.advance(Math.min(reached, nowMicros), settings.turnCasesMax(), _ -> {});
    }
    return reached;
  }

  private Change turned(int number) {
    return changes.byClock(tally, new Facts().of(store.history(number)).code());
  }

  /// Whether the configuration has a scope of this name.
  public boolean hasScope(String scope) {
    return tally.scopes().find(scope) >= 0;
  }

  /// Whether a scope is an area of the configuration.
  public boolean isArea(String scope) {
    return tally.scopes().knowsArea(scope);
  }

  /// Whether an agency is another, or lies below it.
  public boolean within(String agency, String ancestor) {
    return tally.scopes().within(agency, ancestor);
  }

  /// All values of a scope as the JSON of `GET /api/v1/board/{scope}`; empty when there is no such
  /// scope.
  public Optional<String> boardJson(String scope) {
    int number = tally.scopes().find(scope);
    if (number < 0) {
      return Optional.empty();
    }
    JsonText json = new JsonText().open('{').name("scope").string(scope);
    stamp(json);
    values().write(json, number, List.of(Topic.values()));
    return Optional.of(json.close('}').toString());
  }

  /// The payload of a topic's cache channel in a scope that exists.
  public String topicJson(Topic topic, String scope) {
    JsonText json = new JsonText().open('{');
    stamp(json);
    values().write(json, tally.scopes().find(scope), List.of(topic));
    return json.close('}').toString();
  }

  /// Whether a catalogue id has a map: every id an area's board has.
  public boolean hasMap(String metric) {
    return catalogue().find(metric).isPresent();
  }

  /// The topic a catalogue id belongs to; empty when there is no such id.
  public Optional<Topic> topicOf(String metric) {
    return catalogue().find(metric).map(Catalogue.Entry::topic);
  }

  /// The payload of the channel `map:<metric>`: the value of every area.
  public String mapJson(String metric) {
    Catalogue.Entry entry = catalogue().find(metric).orElseThrow();
    JsonText json = new JsonText().open('{');
    json.name("asOf").string(JsonText.millis(tally.asOf())).name("metric").string(metric);
    json.name("values").open('{');
    BoardValues values = values();
    for (BoardConfig.Area area : tally.config().areas()) {
      json.name(area.code());
      values.value(json, tally.scopes().find(area.code()), entry);
    }
    return json.close('}').close('}').toString();
  }

  private void stamp(JsonText json) {
    json.name("asOf").string(JsonText.millis(tally.asOf()));
    json.name("position").string(Long.toString(position));
  }

  private BoardValues values() {
    return new BoardValues(tally, registers, catalogue(), fed::contains);
  }

  /// Whether any value changed since this was last asked; forgets it, and nothing else.
  public boolean takeChanged() {
    return tally.takeAnyChanged();
  }

  /// What a fact names that the configuration does not know, or that is no code at all: it is kept
  /// and counted, under the province and `unassigned` where it is an agency. Usually nothing.
  public List<Unknown> unknowns(LogRecord record) {
    return Unknown.in(record, tally.config(), tally.scopes(), registers.indicators());
  }

  /// Hands over, and forgets, which topics of which scopes changed since the last call.
  public void drainChanged(BiConsumer<String, Topic> changed) {
    Scopes scopes = tally.scopes();
    for (int scope = 0; scope < scopes.count(); scope++) {
      int bits = tally.takeChanged(scope);
      if (bits != 0) {
        for (Topic topic : TOPICS) {
          if ((bits & topic.bit()) != 0) {
            changed.accept(scopes.name(scope), topic);
          }
        }
      }
    }
  }

  private static final List<Topic> TOPICS = List.of(Topic.values());

  /// Begins to read a metric of a scope over time; step it until it is done. `to` is exclusive.
  public SeriesReader series(
      String metric, String scope, long fromMicros, long toMicros, String step) {
    return new SeriesReader(
        tally, registers.portal(), fed::contains, metric, scope, fromMicros, toMicros, step);
  }

  /// Begins a list of cases; step it until it is done.
  public CaseScan cases(CaseFilter filter) {
    return new CaseScan(store, tally, filter);
  }

  /// Where one case stands; empty when there is none.
  public Optional<CaseSummary> summary(CaseKind kind, String code) {
    int number = store.find(kind, code);
    if (number < 0) {
      return Optional.empty();
    }
    CaseState state = new CaseState().of(store.history(number));
    return Optional.of(summaries.of(state, code, tally.duePhase(number)));
  }

  /// One case with its history as JSON; empty when there is none.
  public Optional<String> caseJson(CaseKind kind, String code) {
    return caseDetail(kind, code).map(CaseDetail::whole);
  }

  /// Begins to write one case with its history; empty when there is none.
  public Optional<CaseDetail> caseDetail(CaseKind kind, String code) {
    int number = store.find(kind, code);
    return summary(kind, code)
        .map(
            known ->
                new CaseDetail(store.dictionary(), store.history(number), known, tally.scopes()));
  }

  /// The catalogue as the JSON of `GET /api/v1/metrics-catalogue`.
  public String catalogueJson() {
    return CatalogueText.json(catalogue());
  }

  /// Begins a digest of all values as they stand now.
  public DigestJob digest() {
    JsonText apart = new JsonText().open('{');
    values().write(apart, Scopes.PROVINCE, List.of(Topic.PORTAL, Topic.INDICATOR));
    return new DigestJob(tally, apart.close('}').toString(), position, state());
  }

  /// Begins to fold all cases anew under another configuration, beside the values in use, to stand
  /// at an instant afterwards: that of now, or an earlier one, when the clock had run ahead. Call
  /// [#refold] until it is done.
  public void beginRefold(BoardConfig config, long asOfMicros) {
    Tally beside = new Tally(store, config);
    beside.startAt(asOfMicros);
    settingBack = asOfMicros < tally.asOf();
    next = beside;
    registers.indicators().beginNext(beside.scopes());
  }

  /// Gives up what [#beginRefold] began: everything stays under the configuration in use.
  public void abandonRefold() {
    next = null;
    settingBack = false;
    registers.indicators().abandonNext();
  }

  /// Folds so many more cases under the new configuration; when all are in, everything answers
  /// under it. True when done.
  public boolean refold(int cases) {
    Tally beside = next;
    if (beside == null) {
      return true;
    }
    int end = Math.min(store.size(), beside.tallied() + cases);
    for (int number = beside.tallied(); number < end; number++) {
      beside.add(number);
    }
    if (!settingBack) {
      beside.advance(tally.asOf(), settings.turnCasesMax(), _ -> {}); // the clock may stand still
    }
    if (beside.tallied() < store.size()
        || (beside.asOf() < tally.asOf() && !settingBack)
        || !registers.indicators().sumNext(cases)) {
      return false;
    }
    settingBack = false;
    tally = beside;
    next = null;
    registers.indicators().takeNext();
    liveCatalogue.forget();
    for (Topic topic : TOPICS) {
      markAll(topic);
    }
    return true;
  }

  @Override
  public List<Section> sections() {
    return BoardSnapshot.SECTIONS;
  }

  /// Its chunks are taken while the board goes on.
  @Override
  public BoardSnapshot copy() {
    return snapshot(BoardSnapshot.CHUNK_BYTES);
  }

  /// A copy in chunks of about so many bytes.
  BoardSnapshot snapshot(int chunkBytes) {
    return new BoardSnapshot(store, registers, tally, position, chunkBytes);
  }

  /// Takes one chunk of a snapshot into an empty board, in the order [BoardSnapshot] names.
  /// Throws when the section is unknown or its content does not fit.
  @Override
  public void restore(String section, byte[] chunk) {
    switch (section) {
      case BoardSnapshot.CLOCK -> tally.startAt(BoardSnapshot.readClock(chunk));
      case BoardSnapshot.TEXTS -> BoardSnapshot.readTexts(chunk, store);
      case BoardSnapshot.CASES -> caseReader.take(chunk, store, tally);
      case BoardSnapshot.REGISTERS -> BoardSnapshot.readRegisters(chunk, registers);
      default -> throw new IllegalArgumentException("no such section: " + section);
    }
  }

  /// Ends a restore: the board then holds the log up to a position.
  ///
  /// @throws IllegalStateException when a case was cut off
  @Override
  public void restored(long upTo) {
    if (!caseReader.isWhole()) {
      throw new IllegalStateException("the last case of the snapshot is cut off");
    }
    position = upTo;
    for (int number = 0; number < tally.tallied(); number++) {
      fed.add(Topic.of(tally.kind(number)));
    }
  }
}
