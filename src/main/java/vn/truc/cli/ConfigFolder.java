package vn.truc.cli;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;

/// The configuration files of a node: those of a folder, or the ones built in.
public final class ConfigFolder {
  /// The file of the node itself: host, port, limits. Never recorded in the log.
  public static final String NODE_FILE = "truc.yaml";

  private static final List<String> BUILT_IN =
      List.of(
          NODE_FILE,
          "agencies.yaml",
          "areas.yaml",
          "fields.yaml",
          "indicators.yaml",
          "calendar.yaml",
          "sla.yaml",
          "sources.yaml");

  private ConfigFolder() {}

  /// The texts of all `*.yaml` files by their path below the folder (`rules/feedback.yaml`).
  /// Reads files: at the start, or in the command line only.
  ///
  /// @param folder absent for the built-in files
  /// @throws VerbException when the folder or a file cannot be read, or is not UTF-8
  public static Map<String, String> files(Optional<Path> folder) {
    return folder.isEmpty() ? builtIn() : filesOf(folder.get());
  }

  /// The files that belong into the log: all but the node's own.
  public static Map<String, String> recorded(Map<String, String> files) {
    Map<String, String> recorded = new TreeMap<>(files);
    recorded.remove(NODE_FILE);
    return recorded;
  }

  private static Map<String, String> filesOf(Path folder) {
    try {
      // A walk does not follow a folder that is a link: it finds nothing there, and says nothing.
      return filesBelow(folder.toRealPath());
    } catch (IOException e) {
      throw new VerbException("configuration cannot be read: " + e.getMessage(), e);
    }
  }

  private static Map<String, String> filesBelow(Path folder) throws IOException {
    Map<String, String> files = new TreeMap<>();
    try (Stream<Path> walk = Files.walk(folder, 2)) {
      for (Path file : walk.filter(ConfigFolder::isYaml).toList()) {
        String name = folder.relativize(file).toString().replace('\\', '/');
        files.put(name, Files.readString(file));
      }
    }
    return files;
  }

  private static boolean isYaml(Path path) {
    String name = path.getFileName().toString();
    return name.endsWith(".yaml") && !name.startsWith(".") && Files.isRegularFile(path);
  }

  private static Map<String, String> builtIn() {
    Map<String, String> files = new TreeMap<>();
    for (String name : BUILT_IN) {
      try (InputStream resource = ConfigFolder.class.getResourceAsStream("/config/" + name)) {
        if (resource != null) {
          files.put(name, new String(resource.readAllBytes(), StandardCharsets.UTF_8));
        }
      } catch (IOException e) {
        throw new VerbException("built-in configuration cannot be read: " + name, e);
      }
    }
    return files;
  }
}
