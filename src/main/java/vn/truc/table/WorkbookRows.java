package vn.truc.table;

import java.io.IOException;
import java.io.InputStream;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.NoSuchElementException;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.dhatim.fastexcel.reader.Cell;
import org.dhatim.fastexcel.reader.CellType;
import org.dhatim.fastexcel.reader.ReadableWorkbook;
import org.dhatim.fastexcel.reader.ReadingOptions;
import org.dhatim.fastexcel.reader.Row;
import org.dhatim.fastexcel.reader.Sheet;
import org.jspecify.annotations.Nullable;
import vn.truc.send.Reasons;

/// Rows of a sheet of an Excel workbook (`.xlsx`). Of formulas the values count that the workbook
/// holds; numbers that are shown as dates are dates; what is shown as an error is one.
///
/// Rows a sheet leaves out count like blank ones as far as headings may stand.
final class WorkbookRows implements TableRows {
  private static final long DAY_MILLIS = 86_400_000;

  /// Up to here rows that are not there are given, blank: what stands above the heading is counted.
  private static final int FILLED_ROWS = 1_001;

  /// The 29th of February 1900, which spreadsheets count and calendars do not.
  private static final int NO_SUCH_DAY = 60;

  private static final int BOOK_BYTES = 1 << 20;
  private static final Pattern FROM_1904 =
      Pattern.compile("<(?:\\w+:)?workbookPr\\s[^>]*\\bdate1904\\s*=\\s*[\"'](?:1|true|on)[\"']");

  private static final LocalDate SINCE_1904 = LocalDate.of(1904, 1, 1);
  private static final LocalDate SINCE_1900 = LocalDate.of(1899, 12, 31);

  private final ReadableWorkbook workbook;
  private final Sheet sheet;
  private final LocalDate since;
  private final Stream<Row> stream;
  private final Iterator<Row> rows;
  private Optional<Row> held = Optional.empty();
  private int line;

  private WorkbookRows(ReadableWorkbook workbook, Sheet sheet, LocalDate since) throws IOException {
    this.workbook = workbook;
    this.since = since;
    this.sheet = sheet;
    this.stream = sheet.openStream();
    this.rows = stream.iterator();
  }

  /// Opens a workbook.
  ///
  /// @param name of its sheet; the first without it
  /// @throws TableFault when it is none, or has no such sheet
  static WorkbookRows open(Path file, Optional<String> name) {
    ReadableWorkbook workbook = workbook(file);
    try {
      return new WorkbookRows(
          workbook, sheet(workbook, name), countsFrom1904(file) ? SINCE_1904 : SINCE_1900);
    } catch (IOException | RuntimeException e) {
      close(workbook);
      throw e instanceof TableFault fault ? fault : unreadable(e);
    }
  }

  private static ReadableWorkbook workbook(Path file) {
    try {
      return new ReadableWorkbook(file.toFile(), new ReadingOptions(true, false));
    } catch (IOException | RuntimeException e) {
      throw unreadable(e);
    }
  }

  /// Whether days are counted from 1904, as some programs do. The library that reads the sheets
  /// takes that for told by `true` alone, and Excel writes `1`: every date would be four years off.
  private static boolean countsFrom1904(Path file) throws IOException {
    try (ZipFile zip = new ZipFile(file.toFile())) {
      Optional<? extends ZipEntry> book =
          zip.stream().filter(entry -> entry.getName().endsWith("xl/workbook.xml")).findFirst();
      if (book.isEmpty()) {
        return false;
      }
      try (InputStream in = zip.getInputStream(book.get())) {
        String text = new String(in.readNBytes(BOOK_BYTES), StandardCharsets.UTF_8);
        return FROM_1904.matcher(text).find();
      }
    }
  }

  private static TableFault unreadable(Exception cause) {
    return new TableFault(
        "it is a zip file, and cannot be read as a workbook (.xlsx): " + Reasons.of(cause), cause);
  }

  private static Sheet sheet(ReadableWorkbook workbook, Optional<String> name) {
    List<Sheet> sheets = workbook.getSheets().toList();
    if (sheets.isEmpty()) {
      throw new TableFault("the workbook has no sheet");
    }
    if (name.isEmpty()) {
      return sheets.getFirst();
    }
    return sheets.stream()
        .filter(sheet -> Texts.clean(sheet.getName()).equals(name.get()))
        .findFirst()
        .orElseThrow(
            () ->
                new TableFault(
                    "the workbook has no sheet '%s'; it has %s"
                        .formatted(
                            Texts.shown(name.get()),
                            String.join(
                                ", ",
                                sheets.stream()
                                    .map(sheet -> "'" + Texts.shown(sheet.getName()) + "'")
                                    .toList()))));
  }

