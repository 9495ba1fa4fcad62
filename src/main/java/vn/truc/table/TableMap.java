package vn.truc.table;

import java.nio.charset.Charset;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// What a table's rows mean: the content of a mapping file (`docs/IMPORT.md`).
///
/// @param source the CloudEvents source of every fact
/// @param noneValues cells that read so are empty
/// @param facts what each row may tell, in this order
record TableMap(
    Reading reading,
    String source,
    Set<String> noneValues,
    ClosedBefore closedBefore,
    List<FactRule> facts) {
  TableMap {
    noneValues = Set.copyOf(noneValues);
    facts = List.copyOf(facts);
  }

  /// How the table is read.
  ///
  /// @param delimiter between the cells of a row of a CSV; found out where it is absent
  /// @param charset of a CSV; that of its mark, or UTF-8, where it is absent
  /// @param skipRows rows above the heading
  /// @param sheet of a workbook; the first where it is absent
  record Reading(
      Optional<Character> delimiter,
      Optional<Charset> charset,
      int skipRows,
      Optional<String> sheet) {}

  /// What becomes of a row whose facts run backwards in time: closed before it was created.
  enum ClosedBefore {
    /// Told as it stands.
    KEEP,
    /// Its times change places.
    SWAP,
    /// Not told.
    DROP
  }

  /// Every column the rules name.
  Set<String> columns() {
    Set<String> columns = new LinkedHashSet<>();
    for (FactRule fact : facts) {
      fact.when.ifPresent(when -> columns.add(when.column()));
      columns.addAll(fact.id.columns());
      fact.subject.ifPresent(subject -> columns.addAll(subject.columns()));
      columns.addAll(fact.time.columns());
      fact.data.forEach(member -> columns.addAll(member.cell.columns()));
    }
    return columns;
  }

  /// One fact a row may tell.
  record FactRule(
      String type,
      Optional<Condition> when,
      Template id,
      Optional<Template> subject,
      Cell time,
      List<Member> data) {
    FactRule {
      data = List.copyOf(data);
    }
  }

  /// When a row tells a fact.
  sealed interface Condition {
    String column();

    /// The cell is not empty.
    record Present(String column) implements Condition {}

    /// The cell is empty.
    record Absent(String column) implements Condition {}

    /// The cell holds one of some texts.
    record OneOf(String column, Set<String> texts) implements Condition {
      public OneOf {
        texts = Set.copyOf(texts);
      }
    }
  }

  /// A member of the data; a name like `contact.phone` means a member inside an object.
  record Member(String name, Cell cell) {}

  /// How one value comes about.
  ///
  /// @param lookup translates the text before it takes its form
  /// @param otherwise stands in for an empty cell
  /// @param required an empty cell without a stand-in is a complaint, else the member is left out
  record Cell(
      Origin origin,
      Form form,
      Optional<Lookup> lookup,
      Optional<String> otherwise,
      boolean required) {

    List<String> columns() {
      return switch (origin) {
        case Origin.Column(String name) -> List.of(name);
        case Origin.Constant _ -> List.of();
        case Origin.Composed(Template template) -> template.columns();
      };
    }
  }

  /// Where a value's text comes from.
  sealed interface Origin {
    record Column(String name) implements Origin {}

    record Constant(String text) implements Origin {}

    record Composed(Template template) implements Origin {}
  }

  /// What a text is read as.
  sealed interface Form {
    record Text() implements Form {}

    /// A whole number.
    record Whole() implements Form {}

    /// A number with a fraction.
    ///
    /// @param comma whether the comma parts whole from fraction, and points are for reading only
    record Decimal(boolean comma) implements Form {}

    record Flag() implements Form {}

    /// An instant, as RFC 3339; a text without an offset is read in the zone.
    record Moment(TimeForm time) implements Form {}

    /// A day without a time.
    record Day(TimeForm time) implements Form {}
  }

  /// How times are written in the table.
  sealed interface TimeForm {
    ZoneId zone();

    /// ISO 8601, with or without offset, with or without a time of day.
    record Iso(ZoneId zone) implements TimeForm {}

    record Pattern(DateTimeFormatter formatter, String text, ZoneId zone) implements TimeForm {}

    /// A count since 1970.
    record Epoch(long unitsPerSecond, ZoneId zone) implements TimeForm {}
  }

  /// A translation table.
  record Lookup(String name, Map<String, String> values, Optional<String> otherwise) {
    Lookup {
      values = Map.copyOf(values);
    }
  }

  /// Text with cells in it: `PA-{year}-{number:05}`; the digits after the colon fill with zeros.
  record Template(List<Part> parts) {
    Template {
      parts = List.copyOf(parts);
    }

    /// A piece of a template.
    ///
    /// @param column empty for plain text
    /// @param width to fill with leading zeros up to; 0 for as it is
    record Part(String text, String column, int width) {}

    List<String> columns() {
      return parts.stream().map(Part::column).filter(column -> !column.isEmpty()).toList();
    }

    /// The template a text writes; empty when its braces do not match.
    static Optional<Template> parse(String text) {
      List<Part> parts = new ArrayList<>();
      int at = 0;
      while (at < text.length()) {
        int open = text.indexOf('{', at);
        String plain = text.substring(at, open < 0 ? text.length() : open);
        if (plain.indexOf('}') >= 0) {
          return Optional.empty();
        }
        if (!plain.isEmpty()) {
          parts.add(new Part(plain, "", 0));
        }
        if (open < 0) {
          break;
        }
        int close = text.indexOf('}', open);
        if (close < 0) {
          return Optional.empty();
        }
        String inside = text.substring(open + 1, close);
        int colon = inside.indexOf(':');
        String column = Texts.clean(colon < 0 ? inside : inside.substring(0, colon));
        String width = colon < 0 ? "0" : inside.substring(colon + 1);
        if (column.isBlank() || !width.matches("0[0-9]{0,2}")) {
          return Optional.empty();
        }
        parts.add(new Part("", column, Integer.parseInt(width)));
        at = close + 1;
      }
      return Optional.of(new Template(parts));
    }
  }
}
