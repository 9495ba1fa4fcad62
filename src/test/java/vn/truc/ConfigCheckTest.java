package vn.truc;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import vn.truc.cli.ConfigFolder;
import vn.truc.config.ConfigSection;
import vn.truc.config.Fault;
import vn.truc.config.Faults;

class ConfigCheckTest {

  /// A section as a feature would define it.
  public record PushSettings(
      int queueRecordsMax, long flushTickMillis, double share, boolean tight) {
    public PushSettings {
      if (queueRecordsMax < 1) {
        throw new IllegalArgumentException("queueRecordsMax must be at least 1");
      }
    }
  }

  private static List<String> told(Map<String, String> files) {
    Faults faults = new Faults();
    new ConfigCheck(
            root -> ConfigSection.read(root, "push", new PushSettings(100, 250, 0.5, false)))
        .check(files, faults);
    return faults.list().stream().map(Fault::toString).toList();
  }

  @Test
  void shippedConfigurationHasNoFault() {
    Map<String, String> shipped = ConfigFolder.files(Optional.of(Path.of("config")));
    assertEquals(8, shipped.size(), shipped.keySet().toString());
    assertEquals(List.of(), told(shipped));
    assertEquals(shipped, ConfigFolder.files(Optional.empty()), "the built-in files are the same");
  }

  /// The example held its mapping for `import` too, which is no file of a configuration.
  @Test
  void exampleHasNoFault() {
    Path example = Path.of("config", "examples", "la311");
    Map<String, String> files = ConfigFolder.files(Optional.of(example));
    assertEquals(3, files.size(), files.keySet().toString());
    assertEquals(List.of(), told(files));
  }

  /// A value that cannot be read once stood in for the least number there is, which the section
  /// then refused as well.
  @Test
  void valueAtFaultIsToldOnceAndTheOthersAreJudged() {
    assertEquals(
        List.of(
            "truc.yaml:1:25: push.queueRecordsMax: must be a whole number from -2147483648 to"
                + " 2147483647, not 'many'"),
        told(Map.of("truc.yaml", "push: {queueRecordsMax: many}\n")));
    assertEquals(
        List.of(
            "truc.yaml:1:7: push: is refused: queueRecordsMax must be at least 1",
            "truc.yaml:1:45: push.flushTickMillis: must be a whole number from -1000000000000000 to"
                + " 1000000000000000, not 'x'"),
        told(Map.of("truc.yaml", "push: {queueRecordsMax: 0, flushTickMillis: x}\n")));
  }

  @Test
  void faultsOfEveryFileAreToldTogether() {
    Map<String, String> files = new HashMap<>();
    files.put("truc.yaml", "port: 99999\npush: {queueRecordsMax: 0, flush: 1}\nhosts: x\n");
    files.put("calendar.yaml", "off: [{date: 2026-13-01, name: x}]\n");
    files.put("sla.yaml", "nearDue: tomorrow\n");
    files.put("sources.yaml", "sources: [{source: /a, name: A, silence: 1s}]\n");
    files.put("odd.yaml", "");
    assertEquals(
        List.of(
            "calendar.yaml:1:14: off[0].date: must be a date like 2026-11-24, not '2026-13-01'",
            "odd.yaml:1:1: is no file this version reads",
            "sla.yaml:1:10: nearDue: must be a span of time from 0 to 30d, not 'tomorrow'",
            "sources.yaml:1:42: sources[0].silence: must be a span of time from 10s to 31d, not '1s'",
            "truc.yaml:1:7: port: must be a whole number from 0 to 65535, not '99999'",
            "truc.yaml:2:7: push: is refused: queueRecordsMax must be at least 1",
            "truc.yaml:2:28: push.flush: is unknown",
            "truc.yaml:3:1: hosts: is unknown; did you mean 'host'?"),
        told(files));
  }

  @Test
  void passwordOfTheStoreIsNotWrittenOut() {
    assertEquals(
        List.of("truc.yaml:1:1: store: must name its password as ${NAME}"),
        told(Map.of("truc.yaml", "store: 'redis://truc:s3cret@10.0.0.5'\n")));
    assertEquals(
        List.of(), told(Map.of("truc.yaml", "store: 'rediss://truc:${PASSWORD}@10.0.0.5/1'\n")));
    assertEquals(List.of(), told(Map.of("truc.yaml", "store: redis://10.0.0.5\n")));
  }

  @Test
  void sectionTakesWhatStandsAndKeepsDefaults() {
    Faults faults = new Faults();
    PushSettings[] read = new PushSettings[1];
    new ConfigCheck(
            root ->
                read[0] = ConfigSection.read(root, "push", new PushSettings(100, 250, 0.5, false)))
        .check(Map.of("truc.yaml", "push: {flushTickMillis: 100, tight: true}\n"), faults);
    assertEquals(new PushSettings(100, 100, 0.5, true), read[0]);
    assertEquals(List.of(), faults.list());
  }
}
