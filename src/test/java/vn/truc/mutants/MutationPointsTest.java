package vn.truc.mutants;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

class MutationPointsTest {
  private static final String SOURCE =
      """
      package a;

      class A {
        static final int SIZE = 3 * 4;

        boolean between(int value, boolean open) {
          int count = 0;
          count++; // a < b
          return value /* < */ < SIZE && !open || ((value) == -count);
        }

        String text(String a) {
          return a + "x < y";
        }
      }
      """;

  @Test
  void everyOperatorIsChangedWhereItStands() throws IOException {
    assertEquals(
        List.of(
            "8: count--; // a < b",
            "9: return value /* < */ <= SIZE && !open || ((value) == -count);",
            "9: return value /* < */ > SIZE && !open || ((value) == -count);",
            "9: return value /* < */ < SIZE || !open || ((value) == -count);",
            "9: return value /* < */ < SIZE && open || ((value) == -count);",
            "9: return value /* < */ < SIZE && !open && ((value) == -count);",
            "9: return value /* < */ < SIZE && !open || ((value) != -count);",
            "9: return value /* < */ < SIZE && !open || ((value) == count);",
            "13: return a - \"x < y\";"),
        points().stream().map(one -> one.line() + ": " + one.after().strip()).toList());
  }

  @Test
  void aChangeIsOneLineOfTheWholeFile() throws IOException {
    for (Mutant mutant : points()) {
      List<String> before = SOURCE.lines().toList();
      List<String> after = mutant.source().lines().toList();
      assertEquals(before.size(), after.size());
      for (int i = 0; i < before.size(); i++) {
        String wanted = i == mutant.line() - 1 ? mutant.after() : before.get(i);
        assertEquals(wanted, after.get(i));
      }
      assertTrue(mutant.identity().startsWith("a/A.java | "), mutant.identity());
    }
  }

  @Test
  void theQuickestTestsComeFirst() {
    assertEquals(
        List.of("b.B", "c.C", "a.A"),
        MutantRun.quickestFirst(
            "a.A 300\nwords of a test\nb.B 2\nc.C 40\n", List.of("a.A", "b.B", "c.C")));
  }

  private static List<Mutant> points() throws IOException {
    return MutationPoints.of("a/A.java", SOURCE);
  }
}
