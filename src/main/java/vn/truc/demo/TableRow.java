package vn.truc.demo;

import io.vertx.core.json.JsonObject;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoField;
import java.time.temporal.TemporalAccessor;
import java.time.temporal.TemporalQueries;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import vn.truc.demo.TableMap.Cell;
import vn.truc.demo.TableMap.Condition;
import vn.truc.demo.TableMap.FactRule;
import vn.truc.demo.TableMap.Form;
import vn.truc.demo.TableMap.Lookup;
import vn.truc.demo.TableMap.Member;
import vn.truc.demo.TableMap.Origin;
import vn.truc.demo.TableMap.Template;
import vn.truc.demo.TableMap.TimeForm;

/// One row of a table, being turned into facts. What cannot be read becomes a complaint; a row with
/// a complaint tells nothing.
final class TableRow {
  private static final Set<String> YES = Set.of("true", "1", "yes", "y", "x", "có", "co");
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
  record Told(Instant time, String id, String json) {}

  private final long row;
  private final long line;
  private final List<String> cells;
  private final Map<String, Integer> columns;
  private final List<Complaint> complaints = new ArrayList<>();

  TableRow(long row, long line, List<String> cells, Map<String, Integer> columns) {
    this.row = row;
    this.line = line;
    this.cells = cells;
    this.columns = columns;
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
      case Condition.OneOf(String column, Set<String> texts) -> texts.contains(cell(column));
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
    return Optional.of(new Told(OffsetDateTime.parse(text).toInstant(), id, event.encode()));
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

  private String cell(String column) {
    Integer index = columns.get(column);
    return index == null || index >= cells.size() ? "" : cells.get(index).strip();
  }

  private String filled(Template template, boolean required) {
    StringBuilder text = new StringBuilder();
    for (Template.Part part : template.parts()) {
      if (part.column().isEmpty()) {
        text.append(part.text());
        continue;
      }
      String cell = cell(part.column());
      if (cell.isEmpty() && required) {
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
    String text =
        switch (cell.origin()) {
          case Origin.Column(String name) -> cell(name);
          case Origin.Constant(String constant) -> constant;
          case Origin.Composed(Template template) -> filled(template, cell.required());
        };
    String column = cell.columns().isEmpty() ? "(constant)" : cell.columns().getFirst();
    if (text.isEmpty()) {
      text = cell.otherwise().orElse("");
    } else if (cell.lookup().isPresent()) {
      text = lookedUp(cell.lookup().get(), text, column);
      if (text.isEmpty()) {
        return Optional.empty();
      }
    }
    if (text.isEmpty()) {
      if (cell.required()) {
        complain(column, "is empty");
      }
      return Optional.empty();
    }
    return formed(cell.form(), text, column);
  }

  private String lookedUp(Lookup lookup, String text, String column) {
    Optional<String> found = Optional.ofNullable(lookup.values().get(text)).or(lookup::otherwise);
    if (found.isEmpty()) {
      complain(column, "'" + text + "' is not in the lookup " + lookup.name());
    }
    return found.orElse("");
  }

  private Optional<Object> formed(Form form, String text, String column) {
    return switch (form) {
      case Form.Text() -> Optional.of(text);
      case Form.Whole() ->
          text.matches("-?[0-9]{1,18}")
              ? Optional.of(Long.parseLong(text))
              : refused(column, text, "a whole number");
      case Form.Decimal(boolean comma) -> {
        String plain = comma ? text.replace(".", "").replace(',', '.') : text;
        yield plain.matches("-?[0-9]{1,15}(\\.[0-9]{1,15})?")
            ? Optional.of(Double.parseDouble(plain))
            : refused(column, text, "a number");
      }
      case Form.Flag() -> {
        String word = text.toLowerCase(Locale.ROOT);
        yield YES.contains(word) || NO.contains(word)
            ? Optional.of(YES.contains(word))
            : refused(column, text, "yes or no");
      }
      case Form.Moment(TimeForm time) ->
          moment(time, text, column)
              .map(at -> at.atZone(time.zone()).format(DateTimeFormatter.ISO_OFFSET_DATE_TIME));
      case Form.Day(TimeForm time) ->
          moment(time, text, column).map(at -> at.atZone(time.zone()).toLocalDate().toString());
    };
  }

  private Optional<Instant> moment(TimeForm form, String text, String column) {
    try {
      return Optional.of(
          switch (form) {
            case TimeForm.Iso(ZoneId zone) -> iso(text, zone);
            case TimeForm.Pattern(DateTimeFormatter formatter, String _, ZoneId zone) ->
                instant(formatter.parse(text), zone);
            case TimeForm.Epoch(long units, ZoneId _) ->
                Instant.ofEpochMilli(Math.multiplyExact(Long.parseLong(text), 1_000L) / units);
          });
    } catch (DateTimeException | ArithmeticException | NumberFormatException e) {
      String wanted =
          switch (form) {
            case TimeForm.Iso _ -> "a time like 2026-11-23T07:30:00";
            case TimeForm.Pattern(DateTimeFormatter _, String pattern, ZoneId _) ->
                "a time like " + pattern;
            case TimeForm.Epoch _ -> "a count since 1970";
          };
      return refused(column, text, wanted);
    }
  }

  private static Instant iso(String text, ZoneId zone) {
    String standard = text.replace(' ', 'T');
    if (standard.length() == 10) {
      return LocalDate.parse(standard).atStartOfDay(zone).toInstant();
    }
    return instant(DateTimeFormatter.ISO_DATE_TIME.parse(standard), zone);
  }

  /// Asks what was read instead of trying one form after another: a table has many rows, and a
  /// form that does not fit costs an exception each time.
  private static Instant instant(TemporalAccessor parsed, ZoneId zone) {
    if (parsed.isSupported(ChronoField.INSTANT_SECONDS)) {
      return Instant.from(parsed);
    }
    LocalDate date = LocalDate.from(parsed);
    return Optional.ofNullable(parsed.query(TemporalQueries.localTime()))
        .map(time -> date.atTime(time).atZone(zone).toInstant())
        .orElseGet(() -> date.atStartOfDay(zone).toInstant());
  }

  private <T> Optional<T> refused(String column, String text, String wanted) {
    complain(column, "must be " + wanted + ", not '" + text + "'");
    return Optional.empty();
  }

  private void complain(String column, String message) {
    Complaint complaint = new Complaint(row, line, column, message);
    if (!complaints.contains(complaint)) {
      complaints.add(complaint);
    }
  }
}
