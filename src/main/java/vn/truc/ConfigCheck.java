package vn.truc;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import vn.truc.access.SourceFeeds;
import vn.truc.board.BoardConfigReader;
import vn.truc.calendar.ServiceLevels;
import vn.truc.calendar.WorkingCalendar;
import vn.truc.cli.ConfigFolder;
import vn.truc.cli.NodeFile;
import vn.truc.cli.Verbs;
import vn.truc.config.ConfigNode;
import vn.truc.config.Faults;
import vn.truc.config.Place;

/// Notes every fault of all configuration files together.
final class ConfigCheck implements Verbs.Check {
  private static final Set<String> KNOWN =
      Set.of(
          ConfigFolder.NODE_FILE,
          BoardConfigReader.AGENCIES,
          BoardConfigReader.AREAS,
          BoardConfigReader.FIELDS,
          BoardConfigReader.INDICATORS,
          WorkingCalendar.FILE,
          ServiceLevels.FILE,
          SourceFeeds.FILE);

  /// A password in an address that is not taken from the environment.
  private static final Pattern LITERAL_PASSWORD =
      Pattern.compile("^rediss?://[^/@]*:(?!\\$\\{)[^/@]+@");

  private final Consumer<ConfigNode> sections;

  /// @param sections reads the sections of `truc.yaml`
  ConfigCheck(Consumer<ConfigNode> sections) {
    this.sections = sections;
  }

  @Override
  public void check(Map<String, String> files, Faults faults) {
    names(files, faults);
    NodeFile node = NodeFile.read(files, faults, sections);
    if (LITERAL_PASSWORD.matcher(node.store()).find()) {
      faults.add(
          new Place(ConfigFolder.NODE_FILE, 1, 1), "store", "must name its password as ${NAME}");
    }
    recorded(files, faults);
  }

  /// Notes files that nobody reads: a name misspelt would be a province without it.
  static void names(Map<String, String> files, Faults faults) {
    for (String name : files.keySet()) {
      if (!KNOWN.contains(name)) {
        faults.add(new Place(name, 1, 1), "", "is no file this version reads");
      }
    }
  }

  /// What of these files is read and changes nothing yet: working time. Who writes it there is to
  /// know.
  @Override
  public List<String> idle(Map<String, String> files) {
    List<String> idle = new ArrayList<>();
    if (files.containsKey(WorkingCalendar.FILE)) {
      idle.add(WorkingCalendar.FILE);
    }
    Matcher keys = IDLE.matcher(files.getOrDefault(ServiceLevels.FILE, ""));
    while (keys.find()) {
      idle.add(ServiceLevels.FILE + ": " + keys.group(1));
    }
    return idle;
  }

  private static final Pattern IDLE =
      Pattern.compile(
          "^(acceptWorkingHours|urgentWorkingHours|normalWorkingDays|complexWorkingDays)\\s*:",
          Pattern.MULTILINE);

  @Override
  public List<String> absent(Map<String, String> files) {
    return missing(files);
  }

  /// The files this version reads that are not there, in the order of their names.
  static List<String> missing(Map<String, String> files) {
    return KNOWN.stream().filter(name -> !files.containsKey(name)).sorted().toList();
  }

  /// Notes every fault of the files that go into the log.
  static void recorded(Map<String, String> files, Faults faults) {
    BoardConfigReader.read(files, faults);
    WorkingCalendar.read(files.getOrDefault(WorkingCalendar.FILE, ""), faults);
    SourceFeeds.read(files.getOrDefault(SourceFeeds.FILE, ""), faults);
  }
}
