package vn.truc.cli;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import vn.truc.config.Faults;
import vn.truc.config.Place;

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
  /// @throws VerbException when the folder cannot be read
  /// @throws vn.truc.config.ConfigException when a file cannot be read or is not UTF-8
  public static Map<String, String> files(Optional<Path> folder) {
    Faults faults = new Faults();
    Map<String, String> files = read(folder, faults);
    faults.throwIfAny();
    return files;
  }

  /// As [#files], for who judges the files and tells all faults together. A file that cannot be
  /// read is noted and left out; one that is not UTF-8 is noted and handed over with marks where it
  /// is not, so that its other faults are found too.
  ///
  /// @throws VerbException when the folder cannot be read
  public static Map<String, String> read(Optional<Path> folder, Faults faults) {
    return folder.isEmpty() ? builtIn() : filesOf(folder.get(), faults);
  }

  /// The files that belong into the log: all but the node's own.
  public static Map<String, String> recorded(Map<String, String> files) {
    Map<String, String> recorded = new TreeMap<>(files);
    recorded.remove(NODE_FILE);
    return recorded;
  }

  private static Map<String, String> filesOf(Path folder, Faults faults) {
    try {
      // A walk does not follow a folder that is a link: it finds nothing there, and says nothing.
      return filesBelow(folder.toRealPath(), faults);
    } catch (IOException | UncheckedIOException e) {
      throw new VerbException(
          "configuration cannot be read: " + Objects.toString(e.getMessage(), e.toString()), e);
    }
  }

  private static Map<String, String> filesBelow(Path folder, Faults faults) throws IOException {
    Map<String, String> files = new TreeMap<>();
    try (Stream<Path> walk = Files.walk(folder, 2)) {
      for (Path path : walk.filter(path -> !path.equals(folder)).toList()) {
        String name = folder.relativize(path).toString().replace('\\', '/');
        if (isHidden(name)) {
          continue;
        }
        Place top = new Place(name, 1, 1);
        if (name.endsWith(".yml")) {
          faults.add(top, "", "is not read: its name must end in .yaml");
        } else if (name.endsWith(".yaml")) {
          if (Files.isRegularFile(path)) {
            text(path, name, faults).ifPresent(text -> files.put(name, text));
          } else {
            faults.add(top, "", "is no file that can be read: " + kind(path));
          }
        }
      }
    }
    return files;
  }

  /// Whether a name, or the folder it lies in, begins with a dot: those of editors, and of what
  /// exchanges a whole folder at once.
  private static boolean isHidden(String name) {
    return name.startsWith(".") || name.contains("/.");
  }

  private static String kind(Path path) {
    if (Files.isSymbolicLink(path) && Files.notExists(path)) {
      return "a link to nothing";
    }
    return Files.isDirectory(path) ? "a folder" : "a pipe, a socket or a device";
  }

  private static Optional<String> text(Path path, String name, Faults faults) {
    byte[] bytes;
    try {
      bytes = Files.readAllBytes(path);
    } catch (IOException e) {
      faults.add(new Place(name, 1, 1), "", "cannot be read: " + e);
      return Optional.empty();
    }
    CharBuffer text = CharBuffer.allocate(bytes.length);
    if (StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes), text, true).isError()) {
      String sound = text.flip().toString();
      int lineStart = sound.lastIndexOf('\n') + 1;
      int line = (int) sound.chars().filter(c -> c == '\n').count() + 1;
      int column = sound.codePointCount(lineStart, sound.length()) + 1;
      faults.add(new Place(name, line, column), "", "is not UTF-8 from here on");
    }
    return Optional.of(new String(bytes, StandardCharsets.UTF_8));
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
