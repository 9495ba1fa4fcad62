package vn.truc.calendar;

import java.time.Duration;
import vn.truc.config.ConfigFile;
import vn.truc.config.ConfigNode;
import vn.truc.config.Faults;

/// How fast things should go, as `sla.yaml` says: what is computed where a source gives no due
/// date.
///
/// @param nearDue how long before its due instant a case is near due
/// @param acceptWorkingHours working hours to accept a feedback
/// @param urgentWorkingHours working hours to answer an urgent feedback
/// @param normalWorkingDays working days to answer a normal feedback
/// @param complexWorkingDays working days to answer a complex feedback
public record ServiceLevels(
    Duration nearDue,
    int acceptWorkingHours,
    int urgentWorkingHours,
    int normalWorkingDays,
    int complexWorkingDays) {

  /// The file's name.
  public static final String FILE = "sla.yaml";

  private static final int MANY = 1000;

  /// The shipped service levels.
  public static ServiceLevels defaults() {
    return new ServiceLevels(Duration.ofHours(24), 8, 4, 5, 15);
  }

  /// Reads `sla.yaml`; every fault is noted, absent keys keep the shipped value.
  public static ServiceLevels read(String text, Faults faults) {
    ServiceLevels defaults = defaults();
    ConfigNode file = ConfigFile.parse(FILE, text, faults);
    ServiceLevels read =
        new ServiceLevels(
            file.duration("nearDue", Duration.ZERO, Duration.ofDays(30), defaults.nearDue()),
            (int) file.integer("acceptWorkingHours", 1, MANY, defaults.acceptWorkingHours()),
            (int) file.integer("urgentWorkingHours", 1, MANY, defaults.urgentWorkingHours()),
            (int) file.integer("normalWorkingDays", 1, MANY, defaults.normalWorkingDays()),
            (int) file.integer("complexWorkingDays", 1, MANY, defaults.complexWorkingDays()));
    file.end();
    return read;
  }
}
