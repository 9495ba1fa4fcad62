package vn.truc;

import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import vn.truc.access.AccessSettings;
import vn.truc.board.BoardSettings;
import vn.truc.cli.NodeFile;
import vn.truc.config.ConfigNode;
import vn.truc.config.ConfigSection;
import vn.truc.config.Faults;
import vn.truc.http.HttpSettings;
import vn.truc.intake.IntakeSettings;
import vn.truc.intake.RetentionSettings;
import vn.truc.log.LogSettings;
import vn.truc.log.RedisSettings;
import vn.truc.push.PushSettings;

/// The sections of `truc.yaml`, each the settings record of its package.
record Settings(
    LogSettings log,
    RedisSettings redis,
    HttpSettings http,
    IntakeSettings intake,
    PushSettings push,
    BoardSettings board,
    SnapshotSettings snapshot,
    ConfigSettings config,
    ClockSettings clock,
    RetentionSettings retention,
    AccessSettings access) {

  static Settings defaults() {
    return new Settings(
        LogSettings.defaults(),
        RedisSettings.defaults(),
        HttpSettings.defaults(),
        IntakeSettings.defaults(),
        PushSettings.defaults(),
        BoardSettings.defaults(),
        SnapshotSettings.defaults(),
        ConfigSettings.defaults(),
        ClockSettings.defaults(),
        RetentionSettings.defaults(),
        AccessSettings.defaults());
  }

  /// Reads the sections; faults are noted, and the default stands in for what is at fault.
  static Settings read(ConfigNode root) {
    Settings otherwise = defaults();
    return new Settings(
        ConfigSection.read(root, "log", otherwise.log()),
        ConfigSection.read(root, "redis", otherwise.redis()),
        ConfigSection.read(root, "http", otherwise.http()),
        ConfigSection.read(root, "intake", otherwise.intake()),
        ConfigSection.read(root, "push", otherwise.push()),
        ConfigSection.read(root, "board", otherwise.board()),
        ConfigSection.read(root, "snapshot", otherwise.snapshot()),
        ConfigSection.read(root, "config", otherwise.config()),
        ConfigSection.read(root, "clock", otherwise.clock()),
        ConfigSection.read(root, "retention", otherwise.retention()),
        ConfigSection.read(root, "access", otherwise.access()));
  }

  /// The settings of a configuration folder, or the built-in ones.
  ///
  /// @throws vn.truc.config.ConfigException when `truc.yaml` is at fault
  static Settings of(Map<String, String> files) {
    Faults faults = new Faults();
    AtomicReference<Settings> settings = new AtomicReference<>(defaults());
    NodeFile.read(files, faults, root -> settings.set(read(root)));
    faults.throwIfAny();
    return settings.get();
  }
}
