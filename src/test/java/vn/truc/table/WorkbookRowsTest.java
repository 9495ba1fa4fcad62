package vn.truc.table;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Workbooks are written here part by part, as programs write them, so that each kind of cell is
/// known to be there.
class WorkbookRowsTest {
  private static final String HEAD = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n";
  private static final String SHEETS = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
  private static final String RELATIONS =
      "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
  private static final String PACKAGE =
      "http://schemas.openxmlformats.org/package/2006/relationships";

  /// Of the styles: 0 is general, 1 a day, 2 a time of a format of its own, 3 a duration, 4 a
  /// currency with a letter d in quotes.
  private static final String STYLES =
      """
      <styleSheet xmlns="%s"><numFmts count="3"><numFmt numFmtId="164" formatCode="dd/mm/yyyy\\ hh:mm"/>
      <numFmt numFmtId="165" formatCode="[h]:mm"/><numFmt numFmtId="166" formatCode="#,##0\\ &quot;đồng d&quot;"/></numFmts>
      <fonts count="1"><font/></fonts><fills count="1"><fill/></fills><borders count="1"><border/></borders>
      <cellStyleXfs count="1"><xf/></cellStyleXfs><cellXfs count="5"><xf numFmtId="0"/><xf numFmtId="14"/>
      <xf numFmtId="164"/><xf numFmtId="165"/><xf numFmtId="166"/></cellXfs></styleSheet>
      """
          .formatted(SHEETS);

  @TempDir private Path folder = Path.of("");

  private static void part(ZipOutputStream zip, String name, String text) throws IOException {
    zip.putNextEntry(new ZipEntry(name));
    zip.write((HEAD + text).getBytes(StandardCharsets.UTF_8));
    zip.closeEntry();
  }

  private Path workbook(boolean since1904, Map<String, String> sheets) throws IOException {
    Path file = folder.resolve("t.xlsx");
    try (OutputStream out = Files.newOutputStream(file);
        ZipOutputStream zip = new ZipOutputStream(out)) {
      StringBuilder types = new StringBuilder();
      StringBuilder list = new StringBuilder();
      StringBuilder relations = new StringBuilder();
      int i = 1;
      for (Map.Entry<String, String> sheet : sheets.entrySet()) {
        String part = "/xl/worksheets/sheet" + i + ".xml";
        types.append(
            "<Override PartName=\"%s\" ContentType=\"application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml\"/>"
                .formatted(part));
        list.append(
            "<sheet name=\"%s\" sheetId=\"%d\" r:id=\"s%d\"/>".formatted(sheet.getKey(), i, i));
        relations.append(
            "<Relationship Id=\"s%d\" Type=\"%s/worksheet\" Target=\"worksheets/sheet%d.xml\"/>"
                .formatted(i, RELATIONS, i));
        part(
            zip,
            part.substring(1),
            "<worksheet xmlns=\""
                + SHEETS
                + "\"><sheetData>"
                + sheet.getValue()
                + "</sheetData></worksheet>");
        i++;
      }
      part(
          zip,
          "[Content_Types].xml",
          "<Types xmlns=\"http://schemas.openxmlformats.org/package/2006/content-types\">"
              + "<Default Extension=\"rels\" ContentType=\"application/vnd.openxmlformats-package.relationships+xml\"/>"
              + "<Override PartName=\"/xl/workbook.xml\" ContentType=\"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml\"/>"
              + "<Override PartName=\"/xl/styles.xml\" ContentType=\"application/vnd.openxmlformats-officedocument.spreadsheetml.styles+xml\"/>"
              + "<Override PartName=\"/xl/sharedStrings.xml\" ContentType=\"application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml\"/>"
              + types
              + "</Types>");
      part(
          zip,
          "_rels/.rels",
          "<Relationships xmlns=\"%s\"><Relationship Id=\"w\" Type=\"%s/officeDocument\" Target=\"xl/workbook.xml\"/></Relationships>"
              .formatted(PACKAGE, RELATIONS));
      part(
          zip,
          "xl/workbook.xml",
          "<workbook xmlns=\"%s\" xmlns:r=\"%s\"><workbookPr%s/><sheets>%s</sheets></workbook>"
              .formatted(SHEETS, RELATIONS, since1904 ? " date1904=\"1\"" : "", list));
      part(
          zip,
          "xl/_rels/workbook.xml.rels",
          "<Relationships xmlns=\"%s\">%s<Relationship Id=\"t\" Type=\"%s/styles\" Target=\"styles.xml\"/><Relationship Id=\"u\" Type=\"%s/sharedStrings\" Target=\"sharedStrings.xml\"/></Relationships>"
              .formatted(PACKAGE, relations, RELATIONS, RELATIONS));
      part(zip, "xl/styles.xml", STYLES);
      part(
          zip,
          "xl/sharedStrings.xml",
          "<sst xmlns=\"%s\"><si><t>chung</t></si><si><r><t>hai </t></r><r><t>màu</t></r></si></sst>"
              .formatted(SHEETS));
    }
    return file;
  }

