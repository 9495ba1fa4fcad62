package vn.truc.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import vn.truc.config.ConfigException;
import vn.truc.config.Fault;
import vn.truc.config.Faults;

/// What lies in a configuration folder and is no plain file was passed over in silence: 124 areas
/// were gone, and the server was ready.
class ConfigFolderTest {
  @TempDir private Path folder;

  private final Faults faults = new Faults();

  private Map<String, String> read() {
    return ConfigFolder.read(Optional.of(folder), faults);
  }

  private List<String> told() {
    return faults.list().stream().map(Fault::toString).toList();
  }

  private void put(String name, String text) throws IOException {
    Files.writeString(folder.resolve(name), text);
  }

  @Test
  void whatIsNoFileIsAFault() throws Exception {
    put("fields.yaml", "fields: []\n");
    Files.createSymbolicLink(folder.resolve("areas.yaml"), Path.of("nowhere"));
    Files.createDirectory(folder.resolve("sla.yaml"));
    assertEquals(
        0, new ProcessBuilder("mkfifo", folder + "/sources.yaml").inheritIO().start().waitFor());
    put("agencies.yml", "agencies: []\n");
    assertEquals(Map.of("fields.yaml", "fields: []\n"), read());
    assertEquals(
        List.of(
            "agencies.yml:1:1: is not read: its name must end in .yaml",
            "areas.yaml:1:1: is no file that can be read: a link to nothing",
            "sla.yaml:1:1: is no file that can be read: a folder",
            "sources.yaml:1:1: is no file that can be read: a pipe, a socket or a device"),
        told());
    assertThrows(ConfigException.class, () -> ConfigFolder.files(Optional.of(folder)));
  }

  /// The message was that of the decoder alone: "Input length = 3", of no file; and it was the only
  /// one, whatever else was wrong.
  @Test
  void whatIsNotUtf8IsToldWithItsPlaceAndStillRead() throws Exception {
    Files.write(
        folder.resolve("fields.yaml"),
        "# Lĩnh vực\nfields: đ\u00e9\n".getBytes(StandardCharsets.UTF_8));
    Files.write(
        folder.resolve("areas.yaml"),
        "# Xã\nda: ét\nareas: 1\n".getBytes(StandardCharsets.ISO_8859_1));
    Map<String, String> files = read();
    assertEquals(List.of("areas.yaml:1:4: is not UTF-8 from here on"), told());
    assertEquals(Set.of("areas.yaml", "fields.yaml"), files.keySet());
    assertEquals("# X\ufffd\nda: \ufffdt\nareas: 1\n", files.get("areas.yaml"));
  }

  @Test
  void placeOfWhatIsNotUtf8CountsCharacters() throws Exception {
    byte[] text = "a: Tuyên Quang\nb: 🙂x\n".getBytes(StandardCharsets.UTF_8);
    text[text.length - 2] = (byte) 0xff;
    Files.write(folder.resolve("truc.yaml"), text);
    read();
    assertEquals(List.of("truc.yaml:2:5: is not UTF-8 from here on"), told());
  }

  /// A cut character at the very end.
  @Test
  void fileThatEndsWithinACharacterIsAtFault() throws Exception {
    byte[] text = "a: \u00ea".getBytes(StandardCharsets.UTF_8);
    Files.write(folder.resolve("truc.yaml"), Arrays.copyOf(text, text.length - 1));
    read();
    assertEquals(List.of("truc.yaml:1:4: is not UTF-8 from here on"), told());
  }

  /// A folder of a container's configuration: every file is a link through a hidden folder, which
  /// is exchanged whole.
  @Test
  void filesThatAreLinksThroughAHiddenFolderAreReadOnce() throws Exception {
    Path hidden = Files.createDirectory(folder.resolve("..2026_11_27"));
    Files.writeString(hidden.resolve("fields.yaml"), "fields: []\n");
    Files.createSymbolicLink(folder.resolve("..data"), Path.of("..2026_11_27"));
    Files.createSymbolicLink(folder.resolve("fields.yaml"), Path.of("..data/fields.yaml"));
    put(".areas.yaml.swp", "");
    assertEquals(Map.of("fields.yaml", "fields: []\n"), read());
    assertEquals(List.of(), told());
  }
}
