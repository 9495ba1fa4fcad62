package vn.truc.table;

import io.vertx.core.json.JsonObject;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import vn.truc.table.TableMap.Cell;
import vn.truc.table.TableMap.Condition;
import vn.truc.table.TableMap.FactRule;
import vn.truc.table.TableMap.Form;
import vn.truc.table.TableMap.Lookup;
import vn.truc.table.TableMap.Member;
import vn.truc.table.TableMap.Origin;
import vn.truc.table.TableMap.Template;
import vn.truc.table.TableMap.TimeForm;

/// One row of a table, being turned into facts. What cannot be read becomes a complaint; a row with
/// a complaint tells nothing.
final class TableRow {
  private static final Set<String> YES = Set.of("true", "1", "yes", "y", "x", "có", "co");
  private static final Pattern POINT = Pattern.compile("-?[0-9]{1,15}(\\.[0-9]{1,30})?");
  private static final Pattern COMMA =
      Pattern.compile("-?([0-9]{1,15}|[0-9]{1,3}(\\.[0-9]{3}){1,4})(,[0-9]{1,30})?");
  private static final Set<String> NO = Set.of("false", "0", "no", "n", "không", "khong");

  /// Something in a cell that cannot be used.
  ///
  /// @param row from 1, the heading not counted
  /// @param line in the file, from 1
  record Complaint(long row, long line, String column, String message) {
    @Override
    public String toString() {
      return "row " + row + " (line " + line + "), column " + column + ": " + message;
    }
  }

  /// A fact of this row.
  ///
  /// @param column where its time stands
  record Told(Instant time, String column, String id, String json) {}

  private final long row;
  private final long line;
  private final List<CellValue> cells;
  private final Columns columns;
  private final Map<String, Instant> swapped;
  private final List<Complaint> complaints = new ArrayList<>();

  /// What is the same for all rows.
  ///
  /// @param places of the columns
  /// @param noneValues cells that read so are empty
  record Columns(Map<String, Integer> places, Set<String> noneValues) {}

  /// @param swapped times of columns that count instead of the row's own
  TableRow(
      long row, long line, List<CellValue> cells, Columns columns, Map<String, Instant> swapped) {
    this.row = row;
    this.line = line;
    this.cells = cells;
    this.columns = columns;
    this.swapped = swapped;
  }

  List<Complaint> complaints() {
    return complaints;
  }

  /// Whether this row tells a fact.
  boolean tells(FactRule rule) {
    if (rule.when().isEmpty()) {
      return true;
    }
    return switch (rule.when().get()) {
      case Condition.Present(String column) -> !cell(column).isEmpty();
      case Condition.Absent(String column) -> cell(column).isEmpty();
      case Condition.OneOf(String column, Set<String> texts) -> texts.contains(cell(column).text());
    };
  }

  /// The fact; empty when there is something to complain about.
  Optional<Told> fact(FactRule rule, String source) {
    int before = complaints.size();
    JsonObject event = new JsonObject().put("specversion", "1.0").put("type", rule.type());
    String id = filled(rule.id(), true);
    event.put("source", source).put("id", id);
    rule.subject().ifPresent(subject -> event.put("subject", filled(subject, true)));
    Optional<Object> time = value(rule.time());
    JsonObject data = new JsonObject();
    for (Member member : rule.data()) {
      value(member.cell()).ifPresent(value -> put(data, member.name(), value));
    }
    if (complaints.size() > before || time.isEmpty()) {
      return Optional.empty();
    }
    String text = time.get().toString();
    event.put("time", text).put("data", data);
    Instant at = OffsetDateTime.parse(text).toInstant();
    String column = rule.time().columns().getFirst();
    return Optional.of(new Told(at, column, id, event.encode()));
  }

  private static void put(JsonObject data, String name, Object value) {
    int dot = name.indexOf('.');
    if (dot < 0) {
      data.put(name, value);
      return;
    }
    String outer = name.substring(0, dot);
    JsonObject inner = data.getJsonObject(outer, new JsonObject());
    data.put(outer, inner);
    put(inner, name.substring(dot + 1), value);
  }

  private CellValue cell(String column) {
    int index = columns.places.getOrDefault(column, Integer.MAX_VALUE);
    CellValue cell = index >= cells.size() ? CellValue.EMPTY : cells.get(index);
    return columns.noneValues.contains(cell.text()) ? CellValue.EMPTY : cell;
  }