  private static List<TableRows.Line> lines(Path file, Optional<String> sheet) {
    List<TableRows.Line> lines = new ArrayList<>();
    try (TableRows rows = WorkbookRows.open(file, sheet)) {
      for (Optional<TableRows.Line> line = rows.next(); line.isPresent(); line = rows.next()) {
        lines.add(line.get());
      }
    }
    return lines;
  }

  private CellValue cell(String xml) throws IOException {
    return cell(false, xml);
  }

  private CellValue cell(boolean since1904, String xml) throws IOException {
    Path file = workbook(since1904, Map.of("một", "<row r=\"1\">" + xml + "</row>"));
    return lines(file, Optional.empty()).getFirst().cells().getFirst();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "<c r='A1' t='s'><v>0</v></c>|chung",
        "<c r='A1' t='s'><v>1</v></c>|hai màu",
        "<c r='A1' t='inlineStr'><is><t> trong ô </t></is></c>|trong ô",
        "<c r='A1' t='b'><v>1</v></c>|true",
        "<c r='A1'><v>3</v></c>|3",
        "<c r='A1'><v>21.823300000000001</v></c>|21.8233",
        "<c r='A1'><v>1E-7</v></c>|0.0000001",
        "<c r='A1'><v>12345678901234</v></c>|12345678901234",
        "<c r='A1' s='4'><v>1500</v></c>|1500",
        "<c r='A1' s='3'><v>1.5</v></c>|1.5",
        "<c r='A1' s='2'><v>0.25</v></c>|0.25",
        "<c r='A1' t='str'><f>A2&amp;1</f><v>kết quả</v></c>|kết quả",
        "<c r='A1'><f>1+1</f><v>2</v></c>|2",
        "<c r='A1' t='b'><f>1=1</f><v>1</v></c>|true"
      })
  void cellsReadAsTheyAreShown(String xml, String text) throws IOException {
    CellValue cell = cell(xml.replace('\'', '"'));
    assertEquals(text, cell.text());
    assertEquals("", cell.fault());
    assertTrue(cell.moment().isEmpty(), cell::toString);
  }

  @ParameterizedTest
  @CsvSource({
    "1, 46346, 2026-11-20T00:00",
    "2, 46346.333333333336, 2026-11-20T08:00",
    "2, 46346.34374, 2026-11-20T08:14:59.136",
    "1, 59, 1900-02-28T00:00",
    "1, 61, 1900-03-01T00:00"
  })
  void numbersShownAsDatesAreDates(int style, String serial, String moment) throws IOException {
    String plain = "<c r=\"A1\" s=\"" + style + "\"><v>" + serial + "</v></c>";
    assertEquals(moment, cell(plain).moment().map(Object::toString).orElse("none"));
    String formula = "<c r=\"A1\" s=\"" + style + "\"><f>A2+1</f><v>" + serial + "</v></c>";
    assertEquals(moment, cell(formula).moment().map(Object::toString).orElse("none"));
  }

  @Test
  void someWorkbooksCountDaysSince1904() throws IOException {
    assertEquals(
        "2026-11-20",
        cell(true, "<c r=\"A1\" s=\"1\"><v>44884</v></c>").moment().orElseThrow().toLocalDate()
            + "");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "<c r='A1' t='e'><v>#N/A</v></c>|holds an error of the workbook: #N/A",
        "<c r='A1' t='e'><f>1/0</f><v>#DIV/0!</v></c>|holds an error of the workbook: #DIV/0!",
        "<c r='A1'><f>A2</f></c>|holds a formula without a value"
      })
  void errorsAndFormulasNobodyCalculatedAreFaults(String xml, String fault) throws IOException {
    CellValue cell = cell(xml.replace('\'', '"'));
    assertTrue(cell.fault().startsWith(fault), cell::toString);
  }

  @Test
  void rowsAndCellsThatAreNotThereCount() throws IOException {
    Path file =
        workbook(
            false,
            Map.of(
                "một",
                "<row r=\"3\"><c r=\"A3\"><v>1</v></c><c r=\"C3\"><v>3</v></c></row>"
                    + "<row r=\"2000\"><c r=\"B2000\"><v>2</v></c></row>"
                    + "<row r=\"90000\"><c r=\"A90000\"><v>9</v></c></row>"));
    List<TableRows.Line> lines = lines(file, Optional.empty());
    assertEquals(3, lines.get(2).line());
    assertTrue(lines.get(0).blank() && lines.get(1).blank(), lines::toString);
    assertEquals(
        List.of("1", "", "3"), lines.get(2).cells().stream().map(CellValue::text).toList());
    assertEquals(
        List.of(2_000L, 90_000L),
        lines.stream().map(TableRows.Line::line).filter(n -> n > 1_500).toList());
    assertTrue(lines.size() < 1_100, "blank rows are filled up to where headings stand");
  }

  @Test
  void theNamedSheetIsReadAndOneThatIsNotThereToldWithThoseThatAre() throws IOException {
    Path file =
        workbook(
            false,
            new java.util.TreeMap<>(
                Map.of(
                    "a", "<row r=\"1\"><c r=\"A1\"><v>1</v></c></row>",
                    "b", "<row r=\"1\"><c r=\"A1\"><v>2</v></c></row>")));
    assertEquals("1", lines(file, Optional.empty()).getFirst().cells().getFirst().text());
    assertEquals("2", lines(file, Optional.of("b")).getFirst().cells().getFirst().text());
    TableFault e = assertThrows(TableFault.class, () -> lines(file, Optional.of("c")));
    assertEquals("the workbook has no sheet 'c'; it has 'a', 'b'", e.getMessage());
  }

  @Test
  void whatIsNoWorkbookOrACutOneIsToldAndNeverHalfRead() throws IOException {
    Path whole = workbook(false, Map.of("một", "<row r=\"1\"><c r=\"A1\"><v>1</v></c></row>"));
    byte[] bytes = Files.readAllBytes(whole);
    TableMap.Reading reading =
        new TableMap.Reading(Optional.empty(), Optional.empty(), 0, Optional.empty());
    for (int length = 8; length < bytes.length; length += 97) {
      Path cut = Files.write(folder.resolve("cut.xlsx"), java.util.Arrays.copyOf(bytes, length));
      TableFault e =
          assertThrows(TableFault.class, () -> TableFile.open(cut, reading, Set.of("a")).next());
      assertTrue(String.valueOf(e.getMessage()).contains("workbook"), e::getMessage);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "0|General|false",
        "14|m/d/yy|true",
        "45|mm:ss|false",
        "164|yyyy-mm-dd|true",
        "164|\"ngày\" dd|true",
        "164|0.00E+00|false",
        "164|#,##0\\ \"đ\"|false",
        "164|[$-42A]dd mmmm yyyy|true",
        "164|[Red]0.0|false",
        "164|[h]:mm:ss|false",
        "164|0;[Red]-0;\"d\"|false"
      })
  void formatsOfDatesAreToldFromOthers(int id, String format, boolean moment) {
    assertEquals(moment, WorkbookRows.isMoment(id, format), format);
    assertFalse(WorkbookRows.isMoment(0, ""), "no format");
  }
}
