package vn.truc.log;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The list of erasures in a folder.
class ErasuresTest {
  private static final Erasures.Erasure ONE =
      new Erasures.Erasure("feedback", "PA-1", 7, "2026-11-23T08:00:00Z");
  private static final Erasures.Erasure OTHER = new Erasures.Erasure("dossier", "HS-Đ", 9, "");

  @TempDir private Path folder = Path.of("");

  private Path list() {
    return folder.resolve(Erasures.FILE);
  }

  @Test
  void linesComeBackInOrder() throws Exception {
    Erasures erasures = new Erasures(folder);
    assertEquals(List.of(), erasures.all());
    erasures.add(ONE);
    erasures.add(OTHER);
    assertEquals(List.of(ONE, OTHER), erasures.all());
    assertEquals(List.of(ONE, OTHER), Erasures.all(list()));
    assertEquals(2, Files.readString(list()).lines().count());
  }

  /// A crash cut the last line: its erasure had not begun.
  @Test
  void lineThatWasCutIsLeftOutAndGivesWay() throws Exception {
    Erasures erasures = new Erasures(folder);
    erasures.add(ONE);
    String whole = Files.readString(list());
    for (int cut = 1; cut < OTHER.line().length(); cut += 7) {
      Files.writeString(list(), whole + OTHER.line().substring(0, cut));
      assertEquals(List.of(ONE), erasures.all());
    }
    erasures.add(OTHER);
    assertEquals(List.of(ONE, OTHER), erasures.all());
    Files.writeString(list(), whole + "{\"kind\"");
    assertEquals(whole.length(), erasures.makeWhole());
    assertEquals(whole, Files.readString(list()));
    Files.writeString(list(), "{\"kind\"");
    assertEquals(0, erasures.makeWhole());
    assertEquals(List.of(), erasures.all());
  }

  @Test
  void listIsMadeWhereItIsMissing() throws Exception {
    assertEquals(0, new Erasures(folder).makeWhole());
    assertTrue(Files.exists(list()));
    Erasures.write(folder, List.of(OTHER));
    assertEquals(List.of(OTHER), new Erasures(folder).all());
    Erasures.write(folder, List.of());
    assertEquals(List.of(OTHER), new Erasures(folder).all(), "nothing to list changes nothing");
  }

  @Test
  void blankLinesSayNothingAndOthersMustBeErasures() throws Exception {
    Files.writeString(list(), "\n  \n" + ONE.line() + "\n");
    assertEquals(List.of(ONE), new Erasures(folder).all());
    for (String wrong : List.of("x", "{}", "{\"kind\":\"a\"}", "{\"code\":\"b\"}")) {
      Files.writeString(list(), wrong + "\n");
      LogException refused = assertThrows(LogException.class, () -> new Erasures(folder).all());
      assertEquals(LogException.Reason.CORRUPT, refused.reason());
    }
    assertEquals(
        new Erasures.Erasure("a", "b", Long.MAX_VALUE, ""),
        Erasures.parse(list(), "{\"kind\":\"a\",\"code\":\"b\"}"));
  }

  @Test
  void cutToReachesNoFurther() {
    assertEquals(5, ONE.cutTo(5).upTo());
    assertEquals(7, ONE.cutTo(7).upTo());
    assertEquals(7, ONE.cutTo(9).upTo());
    assertEquals(ONE.at(), ONE.cutTo(5).at());
  }
}
