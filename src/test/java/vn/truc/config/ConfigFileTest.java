package vn.truc.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class ConfigFileTest {
  private final Faults faults = new Faults();

  private ConfigNode parse(String text) {
    return ConfigFile.parse("x.yaml", text, faults);
  }

  private List<String> told() {
    return faults.list().stream().map(Fault::toString).toList();
  }

  /// 20,000 brackets in a file were a StackOverflowError, and the thread that watched the folder of
  /// a running server was gone for good.
  @Test
  void deepNestingIsAFaultOfTheFileLikeAnyOther() {
    for (String deep :
        List.of("a: " + "[".repeat(20_000), "a: " + "{a: ".repeat(20_000), blocks(20_000))) {
      Faults own = new Faults();
      ConfigFile.parse("x.yaml", deep, own);
      assertEquals(1, own.list().size());
      assertTrue(own.list().getFirst().toString().contains("nests deeper than 100 levels"));
      assertTrue(own.list().getFirst().toString().startsWith("x.yaml:"));
    }
    parse("a: " + "[".repeat(99) + "]".repeat(99) + "\n");
    assertEquals(List.of(), told());
    parse("a: " + "[".repeat(100) + "]".repeat(100) + "\n");
    assertEquals(List.of("x.yaml:1:103: nests deeper than 100 levels"), told());
  }

  private static String blocks(int levels) {
    StringBuilder text = new StringBuilder();
    for (int level = 0; level < levels; level++) {
      text.append("- ");
    }
    return text.append("x\n").toString();
  }

  @Test
  void valuesComeWithTheirTypes() {
    ConfigNode node =
        parse(
            """
            name: Sở Nội vụ
            code: 02215
            count: 1_000
            ratio: 0.5
            on: true
            wait: 1h30m
            tags: [a, b]
            inner: {x: 1}
            list:
              - id: p
              - id: q
            """);
    assertEquals("Sở Nội vụ", node.text("name"));
    assertEquals("02215", node.text("code"), "leading zero stays");
    assertEquals(1000, node.integer("count", 0, 1000));
    assertEquals(0.5, node.number("ratio", 0, 1));
    assertTrue(node.flag("on", false));
    assertEquals(Duration.ofMinutes(90), node.duration("wait", Duration.ZERO, Duration.ofDays(1)));
    assertEquals(List.of("a", "b"), node.texts("tags"));
    assertEquals(1, node.map("inner").integer("x", 1, 1));
    assertEquals(
        List.of("p", "q"), node.maps("list").stream().map(item -> item.text("id")).toList());
    node.end();
    assertEquals(List.of(), told());
  }

  @Test
  void everyFaultIsToldTogetherWithLineColumnAndKey() {
    ConfigNode node =
        parse(
            """
            count: 11
            on: yes
            wait: 5 minutes
            list:
              - id: P!
            odd: 1
            """);
    node.integer("count", 1, 10);
    node.flag("on", true);
    node.duration("wait", Duration.ZERO, Duration.ofDays(1));
    node.text("name");
    node.maps("list").getFirst().text("id", Pattern.compile("[a-z]+"), "small letters");
    node.end();
    assertEquals(
        List.of(
            "x.yaml:1:1: name: is missing",
            "x.yaml:1:8: count: must be a whole number from 1 to 10, not '11'",
            "x.yaml:2:5: on: must be true or false, not 'yes'",
            "x.yaml:3:7: wait: must be a span of time from 0 to 1d, not '5 minutes'",
            "x.yaml:5:9: list[0].id: must be small letters, not 'P!'",
            "x.yaml:6:1: odd: is unknown; did you mean 'on'?"),
        told());
    ConfigException thrown = assertThrows(ConfigException.class, faults::throwIfAny);
    assertEquals(String.join("\n", told()), thrown.getMessage());
    assertEquals(6, thrown.faults().size());
  }

  @Test
  void keyThatStandsTwiceNamesBothPlaces() {
    parse("a: 1\nb: {c: 1, c: 2}\na: 2\n");
    assertEquals(
        List.of(
            "x.yaml:2:11: b.c: stands twice, first at line 2, column 5",
            "x.yaml:3:1: a: stands twice, first at line 1, column 1"),
        told());
  }

  @Test
  void unknownKeysOfChildrenAreRefusedToo() {
    ConfigNode node = parse("inner: {x: 1, y: 2}\nlost: {z: 1}\n");
    node.map("inner").integer("x", 0, 9);
    node.end();
    assertEquals(
        List.of(
            "x.yaml:1:15: inner.y: is unknown; did you mean 'x'?", "x.yaml:2:1: lost: is unknown"),
        told());
  }

  @Test
  void brokenSyntaxIsOneFaultWithItsPlace() {
    ConfigNode node = parse("a: 1\nb: [1, 2\n");
    node.text("c");
    node.map("d").text("e");
    node.end();
    assertEquals(1, told().size(), told().toString());
    assertTrue(told().getFirst().startsWith("x.yaml:3:1: is not YAML: "), told().toString());
  }

  @Test
  void wrongShapesAreTold() {
    ConfigNode node = parse("a: [1]\nb: 1\nc: 2\nd: [{}]\n");
    node.text("a");
    node.map("b").text("deep");
    node.maps("c");
    node.texts("d");
    node.end();
    assertEquals(
        List.of(
            "x.yaml:1:4: a: must be text",
            "x.yaml:2:4: b: must hold keys and values",
            "x.yaml:3:4: c: must be a list",
            "x.yaml:4:5: d[0]: must be text"),
        told());
  }

  @Test
  void topMustBeAMapAndOneDocument() {
    parse("- a\n").text("x");
    assertEquals(List.of("x.yaml:1:1: must hold keys and values at the top"), told());
    ConfigNode second = parse("a: 1\n---\nb: 2\n");
    second.text("a");
    assertTrue(told().getLast().contains("second document"), told().toString());
  }

  @Test
  void emptyFileMissesWhatIsAsked() {
    parse("# nothing\n").text("x");
    parse("").text("y");
    assertEquals(List.of("x.yaml:1:1: x: is missing", "x.yaml:1:1: y: is missing"), told());
  }

  @Test
  void aliasesAreRefused() {
    ConfigNode node = parse("a: &p {x: 1}\nb: *p\n");
    assertTrue(node.optionalMap("b").isEmpty());
    assertTrue(told().getFirst().contains("b: uses an alias"), told().toString());
  }

  @Test
  void numbersOutOfEveryRangeAreFaultsNotExceptions() {
    ConfigNode node = parse("a: 99999999999999999999\nb: '5'\nc: .nan\nd: 1e999\n");
    assertEquals(1, node.integer("a", 1, 9));
    assertEquals(1, node.integer("b", 1, 9));
    assertEquals(0, node.number("c", 0, 9));
    assertEquals(0, node.number("d", 0, 9));
    assertEquals(4, told().size());
  }

  @Test
  void durationsReadBackWhatTheyWrite() {
    for (String text : List.of("0", "500ms", "30s", "15m", "1h30m", "7d", "1d2h3m4s5ms")) {
      assertEquals(text, Durations.text(Durations.parse(text).orElseThrow()));
    }
    for (String text : List.of("", "5", "-5s", "5 s", "h", "1.5h", "9999999999s")) {
      assertTrue(Durations.parse(text).isEmpty(), text);
    }
  }
}
