package vn.truc.table;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import vn.truc.send.FactStream;

/// Turns a table into facts, row by row, as a mapping says; holds one row at a time. Counts what it
/// sees: facts by type, rows left out, and what a reader of the numbers should know about the table
/// (repeated ids, rows closed before they were created).
///
/// A fault of the table ends the stream, not the sending: the facts of the rows before it are given
/// first, then [#fault] tells it.
final class TableImport implements FactStream, AutoCloseable {
  private static final int COMPLAINTS_MAX = 20;
  private static final int IDS_MAX = 2_000_000;

  /// What was seen so far.
  ///
  /// @param rows without the blank ones
  /// @param factsByRule facts told, by the place of their rule in the mapping and its type
  /// @param skipped rows left out for a complaint
  /// @param unmet facts not told because their `when` did not hold
  /// @param backwards rows of which a fact is earlier than the one before it
  /// @param firstBackwards the first of them, in words
  /// @param complaints the first ones
  record Tally(
      long rows,
      long blank,
      long facts,
      long skipped,
      long unmet,
      long repeatedIds,
      long backwards,
      Optional<String> firstBackwards,
      long equalTimes,
      Map<String, Long> factsByRule,
      List<TableRow.Complaint> complaints) {}

  private final TableMap map;
  private final TableRows table;
  private final int width;
  private final TableRow.Columns columns;
  private final Map<String, Long> factsByRule = new LinkedHashMap<>();
  private final List<TableRow.Complaint> complaints = new ArrayList<>();
  private final Set<String> ids = new HashSet<>();
  private final List<String> ready = new ArrayList<>();

  /// Where each of them comes from.
  private final List<String> places = new ArrayList<>();

  private Optional<String> fault = Optional.empty();
  private Optional<String> firstBackwards = Optional.empty();
  private boolean ended;
  private long rows;
  private long blank;
  private long facts;
  private long skipped;
  private long unmet;
  private long repeatedIds;
  private long backwards;
  private long equalTimes;

  /// Reads the heading of a table.
  ///
  /// @throws TableFault when it cannot be read, the heading lacks a column the mapping names,
  /// or has one of these twice
  TableImport(TableMap map, TableRows table) {
    this.map = map;
    this.table = table;
    TableRows.Line heading =
        heading(table, map.reading().skipRows())
            .orElseThrow(() -> new TableFault("the table is empty"));
    heading
        .fault()
        .ifPresent(
            what -> {
              throw new TableFault("line " + heading.line() + ", the heading: " + what);
            });
    List<String> names = heading.cells().stream().map(CellValue::text).toList();
    this.width = names.size();
    Map<String, Integer> places = new HashMap<>();
    for (String column : map.columns()) {
      int first = names.indexOf(column);
      if (first != names.lastIndexOf(column)) {
        throw new TableFault("the column " + Texts.shown(column) + " stands twice");
      }
      places.put(column, first);
    }
    refuseAbsent(places, names, heading.line());
    this.columns = new TableRow.Columns(places, map.noneValues());
  }

  private static void refuseAbsent(Map<String, Integer> places, List<String> names, long line) {
    List<String> absent = new ArrayList<>();
    places.forEach((column, place) -> absent.addAll(place < 0 ? List.of(column) : List.of()));
    if (absent.isEmpty()) {
      return;
    }
    absent.sort(Comparator.naturalOrder());
    throw new TableFault(
        "the table has no column %s; its heading (line %d) has %s%s"
            .formatted(
                String.join(", ", absent.stream().map(Texts::shown).toList()),
                line,
                String.join(", ", names.stream().map(Texts::shown).toList()),
                names.size() == 1 || names.stream().filter(n -> !n.isEmpty()).count() <= 1
                    ? "; rows above the heading are left out by skipRows in the mapping"
                    : ""));
  }

  /// The first row that is not blank after so many rows.
  static Optional<TableRows.Line> heading(TableRows table, int skipRows) {
    for (int i = 0; i < skipRows; i++) {
      table.next();
    }
    Optional<TableRows.Line> row = table.next();
    while (row.isPresent() && row.get().blank()) {
      row = table.next();
    }
    return row;
  }

  @Override
  public Next next(int max) {
    try {
      while (!ended && ready.size() < max) {
        Optional<TableRows.Line> line = table.next();
        ended = line.isEmpty();
        line.ifPresent(this::row);
      }
    } catch (TableFault e) {
      ended = true;
      fault = Optional.of("row " + (rows + 1) + ", " + e.getMessage());
    }
    if (ready.isEmpty()) {
      return new End();
    }
    List<String> slice = ready.subList(0, Math.min(max, ready.size()));
    List<String> from = places.subList(0, slice.size());
    Batch batch = new Batch(slice, from);
    slice.clear();
    from.clear();
    return batch;
  }

  /// Why the table was not read to its end.
  Optional<String> fault() {
    return fault;
  }

  /// How the table is read, in words.
  String what() {
    return table.what();
  }

