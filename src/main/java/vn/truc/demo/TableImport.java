package vn.truc.demo;

import de.siegmar.fastcsv.reader.CloseableIterator;
import de.siegmar.fastcsv.reader.CsvReader;
import de.siegmar.fastcsv.reader.CsvRecord;
import java.io.IOException;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Turns a table into facts, row by row, as a mapping says; holds one row at a time. Counts what it
/// sees: facts by type, rows left out, and what a reader of the numbers should know about the table
/// (repeated ids, times that run backwards or are equal within a row).
final class TableImport implements FactStream, AutoCloseable {
  private static final int COMPLAINTS_MAX = 20;
  private static final int IDS_MAX = 2_000_000;

  /// What was seen so far.
  ///
  /// @param factsByRule facts told, by the place of their rule in the mapping and its type
  /// @param skipped rows left out for a complaint
  /// @param unmet facts not told because their `when` did not hold
  /// @param complaints the first ones
  record Tally(
      long rows,
      long facts,
      long skipped,
      long unmet,
      long repeatedIds,
      long backwards,
      long equalTimes,
      Map<String, Long> factsByRule,
      List<TableRow.Complaint> complaints) {}

  private final TableMap map;
  private final CsvReader<CsvRecord> reader;
  private final CloseableIterator<CsvRecord> records;
  private final Map<String, Integer> columns = new HashMap<>();
  private final Map<String, Long> factsByRule = new LinkedHashMap<>();
  private final List<TableRow.Complaint> complaints = new ArrayList<>();
  private final Set<String> ids = new HashSet<>();
  private final List<String> ready = new ArrayList<>();
  private long rows;
  private long facts;
  private long skipped;
  private long unmet;
  private long repeatedIds;
  private long backwards;
  private long equalTimes;

  /// Opens a table and reads its heading.
  ///
  /// @throws IllegalArgumentException when the heading lacks a column the mapping names, or names
  ///     one twice
  TableImport(TableMap map, Reader table) {
    this.map = map;
    this.reader =
        CsvReader.builder()
            .fieldSeparator(map.delimiter())
            .allowExtraFields(true)
            .allowMissingFields(true)
            .ofCsvRecord(table);
    this.records = reader.iterator();
    if (!records.hasNext()) {
      throw new IllegalArgumentException("the table is empty");
    }
    List<String> heading = records.next().getFields();
    for (int i = 0; i < heading.size(); i++) {
      String name = heading.get(i).replace("\uFEFF", "").strip();
      if (columns.putIfAbsent(name, i) != null && !name.isEmpty()) {
        throw new IllegalArgumentException("the column " + name + " stands twice");
      }
    }
    List<String> absent =
        map.columns().stream().filter(column -> !columns.containsKey(column)).toList();
    if (!absent.isEmpty()) {
      throw new IllegalArgumentException(
          "the table has no column " + String.join(", ", absent) + "; it has " + heading);
    }
  }

  @Override
  public Next next(int max) {
    while (ready.size() < max && records.hasNext()) {
      row(records.next());
    }
    if (ready.isEmpty()) {
      return new End();
    }
    List<String> slice = ready.subList(0, Math.min(max, ready.size()));
    Batch batch = new Batch(slice);
    slice.clear();
    return batch;
  }

  private void row(CsvRecord csvRecord) {
    rows++;
    List<String> cells = csvRecord.getFields();
    long line = csvRecord.getStartingLineNumber();
    TableRow row = new TableRow(rows, line, cells, columns);
    List<TableRow.Told> told = new ArrayList<>();
    List<String> rules = new ArrayList<>();
    if (cells.size() != columns.size()) {
      row.complaints()
          .add(
              new TableRow.Complaint(
                  rows,
                  line,
                  "(all)",
                  "has " + cells.size() + " cells, the heading " + columns.size()));
    } else {
      for (int i = 0; i < map.facts().size(); i++) {
        TableMap.FactRule rule = map.facts().get(i);
        if (!row.tells(rule)) {
          unmet++;
          continue;
        }
        Optional<TableRow.Told> fact = row.fact(rule, map.source());
        fact.ifPresent(told::add);
        rules.add("facts[" + i + "] " + rule.type());
      }
    }
    if (!row.complaints().isEmpty()) {
      skipped++;
      row.complaints().stream().limit(COMPLAINTS_MAX - complaints.size()).forEach(complaints::add);
      return;
    }
    notice(told);
    for (int i = 0; i < told.size(); i++) {
      ready.add(told.get(i).json());
      factsByRule.merge(rules.get(i), 1L, Long::sum);
      facts++;
    }
  }

  private void notice(List<TableRow.Told> told) {
    Instant before = Instant.MIN;
    for (TableRow.Told fact : told) {
      if (ids.size() < IDS_MAX && !ids.add(fact.id())) {
        repeatedIds++;
      }
      backwards += fact.time().isBefore(before) ? 1 : 0;
      equalTimes += fact.time().equals(before) ? 1 : 0;
      before = fact.time();
    }
  }

  Tally tally() {
    return new Tally(
        rows,
        facts,
        skipped,
        unmet,
        repeatedIds,
        backwards,
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
            "  not told (when): %d, repeated ids: %d, earlier than the fact before: %d,"
                + " at the same instant: %d",
            unmet,
            repeatedIds,
            backwards,
            equalTimes));
    complaints.forEach(complaint -> words.add("  " + complaint));
    if (skipped > 0 && complaints.size() >= COMPLAINTS_MAX) {
      words.add("  (only the first " + COMPLAINTS_MAX + " complaints are listed)");
    }
    return words;
  }

  @Override
  public void close() {
    try {
      reader.close();
    } catch (IOException e) {
      throw new UncheckedIOException("the table cannot be closed", e);
    }
  }
}