  /// The cell, to be used: one at fault is a complaint.
  private CellValue used(String column) {
    CellValue cell = cell(column);
    if (!cell.fault().isEmpty()) {
      complain(column, cell.fault());
    }
    return cell;
  }

  private String filled(Template template, boolean required) {
    StringBuilder text = new StringBuilder();
    for (Template.Part part : template.parts()) {
      if (part.column().isEmpty()) {
        text.append(part.text());
        continue;
      }
      CellValue used = used(part.column());
      String cell = used.text();
      if (cell.isEmpty() && required && used.fault().isEmpty()) {
        complain(part.column(), "is empty");
      }
      if (cell.isEmpty() && !required) {
        return "";
      }
      text.repeat("0", Math.max(0, part.width() - cell.length())).append(cell);
    }
    return text.toString();
  }

  private Optional<Object> value(Cell cell) {
    CellValue found =
        switch (cell.origin()) {
          case Origin.Column(String name) -> used(name);
          case Origin.Constant(String constant) -> CellValue.text(constant);
          case Origin.Composed(Template template) ->
              CellValue.text(filled(template, cell.required()));
        };
    if (!found.fault().isEmpty()) {
      return Optional.empty();
    }
    String column = cell.columns().isEmpty() ? "(constant)" : cell.columns().getFirst();
    if (found.isEmpty()) {
      found = CellValue.text(cell.otherwise().orElse(""));
    } else if (cell.lookup().isPresent()) {
      Optional<String> translated = lookedUp(cell.lookup().get(), found.text(), column);
      if (translated.isEmpty()) {
        return Optional.empty();
      }
      found = CellValue.text(translated.get());
    }
    if (found.isEmpty()) {
      if (cell.required()) {
        complain(column, "is empty");
      }
      return Optional.empty();
    }
    return formed(cell.form(), found, column);
  }

  private Optional<String> lookedUp(Lookup lookup, String text, String column) {
    Optional<String> found = Optional.ofNullable(lookup.values().get(text)).or(lookup::otherwise);
    if (found.isEmpty()) {
      complain(column, "'" + Texts.shown(text) + "' is not in the lookup " + lookup.name());
    }
    return found;
  }

  private Optional<Object> formed(Form form, CellValue cell, String column) {
    String text = cell.text();
    return switch (form) {
      case Form.Text() -> Optional.of(text);
      case Form.Whole() ->
          text.matches("-?[0-9]{1,18}")
              ? Optional.of(Long.parseLong(text))
              : refused(column, text, "a whole number");
      case Form.Decimal(boolean comma) -> decimal(cell, comma && !cell.number(), column);
      case Form.Flag() -> {
        String word = text.toLowerCase(Locale.ROOT);
        yield YES.contains(word) || NO.contains(word)
            ? Optional.of(YES.contains(word))
            : refused(column, text, "yes or no");
      }
      case Form.Moment(TimeForm time) ->
          moment(time, cell, column).map(at -> TableTimes.rfc3339(at, time.zone()));
      case Form.Day(TimeForm time) ->
          moment(time, cell, column).map(at -> at.atZone(time.zone()).toLocalDate().toString());
    };
  }

  private Optional<Object> decimal(CellValue cell, boolean comma, String column) {
    String text = cell.text();
    if (!comma) {
      return POINT.matcher(text).matches()
          ? Optional.of(new BigDecimal(text))
          : refused(column, text, "a number");
    }
    return COMMA.matcher(text).matches()
        ? Optional.of(new BigDecimal(text.replace(".", "").replace(',', '.')))
        : refused(column, text, "a number like 1.234,5 (points part groups of three)");
  }

  private Optional<Instant> moment(TimeForm form, CellValue cell, String column) {
    if (swapped.containsKey(column)) {
      return Optional.ofNullable(swapped.get(column));
    }
    TableTimes.Read read = TableTimes.read(form, cell);
    if (read.at().isEmpty()) {
      complain(column, read.complaint());
    }
    return read.at();
  }

  private <T> Optional<T> refused(String column, String text, String wanted) {
    complain(column, "must be " + wanted + ", not '" + Texts.shown(text) + "'");
    return Optional.empty();
  }

  private void complain(String column, String message) {
    Complaint complaint = new Complaint(row, line, column, message);
    if (!complaints.contains(complaint)) {
      complaints.add(complaint);
    }
  }
}
