package vn.truc.cli;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import vn.truc.config.ConfigFile;
import vn.truc.config.ConfigNode;
import vn.truc.config.Faults;

/// The settings of the node itself that stand in `truc.yaml` beside the sections of the features.
public record NodeFile(
    String host, int port, String store, Optional<Path> tlsCert, Optional<Path> tlsKey) {

  /// The sections of the features; each is read by `ConfigSection` into the settings record of its
  /// package.
  public static final List<String> SECTIONS =
      List.of(
          "log",
          "redis",
          "http",
          "intake",
          "push",
          "board",
          "snapshot",
          "config",
          "clock",
          "retention",
          "access");

  /// Reads the node's own keys and leaves the sections to others.
  public static NodeFile read(Map<String, String> files, Faults faults) {
    return read(files, faults, root -> SECTIONS.forEach(root::optionalMap), false);
  }

  /// Reads the whole file; keys that neither stand here nor are asked for by `sections` are
  /// refused.
  ///
  /// @param sections reads the sections from the top of the file
  public static NodeFile read(
      Map<String, String> files, Faults faults, Consumer<ConfigNode> sections) {
    return read(files, faults, sections, true);
  }

  private static NodeFile read(
      Map<String, String> files, Faults faults, Consumer<ConfigNode> sections, boolean whole) {
    ConfigNode root =
        ConfigFile.parse(
            ConfigFolder.NODE_FILE, files.getOrDefault(ConfigFolder.NODE_FILE, ""), faults);
    NodeFile file =
        new NodeFile(
            root.text("host", "127.0.0.1"),
            (int) root.integer("port", 0, 65_535, 8080),
            root.text("store", "sqlite"),
            root.optionalText("tlsCert").map(Path::of),
            root.optionalText("tlsKey").map(Path::of));
    sections.accept(root);
    if (whole) {
      root.end();
    }
    return file;
  }
}
