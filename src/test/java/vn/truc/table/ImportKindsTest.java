package vn.truc.table;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.text.Normalizer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import vn.truc.send.FactSender;
import vn.truc.send.ScriptedServer;

/// Tables that were read wrongly once, each kind with what is right: days that were moved, quotes
/// that swallowed the rows behind them, decimals ten thousand times too large, texts of two
/// spellings that never met. From the file to what is said, as the verb does it.
class ImportKindsTest {
  private static final String MAP =
      """
      source: /hotline/1022
      facts:
        - type: vn.ioc.feedback.status
          id: "{number}-received"
          subject: "PA-{number}"
          time: {column: received, format: "dd/MM/yyyy HH:mm"}
          data:
            status: {constant: received}
            dueAt: {column: due, as: date, format: "dd/MM/yyyy"}
            text: {column: note}
      """;

  private static final String HEADING = "number,received,due,note\n";
  private static final String ROW = "1,20/11/2026 08:00,25/11/2026,a\n";

  @TempDir private Path folder = Path.of("");
  private final Vertx vertx = Vertx.vertx();
  private final List<String> said = new ArrayList<>();

  @AfterEach
  void close() throws Exception {
    await(vertx.close());
  }

  private static <T> T await(Future<T> future) throws Exception {
    return future.toCompletionStage().toCompletableFuture().get(20, TimeUnit.SECONDS);
  }

  private int run(byte[] table, String map, Optional<String> url) throws Exception {
    said.clear();
    Path file = Files.write(folder.resolve("t.csv"), table);
    Path mapping = Files.writeString(folder.resolve("t.map.yaml"), map);
    ImportTable.Options options =
        new ImportTable.Options(
            FactSender.Settings.defaults(url.orElse("http://127.0.0.1:1"), "k", Optional.empty()),
            file,
            mapping,
            url.isEmpty(),
            Optional.empty());
    return await(new ImportTable(vertx, options, said::add).run());
  }

  private int dryRun(String table, String map) throws Exception {
    return run(table.getBytes(StandardCharsets.UTF_8), map, Optional.empty());
  }

  private String told() {
    return String.join("\n", said);
  }

  private void says(String part) {
    assertTrue(told().contains(part), told());
  }

  private List<JsonObject> facts() {
    return said.stream().filter(line -> line.startsWith("{")).map(JsonObject::new).toList();
  }

  @Test
  void aMarkOfByteOrderIsSkippedBeforeAQuotedHeadingToo() throws Exception {
    assertEquals(
        0, dryRun("\uFEFF\"number\",\"received\",\"due\",\"note\"\r\n" + ROW, MAP), this::told);
    assertEquals("PA-1", facts().getFirst().getString("subject"));
  }

  @ParameterizedTest
  @CsvSource({
    "31/09/2026 08:00, 25/11/2026, received",
    "20/11/2026 24:00, 25/11/2026, received",
    "29/02/2026 08:00, 25/11/2026, received",
    "20/11/2026 08:60, 25/11/2026, received",
    "20/11/2026 08:00, 30/02/2027, due"
  })
  void aDayOrAnHourThatDoesNotExistIsNeverMoved(String received, String due, String column)
      throws Exception {
    assertEquals(1, dryRun(HEADING + "1," + received + "," + due + ",a\n", MAP));
    says("row 1 (line 2), column " + column + ": must be a time like");
    says("there is no such day or hour");
    assertTrue(facts().isEmpty(), told());
  }

  @ParameterizedTest
  @CsvSource({
    "dd/MM/yyyy hh:mm, dd/MM/yyyy HH:mm",
    "DD/MM/YYYY, dd/MM/yyyy",
    "dd/mm/yyyy, dd/MM/yyyy",
    "dd/MM/yyyy HH:MM, dd/MM/yyyy HH:mm",
    "dd/MM/yyyy kk:mm, dd/MM/yyyy HH:mm",
    "MM/yyyy, ''",
    "HH:mm, ''"
  })
  void aPatternThatCannotBeMeantIsAFaultOfTheMap(String pattern, String meant) throws Exception {
    String map = MAP.replace("dd/MM/yyyy HH:mm", pattern);
    assertEquals(2, dryRun(HEADING + ROW, map), this::told);
    says("t.map.yaml:6:38: facts[0].time.format: ");
    says(meant.isEmpty() ? "no whole day" : "write " + meant);
  }

  @Test
  void halfDaysAreReadWhereTheyAreMeant() throws Exception {
    String map = MAP.replace("dd/MM/yyyy HH:mm", "dd/MM/yyyy hh:mm a");
    assertEquals(0, dryRun(HEADING + "1,20/11/2026 08:15 PM,,a\n", map), this::told);
    assertEquals("2026-11-20T20:15:00+07:00", facts().getFirst().getString("time"));
  }

  @Test
  void aQuoteThatNeverClosesIsNamedWhereItOpened() throws Exception {
    String table = HEADING + ROW + "2,20/11/2026 08:05,25/11/2026,\"loa\n3,20/11/2026 08:06,,c\n";
    assertEquals(1, dryRun(table, MAP));
    says("row 2, line 3: a quote opens here and does not close");
    assertEquals(1, facts().size(), this::told);
  }

