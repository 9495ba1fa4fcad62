package vn.truc.table;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import vn.truc.config.Fault;
import vn.truc.config.Faults;
import vn.truc.send.FactSender;
import vn.truc.send.FactStream;

class TableImportTest {
  private static final String MAP =
      """
      delimiter: ";"
      source: /bang
      zone: Asia/Ho_Chi_Minh
      lookups:
        kenh:
          values: {"1": hotline, "2": app}
        don-vi:
          file: units.csv
          key: ma
          value: id
          default: so-khac
      facts:
        - type: vn.ioc.feedback.status
          id: "{so}-moi"
          subject: "PA-{so:04}"
          time: {column: nhan, format: "dd/MM/yyyy HH:mm"}
          data:
            status: {constant: received}
            channel: {column: kenh, lookup: kenh, required: true}
            agency: {column: don_vi, lookup: don-vi}
            lat: {column: lat, as: number, decimal: comma}
            urgency: {column: gap, default: normal}
            contact.phone: {column: dt}
            contact.name: {constant: "Mô phỏng"}
        - type: vn.ioc.feedback.status
          when: {column: xong, is: present}
          id: "{so}-xong"
          subject: "PA-{so:04}"
          time: {column: xong, format: "dd/MM/yyyy HH:mm"}
          data:
            status: {constant: closed}
            dueAt: {column: han, as: date, format: "dd/MM/yyyy"}
            publishedAt: {column: cong_khai, as: instant}
      """;
  private static final String HEADING = "so;nhan;xong;kenh;don_vi;lat;gap;dt;han;cong_khai\n";

  @TempDir Path folder;

  private TableMap map(String text) throws Exception {
    Files.writeString(folder.resolve("units.csv"), "ma,id\nA,so-xay-dung\n");
    Faults faults = new Faults();
    TableMap map = TableMapReader.read("map.yaml", text, folder, faults);
    faults.throwIfAny();
    return map;
  }

  private static TableRows rows(String text) {
    return new CsvRows(new StringReader(text), ';', "");
  }

  private TableImport table(String rows) throws Exception {
    return new TableImport(map(MAP), rows(HEADING + rows));
  }

  private static <T> T await(Future<T> future) throws Exception {
    return future.toCompletionStage().toCompletableFuture().get(20, TimeUnit.SECONDS);
  }

  private static List<JsonObject> facts(TableImport table) {
    List<JsonObject> facts = new ArrayList<>();
    while (table.next(3) instanceof FactStream.Batch batch) {
      batch.facts().forEach(fact -> facts.add(new JsonObject(fact)));
    }
    return facts;
  }

  @Test
  void aRowBecomesItsFacts() throws Exception {
    TableImport table =
        table("7;23/11/2026 07:30;23/11/2026 09:00;2;A;21,5;;0000;24/11/2026;2026-11-23 10:00\n");
    List<JsonObject> facts = facts(table);
    assertEquals(
        new JsonObject(
            """
            {"specversion":"1.0","type":"vn.ioc.feedback.status","source":"/bang","id":"7-moi",
             "subject":"PA-0007","time":"2026-11-23T07:30:00+07:00","data":{"status":"received",
             "channel":"app","agency":"so-xay-dung","lat":21.5,"urgency":"normal",
             "contact":{"phone":"0000","name":"Mô phỏng"}}}
            """),
        facts.get(0));
    assertEquals(
        new JsonObject(
            """
            {"status":"closed","dueAt":"2026-11-24","publishedAt":"2026-11-23T10:00:00+07:00"}
            """),
        facts.get(1).getJsonObject("data"));
    assertEquals(2, facts.size());
  }

  @Test
  void whenDecidesAndLookupsFallBack() throws Exception {
    TableImport table = table("8;23/11/2026 07:30;;1;Z;;urgent;;;\n");
    List<JsonObject> facts = facts(table);
    assertEquals(1, facts.size());
    assertEquals("so-khac", facts.getFirst().getJsonObject("data").getString("agency"));
    assertEquals("urgent", facts.getFirst().getJsonObject("data").getString("urgency"));
    assertFalse(facts.getFirst().getJsonObject("data").containsKey("lat"));
    assertEquals(1, table.tally().unmet());
  }

