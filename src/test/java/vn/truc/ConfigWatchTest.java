package vn.truc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConfigWatchTest {
  private static final String ONE = "fields: [{id: dat-dai, name: Đất đai, nameEn: Land}]\n";
  private static final String FAULTY = "fields:\n  - {id: Ärger}\n";

  @TempDir private Path folder;

  private ConfigWatch.Seen seen = ConfigWatch.Seen.unreadable("no look yet");

  private ConfigWatch.Seen look(String fields) throws IOException {
    Files.writeString(folder.resolve("fields.yaml"), fields);
    seen = ConfigWatch.read(folder, seen);
    return seen;
  }

  /// A look once met the file between its emptying and its writing: an empty list of fields was the
  /// newest sound configuration, and said to differ from the one in force for as long as the file
  /// that was written then was at fault.
  @Test
  void fileThatIsBeingWrittenIsNotJudged() throws Exception {
    look(ONE);
    ConfigWatch.Seen first = look(ONE);
    assertEquals(Optional.empty(), first.fault());

    assertEquals(first.recorded(), look("").recorded(), "emptied a moment ago");
    assertEquals(first.recorded(), look(FAULTY).recorded(), "written a moment ago");
    assertEquals(Optional.empty(), seen.fault());
    ConfigWatch.Seen settled = look(FAULTY);
    assertTrue(settled.fault().orElse("").startsWith("fields.yaml:2:"), settled::toString);

    assertEquals(settled.fault(), look(ONE).fault());
    assertEquals(first, look(ONE), "what lay there at first");
    look("");
    assertNotEquals(first.recorded(), look("").recorded(), "empty for good");
  }

  @Test
  void filesPutBackAtOnceAreTheOldOnes() throws Exception {
    look(ONE);
    ConfigWatch.Seen first = look(ONE);
    look(FAULTY);
    assertEquals(first, look(ONE));
    assertEquals(first, look(ONE));
  }
}