  @Test
  void textBehindAClosingQuoteLeavesOutThatRowAlone() throws Exception {
    String table =
        HEADING
            + "1,20/11/2026 08:00,25/11/2026,\"loa \"keo\" to\"\n"
            + "2,20/11/2026 08:05,25/11/2026,b\n"
            + "3,20/11/2026 08:06,25/11/2026,\"c\" \n"
            + "4,20/11/2026 08:07,25/11/2026,d\"e\n";
    assertEquals(1, dryRun(table, MAP));
    says("row 1 (line 2), column (all): text stands after the closing quote");
    assertEquals(
        List.of("b", "c", "d\"e"),
        facts().stream().map(fact -> fact.getJsonObject("data").getString("text")).toList());
  }

  @Test
  void whatStandsAboveTheHeadingIsLeftOut() throws Exception {
    assertEquals(0, dryRun("BÁO CÁO,,,\n,,,\n" + HEADING + ROW, "skipRows: 2\n" + MAP), this::told);
    assertEquals(0, dryRun("sep=;\n" + (HEADING + ROW).replace(',', ';'), MAP), this::told);
    assertEquals(1, dryRun("BÁO CÁO,,,\n" + HEADING + ROW, MAP));
    says("rows above the heading are left out by skipRows");
  }

  @Test
  void blanksOfEveryKindRoundACellAreNothing() throws Exception {
    String table = HEADING + "1\u00A0,\u200720/11/2026 08:00\u3000,\u00A0,\u200Ba\t\n";
    assertEquals(0, dryRun(table, MAP), this::told);
    JsonObject fact = facts().getFirst();
    assertEquals("1-received", fact.getString("id"));
    assertEquals(
        new JsonObject().put("status", "received").put("text", "a"), fact.getJsonObject("data"));
  }