  @Override
  public Optional<Line> next() {
    Optional<Row> row = held.or(this::read);
    if (row.isEmpty()) {
      return Optional.empty();
    }
    int number = row.get().getRowNum();
    if (number > line + 1 && line < FILLED_ROWS) {
      held = row;
      line++;
      return Optional.of(new Line(line, List.of(), Optional.empty()));
    }
    held = Optional.empty();
    line = number;
    return Optional.of(new Line(line, cells(row.get()), Optional.empty()));
  }

  private Optional<Row> read() {
    try {
      return rows.hasNext() ? Optional.of(rows.next()) : Optional.empty();
    } catch (NoSuchElementException e) {
      return Optional.empty();
    } catch (RuntimeException e) {
      throw new TableFault(
          "line " + (line + 1) + ": the sheet cannot be read on: " + Reasons.of(e), e);
    }
  }

  private List<CellValue> cells(Row row) {
    List<CellValue> cells = new ArrayList<>(row.getCellCount());
    for (int i = 0; i < row.getCellCount(); i++) {
      cells.add(value(row.getCell(i)));
    }
    return cells;
  }

  private CellValue value(@Nullable Cell cell) {
    if (cell == null || cell.getType() == CellType.EMPTY) {
      return CellValue.EMPTY;
    }
    String raw = Objects.requireNonNullElse(cell.getRawValue(), "");
    Object value = cell.getValue();
    if (cell.getType() == CellType.ERROR || isError(raw)) {
      return CellValue.faulty(raw, "holds an error of the workbook: " + Texts.shown(raw));
    }
    return switch (value) {
      case Boolean flag -> CellValue.text(flag.toString());
      case BigDecimal number -> number(cell, number);
      case null, default -> text(cell, raw);
    };
  }

  /// The errors a cell may show; a text that reads so is meant as one too.
  private static boolean isError(String raw) {
    return raw.startsWith("#")
        && raw.matches("#(N/A|(NULL|DIV/0|VALUE|REF|NUM|SPILL|CALC)!|NAME\\?)");
  }

  private CellValue text(Cell cell, String raw) {
    String text = Objects.requireNonNullElse(cell.getText(), raw);
    if (cell.getType() != CellType.FORMULA) {
      return CellValue.text(text);
    }
    // a formula without a value was never calculated by the program that wrote the workbook
    return raw.isEmpty() && cell.getValue() == null
        ? CellValue.faulty("", "holds a formula without a value; open and save the workbook once")
        : CellValue.text(text.isEmpty() ? raw : text);
  }

  private CellValue number(Cell cell, BigDecimal exact) {
    // what a cell holds is a binary number; its shortest decimal is what was typed
    double number = exact.doubleValue();
    String plain = BigDecimal.valueOf(number).stripTrailingZeros().toPlainString();
    String format = Objects.requireNonNullElse(cell.getDataFormatString(), "");
    Integer id = cell.getDataFormatId();
    if (!isMoment(id == null ? 0 : id, format)) {
      return CellValue.number(plain);
    }
    return moment(number).map(CellValue::moment).orElseGet(() -> CellValue.number(plain));
  }

  /// When a count of days is; empty for what is a time of day, or no day at all.
  private Optional<LocalDateTime> moment(double serial) {
    if (!(serial >= 1) || serial > 3_000_000) {
      return Optional.empty();
    }
    long millis = Math.round(serial * DAY_MILLIS);
    long day = Math.floorDiv(millis, DAY_MILLIS);
    LocalTime time = LocalTime.MIDNIGHT.plus(Math.floorMod(millis, DAY_MILLIS), ChronoUnit.MILLIS);
    if (since.equals(SINCE_1904)) {
      return Optional.of(SINCE_1904.plusDays(day).atTime(time));
    }
    return day == NO_SUCH_DAY
        ? Optional.empty()
        : Optional.of(SINCE_1900.plusDays(day > NO_SUCH_DAY ? day - 1 : day).atTime(time));
  }

  /// Whether a number format shows days, or times of a day.
  static boolean isMoment(int id, String format) {
    if ((id >= 14 && id <= 22) || (id >= 27 && id <= 36) || (id >= 50 && id <= 58)) {
      return true;
    }
    if (id >= 45 && id <= 47) {
      return false;
    }
    String first = format.toLowerCase(Locale.ROOT).replaceAll("\"[^\"]*\"|\\\\.|_.|\\*.", "");
    String shown = first.split(";", -1)[0];
    if (shown.contains("[h") || shown.contains("[m") || shown.contains("[s")) {
      return false;
    }
    String letters = shown.replaceAll("\\[[^]]*]", "").replace("general", "");
    return letters.matches(".*[ymdhs].*");
  }

  @Override
  public boolean ragged() {
    return true;
  }

  @Override
  public String what() {
    return "sheet '" + Texts.shown(sheet.getName()) + "' of a workbook";
  }

  @Override
  public void close() {
    stream.close();
    close(workbook);
  }

  private static void close(ReadableWorkbook workbook) {
    try {
      workbook.close();
    } catch (IOException e) {
      throw new TableFault("the workbook cannot be closed", e);
    }
  }
}