  private void row(TableRows.Line line) {
    if (line.blank()) {
      blank++;
      return;
    }
    rows++;
    Optional<String> unusable = line.fault().or(() -> misshapen(line.cells()));
    if (unusable.isPresent()) {
      leftOut(List.of(new TableRow.Complaint(rows, line.line(), "(all)", unusable.get())));
      return;
    }
    Telling telling = tell(line, Map.of());
    if (telling.runsBackwards()) {
      backwards++;
      if (firstBackwards.isEmpty()) {
        firstBackwards = Optional.of("row " + rows + " (line " + line.line() + ")");
      }
      telling =
          switch (map.closedBefore()) {
            case KEEP -> telling;
            case SWAP -> tell(line, telling.inOrder());
            case DROP -> Telling.NOTHING;
          };
    }
    if (!telling.complaints.isEmpty()) {
      leftOut(telling.complaints);
      return;
    }
    unmet += telling.unmet;
    notice(telling.told);
    for (int i = 0; i < telling.told.size(); i++) {
      ready.add(telling.told.get(i).json());
      places.add("row " + rows + " (line " + line.line() + ")");
      factsByRule.merge(telling.rules.get(i), 1L, Long::sum);
      facts++;
    }
  }

  private void leftOut(List<TableRow.Complaint> why) {
    skipped++;
    why.stream().limit(COMPLAINTS_MAX - complaints.size()).forEach(complaints::add);
  }

  /// A row is as wide as the heading; cells beyond it may stand there while they are empty.
  private Optional<String> misshapen(List<CellValue> cells) {
    boolean narrow = cells.size() < width && !table.ragged();
    boolean wide = cells.stream().skip(width).anyMatch(cell -> !cell.isEmpty());
    return narrow || wide
        ? Optional.of("has " + cells.size() + " cells, the heading " + width)
        : Optional.empty();
  }

  /// What one row tells.
  private record Telling(
      List<TableRow.Told> told,
      List<String> rules,
      long unmet,
      List<TableRow.Complaint> complaints) {
    static final Telling NOTHING = new Telling(List.of(), List.of(), 0, List.of());

    boolean runsBackwards() {
      Instant before = Instant.MIN;
      for (TableRow.Told fact : told) {
        if (fact.time().isBefore(before)) {
          return complaints.isEmpty();
        }
        before = fact.time();
      }
      return false;
    }

    /// The times of its columns in their order.
    Map<String, Instant> inOrder() {
      Map<String, Instant> times = new LinkedHashMap<>();
      told.forEach(fact -> times.putIfAbsent(fact.column(), fact.time()));
      List<Instant> sorted = times.values().stream().sorted().toList();
      int i = 0;
      for (String column : new LinkedHashSet<>(times.keySet())) {
        times.put(column, sorted.get(i++));
      }
      return times;
    }
  }

  private Telling tell(TableRows.Line line, Map<String, Instant> swapped) {
    TableRow row = new TableRow(rows, line.line(), line.cells(), columns, swapped);
    List<TableRow.Told> told = new ArrayList<>();
    List<String> rules = new ArrayList<>();
    long without = 0;
    for (int i = 0; i < map.facts().size(); i++) {
      TableMap.FactRule rule = map.facts().get(i);
      if (!row.tells(rule)) {
        without++;
        continue;
      }
      Optional<TableRow.Told> fact = row.fact(rule, map.source());
      fact.ifPresent(told::add);
      rules.add("facts[" + i + "] " + rule.type());
    }
    return new Telling(told, rules, without, row.complaints());
  }

  private void notice(List<TableRow.Told> told) {
    Instant before = Instant.MIN;
    for (TableRow.Told fact : told) {
      if (ids.size() < IDS_MAX && !ids.add(fact.id())) {
        repeatedIds++;
      }
      equalTimes += fact.time().equals(before) ? 1 : 0;
      before = fact.time();
    }
  }

  Tally tally() {
    return new Tally(
        rows,
        blank,
        facts,
        skipped,
        unmet,
        repeatedIds,
        backwards,
        firstBackwards,
        equalTimes,
        Map.copyOf(factsByRule),
        List.copyOf(complaints));
  }

  /// The tally in words, one line each.
  List<String> words() {
    List<String> words = new ArrayList<>();
    words.add(
        String.format(Locale.ROOT, "rows %d: facts %d, rows left out %d", rows, facts, skipped));
    factsByRule.forEach((rule, count) -> words.add("  " + rule + ": " + count));
    words.add(
        String.format(
            Locale.ROOT,
            "  not told (when): %d, repeated ids: %s%d, at the same instant: %d, blank rows: %d",
            unmet,
            ids.size() < IDS_MAX ? "" : "at least ",
            repeatedIds,
            equalTimes,
            blank));
    firstBackwards.ifPresent(
        first ->
            words.add(
                "  closed before created (a fact earlier than the one before it): rows %d, first %s; %s"
                    .formatted(backwards, first, chosen())));
    complaints.forEach(complaint -> words.add("  " + complaint));
    if (skipped > 0 && complaints.size() >= COMPLAINTS_MAX) {
      words.add("  (only the first " + COMPLAINTS_MAX + " complaints are listed)");
    }
    return words;
  }

  private String chosen() {
    return switch (map.closedBefore()) {
      case KEEP -> "told as they stand (closedBefore: keep; swap and drop are the others)";
      case SWAP -> "told with their times changed round (closedBefore: swap)";
      case DROP -> "not told (closedBefore: drop)";
    };
  }

  @Override
  public void close() {
    table.close();
  }
}
