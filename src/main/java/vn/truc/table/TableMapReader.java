package vn.truc.table;

import java.nio.charset.Charset;
import java.nio.charset.IllegalCharsetNameException;
import java.nio.charset.UnsupportedCharsetException;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import vn.truc.config.ConfigFile;
import vn.truc.config.ConfigNode;
import vn.truc.config.Faults;
import vn.truc.table.TableMap.Cell;
import vn.truc.table.TableMap.ClosedBefore;
import vn.truc.table.TableMap.Condition;
import vn.truc.table.TableMap.FactRule;
import vn.truc.table.TableMap.Form;
import vn.truc.table.TableMap.Lookup;
import vn.truc.table.TableMap.Member;
import vn.truc.table.TableMap.Origin;
import vn.truc.table.TableMap.Template;
import vn.truc.table.TableMap.TimeForm;

/// Reads a mapping file; every fault is noted with file, line and key, and keys nobody knows are
/// refused.
final class TableMapReader {
  private static final List<String> FORMS =
      List.of("text", "whole", "number", "flag", "instant", "date");

  private final Path folder;
  private final Map<String, Lookup> lookups = new HashMap<>();
  private ZoneId zone = ZoneId.of("Asia/Ho_Chi_Minh");

  private TableMapReader(Path folder) {
    this.folder = folder;
  }

  /// Reads a mapping. What is read in spite of faults must not be used.
  ///
  /// @param fileName for messages
  /// @param folder what the files of lookups are relative to
  static TableMap read(String fileName, String text, Path folder, Faults faults) {
    ConfigNode node = ConfigFile.parse(fileName, text, faults);
    TableMap map = new TableMapReader(folder).map(node);
    node.end();
    return map;
  }

  private TableMap map(ConfigNode node) {
    Optional<Character> delimiter = node.optionalText("delimiter").flatMap(d -> delimiter(node, d));
    TableMap.Reading reading =
        new TableMap.Reading(
            delimiter,
            charset(node),
            (int) node.integer("skipRows", 0, 1_000, 0),
            node.optionalText("sheet").map(Texts::clean));
    zone = zone(node, zone);
    String source = node.text("source");
    if (!source.startsWith("/") && !source.contains(":") && !source.isEmpty()) {
      node.fault("source", "must be a URI or a path that starts with /, not '" + source + "'");
    }
    node.optionalMap("lookups").ifPresent(this::lookups);
    List<FactRule> facts = new ArrayList<>();
    for (ConfigNode fact : node.maps("facts")) {
      facts.add(fact(fact));
    }
    if (facts.isEmpty()) {
      node.fault("facts", "must list at least one fact");
    }
    Set<String> noneValues = new HashSet<>();
    node.texts("noneValues").forEach(text -> noneValues.add(Texts.clean(text)));
    return new TableMap(reading, source, noneValues, closedBefore(node), facts);
  }

  private static ClosedBefore closedBefore(ConfigNode node) {
    return switch (node.choice("closedBefore", List.of("keep", "swap", "drop"), "keep")) {
      case "swap" -> ClosedBefore.SWAP;
      case "drop" -> ClosedBefore.DROP;
      default -> ClosedBefore.KEEP;
    };
  }

  private static Optional<Character> delimiter(ConfigNode node, String text) {
    if (text.equals("tab") || text.equals("\t")) {
      return Optional.of('\t');
    }
    char separator = text.charAt(0);
    if (text.length() != 1 || separator == '"' || Character.isLetterOrDigit(separator)) {
      node.fault("delimiter", "must be one character, no letter, digit or quote, or tab");
      return Optional.empty();
    }
    return Optional.of(separator);
  }

  private static Optional<Charset> charset(ConfigNode node) {
    Optional<String> name = node.optionalText("charset");
    try {
      return name.map(Charset::forName);
    } catch (IllegalCharsetNameException | UnsupportedCharsetException e) {
      node.fault("charset", "is unknown here: '" + name.orElse("") + "'");
      return Optional.empty();
    }
  }

  private static ZoneId zone(ConfigNode node, ZoneId otherwise) {
    Optional<String> name = node.optionalText("zone");
    if (name.isEmpty()) {
      return otherwise;
    }
    try {
      return ZoneId.of(name.get());
    } catch (DateTimeException e) {
      node.fault("zone", "is no time zone: '" + name.get() + "'");
      return otherwise;
    }
  }

  private void lookups(ConfigNode node) {
    for (String name : node.keys()) {
      ConfigNode lookup = node.map(name);
      Map<String, String> values = new HashMap<>();
      lookup
          .optionalMap("values")
          .ifPresent(
              inline ->
                  inline
                      .keys()
                      .forEach(
                          key -> put(inline, key, values, Texts.clean(key), inline.text(key))));
      lookup.optionalText("file").ifPresent(file -> table(lookup, file, values));
      if (lookup.has("values") == lookup.has("file")) {
        lookup.fault(
            lookup.has("file") ? "file" : "values", "or file must stand here, one of them");
      }
      lookups.put(name, new Lookup(name, values, lookup.optionalText("default")));
    }
  }

