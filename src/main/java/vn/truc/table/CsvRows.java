package vn.truc.table;

import java.io.IOException;
import java.io.Reader;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import vn.truc.send.Reasons;

/// Rows of a text with separators, as spreadsheets and databases write them: cells may be quoted,
/// quotes within are doubled, breaks of lines may stand in quoted cells, a quote inside a cell that
/// did not begin with one is a character like others, blanks around a quoted cell are nothing.
///
/// Text after a closing quote is a fault of its row; the next row begins with the next line. A
/// quote that never closes ends the table. A row holds at most [#ROW_CHARS_MAX] characters and
/// [#CELLS_MAX] cells.
final class CsvRows implements TableRows {
  static final int ROW_CHARS_MAX = 1 << 20;
  static final int CELLS_MAX = 16_384;
  private static final int BUFFER = 65_536;
  private static final int END = -1;

  private final Reader in;
  private final char separator;
  private final String what;
  private final char[] buffer = new char[BUFFER];
  private final StringBuilder cell = new StringBuilder();
  private int at;
  private int limit;
  private boolean ended;
  private long line = 1;
  private long rowBegan = 1;
  private int rowChars;

  CsvRows(Reader in, char separator, String what) {
    this.in = in;
    this.separator = separator;
    this.what = what;
  }

  @Override
  public boolean ragged() {
    return false;
  }

  @Override
  public String what() {
    return what;
  }

  @Override
  public Optional<Line> next() {
    if (peek() == END) {
      return Optional.empty();
    }
    rowBegan = line;
    rowChars = 0;
    List<CellValue> cells = new ArrayList<>();
    while (true) {
      Optional<String> fault = cell();
      if (fault.isPresent()) {
        return Optional.of(new Line(rowBegan, List.of(), fault));
      }
      cells.add(CellValue.text(cell.toString()));
      if (cells.size() > CELLS_MAX) {
        throw new TableFault(place(rowBegan) + "a row of more than " + CELLS_MAX + " cells");
      }
      if (peek() != separator) {
        endLine();
        return Optional.of(new Line(rowBegan, cells, Optional.empty()));
      }
      read();
    }
  }

  /// Reads one cell into `cell`, up to what ends it; says what is wrong with it.
  private Optional<String> cell() {
    cell.setLength(0);
    skipBlanks();
    if (peek() != '"') {
      while (!endsCell(peek())) {
        cell.append((char) read());
      }
      return Optional.empty();
    }
    long opened = line;
    read();
    while (true) {
      int c = read();
      if (c == END) {
        throw new TableFault(
            place(opened) + "a quote opens here and does not close before the end of the table");
      }
      if (c == '"' && peek() != '"') {
        break;
      }
      if (c == '"') {
        read();
      }
      cell.append((char) c);
    }
    skipBlanks();
    if (endsCell(peek())) {
      return Optional.empty();
    }
    String closed = line == opened ? "" : ", which opens in line " + opened;
    String fault =
        "text stands after the closing quote in line %d%s; a quote inside a cell is written twice"
            .formatted(line, closed);
    while (peek() != END && peek() != '\n' && peek() != '\r') {
      rowChars = 0;
      read();
    }
    endLine();
    return Optional.of(fault);
  }

  private boolean endsCell(int c) {
    return c == separator || c == '\n' || c == '\r' || c == END;
  }

  private void skipBlanks() {
    while (!endsCell(peek()) && Texts.blank(peek())) {
      read();
    }
  }

  private void endLine() {
    if (read() == '\r' && peek() == '\n') {
      read();
    }
  }

  private int read() {
    int c = peek();
    if (c == END) {
      return END;
    }
    at++;
    if (c == '\n' || (c == '\r' && peek() != '\n')) {
      line++;
    }
    if (c == 0) {
      throw new TableFault(
          place(line)
              + "a character 0: this is no text, or one in UTF-16 without a mark"
              + " (charset: UTF-16LE in the mapping)");
    }
    if (++rowChars > ROW_CHARS_MAX) {
      throw new TableFault(
          place(rowBegan)
              + "the row that begins here is longer than "
              + ROW_CHARS_MAX
              + " characters; does a quote open in it and not close?");
    }
    return c;
  }

  private int peek() {
    if (at == limit && !ended) {
      try {
        limit = Math.max(0, in.read(buffer, 0, BUFFER));
      } catch (DecodedText.BadByte e) {
        throw new TableFault(place(line) + e.getMessage());
      } catch (IOException e) {
        throw new TableFault(place(line) + "cannot be read on: " + Reasons.of(e), e);
      }
      at = 0;
      ended = limit == 0;
    }
    return ended ? END : buffer[at];
  }

  private static String place(long line) {
    return "line " + line + ": ";
  }

  @Override
  public void close() {
    try {
      in.close();
    } catch (IOException e) {
      throw new TableFault("the table cannot be closed", e);
    }
  }
}
