package vn.truc.table;

import java.io.BufferedInputStream;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import vn.truc.send.Reasons;

/// Opens a table. What it is, its first bytes say, not its name.
final class TableFile {
  private static final List<Character> SEPARATORS = List.of(',', ';', '\t', '|');
  private static final int HEAD_CHARS = 32_768;

  private TableFile() {}

  /// Opens a table.
  ///
  /// @param columns what the mapping looks for in the heading: where it names no separator, the one
  /// under which they are found is taken
  /// @throws TableFault when it is none
  static TableRows open(Path file, TableMap.Reading reading, Set<String> columns) {
    try {
      InputStream in = new BufferedInputStream(Files.newInputStream(file));
      in.mark(8);
      byte[] head = in.readNBytes(8);
      in.reset();
      if (begins(head, 'P', 'K', 3, 4)) {
        in.close();
        return WorkbookRows.open(file, reading.sheet());
      }
      refuseOthers(head);
      return csv(DecodedText.of(in, reading.charset()), reading, columns);
    } catch (NoSuchFileException e) {
      throw new TableFault("there is no such file", e);
    } catch (IOException e) {
      throw new TableFault("it cannot be read: " + Reasons.of(e), e);
    }
  }

  private static void refuseOthers(byte[] head) {
    if (begins(head, 0xD0, 0xCF, 0x11, 0xE0)) {
      throw new TableFault(
          "it is a workbook of the old kind (.xls), or one with a password;"
              + " save it as .xlsx without a password, or as CSV");
    }
    if (begins(head, 0x1F, 0x8B)) {
      throw new TableFault("it is packed with gzip; unpack it first");
    }
    if (begins(head, '%', 'P', 'D', 'F')) {
      throw new TableFault("it is a PDF, not a table");
    }
  }

  private static boolean begins(byte[] head, int... bytes) {
    for (int i = 0; i < bytes.length; i++) {
      if (head.length <= i || (head[i] & 0xFF) != bytes[i]) {
        return false;
      }
    }
    return true;
  }

  private static TableRows csv(DecodedText text, TableMap.Reading reading, Set<String> columns)
      throws IOException {
    BufferedReader reader = new BufferedReader(text, HEAD_CHARS * 2);
    Head head = Head.of(reader);
    Optional<Character> announced = head.announced();
    Optional<Character> named = reading.delimiter();
    if (announced.isPresent() && named.isPresent() && !announced.equals(named)) {
      throw new TableFault(
          "its first line says sep=%s, and the mapping says delimiter: %s"
              .formatted(name(announced.get()), name(named.get())));
    }
    Optional<Character> fits =
        SEPARATORS.stream().filter(c -> head.holds(c, reading.skipRows(), columns)).findFirst();
    Optional<Character> wanted = named.or(() -> announced);
    if (wanted.isPresent()
        && fits.isPresent()
        && !head.holds(wanted.get(), reading.skipRows(), columns)) {
      throw new TableFault(
          "its cells are parted by %s, and %s says %s"
              .formatted(
                  name(fits.get()),
                  named.isPresent() ? "the mapping" : "its first line",
                  name(wanted.get())));
    }
    char separator = wanted.or(() -> fits).orElse(',');
    String what = "CSV in " + text.charset().name() + ", cells parted by " + name(separator);
    CsvRows rows = new CsvRows(reader, separator, what);
    if (announced.isPresent()) {
      rows.next();
    }
    return rows;
  }

  private static String name(char separator) {
    return separator == '\t' ? "tab" : "'" + separator + "'";
  }

  /// The beginning of a text, read ahead.
  ///
  /// @param announced the separator of the line `sep=` that Excel writes above the heading
  private record Head(String chars, Optional<Character> announced) {

    static Head of(BufferedReader text) throws IOException {
      text.mark(HEAD_CHARS);
      char[] chars = new char[HEAD_CHARS];
      int length = 0;
      try {
        int read = 0;
        while (read >= 0 && length < chars.length) {
          length += read;
          read = text.read(chars, length, chars.length - length);
        }
      } catch (DecodedText.BadByte e) {
        // It comes again when the rows before it have been told.
        length = Math.max(0, length);
      }
      text.reset();
      String head = new String(chars, 0, length);
      return new Head(
          head,
          head.matches("(?is)\"?sep=[^\r\n]\"?[\r\n].*")
              ? Optional.of(head.charAt(head.indexOf('=') + 1))
              : Optional.empty());
    }

    boolean holds(char separator, int skipRows, Set<String> columns) {
      try (CsvRows rows = new CsvRows(new StringReader(chars), separator, "")) {
        Set<String> names = new HashSet<>();
        TableImport.heading(rows, skipRows + (announced.isPresent() ? 1 : 0))
            .ifPresent(line -> line.cells().forEach(cell -> names.add(cell.text())));
        return names.containsAll(columns);
      } catch (TableFault e) {
        // The reading itself will come to it, and tell it.
        return false;
      }
    }
  }
}
