package vn.truc.event;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class EventCodecTest {
  private static final long NOW = Rfc3339.parse("2026-11-23T08:00:00+07:00");
  static final DecodeContext CONTEXT = new DecodeContext(NOW, "key-1");
  static final String SOUND =
      "{'specversion':'1.0','id':'e-1','source':'/s','type':'vn.ioc.feedback.status',"
          + "'subject':'PA-1','time':'2026-11-23T07:30:00+07:00','data':{'status':'received'}}";

  private final EventCodec codec = new EventCodec(CodecLimits.defaults());

  private Decoded decode(String json) {
    byte[] bytes = json.replace('\'', '"').getBytes(UTF_8);
    return codec.decode(bytes, 0, bytes.length, 7, CONTEXT);
  }

  private LogRecord accepted(String json) {
    return assertInstanceOf(Decoded.Accepted.class, decode(json)).record();
  }

  private static String event(String type, String data) {
    return SOUND.replace("vn.ioc.feedback.status", type).replace("{'status':'received'}", data);
  }

  /// Each row: what stands in the sound event, what takes its place, reason, field.
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "'1.0' | '0.3' | unsupported-specversion | specversion",
        "'specversion':'1.0', | ~~ | missing-field | specversion",
        "'id':'e-1', | ~~ | missing-field | id",
        "'id':'e-1' | 'id':null | missing-field | id",
        "'id':'e-1' | 'id':'' | empty-field | id",
        "'id':'e-1' | 'id':5 | invalid-field | id",
        "'id':'e-1' | 'id':'a\\u0007' | invalid-field | id",
        "'source':'/s', | ~~ | missing-field | source",
        "'source':'/s' | 'source':'/s/../t' | invalid-field | source",
        "'source':'/s' | 'source':'/s/%2E%2e/t' | invalid-field | source",
        "'source':'/s' | 'source':'/s t' | invalid-field | source",
        "feedback.status | feedback.stat | unknown-type | type",
        "vn.ioc.feedback.status | vn.truc.key.added | reserved-type | type",
        "'type':'vn.ioc.feedback.status', | ~~ | missing-field | type",
        "'subject':'PA-1', | ~~ | missing-field | subject",
        "'PA-1' | '.' | invalid-field | subject",
        "'PA-1' | ' .. ' | invalid-field | subject",
        "'PA-1' | ' \\u00a0 ' | empty-field | subject",
        "'time':'2026-11-23T07:30:00+07:00', | ~~ | missing-field | time",
        "07:30:00+07:00 | 07:30:00 | invalid-time | time",
        "2026-11-23T | 2026-02-29T | invalid-time | time",
        "07:30:00+07:00 | 08:05:01+07:00 | time-in-future | time",
        "2026-11-23T | 1999-11-23T | time-too-old | time",
        "'id':'e-1' | 'id':'e-1','id':'e-1' | duplicate-key | id",
        "'id':'e-1' | 'x':1,'id':'e-1','x':1 | duplicate-key | x",
        "{'status':'received'} | {'a':1,'a':1} | duplicate-key | data.a",
        "{'status':'received'} | {'a':{'b':1,'\\u0062':1}} | duplicate-key | data.a.b",
        "'id':'e-1' | 'id':'e-1','Upper':'x' | invalid-field | Upper",
        "'id':'e-1' | 'id':'e-1','nested':{} | invalid-field | nested",
        "'id':'e-1' | 'id':'e-1','big':3000000000 | invalid-field | big",
        "'id':'e-1' | 'id':'e-1','sequence':'' | empty-field | sequence",
        "'id':'e-1' | 'id':'e-1','datacontenttype':'text/xml'"
            + " | unsupported-datacontenttype | datacontenttype",
        "{'status':'received'} | [] | invalid-field | data",
        "{'status':'received'} | {} | missing-field | data.status",
        "{'status':'received'} | {'status':null} | missing-field | data.status",
        "{'status':'received'} | {'status':''} | empty-field | data.status",
        "{'status':'received'} | {'status':4} | invalid-field | data.status",
        "'received' | 'received','dueAt':'soon' | invalid-field | data.dueAt",
        "'received' | 'received','dueAt':'2026-13-01' | invalid-field | data.dueAt",
        "'received' | 'received','area':2215 | invalid-field | data.area",
        "'received' | 'received','lat':91 | invalid-field | data.lat",
        "'received' | 'received','coAgencies':['a,b'] | invalid-field | data.coAgencies",
        "'received' | 'received','contact':'x' | invalid-field | data.contact",
        "'received' | 'received','x':'\\ud800' | invalid-utf8 | data.x",
        "'data':{'status':'received'} | 'data_base64':'!!' | invalid-field | data_base64",
        "'data':{ | 'data_base64':'e30=','data':{ | invalid-field | data",
      })
  void refusalNamesReasonAndField(String stands, String instead, String reason, String field) {
    Decoded.Refused refused =
        assertInstanceOf(
            Decoded.Refused.class, decode(SOUND.replace(stands, instead == null ? "" : instead)));
    assertEquals(reason, refused.rejection().reason().label());
    assertEquals(field, refused.rejection().field());
    assertEquals(7, refused.rejection().index());
    assertTrue(refused.json());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "vn.ioc.dossier.status | {'status':'4'} | invalid-field | data.status",
        "vn.ioc.dossier.status | {'status':4.5} | invalid-field | data.status",
        "vn.ioc.dossier.status | {'status':4,'paidOnline':1} | invalid-field | data.paidOnline",
        "vn.ioc.dossier.rated | {} | missing-field | data.score",
        "vn.ioc.dossier.rated | {'score':6} | invalid-field | data.score",
        "vn.ioc.feedback.rated | {'like':-1} | invalid-field | data.like",
        "vn.ioc.case.voided | {'voided':true} | missing-field | data.kind",
        "vn.ioc.case.voided | {'kind':'x','voided':true} | invalid-field | data.kind",
        "vn.ioc.case.voided | {'kind':'dossier'} | missing-field | data.voided",
        "vn.ioc.portal.traffic | {'from':'2026-11-23','to':'2026-11-24'} | missing-field"
            + " | data.portal",
        "vn.ioc.portal.traffic | {'portal':'p','from':'2026-11-23','to':'2026-11-23'}"
            + " | invalid-field | data.to",
        "vn.ioc.portal.traffic | {'portal':'p','from':'2026-11-23T06:00:00+07:00',"
            + "'to':'2026-11-23T07:00:00+07:00','visitors':'AAAA'} | invalid-field | data.visitors",
        "vn.ioc.portal.traffic | {'portal':'p','from':'2026-11-23T06:30:00+07:00',"
            + "'to':'2026-11-23T07:30:00+07:00'} | invalid-field | data.from",
        "vn.ioc.portal.traffic | {'portal':'p','from':'2026-11-22','to':'2026-11-23'}"
            + " | invalid-field | data.to",
        "vn.ioc.portal.traffic | {'portal':'p','from':'2026-11-23T06:00:00+07:00',"
            + "'to':'2026-11-23T06:30:00+07:00'} | invalid-field | data.to",
        "vn.ioc.portal.traffic | {'portal':'p','from':'2026-11-24T06:00:00+07:00',"
            + "'to':'2026-11-24T07:00:00+07:00'} | time-in-future | data.from",
        "vn.ioc.indicator.reported | {'indicator':'i','value':'1','period':'2026'}"
            + " | invalid-field | data.value",
        "vn.ioc.indicator.reported | {'indicator':'i','value':1e999,'period':'2026'}"
            + " | invalid-field | data.value",
        "vn.ioc.indicator.reported | {'indicator':'i','value':1,'period':'2026-Q5'}"
            + " | invalid-field | data.period",
        "vn.ioc.indicator.reported | {'indicator':'i','value':1,'period':'9999'}"
            + " | time-in-future | data.period",
        "vn.ioc.indicator.reported | {'indicator':'i','value':1,'period':'2027-11-25'}"
            + " | time-in-future | data.period",
        "vn.ioc.indicator.reported | {'indicator':'i','value':1,'period':'2025-W53'}"
            + " | invalid-field | data.period",
        "vn.ioc.indicator.reported | {'indicator':'i','value':1,'period':'2026','note':5}"
            + " | invalid-field | data.note",
        "vn.ioc.feedback.status | {'status':'received','receivedAt':'2999-01-01T00:00:00Z'}"
            + " | time-in-future | data.receivedAt",
        "vn.ioc.feedback.status | {'status':'received','receivedAt':'2026-11-24'}"
            + " | time-in-future | data.receivedAt",
        "vn.ioc.dossier.status | {'status':9,'finishedAt':'1999-12-31T23:59:59Z'}"
            + " | time-too-old | data.finishedAt",
        "vn.ioc.dossier.status | {'status':9,'apologyAt':'9999-12-31'}"
            + " | time-in-future | data.apologyAt",
        "vn.ioc.dossier.status | {'status':4,'dueAt':'0001-01-01'} | time-too-old | data.dueAt",
        "vn.ioc.dossier.status | {'status':4,'dueAfter':'1900-01-01T00:00:00Z'}"
            + " | time-too-old | data.dueAfter",
      })
  void dataIsCheckedByItsType(String type, String data, String reason, String field) {
    Decoded.Refused refused = assertInstanceOf(Decoded.Refused.class, decode(event(type, data)));
    assertEquals(reason, refused.rejection().reason().label());
    assertEquals(field, refused.rejection().field());
  }

  @Test
  void limitsAreNamed() {
    for (Map.Entry<String, String> row :
        Map.of("e-1", "id", "PA-1", "subject", "/s", "source").entrySet()) {
      Decoded.Refused refused =
          assertInstanceOf(
              Decoded.Refused.class,
              decode(SOUND.replace("'" + row.getKey() + "'", "'/" + "x".repeat(600) + "'")));
      assertEquals(Rejection.Reason.TOO_LONG, refused.rejection().reason());
      assertEquals(row.getValue(), refused.rejection().field());
    }
    Decoded.Refused large =
        assertInstanceOf(Decoded.Refused.class, decode(SOUND.replace("PA-1", "x".repeat(70_000))));
    assertEquals(Rejection.Reason.FACT_TOO_LARGE, large.rejection().reason());
  }

  @Test
  void bytesThatAreNoJsonAreToldApart() {
    for (String json :
        List.of(
            "",
            "{",
            SOUND + "x",
            SOUND.replace("'e-1',", "'e-1'"),
            SOUND.replace("'e-1'", "01"),
            SOUND.replace("}}", "},}"),
            SOUND.replace("received", "a\nb"),
            SOUND.replace("received", "\\x"))) {
      Decoded.Refused refused = assertInstanceOf(Decoded.Refused.class, decode(json), json);
      assertEquals(Rejection.Reason.MALFORMED_JSON, refused.rejection().reason(), json);
      assertFalse(refused.json(), json);
    }
    Decoded.Refused array = assertInstanceOf(Decoded.Refused.class, decode("[1]"));
    assertEquals(Rejection.Reason.MALFORMED_JSON, array.rejection().reason());
    assertTrue(array.json());
  }

  @Test
  void invalidUtf8IsRefusedWhereverItStands() {
    for (byte[] bad :
        List.of(
            new byte[] {(byte) 0xC0, (byte) 0xAF},
            new byte[] {(byte) 0xE0, (byte) 0x80, (byte) 0xAF},
            new byte[] {(byte) 0xED, (byte) 0xA0, (byte) 0x80},
            new byte[] {(byte) 0xF4, (byte) 0x90, (byte) 0x80, (byte) 0x80},
            new byte[] {(byte) 0x80},
            new byte[] {(byte) 0xC3})) {
      byte[] event = SOUND.replace('\'', '"').replace("received", "????").getBytes(UTF_8);
      int at = SOUND.indexOf("received");
      System.arraycopy(bad, 0, event, at, bad.length);
      Decoded.Refused refused =
          assertInstanceOf(Decoded.Refused.class, codec.decode(event, 0, event.length, 0, CONTEXT));
      assertEquals(Rejection.Reason.INVALID_UTF8, refused.rejection().reason());
    }
  }

  @Test
  void personalMembersLieApartAndDoNotCount() {
    String with =
        SOUND.replace(
            "{'status':'received'}",
            "{ 'title':'Rác', 'status':'received', 'contact':{'name': 'A'}, 'text':null }");
    Decoded.Accepted event = assertInstanceOf(Decoded.Accepted.class, decode(with));
    assertEquals("{\"status\":\"received\"}", event.record().data());
    assertEquals(Optional.of("{\"title\":\"Rác\",\"contact\":{\"name\":\"A\"}}"), event.personal());
    assertEquals(accepted(SOUND).event(), event.record().event());
  }

  @Test
  void unknownStatusesAreKept() {
    Event.CaseFact feedback =
        (Event.CaseFact) accepted(SOUND.replace("'received'", "'lost'")).event();
    assertEquals(Event.CaseFact.UNKNOWN_STATUS, feedback.status());
    assertEquals("lost", feedback.changes().valueOf(Attribute.UNKNOWN_STATUS));
    Event.CaseFact dossier =
        (Event.CaseFact) accepted(event("vn.ioc.dossier.status", "{'status':11}")).event();
    assertEquals("11", dossier.changes().valueOf(Attribute.UNKNOWN_STATUS));
    assertEquals(
        4,
        ((Event.CaseFact) accepted(event("vn.ioc.dossier.status", "{'status':4.0}")).event())
            .status());
  }

  @Test
  void attributesAreSetAndCleared() {
    Event.CaseFact fact =
        (Event.CaseFact)
            accepted(
                    SOUND.replace(
                        "'received'",
                        "'received','dueAt':'2026-11-24','receivedAt':'2026-11-22','agency':null,"
                            + "'coAgencies':['a','b'],'lat':21.8,'duplicateOf':' PA-9 '"))
                .event();
    assertEquals(
        Rfc3339.parse("2026-11-24T23:59:59.999999+07:00"),
        fact.changes().valueOf(Attribute.DUE_AT));
    assertEquals(
        Rfc3339.parse("2026-11-22T00:00:00+07:00"), fact.changes().valueOf(Attribute.RECEIVED_AT));
    assertTrue(fact.changes().clears(Attribute.AGENCY));
    assertEquals("a,b", fact.changes().valueOf(Attribute.CO_AGENCIES));
    assertEquals(21.8, fact.changes().valueOf(Attribute.LAT));
    assertEquals("PA-9", fact.changes().valueOf(Attribute.DUPLICATE_OF));
  }

  /// Extensions, and members no type knows, went into the record, exports and backups for ever,
  /// with the names and phones in them.
  @Test
  void whatATypeDoesNotKnowLiesBesideTheRecord() {
    String with =
        SOUND
            .replace("'id'", "'partitionkey' : 'k','n':-1,'sequence':42,'b':true,'id'")
            .replace("'received'", "'received','Phone': '0912','ChuHoSo':{'ten':'A'},'gone':null");
    Decoded.Accepted event = assertInstanceOf(Decoded.Accepted.class, decode(with));
    LogRecord record = event.record();
    assertEquals(Optional.of("42"), record.sequence());
    assertEquals(Optional.empty(), record.extensions());
    assertEquals("{\"status\":\"received\"}", record.data());
    assertEquals(
        Optional.of(
            "{\"Phone\":\"0912\",\"ChuHoSo\":{\"ten\":\"A\"},"
                + "\"$extensions\":{\"partitionkey\":\"k\",\"n\":-1,\"b\":true}}"),
        event.personal());
    assertEquals(accepted(SOUND).event().contentHash(), record.event().contentHash());
    assertEquals(List.of("Phone", "ChuHoSo", "gone"), event.unknown());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "vn.ioc.dossier.status | {'status':4,'title':'A','text':'B','contact':{'phone':'0912'}}",
        "vn.ioc.dossier.rated | {'score':4,'title':'A','text':'B','contact':{'phone':'0912'}}",
        "vn.ioc.case.voided | {'kind':'dossier','voided':true,'title':'A','text':'B',"
            + "'contact':{'phone':'0912'}}",
      })
  void citizensWordsArePersonalInEveryTypeOfFact(String typeAndData) {
    String[] parts = typeAndData.split(" \\| ", -1);
    Decoded.Accepted event =
        assertInstanceOf(Decoded.Accepted.class, decode(event(parts[0], parts[1])));
    assertEquals(
        Optional.of("{\"title\":\"A\",\"text\":\"B\",\"contact\":{\"phone\":\"0912\"}}"),
        event.personal());
    assertFalse(event.record().data().contains("0912"), event.record().data());
    assertEquals(List.of(), event.unknown(), "they are known as that");
  }

  /// Nothing could ever erase them: no case is named by such a fact.
  @Test
  void factsWithoutACaseDropWhatTheirTypeDoesNotKnow() {
    Decoded.Accepted event =
        assertInstanceOf(
            Decoded.Accepted.class,
            decode(
                event(
                        "vn.ioc.indicator.reported",
                        "{'indicator':'i','value':1.50,'period':'2026','note':'n','author':'a',"
                            + "'nguoi\u202eNhap':'A'}")
                    .replace("'id'", "'partitionkey':'k','id'")));
    assertEquals(
        "{\"indicator\":\"i\",\"value\":1.50,\"period\":\"2026\",\"note\":\"n\",\"author\":\"a\"}",
        event.record().data());
    assertEquals(Optional.empty(), event.personal());
    assertEquals(List.of("nguoi\ufffdNhap", "partitionkey"), event.unknown());
  }

  /// Databases write year 9999 for "none": it came back as +10000-01-01.
  @Test
  void aDueDateTooFarAheadIsNone() {
    for (String due : List.of("9999-12-31T23:59:59.9999999Z", "2999-12-31", "2079-06-06")) {
      Event.CaseFact fact =
          (Event.CaseFact)
              accepted(SOUND.replace("'received'", "'received','dueAt':'" + due + "'")).event();
      assertFalse(fact.changes().sets(Attribute.DUE_AT), due);
      assertEquals("dueAt", fact.changes().valueOf(Attribute.NOT_TAKEN));
    }
    Event.CaseFact near =
        (Event.CaseFact)
            accepted(SOUND.replace("'received'", "'received','dueAt':'2056-11-01'")).event();
    assertTrue(near.changes().sets(Attribute.DUE_AT));
  }

  private static Event stored(String type, String data) {
    return new LogRecord(
            5, 1, type, "/s", "e", "PA-1", NOW, null, NOW, "k", null, data.replace('\'', '"'), null)
        .event();
  }

  /// The log holds what older doors took: replay leaves out what is none, and goes on.
  @Test
  void replayTakesWhatAnOlderDoorTook() {
    Event.CaseFact fact =
        (Event.CaseFact)
            stored(
                "vn.ioc.feedback.status",
                "{'status':'received','receivedAt':'2999-01-01T00:00:00Z','dueAt':'0001-01-01',"
                    + "'answeredAt':'2026-11-22'}");
    assertEquals("receivedAt,dueAt", fact.changes().valueOf(Attribute.NOT_TAKEN));
    assertEquals(List.of(Attribute.ANSWERED_AT, Attribute.NOT_TAKEN), fact.changes().present());
    Event.Traffic traffic =
        (Event.Traffic)
            stored(
                "vn.ioc.portal.traffic",
                "{'portal':'p','from':'2026-11-22','to':'2026-11-23','visits':3,'visitors':'AAAA'}");
    assertTrue(traffic.visitorsUnread());
    assertEquals(Optional.empty(), traffic.visitors());
    assertEquals(3, traffic.visits().orElseThrow());
    Event.Indicator report =
        (Event.Indicator)
            stored(
                "vn.ioc.indicator.reported",
                "{'indicator':'i','value':1,'period':'2025-W53','note':5}");
    assertEquals("2025-W53", report.period());
  }

  /// A repeat sent through a system that adds a member of its own was an `identity-conflict`.
  @Test
  void contentIsWhatTheContractHas() {
    long hash = accepted(SOUND).event().contentHash();
    for (String same :
        List.of(
            SOUND.replace("'received'", "'received','more':[1,2]"),
            SOUND.replace("'received'", "'received','score':5"),
            SOUND.replace("'id'", "'traceparent':'x','id'"))) {
      assertEquals(hash, accepted(same).event().contentHash(), same);
    }
  }

  @Test
  void subjectIsComposedAndTrimmed() {
    assertEquals(
        Optional.of("Phản"), accepted(SOUND.replace("PA-1", "\u00a0Pha\u0309n ")).subject());
  }

  @Test
  void base64DataIsData() {
    String base64 =
        SOUND.replace(
            "'data':{'status':'received'}", "'data_base64':'eyJzdGF0dXMiOiJyZWNlaXZlZCJ9'");
    assertEquals(accepted(SOUND).event(), accepted(base64).event());
  }

  @Test
  void factsOutsideCasesNeedNoTimeAndTheirRepeatIsTheSame() {
    String heartbeat =
        "{'specversion':'1.0','id':'h','source':'/s','type':'vn.ioc.source.heartbeat'}";
    byte[] bytes = heartbeat.replace('\'', '"').getBytes(UTF_8);
    LogRecord now = accepted(heartbeat);
    Decoded.Accepted later =
        assertInstanceOf(
            Decoded.Accepted.class,
            codec.decode(bytes, 0, bytes.length, 0, new DecodeContext(NOW + 5, "key-1")));
    assertEquals(NOW, now.timeMicros());
    assertEquals(now.event().contentHash(), later.record().event().contentHash());
  }

  /// A body over the limit is refused without being read, and the refusal carried the id of the
  /// event decoded before it: perhaps one of another sender.
  @Test
  void anEventThatIsNotReadHasNoId() {
    accepted(SOUND);
    Decoded.Refused refused = assertInstanceOf(Decoded.Refused.class, codec.tooLarge(3));
    assertEquals(Optional.empty(), refused.rejection().id());
    assertEquals(3, refused.rejection().index());
  }

  @Test
  void contentHashTellsContentsApart() {
    long hash = accepted(SOUND).event().contentHash();
    for (String other :
        List.of(
            SOUND.replace("received'", "closed'"),
            SOUND.replace("PA-1", "PA-2"),
            SOUND.replace("07:30:00", "07:30:01"),
            SOUND.replace("'received'", "'received','agency':null"),
            SOUND.replace("'received'", "'received','lat':21.5"))) {
      assertNotEquals(hash, accepted(other).event().contentHash(), other);
    }
  }
}
