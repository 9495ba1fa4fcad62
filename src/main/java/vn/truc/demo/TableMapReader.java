package vn.truc.demo;

import de.siegmar.fastcsv.reader.CsvParseException;
import de.siegmar.fastcsv.reader.CsvReader;
import de.siegmar.fastcsv.reader.NamedCsvRecord;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.Charset;
import java.nio.charset.IllegalCharsetNameException;
import java.nio.charset.StandardCharsets;
import java.nio.charset.UnsupportedCharsetException;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import vn.truc.config.ConfigFile;
import vn.truc.config.ConfigNode;
import vn.truc.config.Faults;
import vn.truc.demo.TableMap.Cell;
import vn.truc.demo.TableMap.Condition;
import vn.truc.demo.TableMap.FactRule;
import vn.truc.demo.TableMap.Form;
import vn.truc.demo.TableMap.Lookup;
import vn.truc.demo.TableMap.Member;
import vn.truc.demo.TableMap.Origin;
import vn.truc.demo.TableMap.Template;
import vn.truc.demo.TableMap.TimeForm;

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
    String delimiter = node.text("delimiter", ",");
    char separator = delimiter.equals("tab") ? '\t' : delimiter.charAt(0);
    if (delimiter.length() != 1 && !delimiter.equals("tab")) {
      node.fault("delimiter", "must be one character, or tab");
    }
    Charset charset = charset(node);
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
    return new TableMap(separator, charset, source, facts);
  }

  private static Charset charset(ConfigNode node) {
    String name = node.text("charset", "UTF-8");
    try {
      return Charset.forName(name);
    } catch (IllegalCharsetNameException | UnsupportedCharsetException e) {
      node.fault("charset", "is unknown here: '" + name + "'");
      return StandardCharsets.UTF_8;
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
          .ifPresent(inline -> inline.keys().forEach(key -> values.put(key, inline.text(key))));
      lookup.optionalText("file").ifPresent(file -> values.putAll(table(lookup, file)));
      if (lookup.has("values") == lookup.has("file")) {
        lookup.fault(
            lookup.has("file") ? "file" : "values", "or file must stand here, one of them");
      }
      lookups.put(name, new Lookup(name, values, lookup.optionalText("default")));
    }
  }

  /// A lookup's second table, UTF-8 with commas: small, so read whole.
  private Map<String, String> table(ConfigNode lookup, String file) {
    String key = lookup.text("key");
    String value = lookup.text("value");
    Map<String, String> values = new HashMap<>();
    try (CsvReader<NamedCsvRecord> rows =
        CsvReader.builder().detectBomHeader(true).ofNamedCsvRecord(folder.resolve(file))) {
      for (NamedCsvRecord row : rows) {
        Optional<String> from = row.findField(key);
        Optional<String> to = row.findField(value);
        if (from.isEmpty() || to.isEmpty()) {
          lookup.fault(from.isEmpty() ? "key" : "value", "names no column of " + file);
          return values;
        }
        values.put(from.get().strip(), to.get().strip());
      }
    } catch (IOException | UncheckedIOException | CsvParseException e) {
      lookup.fault("file", "cannot be read: " + e.getMessage());
    }
    return values;
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
            new Origin.Column(timeNode.text("column")),
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
    String column = node.text("column");
    if (node.has("equals") || node.has("in")) {
      Set<String> texts = new HashSet<>(node.texts("in"));
      node.optionalText("equals").ifPresent(texts::add);
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
      origin = new Origin.Column(column.orElse(""));
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
    try {
      return new TimeForm.Pattern(
          DateTimeFormatter.ofPattern(format, Locale.ENGLISH), format, zone);
    } catch (IllegalArgumentException e) {
      node.fault("format", "is no pattern of times: " + e.getMessage());
      return new TimeForm.Iso(zone);
    }
  }

  private static Template template(ConfigNode node, String key, String text) {
    Optional<Template> template = Template.parse(text);
    if (template.isEmpty()) {
      node.fault(key, "must be text with cells like {column} or {column:05}, not '" + text + "'");
    }
    return template.orElseGet(() -> new Template(List.of()));
  }
}