  @Test
  void bothSpellingsOfATextAreTheSame() throws Exception {
    String map =
        """
        source: /hotline/1022
        lookups:
          agency:
            values: {"Sở Y tế": H60.50}
        facts:
          - type: vn.ioc.feedback.status
            when: {column: Tình trạng, equals: "Đã xử lý"}
            id: "{Số}-x"
            subject: "PA-{Số}"
            time: {column: Ngày, format: "dd/MM/yyyy HH:mm"}
            data:
              status: {constant: received}
              agency: {column: Đơn vị, lookup: agency}
        """;
    String table = "Số,Ngày,Đơn vị,Tình trạng\n1,20/11/2026 08:00,Sở Y tế,Đã xử lý\n";
    for (Normalizer.Form form : List.of(Normalizer.Form.NFC, Normalizer.Form.NFD)) {
      for (Normalizer.Form other : List.of(Normalizer.Form.NFC, Normalizer.Form.NFD)) {
        assertEquals(
            0,
            dryRun(Normalizer.normalize(table, form), Normalizer.normalize(map, other)),
            this::told);
        assertEquals(
            "H60.50", facts().getFirst().getJsonObject("data").getString("agency"), this::told);
      }
    }
    assertEquals(1, dryRun(table.replace("Sở Y tế,", "Sở\u200BY tế,"), map));
    says("'Sở\\u200BY tế' is not in the lookup agency");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "21,8233|21.8233",
        "1.234,5|1234.5",
        "-0,5|-0.5",
        "1.234.567|1234567",
        "7|7",
        "21.8233|",
        "1.2.3|",
        "21,82,3|",
        "12.34|",
        "1234.567|",
        "1,5e3|"
      })
  void underACommaPointsPartGroupsOfThree(String cell, String number) throws Exception {
    String map = MAP + "      lat: {column: note, as: number, decimal: comma}\n";
    int code = dryRun(HEADING + "1,20/11/2026 08:00,,\"" + cell + "\"\n", map);
    if (number == null) {
      assertEquals(1, code, this::told);
      says("must be a number like 1.234,5 (points part groups of three), not '" + cell + "'");
    } else {
      assertEquals(0, code, this::told);
      assertTrue(facts().getFirst().encode().contains("\"lat\":" + number + "}"), told());
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"2026-11-20T08:00:00+0700", "2026-11-20 08:00:00 +07:00", "2026-11-20T08:00+7"})
  void anOffsetIsWrittenAsTheStandardHasIt(String time) throws Exception {
    String map = MAP.replace(", format: \"dd/MM/yyyy HH:mm\"", "");
    assertEquals(1, dryRun(HEADING + "1," + time + ",,\n", map));
    says("column received: the offset of '" + time + "' must be written +07:00 or Z");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "1900-01-01 00:00:00",
        "0001-01-01 00:00:00",
        "9999-12-31 23:59:59",
        "1899-12-30 00:00:00"
      })
  void whatDatabasesWriteForNoneIsNoTimeUnlessTheMapSaysSo(String none) throws Exception {
    String map = MAP.replace("format: \"dd/MM/yyyy\"", "format: \"yyyy-MM-dd HH:mm:ss\"");
    String table = HEADING + "1,20/11/2026 08:00," + none + ",a\n";
    assertEquals(1, dryRun(table, map));
    says("'" + none + "' is what databases write for none");
    assertEquals(0, dryRun(table, "noneValues: [\"" + none + "\"]\n" + map), this::told);
    assertFalse(facts().getFirst().getJsonObject("data").containsKey("dueAt"), told());
  }

  @Test
  void aBadByteIsToldWithLineAndPlaceAndTheRowsBeforeItAreSent() throws Exception {
    ByteArrayOutputStream table = new ByteArrayOutputStream();
    table.writeBytes(HEADING.getBytes(StandardCharsets.UTF_8));
    long before = 0;
    for (int i = 0; i < 3_009; i++) {
      if (i == 3_000) {
        before = table.size();
      }
      table.writeBytes((i + ",20/11/2026 08:00,25/11/2026,x").getBytes(StandardCharsets.UTF_8));
      table.write(i == 3_000 ? 0xE9 : 'y');
      table.write('\n');
    }
    long place = before + "3000,20/11/2026 08:00,25/11/2026,x".length() + 1;
    ScriptedServer server = ScriptedServer.start(vertx);
    assertEquals(1, run(table.toByteArray(), MAP, Optional.of(server.url())));
    says("sent 3000: accepted 3000, duplicates 0, rejected 0");
    says("row 3001, line 3002: byte " + place + " of the file (0xE9) is not UTF-8");
    says("charset: windows-1258");
    assertEquals(3_000, server.bodies.stream().mapToLong(body -> body.lines().count()).sum());
    assertEquals(0, run(table.toByteArray(), "charset: windows-1252\n" + MAP, Optional.empty()));
  }

  @Test
  void onlyAHeadingTheMapUsesStandsOnce() throws Exception {
    String wide = HEADING.strip() + ",Location,Location\n" + ROW.strip() + ",x,y\n";
    assertEquals(0, dryRun(wide, MAP), this::told);
    assertEquals(1, dryRun(wide.replace("Location,Location", "note,Location"), MAP));
    says("the column note stands twice");
  }

  @ParameterizedTest
  @CsvSource({
    "keep, 2, 2026-11-19T08:00:00+07:00",
    "swap, 2, 2026-11-20T08:00:00+07:00",
    "drop, 0, ''"
  })
  void rowsClosedBeforeTheyWereCreatedAreToldAsTheMapChooses(
      String choice, int facts, String closed) throws Exception {
    String map =
        """
        closedBefore: %s
        source: /hotline/1022
        facts:
          - type: vn.ioc.feedback.status
            id: "{number}-received"
            subject: "PA-{number}"
            time: {column: received, format: "dd/MM/yyyy HH:mm"}
            data: {status: {constant: received}}
          - type: vn.ioc.feedback.status
            when: {column: done, is: present}
            id: "{number}-closed"
            subject: "PA-{number}"
            time: {column: done, format: "dd/MM/yyyy HH:mm"}
            data: {status: {constant: closed}}
        """
            .formatted(choice);
    String table = "number,received,done\n1,20/11/2026 08:00,19/11/2026 08:00\n";
    assertEquals(0, dryRun(table, map), this::told);
    says(
        "closed before created (a fact earlier than the one before it): rows 1, first row 1 (line 2)");
    says("closedBefore: " + choice);
    assertEquals(facts, facts().size(), this::told);
    if (facts > 0) {
      assertEquals(closed, facts().getLast().getString("time"), this::told);
    }
  }

  /// A dry run of 1.3 million rows never ended: each slice of facts waited for the next.
  @Test
  void aDryRunEndsHoweverManySlicesATableHas() throws Exception {
    Path table = Files.writeString(folder.resolve("t.csv"), HEADING + ROW.repeat(20_000));
    Path map = Files.writeString(folder.resolve("t.map.yaml"), MAP);
    ImportTable.Options options =
        new ImportTable.Options(
            FactSender.Settings.defaults("http://127.0.0.1:1", "k", Optional.empty()),
            table,
            map,
            true,
            Optional.empty());
    assertEquals(0, await(new ImportTable(vertx, options, said::add, 1).run()), this::told);
    says("rows 20000: facts 20000, rows left out 0");
    assertEquals(5, facts().size(), "the first are shown");
  }

  @Test
  void whatIsNoTableIsToldForWhatItIs() throws Exception {
    assertEquals(1, run(new byte[] {0x1F, (byte) 0x8B, 8, 0}, MAP, Optional.empty()));
    says("packed with gzip");
    assertEquals(
        1,
        run(
            new byte[] {(byte) 0xD0, (byte) 0xCF, 0x11, (byte) 0xE0, 0, 0, 0, 0},
            MAP,
            Optional.empty()));
    says("workbook of the old kind");
    assertEquals(1, run(new byte[0], MAP, Optional.empty()));
    says("the table is empty");
    assertEquals(
        1, run((HEADING + ROW).getBytes(StandardCharsets.UTF_16LE), MAP, Optional.empty()));
    says("UTF-16 without a mark");
  }
}
