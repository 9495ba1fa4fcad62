package vn.truc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.reflect.RecordComponent;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import vn.truc.cli.ConfigFolder;
import vn.truc.cli.NodeFile;
import vn.truc.config.ConfigException;
import vn.truc.config.Durations;
import vn.truc.config.Faults;

/// `config/truc.yaml` and the settings records say the same.
class SettingsTest {
  private static final Pattern COMMENTED = Pattern.compile("# ( *[A-Za-z]+:( .*)?)");

  /// The shipped file with everything that stands commented out taken in.
  private static String uncommented() throws Exception {
    return Files.readString(Path.of("config", ConfigFolder.NODE_FILE))
        .lines()
        .map(line -> COMMENTED.matcher(line).matches() ? line.substring(2) : line)
        .reduce("", (whole, line) -> whole + line + "\n");
  }

  private static Map<String, Object> told() throws Exception {
    Map<String, Object> flat = new TreeMap<>();
    flatten("", new Load(LoadSettings.builder().build()).loadFromString(uncommented()), flat);
    return flat;
  }

  private static void flatten(String path, Object value, Map<String, Object> flat) {
    if (value instanceof Map<?, ?> map) {
      map.forEach(
          (key, inner) -> flatten(path.isEmpty() ? "" + key : path + "." + key, inner, flat));
    } else {
      flat.put(path, value);
    }
  }

  private static void flatten(String path, Record settings, Map<String, Object> flat)
      throws ReflectiveOperationException {
    for (RecordComponent component : settings.getClass().getRecordComponents()) {
      component.getAccessor().setAccessible(true);
      Object value = component.getAccessor().invoke(settings);
      String name = path.isEmpty() ? component.getName() : path + "." + component.getName();
      switch (value) {
        case Record nested -> flatten(name, nested, flat);
        case Duration span -> flat.put(name, Durations.text(span));
        case Long number -> flat.put(name, Math.toIntExact(number));
        case Optional<?> _ -> flat.put(name, "");
        default -> flat.put(name, value);
      }
    }
  }

  @Test
  void shippedFileTellsEveryKeyAndItsDefault() throws Exception {
    Map<String, Object> told = told();
    Map<String, Object> settings = new TreeMap<>();
    flatten("", Settings.defaults(), settings);
    NodeFile node = NodeFile.read(Map.of(), new Faults());
    flatten("", node, settings);
    assertEquals(settings.keySet(), new TreeSet<>(told.keySet()));
    for (String withoutDefault : List.of("tlsCert", "tlsKey")) {
      told.remove(withoutDefault);
      settings.remove(withoutDefault);
    }
    assertEquals(settings, told);
  }

  @Test
  void uncommentedFileIsReadAsTheDefaults() throws Exception {
    assertEquals(Settings.defaults(), Settings.of(Map.of(ConfigFolder.NODE_FILE, uncommented())));
    assertEquals(Settings.defaults(), Settings.of(Map.of()));
  }

  @Test
  void everyKeyIsExplained() throws Exception {
    List<String> bare = new ArrayList<>();
    uncommented()
        .lines()
        .filter(line -> line.matches(" *[A-Za-z]+: .*"))
        .filter(line -> !line.matches(".*#.{8,}"))
        .filter(line -> !line.matches("(tlsKey): .*"))
        .forEach(bare::add);
    assertEquals(List.of(), bare);
  }

  @Test
  void sectionsOfTheFileAreThoseOfTheSettings() {
    List<String> components = new ArrayList<>();
    for (RecordComponent component : Settings.class.getRecordComponents()) {
      components.add(component.getName());
    }
    assertEquals(components, NodeFile.SECTIONS);
  }

  @Test
  void retentionAndSnapshotReachTheSettings() {
    Settings settings =
        Settings.of(
            Map.of(
                ConfigFolder.NODE_FILE,
                "retention: {personal: 30d}\nsnapshot: {recordsMin: 5, checkSeconds: 7}\n"));
    assertEquals(Duration.ofDays(30), settings.retention().personal());
    assertEquals(new SnapshotSettings(5, 7), settings.snapshot());
  }

  @Test
  void whatCannotBeMeantIsRefusedByName() {
    for (String file :
        List.of(
            "retention: {personal: 1h}",
            "retention: {personalDays: 3}",
            "intake: {personalKeptDays: 365}",
            "snapshot: {recordsMin: 0}",
            "http: {idleMillis: 0}",
            "http: {trustedProxies: [10.0.0.1/8]}",
            "metrics: {}")) {
      ConfigException refused =
          org.junit.jupiter.api.Assertions.assertThrows(
              ConfigException.class, () -> Settings.of(Map.of(ConfigFolder.NODE_FILE, file)), file);
      String section = file.substring(0, file.indexOf(':'));
      assertTrue(String.valueOf(refused.getMessage()).contains(section), refused.getMessage());
      assertFalse(String.valueOf(refused.getMessage()).isBlank());
    }
  }
}