  @Test
  void everyComplaintNamesRowLineAndColumnAndLeavesTheRowOut() throws Exception {
    TableImport table =
        table(
            """
            1;23/11/2026 07:30;;1;;;;;;
            2;23/13/2026 07:30;;9;;abc;;;;
            3;23/11/2026 07:30
            ;23/11/2026 07:30;;1;;;;;;
            """);
    assertEquals(1, facts(table).size());
    TableImport.Tally tally = table.tally();
    assertEquals(4, tally.rows());
    assertEquals(3, tally.skipped());
    List<String> complaints = tally.complaints().stream().map(Object::toString).toList();
    assertEquals(
        List.of(
            "row 2 (line 3), column nhan: must be a time like dd/MM/yyyy HH:mm,"
                + " not '23/13/2026 07:30': there is no such day or hour",
            "row 2 (line 3), column kenh: '9' is not in the lookup kenh",
            "row 2 (line 3), column lat: must be a number like 1.234,5 (points part groups of three),"
                + " not 'abc'",
            "row 3 (line 4), column (all): has 2 cells, the heading 10",
            "row 4 (line 5), column so: is empty"),
        complaints);
  }

  @Test
  void quotedBreaksBomAndCrlfAreRead() throws Exception {
    String text = "\uFEFF" + HEADING.replace("\n", "\r\n");
    TableImport table =
        new TableImport(map(MAP), rows(text + "1;23/11/2026 07:30;;1;;;\"a;b\r\nc\";;;\r\n"));
    assertEquals("a;b\r\nc", facts(table).getFirst().getJsonObject("data").getString("urgency"));
  }

  @Test
  void repeatsAndTimesThatRunBackwardsAreNoticed() throws Exception {
    TableImport table =
        table(
            """
            1;23/11/2026 07:30;22/11/2026 07:30;1;;;;;;
            1;23/11/2026 07:30;23/11/2026 07:30;1;;;;;;
            """);
    assertEquals(4, facts(table).size());
    assertEquals(2, table.tally().repeatedIds());
    assertEquals(1, table.tally().backwards());
    assertEquals(1, table.tally().equalTimes());
  }

  @Test
  void aColumnTheTableLacksIsNamed() {
    TableFault e =
        assertThrows(TableFault.class, () -> new TableImport(map(MAP), rows("so;nhan\n")));
    assertTrue(
        String.valueOf(e.getMessage()).contains("no column cong_khai, don_vi, dt"), e.getMessage());
  }

  @Test
  void everyFaultOfAMapIsToldWithItsPlace() {
    Faults faults = new Faults();
    String text =
        """
        source: bang
        sorce: /x
        facts:
          - type: vn.ioc.feedback.status
            id: "{so"
            time: {column: nhan, format: "QQQQQQQ!"}
            data:
              status: {constant: a, column: b}
              area: {column: c, as: nmber}
              field: {column: c, lookup: none}
        """;
    TableMapReader.read("map.yaml", text, folder, faults);
    List<String> keys = faults.list().stream().map(Fault::key).toList();
    assertEquals(
        List.of(
            "source",
            "sorce",
            "facts[0].id",
            "facts[0].time.format",
            "facts[0].data.status.column",
            "facts[0].data.area.as",
            "facts[0].data.field.lookup"),
        keys);
  }

  @Test
  void theShippedExampleReadsATableLikeItsOwn() throws Exception {
    Path map = Path.of("config", "examples", "maps", "la311.yaml");
    Path table =
        Files.writeString(
            folder.resolve("la.csv"),
            """
            request_id,srnumber,created_date,closed_date,type_id,agency_id,source_id,council_id,region_id,address,latitude,longitude,city_id
            1,1-15,2020-01-01 00:05:00,2020-01-02 08:43:00,6,2,8,44,3,"16815 W ST, 9",34.1,-118.4,6
            2,1-16,2020-01-01 00:21:00,,7,2,7,0,7,"132 S AVE, 9",34.0,-118.2,13
            """);
    List<String> said = new ArrayList<>();
    Vertx vertx = Vertx.vertx();
    ImportTable.Options options =
        new ImportTable.Options(
            FactSender.Settings.defaults("http://127.0.0.1:1", "", Optional.empty()),
            table,
            map,
            true,
            Optional.empty());
    assertEquals(0, await(new ImportTable(vertx, options, said::add).run()));
    await(vertx.close());
    JsonObject first = new JsonObject(said.getFirst());
    assertEquals("1-15", first.getString("subject"));
    assertEquals("00044", first.getJsonObject("data").getString("area"));
    assertEquals("la-2", first.getJsonObject("data").getString("agency"));
    assertEquals("hotline", first.getJsonObject("data").getString("channel"));
    assertTrue(said.contains("rows 2: facts 3, rows left out 0"), said.toString());
  }
}
