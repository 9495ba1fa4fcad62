package vn.truc.server;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/// The shipped configuration in a folder of one's own.
final class ConfigCopy {
  private ConfigCopy() {}

  /// Copies the files into `<folder>/config`.
  static Path in(Path folder) throws IOException {
    Path copy = Files.createDirectories(folder.resolve("config"));
    try (Stream<Path> files = Files.list(Path.of("config"))) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        Files.copy(file, copy.resolve(file.getFileName()));
      }
    }
    return copy;
  }
}