  /// A lookup's second table: small, so read whole.
  private void table(ConfigNode lookup, String file, Map<String, String> values) {
    String key = Texts.clean(lookup.text("key"));
    String value = Texts.clean(lookup.text("value"));
    TableMap.Reading reading =
        new TableMap.Reading(Optional.empty(), Optional.empty(), 0, Optional.empty());
    try (TableRows rows = TableFile.open(folder.resolve(file), reading, Set.of(key, value))) {
      List<String> heading =
          TableImport.heading(rows, 0).map(TableRows.Line::cells).orElse(List.of()).stream()
              .map(CellValue::text)
              .toList();
      int from = heading.indexOf(key);
      int to = heading.indexOf(value);
      if (from < 0 || to < 0) {
        lookup.fault(from < 0 ? "key" : "value", "names no column of " + file);
        return;
      }
      for (Optional<TableRows.Line> row = rows.next(); row.isPresent(); row = rows.next()) {
        TableRows.Line line = row.get();
        if (line.blank()) {
          continue;
        }
        if (line.fault().isPresent() || line.cells().size() <= Math.max(from, to)) {
          String what = line.fault().orElse("has " + line.cells().size() + " cells");
          lookup.fault("file", file + ", line " + line.line() + ": " + what);
          return;
        }
        put(lookup, "file", values, line.cells().get(from).text(), line.cells().get(to).text());
      }
    } catch (TableFault e) {
      lookup.fault("file", "cannot be read: " + e.getMessage());
    }
  }

  /// Two keys that read the same are one; they must not mean two things.
  private static void put(
      ConfigNode lookup, String at, Map<String, String> values, String key, String value) {
    String before = values.putIfAbsent(key, value);
    if (before != null && !before.equals(value)) {
      lookup.fault(
          at,
          "'%s' stands twice, for '%s' and '%s'"
              .formatted(Texts.shown(key), Texts.shown(before), Texts.shown(value)));
    }
  }

  private FactRule fact(ConfigNode node) {
    String type = node.text("type");
    Optional<Condition> when = node.optionalMap("when").map(this::condition);
    Template id = template(node, "id", node.text("id"));
    Optional<Template> subject =
        node.optionalText("subject").map(text -> template(node, "subject", text));
    ConfigNode timeNode = node.map("time");
    Cell time =
        new Cell(
            new Origin.Column(Texts.clean(timeNode.text("column"))),
            new Form.Moment(timeForm(timeNode)),
            Optional.empty(),
            Optional.empty(),
            true);
    List<Member> data = new ArrayList<>();
    ConfigNode members = node.map("data");
    for (String name : members.keys()) {
      data.add(new Member(name, cell(members.map(name))));
    }
    return new FactRule(type, when, id, subject, time, data);
  }

  private Condition condition(ConfigNode node) {
    String column = Texts.clean(node.text("column"));
    if (node.has("equals") || node.has("in")) {
      Set<String> texts = new HashSet<>();
      node.texts("in").forEach(text -> texts.add(Texts.clean(text)));
      node.optionalText("equals").ifPresent(text -> texts.add(Texts.clean(text)));
      return new Condition.OneOf(column, texts);
    }
    return switch (node.choice("is", List.of("present", "absent"), "present")) {
      case "absent" -> new Condition.Absent(column);
      default -> new Condition.Present(column);
    };
  }

  private Cell cell(ConfigNode node) {
    Optional<String> column = node.optionalText("column");
    Optional<String> constant = node.optionalText("constant");
    Optional<String> template = node.optionalText("template");
    if (column.stream().count() + constant.stream().count() + template.stream().count() != 1) {
      node.fault("column", "or constant or template must stand here, one of them");
    }
    Origin origin;
    if (constant.isPresent()) {
      origin = new Origin.Constant(constant.get());
    } else if (template.isPresent()) {
      origin = new Origin.Composed(template(node, "template", template.get()));
    } else {
      origin = new Origin.Column(Texts.clean(column.orElse("")));
    }
    return new Cell(
        origin,
        form(node),
        node.optionalText("lookup").flatMap(name -> lookup(node, name)),
        node.optionalText("default"),
        node.flag("required", false));
  }

  private Optional<Lookup> lookup(ConfigNode node, String name) {
    Optional<Lookup> lookup = Optional.ofNullable(lookups.get(name));
    if (lookup.isEmpty()) {
      node.fault("lookup", "names none of the lookups: '" + name + "'");
    }
    return lookup;
  }

  private Form form(ConfigNode node) {
    return switch (node.choice("as", FORMS, "text")) {
      case "whole" -> new Form.Whole();
      case "number" ->
          new Form.Decimal(
              node.choice("decimal", List.of("point", "comma"), "point").equals("comma"));
      case "flag" -> new Form.Flag();
      case "instant" -> new Form.Moment(timeForm(node));
      case "date" -> new Form.Day(timeForm(node));
      default -> new Form.Text();
    };
  }

  private TimeForm timeForm(ConfigNode node) {
    ZoneId here = zone(node, zone);
    String format = node.text("format", "iso");
    return switch (format) {
      case "iso" -> new TimeForm.Iso(here);
      case "epoch-seconds" -> new TimeForm.Epoch(1, here);
      case "epoch-millis" -> new TimeForm.Epoch(1_000, here);
      default -> pattern(node, format, here);
    };
  }

  private static TimeForm pattern(ConfigNode node, String format, ZoneId zone) {
    return switch (TimePattern.of(format)) {
      case TimePattern.Sound(DateTimeFormatter formatter) ->
          new TimeForm.Pattern(formatter, format, zone);
      case TimePattern.Faulty(String fault) -> {
        node.fault("format", fault);
        yield new TimeForm.Iso(zone);
      }
    };
  }

  private static Template template(ConfigNode node, String key, String text) {
    Optional<Template> template = Template.parse(text);
    if (template.isEmpty()) {
      node.fault(key, "must be text with cells like {column} or {column:05}, not '" + text + "'");
    }
    return template.orElseGet(() -> new Template(List.of()));
  }
}
